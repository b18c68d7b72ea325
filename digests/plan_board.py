"""The plan as a list on the board: filtered and counted where it is stored, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func
from sqlmodel import Session, col, select

from digests.action_details import lead_names
from digests.plan_columns import (
    Scope,
    colour_on,
    has_date,
    holds_words,
    is_finished,
    is_overdue,
    seen_in,
)
from digests.weekly_scene import called
from reminders.action_views import kind_of, status_of
from reminders.policy import Status
from reminders.recipients import not_carried
from reminders.standing import (
    Colour,
    DateStatus,
    colour,
    computed_status,
    days_overdue,
    reported_colour,
)
from storage.people import Person
from storage.plans import Action, ActionChange, ActionLead, Body, Partnership, Plan, Priority
from storage.rows import columns, rows

PAGE = 50
SOON = (14, 30, 90)
DUE = ("overdue", *(str(days) for days in SOON), "none", "moved")
"""What can be asked of dates: late, due within so many days, without a date, moved."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty where it does not matter. `plan`, `group` and `lead` are ids."""

    plan: int = 0
    priority: int = 0
    group: int = 0
    lead: int = 0
    colour: str = ""
    due: str = ""
    words: str = ""
    by_date: bool = False
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out beside what other plans go on with."""
        parts = (self.priority, self.group, self.lead, self.colour, self.due, self.words)
        return bool(self.plan or any(parts))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from: a plan, a priority, a subgroup, a lead."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One action in the list. `said` is the colour of what the lead reported."""

    id: int
    ref: str
    text: str
    plan_id: int
    priority_id: int
    leads: tuple[str, ...]
    reported: Status
    computed: DateStatus
    said: Colour
    colour: Colour
    days_overdue: int
    printed: str
    first_due_on: date | None
    due_on: date | None
    moved: int
    needs_review: bool


