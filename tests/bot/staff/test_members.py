"""Members of a group: nobody asks them, and any of them may answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from reminders.people_import import import_people
from storage.people import Role
from storage.plans import Action, BodyMember, Update
from tests.bot.staff.office import Office
from tests.reminders.small_plan import SmallPlan

_LIST = """e-mail,post,agency,roles,body
amira@rochdale.example,amira,Police,lead,Quality
pat@rochdale.example,pat,NHS,lead,Quality
"""


@pytest.fixture
def group(at_work: Office, tmp_path: Path) -> Office:
    """Amira is the contact of the group, pat one of its members, and sam is neither."""
    for name, role in (("amira", Role.LEAD), ("pat", Role.LEAD), ("sam", Role.LEAD)):
        at_work.colleague(name, role)
    with at_work.database.writing() as db:
        plan = SmallPlan.start(db)
        body = plan.body("Quality")
        plan.action("1.2", at_work.now.date() + timedelta(days=14), bodies=[body])
    _bring(at_work, tmp_path, _LIST)
    return at_work


def _bring(office: Office, folder: Path, text: str) -> int:
    path = folder / "people.csv"
    path.write_text(text, "utf-8")
    with office.database.writing() as db:
        return import_people(db, path, now=office.now).changed


def test_a_member_is_not_asked_and_may_answer(group: Office) -> None:
    group.round()
    group.deliver()
    assert group.sent_to("pat") == []
    assert "1.2" in group.newest("amira").text
    assert "those of your group: 1.2" in group.say("pat", "actions")
    assert "1.2: on track" in group.say("pat", "1.2 on track, all trained")
    assert "1.2 now stands as on track" in group.say("pat", "yes")
    [said] = group.rows(Update)
    assert said.note == "on track, all trained"
    [action] = group.rows(Action)
    assert action.status == "on_track"


def test_who_is_no_member_may_not(group: Office) -> None:
    assert "No open action of yours is called 1.2" in group.say("sam", "update 1.2")


def test_the_same_list_again_changes_nothing_and_another_body_ends_it(
    group: Office, tmp_path: Path
) -> None:
    assert _bring(group, tmp_path, _LIST) == 0
    assert len(group.rows(BodyMember)) == 1
    with group.database.writing() as db:
        SmallPlan(db, 1, 1).body("Education")
    moved = _LIST.replace("pat,NHS,lead,Quality", "pat,NHS,lead,Education")
    assert _bring(group, tmp_path, moved) == 1
    assert group.rows(BodyMember) == [], "there pat is the contact, since it had none"
