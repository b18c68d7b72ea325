"""What importing a plan would change beside its actions: bodies, people, priorities, indicators."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlmodel import Session

from reminders.plan_changes import FieldChange, Item, changes_between, loud
from reminders.plan_people import KnownPeople, has_new_email, one_each, person_values, posts_of
from reminders.plan_rows import BodyRow, PlanRows
from reminders.plan_settle import SettledPlan
from reminders.plan_stored import Stored
from reminders.plan_values import body_values, indicator_values, priority_values
from storage.issues import Issue

_PLAN_FACTS = ("period_start", "period_end", "period_assumed")
_PARTNERSHIP_FACTS = ("name", "short_name", "area")


def of_the_rest(
    db: Session, stored: Stored, settled: SettledPlan, issues: list[Issue]
) -> Iterator[tuple[str, Item]]:
    """Each item with what would become of it; findings about people gather in `issues`."""
    rows = settled.rows
    yield from _of_rows("body", stored.bodies, {row.id: body_values(row) for row in rows.bodies})
    priorities = {row.ref: priority_values(row) for row in rows.priorities}
    if not settled.is_whole:
        new = {ref: values for ref, values in priorities.items() if ref not in stored.priorities}
        yield from _of_rows("priority", {}, new)
        return
    indicators = {row.ref: indicator_values(row) for row in rows.indicators}
    for kind, here, told in (
        ("priority", stored.priorities, priorities),
        ("indicator", stored.indicators, indicators),
    ):
        yield from _of_rows(kind, here, told)
        yield from _gone(kind, here, told)
    yield from _of_people(KnownPeople.of(db, stored), stored, rows, issues)
    yield from _of_plan(stored, rows)


def _of_rows(
    kind: str, stored: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Item]]:
    for ref, values in told.items():
        item = Item(kind, ref, str(values.get("title") or values.get("name") or values["text"]))
        if ref not in stored:
            yield "added", item
        elif found := loud(changes_between(stored[ref], values)):
            yield "changed", replace(item, changes=found)


def _gone(
    kind: str, stored: Mapping[str, Any], told: Mapping[str, Any]
) -> Iterator[tuple[str, Item]]:
    for ref, row in stored.items():
        if ref not in told and row.retired_on is None:
            yield "removed", Item(kind, ref, getattr(row, "title", "") or getattr(row, "text", ""))


def _of_people(
    known: KnownPeople, stored: Stored, rows: PlanRows, issues: list[Issue]
) -> Iterator[tuple[str, Item]]:
    """People and the posts of bodies. An address is never shown, only that it is another."""
    for row in one_each(rows.people, issues):
        person, item = known.find(row), Item("person", row.id, row.post)
        if person is None:
            yield "added", item
            continue
        found = list(changes_between(person, person_values(row, language=False)))
        if has_new_email(known, person, row.email):
            found.append(FieldChange("email", "set" if person.email_hash else "", "set"))
        if found:
            yield "changed", replace(item, changes=tuple(found))
    for body in rows.bodies:
        changes = tuple(_of_posts(known, stored, body)) if body.id in stored.bodies else ()
        if changes:
            yield "changed", Item("body", body.id, body.name, changes)


def _of_posts(known: KnownPeople, stored: Stored, body: BodyRow) -> Iterator[FieldChange]:
    for name, column, email in posts_of(body):
        holder = getattr(stored.bodies[body.id], column)
        person = known.by_email(email)
        if person is None or person.id != holder:
            yield FieldChange(name, stored.person_ref(holder), "another address")


def _of_plan(stored: Stored, rows: PlanRows) -> Iterator[tuple[str, Item]]:
    plan, partnership = stored.plan, stored.partnership
    if plan is None or partnership is None:
        return
    names = {name: text for name in _PARTNERSHIP_FACTS if (text := getattr(rows, name))}
    found = [*changes_between(partnership, names)]
    found += changes_between(plan, {name: getattr(rows, name) for name in _PLAN_FACTS})
    found += _of_extras(stored, rows)
    if found:
        yield "changed", Item("plan", "", rows.title, tuple(found))


def _of_extras(stored: Stored, rows: PlanRows) -> Iterator[FieldChange]:
    now, told = stored.extras, extras_of(rows)
    for name in ("kind", "notes", "contacts", "surveys", "cycles"):
        before = now.get(name, type(told[name])())
        if before != told[name]:
            yield FieldChange(name, _size(before), _size(told[name]))


def _size(value: Any) -> str:
    return value if isinstance(value, str) else f"{len(value)} rows"


def extras_of(rows: PlanRows) -> dict[str, Any]:
    """What of a plan the tables have no column for, as the plan keeps it."""
    refs = {row.ref for row in rows.priorities}
    return {
        "kind": rows.kind,
        "notes": list(rows.notes),
        "contacts": [_plain(row) for row in rows.contacts],
        "surveys": [_plain(row) for row in rows.surveys],
        "cycles": [_plain(row) for row in rows.cycles],
        "priority_notes": {row.ref: row.note for row in rows.priorities if row.note},
        "loose_priorities": {
            row.ref: row.priority for row in rows.actions if row.priority not in refs | {""}
        },
    }


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON gives it back."""
    values = {name: value for name, value in asdict(row).items() if name != "place"}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
