"""Writing what an import brings beside actions: the partnership, bodies, people, the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

from reminders.plan_people import (
    KnownPeople,
    enter_person,
    enter_post,
    one_each,
    people_entries,
    posts_of,
)
from reminders.plan_rows import BodyRow, PersonRow, PlanRows
from reminders.plan_stored import Stored, our_people, person_ref
from reminders.plan_values import body_values
from storage.people import Person
from storage.plans import Body, Partnership, Plan

_Row = TypeVar("_Row", bound=SQLModel)


@dataclass(slots=True)
class Cast:
    """Everybody whom a lead cell may mean, by what the plan calls them."""

    bodies: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def find(self, name: str) -> tuple[int | None, int | None]:
        """The body or else the person of this id."""
        body = self.bodies.get(name)
        return (body, None) if body is not None else (None, self.people.get(name))


def set_changed(row: SQLModel, values: Mapping[str, Any]) -> None:
    """Set what is another, so that an equal row is not written again."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def enter_partnership(db: Session, stored: Stored, rows: PlanRows, slug: str) -> Partnership:
    """The plan's partnership, new or brought up to date."""
    names = ("name", "short_name", "area")
    values = {name: text for name in names if (text := getattr(rows, name))}
    found = stored.partnership
    if found is None:
        found = Partnership(slug=slug, **({"name": rows.title or slug} | values))
    elif rows.slug:
        set_changed(found, values)
    db.add(found)
    db.flush()
    stored.partnership = found
    return found


def enter_plan(
    db: Session, stored: Stored, rows: PlanRows, partnership: Partnership, *, now: datetime
) -> Plan:
    """The plan, new or brought up to date; a plain table does not speak of its period's dates."""
    values: dict[str, Any] = {
        "period_start": rows.period_start,
        "period_end": rows.period_end,
        "period_assumed": rows.period_assumed,
    }
    plan = stored.plan
    if plan is None:
        plan = Plan(
            partnership_id=partnership.id or 0,
            title=rows.title,
            period_label=rows.period_label,
            imported_at=now,
            **values,
        )
    elif rows.slug or (plan.period_start is None and rows.period_start is not None):
        set_changed(plan, values)
    db.add(plan)
    db.flush()
    return plan


def enter_rows(
    db: Session,
    table: type[_Row],
    plan_id: int,
    stored: dict[str, _Row],
    values: Mapping[str, Mapping[str, Any]],
) -> None:
    """Rows of a plan that are known by their ref; new ones are entered into `stored`."""
    for at, (ref, columns) in enumerate(values.items()):
        row = stored.get(ref)
        if row is None:
            stored[ref] = row = table(plan_id=plan_id, ref=ref, position=at, **columns)
        else:
            set_changed(row, {**columns, "position": at})
        db.add(row)
    db.flush()


def cast_of(
    db: Session, known: KnownPeople, stored: Stored, rows: PlanRows, partnership: Partnership
) -> Cast:
    """Write the plan's people and bodies, and say who is who."""
    cast = Cast(people={person_ref(row): row.id or 0 for row in our_people(stored)})
    people = _people(known, rows.people)
    stored.people |= {row.id or 0: row for row in people.values()}
    cast.people |= {name: person.id or 0 for name, person in people.items()}
    cast.entries = people_entries(rows.people, people)
    for row in rows.bodies:
        _enter_body(db, known, stored, row, partnership)
    db.flush()
    cast.bodies = {key: body.id or 0 for key, body in stored.bodies.items()}
    return cast


def _people(known: KnownPeople, rows: tuple[PersonRow, ...]) -> dict[str, Person]:
    entered = {row.id: enter_person(known, row) for row in one_each(rows, [])}
    for row in rows:
        if row.id not in entered:
            person = known.by_email(row.email)
            if person is not None:
                entered[row.id] = person
    return entered


def _enter_body(
    db: Session, known: KnownPeople, stored: Stored, row: BodyRow, partnership: Partnership
) -> None:
    body = stored.bodies.get(row.id)
    if body is None:
        values = {"kind": "", **body_values(row)}
        body = Body(partnership_id=partnership.id or 0, key=row.id, **values)
        stored.bodies[row.id] = body
    else:
        set_changed(body, body_values(row))
    for _name, column, email in posts_of(row):
        set_changed(body, {column: enter_post(known, row, email).id})
    db.add(body)
