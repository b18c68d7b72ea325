"""Courses: lists that come again, people who were not known, and the follow-up months later."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from storage.database import Database
from storage.invitations import Campaign, CampaignMember, Course, CoursePlace
from storage.people import Person
from storage.surveys import Survey as SurveyRow
from surveys import campaigns, follow_up, register
from surveys.campaigns import CannotStart
from surveys.definition import Audience
from surveys.follow_up import Attendee, CourseTaken
from surveys.sessions import Forms
from tests.surveys.campaigns.scene import PRACTITIONERS, Scene

HELD = date(2023, 11, 30)
LATER = replace(
    PRACTITIONERS,
    settings=replace(PRACTITIONERS.settings, form_id="later", follow_up_of="needs"),
)
LIST = [
    Attendee("P0@Rochdale.example", "Someone known"),
    Attendee("new@school.example", "New", agency="A school", language="pl"),
    Attendee("absent@school.example", attended=False),
]


@pytest.fixture
def scene(database: Database, now: datetime) -> Scene:
    made = Scene(database, now)
    made.people(1)
    made.open()
    return made


def _take(
    scene: Scene, rows: list[Attendee], held_on: date = HELD, missed: str = ""
) -> CourseTaken:
    with scene.database.writing() as db:
        evaluation = db.exec(select(SurveyRow).where(col(SurveyRow.slug) == "needs")).one()
        return follow_up.take_course(
            db,
            rows,
            name="Neglect",
            held_on=held_on,
            evaluation=evaluation,
            missed=register.find(db, missed) if missed else None,
            now=scene.now,
            calendar=scene.calendar,
            pace=scene.pace,
        )


def _due(scene: Scene) -> list[follow_up.FollowedUp]:
    with scene.database.writing() as db:
        return follow_up.run_due(
            db, Forms(), now=scene.now, calendar=scene.calendar, pace=scene.pace
        )


def test_a_list_brings_who_is_not_known_and_doubles_nobody(scene: Scene) -> None:
    first = _take(scene, LIST)
    again = _take(scene, LIST)
    assert (first.added, first.brought, first.asked.taken, first.missed.taken) == (3, 2, 2, 1)
    assert (again.added, again.changed, again.unchanged, again.asked.taken) == (0, 0, 3, 0)
    people = {row.name: row for row in scene.rows(Person)}
    assert set(people) == {"Person 0", "New", "absent@school.example"}
    assert (people["New"].roles, people["New"].language) == ([], "pl")
    brought = {row.person_id: row.brought for row in scene.rows(CoursePlace)}
    assert brought[people["New"].id] is True
    assert brought[people["Person 0"].id] is False
    assert len(scene.rows(Course)) == 1


def test_who_missed_it_is_asked_once_also_when_the_list_comes_again_without_saying_how(
    scene: Scene,
) -> None:
    scene.open(replace(PRACTITIONERS, settings=replace(PRACTITIONERS.settings, form_id="short")))
    assert _take(scene, LIST, missed="short").missed.taken == 1
    assert _take(scene, LIST).missed.taken == 0
    with pytest.raises(CannotStart, match="leave out --not-attended"):
        _take(scene, LIST, missed="needs")


def test_what_a_corrected_list_says_is_what_counts(scene: Scene) -> None:
    _take(scene, LIST)
    other_way = [replace(row, attended=not row.attended) for row in LIST]
    assert _take(scene, other_way).changed == 3
    states = _states(scene)
    assert states == {
        ("evaluation", "absent@school.example"): "unreached",
        ("evaluation", "New"): "stopped",
        ("evaluation", "Person 0"): "stopped",
        ("note", "absent@school.example"): "stopped",
        ("note", "New"): "unreached",
        ("note", "Person 0"): "planned",
    }
    _take(scene, LIST)
    assert _states(scene)["evaluation", "New"] == "planned"
    assert _states(scene)["note", "Person 0"] == "stopped"


def _states(scene: Scene) -> dict[tuple[str, str], str]:
    names = {row.id: row.name for row in scene.rows(Person)}
    whats = {row.id: row.key.rpartition(":")[2] for row in scene.rows(Campaign)}
    return {
        (whats[row.campaign_id], names[row.person_id]): row.state.value
        for row in scene.rows(CampaignMember)
    }


def test_a_course_that_has_not_been_held_and_a_wrong_survey_are_refused(scene: Scene) -> None:
    with pytest.raises(CannotStart, match="not been held"):
        _take(scene, LIST, date(2023, 12, 2))
    with scene.database.writing() as db:
        row = db.exec(select(SurveyRow).where(col(SurveyRow.slug) == "needs")).one()
        row.audience = Audience.YOUTH
    with pytest.raises(CannotStart, match="not for practitioners"):
        _take(scene, LIST)
    assert scene.rows(Course) == scene.rows(CoursePlace) == []


def test_those_who_came_are_asked_again_after_six_months_once(scene: Scene) -> None:
    scene.open(LATER)
    _take(scene, LIST)
    scene.now = scene.now.replace(year=2024, month=5, day=29)
    assert _due(scene) == []
    scene.later(days=1)
    [found] = _due(scene)
    assert (found.slug, found.taken, found.problem) == ("later", 2, "")
    assert _due(scene) == []


def test_a_follow_up_that_is_not_open_waits_and_says_so(scene: Scene) -> None:
    with scene.database.writing() as db:
        register.add(db, LATER, now=scene.now)
    _take(scene, LIST)
    scene.now = scene.now.replace(year=2024, month=6, day=3)
    [found] = _due(scene)
    assert "survey open later" in found.problem
    scene.open(LATER)
    assert [one.taken for one in _due(scene)] == [2]


def test_a_follow_up_nobody_opened_for_months_is_not_sent_any_more(scene: Scene) -> None:
    scene.open(LATER)
    _take(scene, LIST)
    scene.now = scene.now.replace(year=2024, month=12, day=2)
    assert _due(scene) == []


def test_a_follow_up_on_a_closed_day_goes_the_working_day_after(scene: Scene) -> None:
    course = Course(name="c", held_on=date(2023, 8, 31), evaluation_id=1, added_at=scene.now)
    assert follow_up.due_on(course, 6, scene.calendar) == date(2024, 2, 29)
    course.held_on = date(2023, 9, 29)  # six months on is Good Friday
    assert follow_up.due_on(course, 6, scene.calendar) == date(2024, 4, 2)


def test_nobody_is_reminded_of_a_course_they_turn_out_to_have_missed(scene: Scene) -> None:
    _take(scene, LIST)
    scene.later(hours=9)
    scene.now = scene.now.replace(day=4, hour=10)
    assert scene.send().invited == 1
    _take(scene, [replace(row, attended=False) for row in LIST])
    scene.later(days=14)
    scene.send()
    assert scene.queued("invitation_reminder") == []
    assert len(scene.queued("course_note")) == 1


def test_a_list_that_is_put_right_and_back_again_invites_and_reminds_once(scene: Scene) -> None:
    _take(scene, LIST)
    scene.now = scene.now.replace(day=4, hour=10)
    scene.send()
    for attended in (False, True):
        _take(scene, [replace(row, attended=attended) for row in LIST])
    for _ in range(20):
        scene.later(days=1)
        scene.send()
    assert len(scene.queued("invitation")) == len(scene.queued("invitation_reminder")) == 1


@pytest.mark.parametrize("how", ["stopped", "forgotten", "another round"])
def test_a_list_that_comes_after_its_campaign_was_over_asks_nobody_and_says_so(
    scene: Scene, how: str
) -> None:
    _take(scene, LIST)
    with scene.database.writing() as db:
        campaign = db.exec(select(Campaign).where(col(Campaign.key).endswith("evaluation"))).one()
        if how == "stopped":
            campaigns.stop(db, campaign, now=scene.now)
        elif how == "forgotten":
            campaign.asked = campaign.began = 2
        else:
            db.exec(select(SurveyRow)).one().round += 1
    before = len(scene.rows(CampaignMember))
    again = _take(scene, [*LIST, Attendee("late@school.example")])
    assert (again.added, again.asked.taken, again.asked.is_over) == (1, 0, True)
    assert len(scene.rows(CampaignMember)) == before


def test_somebody_whom_two_lists_brought_is_known_by_lists_alone(scene: Scene) -> None:
    _take(scene, LIST)
    _take(scene, LIST, date(2023, 11, 29))
    names = {row.id: row.name for row in scene.rows(Person)}
    brought = [(names[row.person_id], row.brought) for row in scene.rows(CoursePlace)]
    assert sorted(brought) == [
        ("New", True),
        ("New", True),
        ("Person 0", False),
        ("Person 0", False),
        ("absent@school.example", True),
        ("absent@school.example", True),
    ]
