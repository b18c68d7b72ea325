"""What the database holds of one plan, loaded once, and which stored plan a file is."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from reminders.plan_leads import body_key
from reminders.plan_period import is_same_period, read_period, with_period
from reminders.plan_records import slug
from reminders.plan_rows import BodyRow, PersonRow, PlanRows
from storage.issues import Issue, Severity
from storage.people import Person
from storage.plans import (
    Action,
    ActionLead,
    Body,
    Cycle,
    Indicator,
    Partnership,
    Plan,
    Priority,
)

_Table = TypeVar("_Table", bound=SQLModel)
_NAMELESS = "plan"


@dataclass(frozen=True, slots=True)
class PlanName:
    """Whose plan a file is, where the file does not say it or says it otherwise."""

    partnership: str = ""
    title: str = ""
    period_label: str = ""


@dataclass(slots=True)
class Stored:
    """One plan with all that hangs on it; everything is empty where nothing is stored yet."""

    partnership: Partnership | None = None
    plan: Plan | None = None
    priorities: dict[str, Priority] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    leads: dict[int, list[ActionLead]] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    cycles: list[Cycle] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    own_people: frozenset[int] = frozenset()
    others_people: frozenset[int] = frozenset()
    body_keys: dict[int, str] = field(default_factory=dict)
    priority_refs: dict[int, str] = field(default_factory=dict)

    @property
    def extras(self) -> dict[str, Any]:
        """What the plan's tables have no column for."""
        return dict(self.plan.extras) if self.plan else {}

    def lead_ids(self, action: Action) -> tuple[str, ...]:
        """The leads of an action as a plan file names them."""
        return tuple(
            self.body_keys.get(lead.body_id or 0) or self.person_ref(lead.person_id) or lead.printed
            for lead in self.leads.get(action.id or 0, ())
        )

    def lead_names(self, action: Action) -> tuple[str, ...]:
        """The leads of an action by name; one that nobody knows as it is printed."""
        return tuple(self._lead_name(lead) for lead in self.leads.get(action.id or 0, ()))

    def _lead_name(self, lead: ActionLead) -> str:
        body = self.bodies.get(self.body_keys.get(lead.body_id or 0, ""))
        person = self.people.get(lead.person_id or 0)
        return (body and body.name) or (person and person.name) or lead.printed

    def person_ref(self, person_id: int | None) -> str:
        """What a plan file calls a person."""
        person = self.people.get(person_id or 0)
        return person_ref(person) if person else ""

    def priority_ref(self, action: Action) -> str:
        """The ref of an action's priority, or what is printed where no priority has it."""
        loose: dict[str, str] = self.plan.extras.get("loose_priorities", {}) if self.plan else {}  # type: ignore[assignment]
        return self.priority_refs.get(action.priority_id or 0) or loose.get(action.ref, "")


def person_ref(person: Person) -> str:
    """The id by which a plan file names a person; those made elsewhere are called by their post."""
    return person.key or slug(person.name) or f"person-{person.id}"


def load(db: Session, partnership: Partnership | None, plan: Plan | None) -> Stored:
    """Everything stored of a plan, in a handful of queries."""
    found = Stored(partnership, plan)
    found.people = {row.id or 0: row for row in db.exec(select(Person).order_by(col(Person.id)))}
    if partnership is not None:
        bodies = select(Body).where(Body.partnership_id == partnership.id).order_by(col(Body.id))
        found.bodies = {row.key: row for row in db.exec(bodies)}
        found.body_keys = {row.id or 0: row.key for row in found.bodies.values()}
    _load_ties(db, found)
    if plan is not None and plan.id is not None:
        _load_plan(db, found, plan.id)
    return found


def _load_ties(db: Session, found: Stored) -> None:
    """Who stands in a plan of this partnership, and who only in one of another."""
    own: set[int] = set()
    others: set[int] = set()
    partnership = found.partnership.id if found.partnership else None
    for owner, extras in db.exec(select(Plan.partnership_id, Plan.extras)):
        entries: Any = extras.get("people", [])
        (own if owner == partnership else others).update(entry["person"] for entry in entries)
    found.own_people, found.others_people = frozenset(own), frozenset(others - own)


def _load_plan(db: Session, found: Stored, plan_id: int) -> None:
    found.priorities = {row.ref: row for row in _of(db, Priority, plan_id)}
    found.priority_refs = {row.id or 0: row.ref for row in found.priorities.values()}
    found.actions = {row.ref: row for row in _of(db, Action, plan_id)}
    found.indicators = {row.ref: row for row in _of(db, Indicator, plan_id)}
    found.cycles = list(_of(db, Cycle, plan_id))
    leads = (
        select(ActionLead)
        .join(Action, col(Action.id) == col(ActionLead.action_id))
        .where(Action.plan_id == plan_id)
        .order_by(col(ActionLead.action_id), col(ActionLead.position))
    )
    for lead in db.exec(leads):
        found.leads.setdefault(lead.action_id, []).append(lead)


