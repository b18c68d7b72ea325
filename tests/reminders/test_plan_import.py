"""Importing plans: once, twice, after people have changed things, and with rows that are broken."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from reminders.history import note_change
from reminders.plan_export import show
from reminders.plan_import import PlanName, check_file, diff_file, import_file, settle
from reminders.plan_rows import ActionRow, BodyRow, PersonRow, PriorityRow
from storage.audit import AuditEntry
from storage.database import Database
from storage.issues import Issue, Place, Severity
from storage.people import Person
from storage.plans import Action, ActionLead, Body, Indicator, Partnership, Plan, Priority
from tests.reminders.plan_files import HEADINGS, codes, save, sheet_of
from tests.reminders.plans_made import (
    CALENDAR,
    EXAMPLES,
    NURSE,
    TODAY,
    action,
    bring_in,
    history,
    look,
    next_plan,
    plan,
    snapshot,
    stored,
)

BAD_ROW = Issue(Place("plan.xlsx", "actions", 7, "B"), "formula", "A formula.", "Type the value.")


def brought(db: Session, path: Path, now: datetime, **more: Any) -> Any:
    return import_file(db, path, now=now, today=TODAY, calendar=CALENDAR, **more)


# -- settling


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


# -- the first import


def test_a_plan_comes_in_with_everything_that_hangs_on_it(
    database: Database, now: datetime
) -> None:
    body = BodyRow("qa", "QA Subgroup", "subgroup", "qa@example.org", chair="NURSE@example.org")
    rows = plan(action("1.1", leads=("qa", "nurse")), bodies=(body,), notes=("Copied by hand.",))
    with database.writing() as db:
        result = bring_in(db, rows, now)
    with database.reading() as db:
        one = stored(db, "1.1")
        assert (one.due_on, one.first_due_on) == (date(2024, 3, 31), date(2024, 3, 31))
        assert db.exec(select(Priority.title)).all() == ["Neglect"]
        nurse = db.exec(select(Person).where(Person.key == "nurse")).one()
        assert (nurse.email, nurse.roles) == ("nurse@example.org", ["lead"])
        assert nurse.email_hash == database.keyring.fingerprint("email", "nurse@example.org")
        led = db.exec(select(Body)).one()
        assert led.chair_person_id == nurse.id
        contact = db.get(Person, led.contact_person_id)
        assert contact is not None
        assert contact.email == "qa@example.org"
        leads = db.exec(select(ActionLead).order_by(col(ActionLead.position))).all()
        assert [(lead.body_id, lead.person_id) for lead in leads] == [
            (led.id, None),
            (None, nurse.id),
        ]
        kept = db.get(Plan, result.plan_id)
        assert kept is not None
        assert kept.extras["notes"] == ["Copied by hand."]
        assert [entry.act for entry in db.exec(select(AuditEntry))] == ["plan imported"]


def test_a_doubtful_row_has_made_no_promise_yet(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1", deadline_printed="end of plan")), now)
        one = stored(db, "1.1")
        assert (one.needs_review, one.due_on, one.first_due_on) == (True, date(2024, 3, 31), None)
        bring_in(db, plan(action("1.1", deadline_printed="May-24")), now)
        one = stored(db, "1.1")
        assert (one.needs_review, one.first_due_on) == (False, date(2024, 5, 31))
        assert ("due_on", "", "2024-05-31") in history(db, "1.1")


def test_two_partnerships_may_call_different_people_alike(
    database: Database, now: datetime
) -> None:
    chair = PersonRow("chair", "Independent Chair")
    ours = plan(action("1.1", leads=("chair",)), people=(chair,))
    theirs = replace(ours, slug="bury", name="Bury Partnership")
    with database.writing() as db:
        bring_in(db, ours, now)
        bring_in(db, theirs, now)
        leads = db.exec(select(ActionLead.person_id)).all()
        assert len(set(leads)) == 2


def test_a_post_that_gets_the_address_of_somebody_known_becomes_that_person(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        known = Person(name="Sam")
        known.email = "nurse@example.org"
        known.email_hash = database.keyring.fingerprint("email", "nurse@example.org")
        db.add(known)
        db.flush()
        bring_in(db, plan(action("1.1", leads=("nurse",)), people=(replace(NURSE, email=""),)), now)
        bring_in(db, plan(action("1.1", leads=("nurse",))), now)
        assert db.exec(select(ActionLead.person_id)).all() == [known.id]
        assert known.key == "nurse"


def test_two_posts_with_one_address_are_one_person(database: Database, now: datetime) -> None:
    second = PersonRow("lado", "LADO", email="Nurse@Example.org", roles=("chair",))
    rows = plan(action("1.1", leads=("nurse",)), action("1.2", leads=("lado",)))
    with database.writing() as db:
        result = bring_in(db, replace(rows, people=(NURSE, second)), now)
        person = db.exec(select(Person)).one()
        assert person.roles == ["lead", "chair"]
        assert set(db.exec(select(ActionLead.person_id))) == {person.id}
        assert codes(result.issues) == ["e-mail-of-two-posts"]


# -- importing again


def test_importing_the_same_rows_again_touches_nothing(database: Database, now: datetime) -> None:
    rows = plan(action("1.1"), action("1.2", leads=("nurse", "Nobody Known")))
    with database.writing() as db:
        bring_in(db, rows, now)
        before = snapshot(db)
        again = bring_in(db, rows, now + timedelta(days=3))
        assert again.changed_nothing
        assert snapshot(db) == before


_TEXTS = st.text("abc Ü'\"=;", min_size=1).filter(str.strip)
_ACTIONS = st.lists(
    st.builds(
        ActionRow,
        ref=st.sampled_from(["1.1", "1.2", "1.10", "x-3"]),
        priority=st.sampled_from(["1.0", "", "7.0"]),
        text=_TEXTS,
        leads=st.lists(st.sampled_from(["qa", "nurse", "comms", "Who?"]), unique=True).map(tuple),
        outcome=st.sampled_from(["", "Better"]),
        deadline_printed=st.sampled_from(["Mar-24", "ongoing", "31 Feb", "May-23 Oct-23", "", "?"]),
        status=st.sampled_from(["", "on_track", "blocked", "odd"]),
        review=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(first=_ACTIONS, then=_ACTIONS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_came_before_the_second_time_changes_nothing(
    sqlite_database: Database, now: datetime, first: list[ActionRow], then: list[ActionRow]
) -> None:
    with Session(sqlite_database.engine) as db:
        bring_in(db, plan(*first), now)
        bring_in(db, plan(*then), now)
        before = snapshot(db)
        assert look(db, plan(*then)).changes_nothing
        bring_in(db, plan(*then), now + timedelta(days=1))
        assert snapshot(db) == before


def test_what_people_changed_since_stays_when_the_same_file_comes_again(
    database: Database, now: datetime
) -> None:
    rows = plan(action("1.1", status="on_track"), action("2.2", deadline_printed="May-23 Oct-23"))
    with database.writing() as db:
        bring_in(db, rows, now)
        moved, settled = stored(db, "1.1"), stored(db, "2.2")
        moved.due_on, moved.status, moved.status_at = date(2024, 5, 31), "at_risk", now
        settled.needs_review, settled.review_reasons, settled.alternatives = False, [], []
        settled.due_on, settled.text = date(2023, 10, 31), "As the manager put it"
        note_change(db, settled, "needs_review", "true", "false", now=now, person_id=None, how="x")
        result = bring_in(db, rows, now)
        assert result.changed_nothing
        assert (moved.due_on, moved.status) == (date(2024, 5, 31), "at_risk")
        assert not settled.needs_review
        assert settled.text == "As the manager put it"
        assert result.counts["needs_review"] == 0


def test_a_settled_row_is_asked_about_again_once_its_print_changes(
    database: Database, now: datetime
) -> None:
    row = action("2.2", deadline_printed="May-23 Oct-23")
    with database.writing() as db:
        bring_in(db, plan(row), now)
        one = stored(db, "2.2")
        one.needs_review, one.due_on = False, date(2023, 10, 31)
        bring_in(db, plan(replace(row, deadline_printed="May-23 Nov-23")), now)
        assert one.needs_review
        assert one.due_on is None


def test_a_reported_status_is_never_overwritten_and_that_is_said(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1")), now)
        stored(db, "1.1").status = "at_risk"
        stored(db, "1.1").status_at = now
        result = bring_in(db, plan(action("1.1", status="complete")), now)
        assert stored(db, "1.1").status == "at_risk"
        assert codes(result.issues) == ["status-kept"]


def test_every_change_of_an_action_goes_into_its_history(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1", "Old")), now)
        bring_in(
            db,
            plan(action("1.1", "New", leads=("comms",), deadline_printed="May-24", outcome="Good")),
            now,
        )
        assert sorted(history(db, "1.1")) == [
            ("due_on", "2024-03-31", "2024-05-31"),
            ("lead", "qa", "comms"),
            ("outcome", "", "Good"),
            ("text", "Old", "New"),
        ]
        assert stored(db, "1.1").first_due_on == date(2024, 3, 31)


def test_an_action_that_is_gone_is_retired_and_comes_back_with_its_history(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        id_ = stored(db, "1.2").id
        bring_in(db, plan(action("1.1")), now)
        assert stored(db, "1.2").retired_on == TODAY
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        assert (stored(db, "1.2").id, stored(db, "1.2").retired_on) == (id_, None)
        assert history(db, "1.2") == [
            ("retired_on", "", "2023-12-01"),
            ("retired_on", "2023-12-01", ""),
        ]


def test_nothing_is_retired_when_that_is_not_wanted(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        result = bring_in(db, plan(action("1.1")), now, allow_removals=False)
        assert stored(db, "1.2").retired_on is None
        assert result.counts["removed"] == 0


def test_an_action_whose_row_is_broken_is_not_taken_for_removed(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1"), action("1.2")), now)
        result = bring_in(db, plan(action("1.1", "New words")), now, issues=(BAD_ROW,))
        assert stored(db, "1.1").text == "New words"
        assert stored(db, "1.2").retired_on is None
        assert "nothing-retired" in codes(result.issues)


def test_an_unfinished_action_is_carried_over_and_the_earlier_plan_stays_as_it_was(
    database: Database, now: datetime
) -> None:
    with database.writing() as db:
        bring_in(
            db,
            plan(
                action("1.1", "Finalise the neglect strategy"),
                action("1.2", "Train everybody in it", status="complete"),
                action("1.3", "Ask the young people about it"),
            ),
            now,
        )
        old = stored(db, "1.1")
        new = next_plan(
            action("1.1", "Something else altogether"),
            action("2.1", "finalise the neglect strategy."),
            action("2.2", "Train everybody in it"),
            action("1.3", "Ask young people about it"),
        )
        result = bring_in(db, new, now)
        assert result.plan_id is not None
        assert stored(db, "2.1", result.plan_id).carried_from_id == old.id
        assert stored(db, "2.2", result.plan_id).carried_from_id is None
        assert stored(db, "1.1", result.plan_id).carried_from_id is None
        assert stored(db, "1.3", result.plan_id).carried_from_id == stored(db, "1.3").id
        assert (old.text, old.retired_on) == ("Finalise the neglect strategy", None)
        assert bring_in(db, new, now).changed_nothing


# -- files


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
        assert db.exec(select(Priority.retired_on)).all() == [None]


def test_a_plain_table_says_what_it_was_taken_for(
    database: Database, now: datetime, tmp_path: Path
) -> None:
    table = sheet_of([HEADINGS, ("1.1", "Do it", "QA subgroup", "Mar-24")])
    path = save(table, tmp_path, "neglect.xlsx")
    with database.writing() as db:
        result = brought(db, path, now)
        assert codes(result.issues) == ["plan-not-named"]
        assert db.exec(select(Plan.title)).all() == ["neglect"]
        assert brought(db, path, now).changed_nothing


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("plan.xlsx", b"%PDF-1.7 and so on", "not-a-plan-file"),
    ("plan.xlsx", b"Ref,Action\n1.1,Do it\n", "not-what-its-name-says"),
    ("plan.csv", b"   \n", "file-empty"),
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


def test_nothing_stays_when_the_callers_transaction_is_undone(
    database: Database, now: datetime
) -> None:
    with Session(database.engine) as db:
        bring_in(db, plan(action("1.1")), now)
        db.rollback()
    with database.reading() as db:
        assert db.exec(select(Plan)).all() == []
        assert db.exec(select(Person)).all() == []
