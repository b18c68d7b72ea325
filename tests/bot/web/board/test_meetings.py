"""Meetings on the board: the pack is worked through, and becomes the minutes."""

from datetime import date

import pytest

from reminders import updates
from storage.meetings import Minute
from storage.people import Person, Role
from storage.plans import Action
from tests.bot.web.board.office import Office
from tests.bot.web.visitor import Visitor
from tests.reminders.small_plan import SmallPlan


@pytest.fixture
def late(office: Office) -> int:
    """An action that is late, whose lead asks for another date; its number."""
    around = office.stage.app.around
    with office.stage.database.writing() as db:
        action = SmallPlan.start(db).action(
            "1.1", date(2023, 10, 2), people=[office.people["lead"]]
        )
        updates.record(
            db,
            action_id=action,
            person_id=office.people["lead"],
            status="at_risk",
            now=office.stage.now,
            today=around.today,
            note="the school was shut",
            proposed_due_on=date(2024, 1, 31),
        )
    return int(action)


def opened(office: Office, who: str = "manager") -> Visitor:
    visitor = office.come(who, "/meetings")
    visitor.press("Open the meeting", {"held_on": "2023-12-04", "title": "December"})
    return visitor


def entered(visitor: Visitor, **values: str) -> int:
    """Sends the form of the first thing on the paper; the answer's status."""
    form = next(
        form
        for form in visitor.tree.findall(".//form")
        if any(field.get("value") == "enter" for field in form.findall(".//input"))
    )
    hidden = {
        str(field.get("name")): str(field.get("value"))
        for field in form.findall(".//input[@type='hidden']")
    }
    return int(visitor.send(str(form.get("action")), list((hidden | values).items())).status_code)


def test_what_is_decided_is_done_in_the_plan_and_stands_in_the_minutes(
    office: Office, late: int
) -> None:
    visitor = opened(office)
    assert visitor.heading == "December"
    assert "the school was shut" in visitor.main
    assert entered(visitor, outcome="decided", text="Agreed by all", moved_to="", lead="") == 200
    assert "Agreed by all" in visitor.main
    assert office.stage.rows(Action)[0].due_on == date(2024, 1, 31)
    visitor.press("End the meeting", {})
    assert "do not change any more" in visitor.main
    assert "Enter it" not in visitor.main
    link = visitor.tree.xpath(".//a[strong='The minutes']")[0].get("href")
    visitor.go(link)
    assert "Agreed by all" in visitor.main


def test_what_cannot_be_entered_is_said_and_everything_typed_stays(
    office: Office, late: int
) -> None:
    visitor = opened(office)
    assert entered(visitor, outcome="moved_to", text="to spring", moved_to="", lead="Sam") == 422
    assert "Give the day" in visitor.main
    assert "to spring" in visitor.page.text
    assert 'value="Sam"' in visitor.page.text
    assert not office.stage.rows(Minute)
    assert office.stage.rows(Action)[0].due_on == date(2023, 10, 2)


def test_a_meeting_of_everybody_is_not_for_a_chair(office: Office, late: int) -> None:
    there = str(opened(office).page.url.path)
    with office.stage.database.writing() as db:
        chair = db.get_one(Person, office.people["lead"])
        chair.roles = [Role.CHAIR.value]
        db.add(chair)
    visitor = office.come("lead", "/meetings")
    assert "You chair no group" in visitor.main
    assert visitor.go(there).status_code == 404