def _of(db: Session, table: type[_Table], plan_id: int) -> Iterable[_Table]:
    columns: Any = table
    where = columns.plan_id == plan_id
    return db.exec(select(table).where(where).order_by(columns.position, columns.id))


def known_bodies(stored: Stored) -> tuple[BodyRow, ...]:
    """The partnership's bodies, for reading lead cells."""
    return tuple(BodyRow(row.key, row.name, row.kind) for row in stored.bodies.values())


def known_people(stored: Stored) -> tuple[PersonRow, ...]:
    """People who may lead. None before the partnership has bodies: see `read_plan`."""
    if not stored.bodies:
        return ()
    return tuple(
        PersonRow(person_ref(row), row.name, email=row.email or "") for row in our_people(stored)
    )


def our_people(stored: Stored) -> list[Person]:
    """Everybody a plan of this partnership may mean without giving an address."""
    return [
        row for id_, row in stored.people.items() if row.active and id_ not in stored.others_people
    ]


# -- which plan it is


def sole_partnership(db: Session) -> Partnership | None:
    """The partnership, where the database has only one."""
    rows = db.exec(select(Partnership).limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def find_partnership(db: Session, key: str) -> Partnership | None:
    """The partnership of this id."""
    return db.exec(select(Partnership).where(Partnership.slug == key)).first()


def named(
    db: Session, rows: PlanRows, given: PlanName, file_stem: str
) -> tuple[PlanRows, str, list[Issue]]:
    """The rows with a title, the id of their partnership, and what was taken for granted.

    A plain table does not say whose it is; its `slug` stays empty (see `SettledPlan.is_whole`).
    """
    title = given.title or rows.title or file_stem or _NAMELESS
    told = _for_period(replace(rows, title=title), given.period_label)
    owner = rows.slug or given.partnership
    if owner and (rows.slug or given.title):
        return told, owner, []
    partnership = find_partnership(db, owner) if owner else sole_partnership(db)
    if partnership is not None:
        return told, partnership.slug, [_taken_for(told, partnership.name)]
    owner = owner or slug(title) or "partnership"
    return told, owner, [_taken_for(told, owner)]


def _for_period(rows: PlanRows, label: str) -> PlanRows:
    """The rows with the period that was given beside the file, which goes before the file's own."""
    if label and (read := read_period(label)):
        rows = replace(rows, period_start=read[0], period_end=read[1], period_assumed=True)
    return with_period(replace(rows, period_label=label or rows.period_label))


def _taken_for(rows: PlanRows, owner: str) -> Issue:
    return Issue(
        rows.place,
        "plan-not-named",
        f'The file does not say whose plan it is; it is taken as "{rows.title[:60]}" of '
        f'"{owner[:60]}".',
        "If that is wrong, use the plan workbook, whose sheet 'plan' says it.",
        Severity.ADVICE,
    )


def find_plan(
    db: Session, partnership: Partnership | None, rows: PlanRows
) -> tuple[Plan | None, list[Issue]]:
    """The stored plan of this title and period, however either is written."""
    if partnership is None:
        return None, []
    plans = db.exec(
        select(Plan).where(Plan.partnership_id == partnership.id).order_by(col(Plan.id))
    ).all()
    title, period = body_key(rows.title), body_key(rows.period_label)
    of_title = [plan for plan in plans if body_key(plan.title) == title]
    of_both = [plan for plan in of_title if is_same_period(plan, rows)]
    if of_both:
        same = [plan for plan in of_both if body_key(plan.period_label) == period]
        return (same or of_both)[0], []
    if not period and len(of_title) == 1:
        return of_title[0], []
    beside = [plan for plan in plans if is_same_period(plan, rows)]
    return None, [_beside(rows, beside[0])] if beside else []


def _beside(rows: PlanRows, other: Plan) -> Issue:
    period = f"for {rows.period_label[:40]}" if rows.period_label else "without a period"
    return Issue(
        rows.place,
        "another-plan-of-this-period",
        f'This becomes a new plan; there is another {period}: "{other.title[:60]}".',
        "If it is the same plan, give it the same title, or every action will stand there twice.",
        Severity.ADVICE,
    )


def fingerprint(*parts: object) -> str:
    """Eight letters that tell whether the file said the same the last time."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
