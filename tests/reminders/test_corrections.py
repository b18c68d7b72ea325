"""Putting right what was said, dates asked for twice, and who leads from now on."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from reminders import updates
from reminders.corrections import (
    correctable,
    date_before,
    date_of_proposal,
    may_correct,
    open_proposal,
)
from reminders.handing_over import beside, may_take_over
from reminders.policy import Status
from reminders.updates import NothingToDecide
from storage import audit
from storage.database import Database
from storage.people import Role
from storage.plans import Nudge, Update
from tests.reminders.small_plan import SmallPlan, nine

TODAY = date(2023, 12, 1)
DUE = date(2023, 12, 31)
WHEN: dict[str, Any] = {"now": nine(TODAY), "today": TODAY}


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


def say(plan: SmallPlan, action: int, person: int, **more: Any) -> Update:
    values = {"status": Status.ON_TRACK} | WHEN | more
    return updates.record(plan.db, action_id=action, person_id=person, **values)


def test_ones_own_latest_word_can_be_put_right_and_no_other(plan: SmallPlan) -> None:
    asha, ben = plan.person("Asha"), plan.person("Ben")
    action = plan.action("1.2", DUE, people=[asha, ben])
    first, second = say(plan, action, asha), say(plan, action, asha)
    bens = say(plan, action, ben)
    assert correctable(plan.db, action, asha) == second
    assert not may_correct(plan.db, first, asha)
    assert not may_correct(plan.db, bens, asha)
    third = say(plan, action, asha, corrects_id=second.id)
    assert not may_correct(plan.db, second, asha)
    assert correctable(plan.db, action, asha) == third


def test_any_post_of_a_leading_body_may_put_right_its_latest_word(plan: SmallPlan) -> None:
    asha, dev, chris, sam = (plan.person(name) for name in ("Asha", "Dev", "Chris", "Sam"))
    body = plan.body("QA", contact_person_id=asha, deputy_person_id=dev, chair_person_id=chris)
    action = plan.action("1.2", DUE, bodies=[body])
    said = say(plan, action, asha)
    assert [may_correct(plan.db, said, who) for who in (asha, dev, chris, sam)] == [
        True, True, True, False
    ]  # fmt: skip


def test_who_wrote_a_word_down_may_put_it_right(plan: SmallPlan) -> None:
    asha, maya = plan.person("Asha"), plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    noted = say(plan, action, asha, recorded_by_id=maya, how="by phone")
    own = say(plan, action, asha)
    assert may_correct(plan.db, own, asha)
    assert correctable(plan.db, action, maya) == noted


def test_at_most_one_date_is_open(plan: SmallPlan) -> None:
    asha, maya = plan.person("Asha"), plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    first = say(plan, action, asha, proposed_due_on=date(2024, 1, 31))
    second = say(plan, action, asha, proposed_due_on=date(2024, 2, 29))
    assert open_proposal(plan.db, action) == second
    decide: dict[str, Any] = {"person_id": maya, "agreed": True, **WHEN}
    with pytest.raises(NothingToDecide):
        updates.agree_date(plan.db, update_id=first.id or 0, **decide)
    updates.agree_date(plan.db, update_id=second.id or 0, **decide)
    assert plan.read(action).due_on == date(2024, 2, 29)
    assert date_of_proposal(plan.db, action) is None


def test_only_within_a_group_an_action_goes_over_without_the_manager(plan: SmallPlan) -> None:
    sam = plan.person("Sam")
    asha, dev, chris = plan.person("Asha", deputy_id=sam), plan.person("Dev"), plan.person("Chris")
    body = plan.body("QA", contact_person_id=asha, deputy_person_id=dev, chair_person_id=chris)
    action = plan.action("1.2", DUE, bodies=[body])
    now = nine(TODAY)
    takes = [may_take_over(plan.db, action, asha, to, now=now) for to in (dev, sam, chris)]
    assert takes == [True, True, False]
    assert not may_take_over(plan.db, action, dev, sam, now=now)
    assert beside(plan.db, action, asha) == sorted([dev, chris, sam])


@pytest.mark.parametrize("act", ["deputy_named", "leave_noted"])
@pytest.mark.parametrize(
    ("by_themselves", "hours_ago", "at_once"),
    [(True, 1, False), (True, 23, False), (True, 25, True), (False, 1, True)],
)
def test_a_deputy_whom_a_lead_has_just_named_takes_over_by_the_manager_alone(
    plan: SmallPlan, act: str, by_themselves: bool, hours_ago: int, at_once: bool
) -> None:
    sam = plan.person("Sam")
    asha, maya = plan.person("Asha", deputy_id=sam), plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    audit.record(
        plan.db,
        at=nine(TODAY) - timedelta(hours=hours_ago),
        act=act,
        subject=f"person:{asha}",
        person_id=asha if by_themselves else maya,
        detail=f"until 2024-01-12, deputy person:{sam}",
    )
    plan.db.flush()
    assert may_take_over(plan.db, action, asha, sam, now=nine(TODAY)) is at_once


def test_who_led_hears_it_once_and_who_leads_is_asked_once(plan: SmallPlan) -> None:
    asha, sam, maya = plan.person("Asha"), plan.person("Sam"), plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    plan.round(TODAY)
    give: dict[str, Any] = {"action_id": action, "person_id": maya, "now": nine(TODAY)}
    updates.settle_hand_over(plan.db, to_person_id=sam, **give)
    updates.settle_hand_over(plan.db, to_person_id=sam, **give)
    assert plan.told("no_longer_yours") == [asha]
    assert plan.told("yours_now") == [sam]
    waiting = plan.db.exec(select(Nudge.person_id).where(col(Nudge.answered_at).is_(None)))
    assert waiting.all() == [sam]
    assert plan.round(date(2023, 12, 4)).nudges == 0
    assert plan.round(date(2023, 12, 15)).nudges == 1


def test_who_still_leads_for_another_group_goes_on_being_asked(plan: SmallPlan) -> None:
    asha, sam, maya = plan.person("Asha"), plan.person("Sam"), plan.person("Maya", Role.MANAGER)
    bodies = [plan.body(name, contact_person_id=asha) for name in ("QA", "Training")]
    action = plan.action("1.2", DUE, bodies=bodies)
    plan.round(TODAY)
    updates.settle_hand_over(
        plan.db, action_id=action, to_person_id=sam, person_id=maya, now=nine(TODAY)
    )
    assert plan.told("no_longer_yours") == []
    assert plan.told("yours_now") == [sam]


def test_a_decided_date_still_tells_which_one_it_moved(plan: SmallPlan) -> None:
    asha, maya = plan.person("Asha"), plan.person("Maya", Role.MANAGER)
    action = plan.action("1.2", DUE, people=[asha])
    stood = []
    for number, (day, agreed) in enumerate(
        [(date(2024, 1, 31), True), (date(2024, 2, 29), False), (date(2024, 3, 31), True)]
    ):
        when: dict[str, Any] = {"now": nine(TODAY + timedelta(days=number)), "today": TODAY}
        said = say(plan, action, asha, proposed_due_on=day, **when)
        assert date_before(plan.db, said, plan.read(action).due_on) == plan.read(action).due_on
        updates.agree_date(plan.db, update_id=said.id or 0, person_id=maya, agreed=agreed, **when)
        stood.append(said)
    due = plan.read(action).due_on
    assert [date_before(plan.db, said, due) for said in stood] == [
        DUE, date(2024, 1, 31), date(2024, 1, 31)
    ]  # fmt: skip
