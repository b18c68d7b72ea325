"""Importing plan files: the examples, plain tables, and files with something wrong."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from reminders.plan_export import show
from reminders.plan_import import PlanName, check_file, diff_file, import_file
from storage.database import Database
from storage.issues import Severity
from storage.plans import Action, ActionLead, Indicator, Partnership, Plan, Priority
from tests.reminders.plan_files import HEADINGS, codes, save, sheet_of
from tests.reminders.plans_made import (
    CALENDAR,
    EXAMPLES,
    TODAY,
    action,
    bring_in,
    plan,
    snapshot,
    stored,
)


def brought(db: Session, path: Path, now: datetime, **more: Any) -> Any:
    return import_file(db, path, now=now, today=TODAY, calendar=CALENDAR, **more)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_an_example_plan_comes_in_whole_and_again_without_a_change(
    database: Database, now: datetime, path: Path
) -> None:
    with database.writing() as db:
        first = brought(db, path, now)
        assert first.plan_id is not None
        assert first.counts["added"] > 0
        before = snapshot(db)
        assert brought(db, path, now).changed_nothing
        assert snapshot(db) == before


def test_all_examples_live_in_one_database(database: Database, now: datetime) -> None:
    with database.writing() as db:
        results = [brought(db, path, now) for path in sorted(EXAMPLES.glob("*.xlsx"))]
        assert len({result.plan_id for result in results}) == 5
        assert sum(result.counts["added"] for result in results) == 100
        assert len(db.exec(select(Partnership)).all()) == 5
        assert len(db.exec(select(Indicator)).all()) == 64


def test_the_doubtful_rows_of_rochdale_wait_for_a_person(database: Database, now: datetime) -> None:
    with database.writing() as db:
        result = brought(db, EXAMPLES / "rochdale.xlsx", now)
        assert result.plan_id is not None
        view = show(db, result.plan_id, today=TODAY)
        assert view is not None
        assert [one.ref for one in view.needs_review] == ["2.1", "2.2", "2.3", "2.4", "2.5"]
        assert all(one.review_reasons for one in view.needs_review)
        assert "3.2" in [one.ref for one in view.no_lead]
        assert stored(db, "1.2").follows_ref == "1.1"


def test_a_plain_table_becomes_a_plan_and_updates_only_what_it_speaks_of(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1", outcome="Children are seen")), now)
        table = sheet_of([("Ref", "Action", "By when"), ("1.1", "Do it differently", "May-24")])
        name = PlanName("rochdale", "Strategic Plan", "2022 - 2024")
        result = brought(db, save(table, tmp_path), now, given=name)
        one = stored(db, "1.1")
        assert result.plan_id == one.plan_id
        assert (one.text, one.due_on) == ("Do it differently", date(2024, 5, 31))
        assert one.outcome == "Children are seen"
        assert len(db.exec(select(ActionLead)).all()) == 1
        assert [row.retired_on for row in db.exec(select(Priority))] == [None]


def test_a_plain_table_says_what_it_was_taken_for(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    table = sheet_of([HEADINGS, ("1.1", "Do it", "QA subgroup", "Mar-24")])
    path = save(table, tmp_path, "neglect.xlsx")
    with database.writing() as db:
        result = brought(db, path, now)
        assert codes(result.issues) == ["lead-is-new", "plan-not-named"]
        assert str(result.issues[0]).startswith(
            'neglect.xlsx [Plan] C2: New lead: "QA subgroup" (row 2).'
        )
        assert db.exec(select(Plan.title)).all() == ["neglect"]
        again = brought(db, path, now)
        assert again.changed_nothing
        assert "lead-is-new" not in codes(again.issues)


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("plan.xlsx", b"%PDF-1.7 and so on", "not-a-plan-file"),
    ("plan.xlsx", b"Ref,Action\n1.1,Do it\n", "not-what-its-name-says"),
    ("plan.csv", b"   \n", "file-empty"),
    ("plan.csv", b",,\n,,\n", "nothing-in-it"),
    ("plan.csv", b"Ref,Action,Lead,Timescale\n", "no-actions"),
    ("plan.xlsx", b"PK\x03\x04 torn", "file-damaged"),
    ("plan.csv", b"x" * 10_500_000, "file-too-large"),
    ("plan.csv", b"\0\1\2" * 1000, "not-a-plan-file"),
]


@pytest.mark.parametrize(("name", "data", "code"), BAD_FILES, ids=[bad[2] for bad in BAD_FILES])
def test_a_file_with_nothing_in_it_that_can_be_used_leaves_the_database_untouched(
    database: Database, now: datetime, tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with database.writing() as db:
        before = snapshot(db)
        result = brought(db, path, now)
        assert result.plan_id is None
        assert code in codes(result.issues, Severity.ERROR)
        assert all(issue.place.file == name and issue.remedy for issue in result.issues)
        assert diff_file(db, path, CALENDAR, TODAY)[0] is None
        assert snapshot(db) == before
    assert code in codes(check_file(path, CALENDAR)[1])


def test_bad_rows_are_named_by_cell_and_the_good_ones_come_in(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    sheet = sheet_of(
        [
            HEADINGS,
            ("1.1", "Good", "QA subgroup", "Mar-24"),
            ("1.1", "Twice", "QA subgroup", "Mar-24"),
            ("1.2", "=A1", "QA subgroup", "Mar-24"),
            ("1.3", "No such day", "QA subgroup", "31 Feb"),
        ]
    )
    path = save(sheet, tmp_path)
    with database.writing() as db:
        result = brought(db, path, now)
        places = {issue.code: str(issue.place) for issue in result.issues}
        assert places["ref-twice"] == "plan.xlsx [Plan] A3"
        assert places["formula-without-value"] == "plan.xlsx [Plan] B4"
        assert places["deadline-unreadable"] == "plan.xlsx [Plan] D5"
        assert [(one.ref, one.needs_review) for one in db.exec(select(Action))] == [
            ("1.1", False),
            ("1.3", True),
        ]


def test_one_bad_row_is_enough_where_all_or_nothing_is_wanted(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    rows = [HEADINGS, ("1.1", "Good", "QA", "Mar-24"), ("1.1", "Twice", "QA", "Mar-24")]
    path = save(sheet_of(rows), tmp_path)
    with database.writing() as db:
        before = snapshot(db)
        assert brought(db, path, now, despite_errors=False).plan_id is None
        assert snapshot(db) == before


def test_a_lead_nobody_knows_is_asked_about_with_the_nearest_name(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        rows = [HEADINGS, ("1.1", "Do it", "Qualty Assurance Subgroop", "Mar-24")]
        result = brought(db, save(sheet_of(rows), tmp_path), now)
        found = next(issue for issue in result.issues if issue.code == "lead-unknown")
        assert str(found.place) == "plan.xlsx [Plan] C2"
        assert "Quality Assurance Subgroup" in found.remedy


def test_a_merged_cell_counts_for_the_rows_that_it_covers(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    sheet = sheet_of([HEADINGS, ("1.1", "One", "QA", "Mar-24"), ("1.2", "Two", None, "Mar-24")])
    sheet.merge_cells("C2:C3")
    with database.writing() as db:
        result = brought(db, save(sheet, tmp_path), now)
        assert result.counts["added"] == 2
        assert len(db.exec(select(ActionLead)).all()) == 2