@dataclass(frozen=True, slots=True)
class PlanBoard:
    """One page of the list, how many there are of each colour, and what can be chosen."""

    on: date
    rows: tuple[BoardRow, ...]
    total: int
    pages: int
    page: int
    colours: Mapping[str, int] = field(default_factory=dict)
    overdue: int = 0
    plans: tuple[Choice, ...] = ()
    priorities: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    leads: tuple[Choice, ...] = ()

    @property
    def parts(self) -> tuple["Part", ...]:
        """The rows under their plans and priorities, as they follow one another."""
        plans = {one.id: one.name for one in self.plans}
        priorities = {one.id: one.name for one in self.priorities}
        found, shown = [], 0
        for (plan, priority), rows_ in groupby(
            self.rows, lambda row: (row.plan_id, row.priority_id)
        ):
            title = plans.get(plan, "") if len(plans) > 1 and plan != shown else ""
            found.append(Part(title, priorities.get(priority, ""), tuple(rows_)))
            shown = plan
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one priority; `plan` is said where another plan begins."""

    plan: str
    priority: str
    rows: tuple[BoardRow, ...]


def plan_board(db: Session, scope: Scope, wanted: Wanted, *, today: date) -> PlanBoard:
    """What somebody may see of the plans, as they want it. However many: a few queries."""
    seen = matching(scope, wanted, today)
    counts, overdue = _counts(db, matching(scope, wanted, today, with_colour=False), today)
    total = sum(counts.values()) if not wanted.colour else counts.get(wanted.colour, 0)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, wanted.page), pages)
    plans = plan_choices(db)
    return PlanBoard(
        on=today,
        rows=board_rows(db, seen, today=today, by_date=wanted.by_date, skipped=(page - 1) * PAGE),
        total=total,
        pages=pages,
        page=page,
        colours=counts,
        overdue=overdue,
        plans=plans,
        priorities=priority_choices(db, scope, wanted, today),
        groups=_groups(db, scope, today),
        leads=_leads(db, scope, today),
    )


def matching(
    scope: Scope, wanted: Wanted, today: date, *, with_colour: bool = True
) -> tuple[ColumnElement[bool], ...]:
    """The conditions of what is looked for.

    What was carried into a newer plan is seen where its own plan is asked for, and not twice.
    """
    found = [col(Action.retired_on).is_(None), seen_in(scope, today)]
    found.append(col(Action.plan_id) == wanted.plan if wanted.plan else not_carried())
    if wanted.priority:
        found.append(col(Action.priority_id) == wanted.priority)
    if wanted.group:
        found.append(_led_by(col(ActionLead.body_id) == wanted.group))
    if wanted.lead:
        found.append(_led_by(col(ActionLead.person_id) == wanted.lead))
    if wanted.words:
        found.append(holds_words(wanted.words))
    if wanted.due:
        found.append(_due(wanted.due, today))
    if wanted.colour and with_colour:
        found.append(colour_on(today) == wanted.colour)
    return tuple(found)


def _led_by(whose: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Action.id).in_(select(ActionLead.action_id).where(whose))


def _due(wanted: str, today: date) -> ColumnElement[bool]:
    if wanted == "overdue":
        return is_overdue(today)
    if wanted == "none":
        return ~has_date()
    if wanted == "moved":
        return col(Action.id).in_(select(ActionChange.action_id).where(*_is_move()))
    until = today + timedelta(days=int(wanted))
    is_near = col(Action.due_on).between(today, until)
    return has_date() & is_near & ~is_finished()


def _is_move() -> tuple[ColumnElement[bool], ...]:
    return col(ActionChange.field) == "due_on", col(ActionChange.before) != ""


def _counts(
    db: Session, seen: Sequence[ColumnElement[bool]], today: date
) -> tuple[Mapping[str, int], int]:
    """By colour, and how many are late."""
    shade = colour_on(today)
    late = func.sum(case((is_overdue(today), 1), else_=0))
    query = columns(shade, func.count(), late).select_from(Action).where(*seen).group_by(shade)
    found = rows(db, query)
    counts = {name: count for name, count, _ in found}
    order = {one.value: counts[one.value] for one in Colour if one.value in counts}
    return order, sum(int(late or 0) for _, _, late in found)


def board_rows(
    db: Session,
    seen: Sequence[ColumnElement[bool]],
    *,
    today: date,
    by_date: bool = False,
    most: int = PAGE,
    skipped: int = 0,
) -> tuple[BoardRow, ...]:
    """These actions in the order of their plans or of their dates."""
    found = rows(db, _listed(seen, by_date).limit(most).offset(skipped))
    leads = lead_names(db, [row.id for row in found])
    return tuple(_row(row, leads.get(row.id, ()), today) for row in found)


def _listed(seen: Sequence[ColumnElement[bool]], by_date: bool) -> Select[Any]:
    moved = (
        columns(func.count())
        .select_from(ActionChange)
        .where(col(ActionChange.action_id) == col(Action.id), *_is_move())
        .scalar_subquery()
    )
    in_order = (col(Action.plan_id).desc(), col(Action.position), col(Action.id))
    in_time = (
        case((is_finished(), 2), (has_date(), 0), else_=1),
        case((has_date(), col(Action.due_on))),
    )
    return (
        columns(
            col(Action.id),
            col(Action.ref),
            col(Action.text),
            col(Action.plan_id),
            col(Action.priority_id),
            col(Action.status),
            col(Action.deadline_kind),
            col(Action.deadline_printed),
            col(Action.first_due_on),
            col(Action.due_on),
            col(Action.needs_review),
            moved.label("moved"),
        )
        .where(*seen)
        .order_by(*(in_time if by_date else ()), *in_order)
    )


def _row(row: Any, leads: tuple[str, ...], today: date) -> BoardRow:
    status, kind = status_of(row.status), kind_of(row.deadline_kind)
    computed = computed_status(row.due_on, kind, status, today=today)
    return BoardRow(
        id=row.id,
        ref=row.ref,
        text=row.text,
        plan_id=row.plan_id,
        priority_id=row.priority_id or 0,
        leads=leads,
        reported=status,
        computed=computed,
        said=reported_colour(status),
        colour=colour(status, computed),
        days_overdue=days_overdue(row.due_on, computed, today=today),
        printed=row.deadline_printed,
        first_due_on=row.first_due_on,
        due_on=row.due_on,
        moved=row.moved,
        needs_review=row.needs_review,
    )


# what can be chosen


def plan_choices(db: Session) -> tuple[Choice, ...]:
    """All plans, the newest first; whose each is where there are several partnerships."""
    found = rows(
        db,
        columns(col(Plan.id), col(Plan.title), col(Plan.period_label), col(Partnership.name))
        .join(Partnership, col(Partnership.id) == col(Plan.partnership_id))
        .order_by(col(Plan.id).desc()),
    )
    several = len({row.name for row in found}) > 1
    return tuple(
        Choice(
            row.id,
            " ".join(filter(None, (_whose(row, several), called(row.title, row.period_label)))),
        )
        for row in found
    )


def _whose(row: Any, several: bool) -> str:
    return f"{row.name}:" if several else ""


def _seen_ids(scope: Scope, today: date, *more: ColumnElement[bool]) -> Any:
    return select(Action.id).where(col(Action.retired_on).is_(None), seen_in(scope, today), *more)


def priority_choices(db: Session, scope: Scope, wanted: Wanted, today: date) -> tuple[Choice, ...]:
    """The priorities of what they may see."""
    of_plan = (col(Action.plan_id) == wanted.plan,) if wanted.plan else (not_carried(),)
    theirs = select(Action.priority_id).where(
        col(Action.retired_on).is_(None), seen_in(scope, today), *of_plan
    )
    query = (
        columns(col(Priority.id), col(Priority.ref), col(Priority.title))
        .where(col(Priority.id).in_(theirs))
        .order_by(col(Priority.plan_id).desc(), col(Priority.position), col(Priority.id))
    )
    return tuple(Choice(row.id, f"{row.ref} {row.title}".strip()) for row in rows(db, query))


def _groups(db: Session, scope: Scope, today: date) -> tuple[Choice, ...]:
    led = select(ActionLead.body_id).where(col(ActionLead.action_id).in_(_seen_ids(scope, today)))
    query = columns(col(Body.id), col(Body.name)).where(col(Body.id).in_(led)).order_by(Body.name)
    return tuple(Choice(row.id, row.name) for row in rows(db, query))


def _leads(db: Session, scope: Scope, today: date) -> tuple[Choice, ...]:
    led = select(ActionLead.person_id).where(col(ActionLead.action_id).in_(_seen_ids(scope, today)))
    query = (
        columns(col(Person.id), col(Person.name))
        .where(col(Person.id).in_(led))
        .order_by(Person.name)
    )
    return tuple(Choice(row.id, row.name) for row in rows(db, query))
