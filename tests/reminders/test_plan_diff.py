"""The preview of an import: what it lists, and that looking changes nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import event

from reminders.plan_changes import FieldChange
from reminders.plan_import import diff_file
from reminders.plan_rows import CycleRow, Figure, IndicatorRow, PriorityRow
from storage.database import Database
from storage.issues import Issue, Place
from tests.reminders.plan_files import codes
from tests.reminders.plans_made import (
    BODIES,
    CALENDAR,
    EXAMPLES,
    NURSE,
    TODAY,
    action,
    bring_in,
    look,
    next_plan,
    plan,
    snapshot,
)


def test_before_the_first_import_everything_would_be_added(database: Database) -> None:
    with database.reading() as db:
        found = look(db, plan(action("1.1"), action("1.2")))
    assert found.is_new
    assert [item.ref for item in found.added if item.kind == "action"] == ["1.1", "1.2"]
    assert {item.kind for item in found.added} == {"action", "body", "person", "priority"}
    assert found.counts()["added"] == 2


def test_looking_writes_nothing(database: Database) -> None:
    with database.writing() as db:
        before = snapshot(db)
        look(db, plan(action("1.1")))
        diff_file(db, EXAMPLES / "rochdale.xlsx", CALENDAR, TODAY)
        assert snapshot(db) == before


def test_each_action_is_added_changed_removed_or_unchanged(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2", "Old"), action("1.3")), now)
        found = look(db, plan(action("1.1"), action("1.2", "New"), action("1.4")))
        assert [item.ref for item in found.added] == ["1.4"]
        assert [(item.ref, item.changes) for item in found.changed] == [
            ("1.2", (FieldChange("text", "Old", "New"),))
        ]
        assert [item.ref for item in found.removed] == ["1.3"]
        assert found.unchanged == 1
        assert found.counts() == {
            "added": 1,
            "changed": 1,
            "removed": 1,
            "unchanged": 1,
            "carried_over": 0,
            "needs_review": 0,
        }


def test_a_row_moved_within_the_file_is_unchanged(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        assert look(db, plan(action("1.2"), action("1.1"))).changes_nothing


def test_with_rows_that_could_not_be_read_what_is_missing_is_held_back(
    database: Database, now: datetime
) -> None:
    broken = Issue(Place("plan.xlsx", "actions", 3), "formula", "A formula.", "Type the value.")
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        found = look(db, plan(action("1.1")), (broken,))
        assert found.removed == ()
        assert [item.ref for item in found.held_back] == ["1.2"]
        assert codes(found.issues) == ["formula", "nothing-retired"]


def test_an_address_is_never_shown_only_that_it_is_another(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        moved = replace(NURSE, email="new.nurse@example.org")
        body = replace(BODIES[0], contact="qa@example.org")
        found = look(db, plan(action("1.1"), people=(moved,), bodies=(body, BODIES[1])))
        assert {item.ref for item in found.changed} == {"nurse", "qa"}
        assert "example.org" not in json.dumps(found.to_json())


def test_what_stands_beside_the_actions_is_compared_too(database: Database, now: datetime) -> None:
    indicator = IndicatorRow("I1", "Plans for neglect", current=Figure("40", "%"))
    rows = plan(action("1.1"), indicators=(indicator,))
    with database.writing() as db:
        bring_in(db, rows, now)
        changed = replace(
            rows,
            name="Rochdale Children Partnership",
            period_end=date(2024, 6, 30),
            priorities=(PriorityRow("1.0", "Neglect first"),),
            indicators=(replace(indicator, current=Figure("45", "%")),),
            cycles=(CycleRow("Board", "quarterly"),),
        )
        found = look(db, changed)
        assert {(item.kind, one.field) for item in found.changed for one in item.changes} == {
            ("priority", "title"),
            ("indicator", "figures"),
            ("plan", "name"),
            ("plan", "period_end"),
            ("plan", "cycles"),
        }
        bring_in(db, changed, now)
        assert look(db, changed).changes_nothing


def test_carried_over_and_left_behind_are_told_apart(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1", "Goes on"), action("1.2", "Is forgotten")), now)
        found = look(db, next_plan(action("7.1", "Goes on")))
        assert [(one.ref, one.from_ref) for one in found.carried_over] == [("7.1", "1.1")]
        assert [one.ref for one in found.left_behind] == ["1.2"]
        assert found.is_new


def test_an_earlier_plan_takes_nothing_over_from_a_later_one(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, next_plan(action("1.1", "The same")), now)
        assert look(db, plan(action("1.1", "The same"))).carried_over == ()


def test_a_plan_beside_another_of_its_period_is_pointed_out(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        found = look(db, replace(plan(action("1.1")), title="The Strategy"))
        assert found.is_new
        assert codes(found.issues) == ["another-plan-of-this-period"]


def test_a_title_in_capitals_is_the_same_plan(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        told = replace(plan(action("1.1")), title="STRATEGIC  PLAN", period_label="2022-2024")
        assert look(db, told).changes_nothing


def test_the_json_shape_says_where_and_what(database: Database) -> None:
    with database.reading() as db:
        found = look(db, plan(action("1.1", deadline_printed="31 Feb")))
    shape: dict[str, Any] = json.loads(json.dumps(found.to_json()))
    assert shape["counts"]["needs_review"] == 1
    assert shape["needs_review"] == ["1.1"]
    assert shape["issues"][0]["code"] == "deadline-unreadable"
    assert shape["issues"][0]["severity"] == "review"


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_long_plan_costs_no_more_queries_than_a_short_one(
    database: Database, now: datetime
) -> None:
    long = plan(*(action(f"1.{number}") for number in range(300)))
    counts = []
    for rows in (plan(action("1.1")), long):
        with database.writing() as db:
            bring_in(db, rows, now)
            db.expire_all()
            with _statements(database) as seen:
                look(db, rows)
            counts.append(len(seen))
    assert counts[0] == counts[1]
