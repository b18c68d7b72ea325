"""One round: what is asked, of whom, once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import func, select

from reminders import rounds, updates
from reminders.policy import Status
from reminders.rounds import RoundReport
from storage.database import Database
from storage.mail import Outbox, Urgency
from storage.people import Role
from storage.plans import Nudge
from storage.types import Keyring
from tests.reminders.small_plan import CALENDAR, SmallPlan, nine

FRIDAY = date(2023, 12, 1)
DUE = date(2023, 12, 31)


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


@pytest.fixture
def asha(plan: SmallPlan) -> int:
    return plan.person("Asha")


def test_all_that_is_due_for_one_person_goes_in_one_message(plan: SmallPlan, asha: int) -> None:
    for ref in ("1.2", "1.5"):
        plan.action(ref, DUE, people=[asha])
    report = plan.round(FRIDAY)
    assert (report.people, report.nudges, report.actions) == (1, 2, 2)
    (row,) = plan.queued("nudges")
    assert row.dedupe_key == f"nudges:2023-12-01:{asha}"
    assert json.loads(row.params) == {"batch": f"2023-12-01:{asha}", "person": asha}
    assert row.priority == Urgency.REMINDER
    batches = set(plan.db.exec(select(Nudge.batch)).all())
    assert batches == {f"2023-12-01:{asha}"}


def test_a_message_waits_for_its_hour_and_lapses_three_days_after_its_day(
    plan: SmallPlan, asha: int
) -> None:
    plan.action("1.2", DUE, people=[asha])
    early = nine(FRIDAY) - timedelta(hours=6)
    rounds.run(plan.db, now=early, calendar=CALENDAR)
    (row,) = plan.queued("nudges")
    assert row.not_before == nine(FRIDAY)
    assert row.lapses_at == nine(date(2023, 12, 5)) - timedelta(hours=9)


def test_a_round_later_in_the_day_queues_for_now(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    late = nine(FRIDAY) + timedelta(hours=5)
    rounds.run(plan.db, now=late, calendar=CALENDAR)
    assert plan.queued("nudges")[0].not_before == late


def test_a_second_round_on_the_same_day_asks_nothing_again(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    assert plan.round(FRIDAY).nudges == 1
    assert plan.round(FRIDAY) == RoundReport(FRIDAY, open_actions=1)
    assert len(plan.queued("nudges")) == 1


def test_after_a_week_down_one_message_goes_not_five(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.action("1.5", DUE + timedelta(days=2), people=[asha])
    plan.round(date(2024, 1, 10))
    assert plan.nudges(action) == [("+1w", asha)]
    assert len(plan.queued("nudges")) == 1


def test_nothing_goes_out_on_a_closed_day_and_the_next_one_catches_up(
    plan: SmallPlan, asha: int
) -> None:
    action = plan.action("1.2", date(2024, 1, 24), people=[asha])
    assert plan.round(date(2023, 12, 23)) == RoundReport(date(2023, 12, 23), closed=True)
    assert plan.round(date(2023, 12, 25)).closed
    plan.round(date(2023, 12, 27))
    assert plan.nudges(action) == [("30d", asha)]


def test_a_deadline_on_easter_sunday_is_asked_about_on_the_thursday_before(
    plan: SmallPlan, asha: int
) -> None:
    plan.action("1.3", date(2024, 3, 31), people=[asha])
    plan.rounds(date(2024, 3, 28), date(2024, 4, 12))
    asked = [(nudge.stage, nudge.queued_on) for nudge in plan.asked()]
    assert asked == [("0d", date(2024, 3, 28)), ("+1w", date(2024, 4, 8))]


@pytest.mark.parametrize(
    "state",
    [
        {"needs_review": True},
        {"status": "needs_review"},
        {"status": "complete"},
        {"status": "superseded"},
        {"retired_on": FRIDAY},
    ],
)
def test_what_is_doubtful_finished_or_retired_nudges_nobody(
    plan: SmallPlan, asha: int, state: dict[str, Any]
) -> None:
    plan.action("2.2", DUE, people=[asha], **state)
    assert plan.round(FRIDAY).nudges == 0


def test_without_a_lead_or_an_address_nobody_is_nudged(plan: SmallPlan) -> None:
    plan.action("3.2", DUE)
    plan.action("1.2", DUE, people=[plan.person("Lost", reached=False)])
    plan.action("1.5", DUE, bodies=[plan.body("QA")])
    report = plan.round(FRIDAY)
    assert (report.nudges, report.open_actions) == (0, 3)


def test_after_three_unanswered_questions_nobody_is_asked_again(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.rounds(FRIDAY, date(2023, 12, 27))
    assert plan.round(date(2023, 12, 28)).fell_silent == 1
    plan.rounds(date(2023, 12, 29), date(2024, 2, 1))
    assert [stage for stage, _ in plan.nudges(action)] == ["30d", "14d", "3d"]


def test_an_answer_starts_the_counting_anew(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.rounds(FRIDAY, date(2023, 12, 28))
    updates.record(
        plan.db,
        action_id=action,
        person_id=asha,
        status=Status.AT_RISK,
        now=nine(date(2024, 1, 2)),
        today=date(2024, 1, 2),
    )
    plan.rounds(date(2024, 1, 3), date(2024, 2, 9))
    stages = [stage for stage, _ in plan.nudges(action)]
    assert stages == ["30d", "14d", "3d", "+1w", "+2w", "+3w"]


def test_a_message_that_never_arrived_is_nobodys_silence(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.rounds(FRIDAY, date(2023, 12, 15))
    for row in plan.queued("nudges"):
        row.settled_at, row.outcome = nine(date(2023, 12, 15)), "fault"
        plan.db.add(row)
    plan.rounds(date(2023, 12, 18), date(2024, 1, 16))
    stages = [stage for stage, _ in plan.nudges(action)]
    assert stages == ["30d", "14d", "3d", "0d", "+1w"]


def test_a_moved_deadline_makes_old_nudges_stale_and_starts_new_ones(
    plan: SmallPlan, asha: int
) -> None:
    manager = plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    plan.round(FRIDAY)
    said = updates.record(
        plan.db,
        action_id=action,
        person_id=asha,
        status=Status.AT_RISK,
        proposed_due_on=date(2024, 1, 31),
        now=nine(FRIDAY),
        today=FRIDAY,
    )
    assert said.id is not None
    updates.agree_date(
        plan.db,
        update_id=said.id,
        person_id=manager,
        agreed=True,
        now=nine(FRIDAY),
        today=FRIDAY,
    )
    plan.rounds(date(2023, 12, 4), date(2024, 1, 1))
    found = [(nudge.due_on, nudge.stage) for nudge in plan.asked()]
    assert found == [(DUE, "30d"), (date(2024, 1, 31), "30d")]
    stale = [due_on for due_on, _ in found if due_on != plan.read(action).due_on]
    assert stale == [DUE]


def test_a_nudge_found_after_todays_message_has_left_waits_for_the_next_working_day(
    plan: SmallPlan, asha: int
) -> None:
    plan.action("1.2", DUE, people=[asha])
    plan.round(FRIDAY)
    (row,) = plan.queued("nudges")
    row.attempts = 1
    plan.db.add(row)
    late = plan.action("1.5", DUE, people=[asha])
    assert plan.round(FRIDAY).nudges == 0
    assert plan.nudges(late) == []
    assert plan.round(date(2023, 12, 4)).nudges == 1
    assert plan.nudges(late) == [("30d", asha)]


def test_a_nudge_found_before_todays_message_has_left_joins_it(plan: SmallPlan, asha: int) -> None:
    plan.action("1.2", DUE, people=[asha])
    plan.round(FRIDAY)
    plan.action("1.5", DUE, people=[asha])
    assert plan.round(FRIDAY).nudges == 1
    assert len(plan.queued("nudges")) == 1


def test_two_nodes_that_run_the_same_round_send_one_message(
    database: Database, database_url: str, keyring: Keyring
) -> None:
    with database.writing() as db:
        plan = SmallPlan.start(db)
        people = [plan.person(f"Lead {n}") for n in range(6)]
        for n in range(60):
            plan.action(f"1.{n}", DUE, people=[people[n % 6], people[(n + 1) % 6]])
    ready = Barrier(2)

    def node(now: datetime) -> RoundReport:
        with Database(database_url, keyring) as own:
            ready.wait(timeout=20)
            with own.writing() as db:
                return rounds.run(db, now=now, calendar=CALENDAR)

    with ThreadPoolExecutor(2) as pool:
        moments = [nine(FRIDAY), nine(FRIDAY) + timedelta(seconds=1)]
        reports = list(pool.map(node, moments, timeout=60))
    with database.reading() as db:
        assert db.exec(select(func.count()).select_from(Outbox)).one() == 6
        assert db.exec(select(func.count()).select_from(Nudge)).one() == 120
    assert sorted(report.nudges for report in reports) == [0, 120]


# -- reviews


def test_an_ongoing_action_is_asked_about_ten_working_days_before_its_body_meets(
    plan: SmallPlan, asha: int
) -> None:
    meeting = date(2024, 1, 26)
    body = plan.body("QA", contact_person_id=asha, next_meeting=meeting)
    action = plan.action("1.4", deadline_kind="ongoing", bodies=[body])
    assert plan.round(FRIDAY).review_dates == 1
    assert plan.read(action).review_on == date(2024, 1, 12)
    plan.rounds(date(2023, 12, 4), date(2024, 1, 12))
    assert plan.nudges(action) == [("review", asha)]


def test_the_review_comes_round_every_quarter_and_is_never_missed(
    plan: SmallPlan, asha: int
) -> None:
    action = plan.action("1.4", deadline_kind="ongoing", people=[asha])
    plan.rounds(FRIDAY, date(2024, 7, 1))
    days = [nudge.due_on for nudge in plan.asked()]
    assert days == [date(2023, 12, 14), date(2024, 3, 15), date(2024, 6, 17)]
    assert plan.nudges(action) == [("review", asha)] * 3


def test_a_review_that_the_bot_slept_through_is_asked_when_it_wakes(
    plan: SmallPlan, asha: int
) -> None:
    action = plan.action("1.4", deadline_kind="ongoing", people=[asha], review_on=date(2023, 11, 1))
    assert plan.round(FRIDAY).nudges == 1
    assert plan.read(action).review_on == date(2023, 11, 1)
    plan.rounds(date(2023, 12, 4), date(2023, 12, 5))
    assert plan.read(action).review_on == date(2023, 12, 14)


def test_a_deadline_far_off_is_reviewed_and_one_nearby_is_not(plan: SmallPlan, asha: int) -> None:
    far = plan.action("1.3", date(2024, 12, 31), people=[asha])
    near = plan.action("1.2", date(2024, 1, 31), people=[asha])
    plan.round(FRIDAY)
    assert plan.read(far).review_on == date(2023, 12, 14)
    assert plan.read(near).review_on is None
