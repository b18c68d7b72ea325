"""One ref that is live in two plans: nobody guesses which is meant."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col

from bot.messages import Pressed
from storage.database import Database
from storage.people import Person, Role
from storage.plans import Action, ActionLead, Plan, Update
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.reminders.small_plan import SmallPlan


@pytest.fixture
def shared(sqlite_database: Database) -> Iterator[Stage]:
    """Amira leads 1.2 of 2022-24 and 1.2 of 2024-26; the second is not due for long."""
    with staged(sqlite_database) as stage:
        stage.person("manager", Role.MANAGER)
        stage.person("amira", Role.LEAD)
        stage.person("sam", Role.LEAD)
        [amira] = stage.rows(Person, col(Person.key) == "amira")
        today = stage.now.date()
        with stage.database.writing() as db:
            first = SmallPlan.start(db)
            first.action("1.2", today + timedelta(days=14), people=[amira.id])
            later = Plan(
                partnership_id=first.partnership_id,
                title="Next Plan",
                period_label="2024-26",
                imported_at=stage.now,
            )
            db.add(later)
            db.flush()
            second = SmallPlan(db, later.id or 0, first.partnership_id)
            second.action("1.2", today + timedelta(days=400), people=[amira.id])
        yield stage


def test_a_lead_is_asked_which_and_the_tap_decides(shared: Stage) -> None:
    asked = shared.say("amira", "1.2 on track, trained 43 staff")
    assert "1.2 stands in more than one plan. Which one?" in asked
    assert "1.2 (2024-26)" in shared.press("amira", "1.2 (2024-26)")
    shared.say("amira", "yes")
    [update] = shared.rows(Update)
    assert update.action_id == 2


def test_what_the_last_reminder_asked_about_is_meant(shared: Stage) -> None:
    shared.round()
    shared.deliver()
    assert "1.2 (2022-24): on track" in shared.say("amira", "1.2 on track")
    shared.say("amira", "yes")
    assert [row.action_id for row in shared.rows(Update)] == [1]


@pytest.mark.parametrize("command", ["update 1.2", "history 1.2"])
@pytest.mark.parametrize("who", ["amira", "manager"])
def test_a_command_on_a_shared_ref_asks_which(shared: Stage, command: str, who: str) -> None:
    assert "Which one?" in shared.say(who, command)
    assert "Which one?" not in shared.press(who, "1.2 (2022-24)")
    assert "earlier message" in shared.press(who, "1.2 (2022-24)")


def test_only_a_shared_ref_carries_its_plan_on_a_button(shared: Stage) -> None:
    assert "Update 1.2 (2024-26)" in shared.say("amira", "actions")
    with shared.database.writing() as db:
        row = db.get_one(Action, 2)
        row.carried_from_id = 1
        db.add(row)
    assert "Update 1.2 (" not in shared.say("amira", "actions")
    assert "Which one?" not in shared.say("amira", "update 1.2")


def test_a_manager_gives_the_one_that_was_tapped(shared: Stage) -> None:
    assert "Which one?" in shared.say("manager", "give 1.2 to sam@rochdale.example")
    [sam] = shared.rows(Person, col(Person.key) == "sam")
    assert not shared.rows(ActionLead, col(ActionLead.person_id) == sam.id)
    assert "sam answers for 1.2" in shared.press("manager", "Give 1.2 (2024-26)")
    leads = shared.rows(ActionLead, col(ActionLead.person_id) == sam.id)
    assert [lead.action_id for lead in leads] == [2]


def test_a_manager_reviews_the_one_that_was_tapped(shared: Stage) -> None:
    with shared.database.writing() as db:
        for action_id in (1, 2):
            db.get_one(Action, action_id).needs_review = True
    assert "Which one?" in shared.say("manager", "review 1.2")
    assert "Accept as read" in shared.press("manager", "Review 1.2 (2024-26)")
    shared.press("manager", "Accept as read")
    assert [row.needs_review for row in shared.rows(Action)] == [True, False]


def test_only_a_manager_may_press_them(shared: Stage) -> None:
    shared.say("manager", "give 1.2 to sam@rochdale.example")
    token = shared.token("manager", "Give 1.2 (2024-26)")
    shared.say("amira", Pressed(token))
    [lead] = shared.rows(ActionLead, col(ActionLead.action_id) == 2)
    [amira] = shared.rows(Person, col(Person.key) == "amira")
    assert lead.person_id == amira.id


def test_an_old_button_does_not_reach_an_action_that_went_on_in_a_newer_plan(
    shared: Stage,
) -> None:
    shared.round()
    shared.deliver()
    with shared.database.writing() as db:
        row = db.get_one(Action, 2)
        row.carried_from_id = 1
        db.add(row)
    assert "earlier message" in shared.press("amira", "On track")
    assert shared.rows(Update) == []
