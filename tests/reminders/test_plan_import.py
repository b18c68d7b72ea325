"""Importing plans: once, twice, and after people have changed things."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from reminders.plan_rows import ActionRow, BodyRow, PersonRow
from reminders.recipients import open_actions
from reminders.review import confirm_review
from storage.audit import AuditEntry
from storage.database import Database
from storage.issues import Issue, Place
from storage.people import Person
from storage.plans import Action, ActionLead, Body, Plan, Priority
from tests.reminders.plan_files import codes
from tests.reminders.plans_made import (
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
        manager = Person(name="Kim", roles=["manager"])
        db.add(manager)
        db.flush()
        confirm_review(
            db,
            action_id=settled.id or 0,
            person_id=manager.id or 0,
            now=now,
            today=TODAY,
            due_on=date(2023, 10, 31),
            text="As the manager put it",
        )
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


def test_one_period_written_in_two_ways_is_one_plan(database: Database, now: datetime) -> None:
    with database.writing() as db:
        first = replace(plan(action("1.1")), period_label="2024-26", period_start=None)
        first = replace(first, period_end=None)
        kept = bring_in(db, first, now)
        again = bring_in(db, replace(first, period_label="2024 – 2026"), now)
        assert again.plan_id == kept.plan_id
        assert again.changed_nothing
        row = db.exec(select(Plan)).one()
        assert (row.period_start, row.period_end) == (date(2024, 4, 1), date(2026, 3, 31))
        assert row.period_assumed


def test_an_action_is_live_in_the_newest_plan_only(database: Database, now: datetime) -> None:
    """Whatever the plans' periods are called, nothing is carried on from one plan twice."""
    with database.writing() as db:
        bring_in(db, plan(action("1.1", "The same")), now)
        for label in ("2024-26", "Recovery plan", "2026-28"):
            later = replace(plan(action("1.1", "The same")), title=label, period_label=label)
            later = replace(later, period_start=None, period_end=None)
            result = bring_in(db, later, now)
            assert result.counts["carried_over"] == 1
            live = db.exec(select(Action.plan_id).where(*open_actions())).all()
            assert live == [result.plan_id]


def test_plans_of_one_period_stand_beside_each_other(database: Database, now: datetime) -> None:
    with database.writing() as db:
        bring_in(db, plan(action("1.1", "The same")), now)
        beside = replace(plan(action("1.1", "The same")), title="Another", period_label="2022-24")
        assert bring_in(db, beside, now).counts["carried_over"] == 0


def test_nothing_stays_when_the_callers_transaction_is_undone(
    database: Database, now: datetime
) -> None:
    with Session(database.engine) as db:
        bring_in(db, plan(action("1.1")), now)
        db.rollback()
    with database.reading() as db:
        assert db.exec(select(Plan)).all() == []
        assert db.exec(select(Person)).all() == []
