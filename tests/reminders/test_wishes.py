"""What people chose about being asked is kept to: by rounds, previews, deputies and the digest."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from digests.period import Period
from digests.weekly import gather
from reminders import wishes
from reminders.policy import Reach, Silence
from reminders.preview import preview
from reminders.recipients import recipients, stands_in_for
from storage.database import Database
from storage.people import Preferences
from storage.plans import Nudge
from tests.reminders.small_plan import CALENDAR, SmallPlan, nine

FRIDAY = date(2023, 12, 1)
MONDAY = date(2023, 12, 4)
DUE = date(2023, 12, 31)


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


@pytest.fixture
def asha(plan: SmallPlan) -> int:
    return plan.person("Asha")


def choose(plan: SmallPlan, person: int, **chosen: Any) -> None:
    plan.db.add(Preferences(person_id=person, **chosen))
    plan.db.flush()


def why(plan: SmallPlan, on: date) -> list[str]:
    return [one.why for one in preview(plan.db, on=on, calendar=CALENDAR).silent]


def test_each_persons_message_waits_for_their_own_hour(plan: SmallPlan, asha: int) -> None:
    ben = plan.person("Ben")
    choose(plan, asha, reminder_hour=14)
    plan.action("1.2", DUE, people=[asha, ben])
    plan.round(FRIDAY)
    hours = sorted(row.not_before for row in plan.queued("nudges"))
    assert hours == [nine(FRIDAY), nine(FRIDAY) + timedelta(hours=5)]


def test_a_question_waits_for_one_of_their_days(plan: SmallPlan, asha: int) -> None:
    choose(plan, asha, reminder_days=[0, 2])
    action = plan.action("1.2", DUE, people=[asha])
    assert why(plan, FRIDAY) == ["Not one of their days. Next on 4 December 2023."]
    assert plan.round(FRIDAY).nudges == 0
    assert plan.round(MONDAY).nudges == 1
    assert plan.nudges(action) == [("30d", asha)]


def test_nothing_is_asked_in_a_quiet_time_and_one_question_after_it(
    plan: SmallPlan, asha: int
) -> None:
    action = plan.action("1.2", date(2023, 12, 5), people=[asha])
    plan.round(FRIDAY)
    wishes.be_quiet(plan.db, person_id=asha, until=date(2023, 12, 20), now=nine(FRIDAY))
    plan.rounds(MONDAY, date(2023, 12, 19))
    assert len(plan.nudges(action)) == 1
    assert plan.queued("escalation_proposed") == []
    assert "They asked to be left in peace until 20 December 2023." in why(plan, MONDAY)
    plan.round(date(2023, 12, 20))
    assert len(plan.nudges(action)) == 2


def test_who_stopped_is_asked_no_more_and_everybody_can_see_why(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.round(FRIDAY)
    when: dict[str, Any] = {"now": nine(FRIDAY), "today": FRIDAY}
    assert wishes.stop(plan.db, person_id=asha, **when)
    assert not wishes.stop(plan.db, person_id=asha, **when)
    plan.rounds(MONDAY, date(2024, 2, 1))
    assert len(plan.nudges(action)) == 1
    assert plan.queued("escalation_proposed") == []
    (one,) = recipients(plan.db, [action], today=MONDAY)[action]
    assert one.reach is Reach.STOPPED
    would = preview(plan.db, on=date(2023, 12, 15), calendar=CALENDAR).would
    assert [(who.platform, who.unreachable) for who in would] == [
        ("", "They asked for no more reminders. They can write: start. Or give it to another.")
    ]
    digest = gather(plan.db, Period.week_to(MONDAY), calendar=CALENDAR, now=nine(MONDAY))
    assert [(row.who, row.reason, row.since) for row in digest.unreached.rows if row.since] == [
        ("Asha", "stopped", FRIDAY)
    ]


def test_who_starts_again_is_asked_at_the_next_round(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    wishes.stop(plan.db, person_id=asha, now=nine(FRIDAY), today=FRIDAY)
    assert plan.round(FRIDAY).nudges == 0
    assert wishes.start_again(plan.db, person_id=asha)
    assert not wishes.start_again(plan.db, person_id=asha)
    assert plan.round(MONDAY).nudges == 1
    assert [row.answered_at for row in plan.asked()] == [None]
    assert plan.nudges(action)[0][1] == asha


def test_the_deputy_is_asked_for_who_stopped_and_told_for_whom(plan: SmallPlan, asha: int) -> None:
    dev = plan.person("Dev")
    body = plan.body("QA", contact_person_id=asha, deputy_person_id=dev)
    action = plan.action("1.2", DUE, bodies=[body])
    assert stands_in_for(plan.db, dev, [action], today=FRIDAY) == {}
    wishes.stop(plan.db, person_id=asha, now=nine(FRIDAY), today=FRIDAY)
    plan.round(FRIDAY)
    assert plan.nudges(action) == [("30d", dev)]
    found = stands_in_for(plan.db, dev, [action], today=FRIDAY)
    assert (found[action].name, found[action].away_until) == ("Asha", None)


def test_a_stop_settles_what_was_asked_of_them_alone(plan: SmallPlan, asha: int) -> None:
    ben = plan.person("Ben")
    plan.action("1.2", DUE, people=[asha, ben])
    plan.round(FRIDAY)
    wishes.stop(plan.db, person_id=asha, now=nine(FRIDAY), today=FRIDAY)
    plan.db.expire_all()
    waiting = [nudge.person_id for nudge in plan.asked() if nudge.answered_at is None]
    assert waiting == [ben]
    assert all(isinstance(nudge, Nudge) for nudge in plan.asked())


def test_quiet_has_an_end(plan: SmallPlan) -> None:
    assert wishes.latest_quiet(date(2023, 11, 30)) == date(2024, 2, 29)
    assert Silence.QUIET in set(Silence)
    assert wishes.wishes(plan.db, []) == {}
