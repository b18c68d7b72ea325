"""Reading the deadlines and leads of a plan: what is certain, what waits for a person."""

from datetime import date, datetime

import pytest

from reminders.plan_import import settle
from reminders.plan_rows import BodyRow, PriorityRow
from storage.database import Database
from storage.issues import Severity
from tests.reminders.plan_files import codes
from tests.reminders.plans_made import (
    CALENDAR,
    action,
    bring_in,
    plan,
    stored,
)


@pytest.mark.parametrize(
    ("printed", "due_on", "kind", "doubtful"),
    [
        ("Mar-24", date(2024, 3, 31), "date", False),
        ("Feb-24", date(2024, 2, 29), "date", False),
        ("Ongoing", None, "ongoing", False),
        ("when developed", None, "conditional", False),
        ("", None, "none", False),
        ("May-23 Oct-23", None, "multiple", True),
        ("end of plan", date(2024, 3, 31), "date", True),
        ("31 Feb", None, "unreadable", True),
        ("soonish", None, "unreadable", True),
    ],
)
def test_a_printed_deadline_is_read_and_a_doubtful_one_is_kept_for_review(
    printed: str, due_on: date | None, kind: str, doubtful: bool
) -> None:
    settled, issues = settle(plan(action("1.1", deadline_printed=printed)), CALENDAR)
    one = settled.actions[0]
    assert (one.due_on, one.kind.value, one.needs_review) == (due_on, kind, doubtful)
    assert bool(one.reasons) == doubtful
    assert [issue.severity for issue in issues] == [Severity.REVIEW] * doubtful
    assert all(issue.remedy for issue in issues)


def test_two_dates_in_a_cell_are_both_offered() -> None:
    settled, _ = settle(plan(action("1.1", deadline_printed="May-23 Oct-23")), CALENDAR)
    assert settled.actions[0].alternatives == ("2023-05-31", "2023-10-31")


def test_what_the_file_says_of_a_deadline_is_not_read_again() -> None:
    row = action("1.1", deadline_printed="soonish", deadline=date(2024, 5, 1), deadline_kind="date")
    settled, issues = settle(plan(row), CALENDAR)
    assert (settled.actions[0].due_on, settled.actions[0].needs_review) == (date(2024, 5, 1), False)
    assert issues == []


def test_a_date_filled_in_settles_a_row_whose_kind_was_left_unreadable() -> None:
    row = action("1.1", deadline=date(2024, 2, 29), deadline_kind="unreadable")
    settled, _ = settle(plan(row), CALENDAR)
    assert settled.actions[0].kind.value == "date"
    assert not settled.actions[0].needs_review


def test_a_date_beside_ongoing_is_spoken_of() -> None:
    row = action("1.1", deadline=date(2024, 2, 29), deadline_kind="ongoing")
    assert codes(settle(plan(row), CALENDAR)[1]) == ["date-beside-words"]


def test_a_lead_nobody_knows_puts_the_row_in_review_and_keeps_the_name() -> None:
    settled, issues = settle(plan(action("1.1", leads=("qa", "The Unheard Of"))), CALENDAR)
    assert settled.actions[0].leads == ("qa", "The Unheard Of")
    assert settled.actions[0].needs_review
    assert codes(issues) == ["lead-unknown"]


def test_an_action_without_a_lead_is_not_doubtful_by_that() -> None:
    settled, issues = settle(plan(action("1.1", leads=())), CALENDAR)
    assert not settled.actions[0].needs_review
    assert issues == []


def test_what_cannot_be_stored_is_left_out_and_named() -> None:
    rows = plan(
        action("1.1"),
        action("1.1", "The same ref"),
        action("9" * 40, "A ref too long"),
        priorities=(PriorityRow("1.0", "Neglect"), PriorityRow("p" * 40, "Too long")),
        bodies=(BodyRow("qa", "QA"), BodyRow("b" * 70, "Too long")),
    )
    settled, issues = settle(rows, CALENDAR)
    assert [one.ref for one in settled.actions] == ["1.1"]
    assert len(settled.rows.priorities) == len(settled.rows.bodies) == 1
    assert sorted(codes(issues, Severity.ERROR)) == [
        "id-too-long",
        "ref-too-long",
        "ref-too-long",
        "ref-twice",
    ]


@pytest.mark.parametrize(
    ("status", "kept", "said"),
    [
        ("", "not_started", []),
        ("on_track", "on_track", []),
        ("blocked", "waiting", []),
        ("nearly there", "not_started", ["status-unknown"]),
    ],
)
def test_a_status_of_the_file_is_where_an_action_starts(
    database: Database, now: datetime, status: str, kept: str, said: list[str]
) -> None:
    with database.writing() as db:
        result = bring_in(db, plan(action("1.1", status=status)), now)
        assert stored(db, "1.1").status == kept
        assert codes(result.issues) == said
