"""A stored plan as people look at it: priorities with their actions, how each stands."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from reminders.deadlines import DeadlineKind
from reminders.plan_stored import Stored, load
from reminders.policy import Status
from reminders.standing import Colour, DateStatus, colour, computed_status, days_overdue
from storage.plans import Action, Partnership, Plan, Priority


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action. `reported` is what the lead said, `computed` what the dates say."""

    ref: str
    text: str
    leads: tuple[str, ...]
    outcome: str
    due_on: date | None
    first_due_on: date | None
    deadline_printed: str
    deadline_kind: str
    reported: Status
    computed: DateStatus
    colour: Colour
    days_overdue: int
    needs_review: bool
    review_reasons: tuple[str, ...]
    alternatives: tuple[str, ...]
    follows: str
    note: str

    @property
    def has_no_lead(self) -> bool:
        return not self.leads


@dataclass(frozen=True, slots=True)
class PriorityView:
    """A priority and its actions, in the order of the plan; `ref` is `""` for those under none."""

    ref: str
    title: str
    lead: str
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan on a given day. `retired` are refs that the last import no longer had."""

    id: int
    partnership: str
    title: str
    period: str
    on: date
    source_file: str
    priorities: tuple[PriorityView, ...]
    retired: tuple[str, ...]

    @property
    def actions(self) -> tuple[ActionView, ...]:
        return tuple(action for priority in self.priorities for action in priority.actions)

    @property
    def needs_review(self) -> tuple[ActionView, ...]:
        """Actions that nudge nobody until a person has settled them."""
        return tuple(action for action in self.actions if action.needs_review)

    @property
    def no_lead(self) -> tuple[ActionView, ...]:
        """Actions that nobody leads, so that nobody can be asked."""
        return tuple(action for action in self.actions if action.has_no_lead)

    def to_json(self) -> dict[str, Any]:
        """A shape that `json.dumps` takes."""
        shown: dict[str, Any] = _plain(asdict(self))
        return shown | {
            "needs_review": [action.ref for action in self.needs_review],
            "no_lead": [action.ref for action in self.no_lead],
        }


def show(db: Session, plan_id: int, *, today: date) -> PlanView | None:
    """The plan as it stands today, or nothing if there is no such plan."""
    plan = db.get(Plan, plan_id)
    partnership = db.get(Partnership, plan.partnership_id) if plan else None
    if plan is None or partnership is None:
        return None
    stored = load(db, partnership, plan)
    by_priority: dict[str, list[ActionView]] = {}
    for action in stored.actions.values():
        if action.retired_on is None:
            ref = stored.priority_refs.get(action.priority_id or 0, "")
            by_priority.setdefault(ref, []).append(_action(stored, action, today))
    return PlanView(
        id=plan_id,
        partnership=partnership.name,
        title=plan.title,
        period=plan.period_label,
        on=today,
        source_file=plan.source_file,
        priorities=_priorities(stored, by_priority),
        retired=tuple(row.ref for row in stored.actions.values() if row.retired_on),
    )


def _priorities(stored: Stored, actions: dict[str, list[ActionView]]) -> tuple[PriorityView, ...]:
    """Live priorities, retired ones that still have actions, and the actions under none."""
    found = [
        PriorityView(row.ref, row.title, _lead(stored, row), tuple(actions.get(row.ref, ())))
        for row in stored.priorities.values()
        if row.retired_on is None or row.ref in actions
    ]
    if loose := actions.get(""):
        found.append(PriorityView("", "", "", tuple(loose)))
    return tuple(found)


def _lead(stored: Stored, priority: Priority) -> str:
    names = (_name(stored, id_) for id_ in (priority.lead, priority.body) if id_)
    return ", ".join(dict.fromkeys(names))


def _name(stored: Stored, id_: str) -> str:
    """What an id stands for, or the printed name itself."""
    if body := stored.bodies.get(id_):
        return body.name
    return next((row.name for row in stored.people.values() if row.key == id_), id_)


def _action(stored: Stored, action: Action, today: date) -> ActionView:
    kind, status = _kind(action), _status(action)
    computed = computed_status(action.due_on, kind, status, today=today)
    return ActionView(
        ref=action.ref,
        text=action.text,
        leads=stored.lead_names(action),
        outcome=action.outcome,
        due_on=action.due_on,
        first_due_on=action.first_due_on,
        deadline_printed=action.deadline_printed,
        deadline_kind=kind.value,
        reported=status,
        computed=computed,
        colour=colour(status, computed),
        days_overdue=days_overdue(action.due_on, computed, today=today),
        needs_review=action.needs_review,
        review_reasons=tuple(action.review_reasons),
        alternatives=tuple(action.alternatives),
        follows=action.follows_ref,
        note=action.note,
    )


def _kind(action: Action) -> DeadlineKind:
    try:
        return DeadlineKind(action.deadline_kind)
    except ValueError:
        return DeadlineKind.NONE


def _status(action: Action) -> Status:
    try:
        return Status(action.status)
    except ValueError:
        return Status.NEEDS_REVIEW


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value
