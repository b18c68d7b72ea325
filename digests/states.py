"""Actions as they stood at a moment: today's rows, with what was changed since taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from reminders.deadlines import DeadlineKind
from reminders.policy import FINISHED, Status
from reminders.recipients import not_carried
from reminders.standing import Colour, DateStatus, colour, computed_status, reported_colour
from storage.plans import Action, ActionChange, Plan, Update
from storage.rows import columns, rows

_KEPT_FIELDS = (
    "status",
    "due_on",
    "first_due_on",
    "deadline_kind",
    "needs_review",
    "retired_on",
)
_TRUE = {"1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class State:
    """What decides where an action stands in a report; the words are fetched for those shown."""

    id: int
    plan_id: int
    ref: str
    status: Status
    due_on: date | None
    first_due_on: date | None
    kind: DeadlineKind
    needs_review: bool
    retired: bool

    @property
    def in_doubt(self) -> bool:
        return self.needs_review or self.status is Status.NEEDS_REVIEW

    @property
    def is_live(self) -> bool:
        """Somebody could be asked about it."""
        return not self.retired and self.status not in FINISHED

    @property
    def is_judged(self) -> bool:
        """It counts in the totals by colour."""
        return not (self.retired or self.in_doubt or self.status is Status.SUPERSEDED)

    def computed(self, today: date) -> DateStatus:
        """What its dates say."""
        return computed_status(self.due_on, self.kind, self.status, today=today)

    def colour(self, today: date) -> Colour:
        """Its colour in a report, dates counted in."""
        return colour(self.status, self.computed(today))

    @property
    def reported_colour(self) -> Colour:
        return reported_colour(self.status)


def status_of(text: str) -> Status:
    """The status a row holds; one of an unknown name is for a person to settle."""
    try:
        return Status(text or Status.NOT_STARTED)
    except ValueError:
        return Status.NEEDS_REVIEW


def states_at(session: Session, moment: datetime, plan_ids: Sequence[int]) -> list[State]:
    """Every action of the plans as it stood at a moment, in the order of the plan.

    What was carried into a newer plan stands there and not twice.
    """
    before = _earliest_befores(session, moment, plan_ids)
    said = _status_said_before(session, moment, plan_ids)
    return [_rewound(state, before.get(state.id, {}), said) for state in _now(session, plan_ids)]


def known_since(session: Session, plan_ids: Sequence[int]) -> datetime | None:
    """The first moment from which anything is known of these plans."""
    of_plans = col(Action.plan_id).in_(plan_ids)
    queries = (
        columns(func.min(Plan.imported_at)).where(col(Plan.id).in_(plan_ids)),
        columns(func.min(Update.at)).join(Action).where(of_plans),
        columns(func.min(ActionChange.at)).join(Action).where(of_plans),
    )
    found = (row[0] for query in queries for row in rows(session, query))
    return min((moment for moment in found if moment is not None), default=None)


def _now(session: Session, plan_ids: Sequence[int]) -> Iterable[State]:
    query = (
        columns(
            Action.id,
            Action.plan_id,
            Action.ref,
            Action.status,
            Action.due_on,
            Action.first_due_on,
            Action.deadline_kind,
            Action.needs_review,
            col(Action.retired_on).is_not(None),
        )
        .where(col(Action.plan_id).in_(plan_ids), not_carried())
        .order_by(col(Action.plan_id), col(Action.position), col(Action.id))
    )
    for row in rows(session, query):
        action_id, plan_id, ref, status, due_on, first, kind, review, retired = row
        yield State(
            id=action_id,
            plan_id=plan_id,
            ref=ref,
            status=status_of(status),
            due_on=due_on,
            first_due_on=first,
            kind=_kind_of(kind),
            needs_review=review,
            retired=retired,
        )


def _earliest_befores(
    session: Session, moment: datetime, plan_ids: Sequence[int]
) -> dict[int, dict[str, str]]:
    """By action and field, what stood there before the first change since the moment."""
    first = (
        select(func.min(col(ActionChange.id)))
        .join(Action, col(Action.id) == col(ActionChange.action_id))
        .where(
            col(Action.plan_id).in_(plan_ids),
            col(ActionChange.at) >= moment,
            col(ActionChange.field).in_(_KEPT_FIELDS),
        )
        .group_by(col(ActionChange.action_id), col(ActionChange.field))
    )
    changes = session.exec(
        select(ActionChange.action_id, ActionChange.field, ActionChange.before).where(
            col(ActionChange.id).in_(first)
        )
    )
    found: dict[int, dict[str, str]] = {}
    for action_id, field, before in changes:
        found.setdefault(action_id, {})[field] = before
    return found


def _status_said_before(
    session: Session, moment: datetime, plan_ids: Sequence[int]
) -> dict[int, str]:
    """For actions spoken of since the moment: the status last said before it."""
    since = (
        select(Update.action_id)
        .join(Action, col(Action.id) == col(Update.action_id))
        .where(col(Action.plan_id).in_(plan_ids), col(Update.at) >= moment)
        .distinct()
    )
    last = (
        select(func.max(col(Update.id)))
        .where(col(Update.at) < moment, col(Update.action_id).in_(since))
        .group_by(col(Update.action_id))
    )
    said: dict[int, str] = dict.fromkeys(session.exec(since).all(), Status.NOT_STARTED)
    words = session.exec(select(Update.action_id, Update.status).where(col(Update.id).in_(last)))
    return said | dict(words.all())


def _rewound(state: State, before: dict[str, str], said: dict[int, str]) -> State:
    if state.id in said:
        state = replace(state, status=status_of(said[state.id]))
    if "status" in before:
        state = replace(state, status=status_of(before["status"]))
    if "due_on" in before:
        state = replace(state, due_on=_day(before["due_on"], state.due_on))
    if "first_due_on" in before:
        state = replace(state, first_due_on=_day(before["first_due_on"], state.first_due_on))
    if "deadline_kind" in before:
        state = replace(state, kind=_kind_of(before["deadline_kind"]))
    if "needs_review" in before:
        state = replace(state, needs_review=before["needs_review"].lower() in _TRUE)
    if "retired_on" in before:
        state = replace(state, retired=bool(before["retired_on"]))
    return state


def _kind_of(text: str) -> DeadlineKind:
    try:
        return DeadlineKind(text)
    except ValueError:
        return DeadlineKind.NONE


def _day(text: str, otherwise: date | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
