"""Campaigns on both databases: nobody twice, nobody left out, one reminder, no for an answer."""

from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from sqlmodel import SQLModel, col, select

from bot.commands.campaign_words import view_lines
from storage.database import Database
from storage.invitations import Campaign, CampaignMember, MemberState, NoThanks
from storage.mail import Outbox
from storage.people import Contact, ContactState
from storage.surveys import Invite, SurveyState
from storage.surveys import Survey as SurveyRow
from storage.types import Keyring
from surveys import campaigns, register, rounds
from surveys.campaigns import CannotStart
from surveys.campaigns import sending as campaign_sending
from surveys.campaigns.audiences import Wanted
from surveys.campaigns.links import links_of
from surveys.campaigns.pace import Pace
from surveys.definition import Mode
from surveys.invitations import find
from surveys.links import Links
from tests.surveys.campaigns.scene import PRACTITIONERS, Scene, closing


@pytest.fixture
def scene(database: Database, now: datetime) -> Scene:
    return Scene(database, now)


def _invited(campaign_id: int, people: list[int]) -> set[str]:
    return {f"invitation:{campaign_id}:{person_id}" for person_id in people}


def test_everybody_is_asked_once_however_often_it_is_started_and_run(scene: Scene) -> None:
    people = scene.people(25)
    scene.open()
    first = scene.start()
    again = scene.start()
    assert (first.taken, again.taken, again.already) == (25, 0, 25)
    scene.later(hours=1)
    assert scene.send().invited == 25
    assert scene.send().handled == 0
    assert set(scene.queued()) == _invited(first.campaign_id, people)
    assert len(scene.queued()) == 25


def test_the_cap_holds_after_the_program_was_down(scene: Scene) -> None:
    scene.people(50)
    scene.open()
    scene.pace = Pace(cap_per_hour=10)
    scene.start()
    scene.later(hours=3)
    assert scene.send().invited == 10
    assert scene.send().invited == 0
    scene.later(minutes=61)
    assert scene.send().invited == 10


def test_nobody_is_written_to_at_night_or_on_a_sunday(scene: Scene) -> None:
    scene.people(5)
    scene.open()
    scene.start()
    scene.later(hours=9)
    assert scene.send().invited == 0
    scene.later(days=2)
    assert scene.send().invited == 0
    scene.later(hours=15, days=0)
    assert scene.send().invited == 5


def test_what_was_undone_half_way_is_done_again_and_nothing_twice(scene: Scene) -> None:
    people = scene.people(8)
    scene.open()
    started = scene.start()
    scene.later(hours=1)

    def half_way() -> None:
        with scene.database.writing() as db:
            campaign_sending.run(db, scene.around())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert scene.queued() == []
    scene.send()
    assert set(scene.queued()) == _invited(started.campaign_id, people)


def test_two_nodes_at_once_ask_everybody_once(
    scene: Scene, database_url: str, keyring: Keyring
) -> None:
    people = scene.people(60)
    scene.open()
    started = scene.start()
    scene.later(hours=1)
    gate, failed = Barrier(2), []

    def node() -> None:
        try:
            with Database(database_url, keyring) as own:
                gate.wait(20)
                scene.send(own)
        except Exception as error:  # noqa: BLE001 - the test thread must learn of it
            failed.append(error)

    threads = [Thread(target=node) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    scene.send()
    assert sorted(scene.queued()) == sorted(_invited(started.campaign_id, people))


def test_a_reminder_goes_once_and_only_to_those_who_have_not_begun(scene: Scene) -> None:
    began, waits = scene.people(2)
    scene.open()
    campaign = scene.start().campaign_id
    scene.later(hours=1)
    scene.send()
    scene.use(campaign, began)
    reminded = [f"invitation_reminder:{campaign}:{waits}"]
    for days, expected in ((6, []), (1, reminded), (1, reminded), (30, reminded)):
        scene.later(days=days)
        scene.send()
        scene.send()
        assert scene.queued("invitation_reminder") == expected
    rows = scene.rows(CampaignMember)
    # Who was reminded and who had begun look alike.
    assert len({(row.state, row.remind_on, row.reminded_at is None) for row in rows}) == 1


def test_of_an_anonymous_survey_everyone_is_reminded_and_nobodys_use_is_looked_at(
    scene: Scene,
) -> None:
    people = scene.people(3)
    survey_id = scene.open()
    campaign = scene.start().campaign_id
    with scene.database.writing() as db:
        db.get_one(SurveyRow, survey_id).mode = Mode.ANONYMOUS
    scene.later(hours=1)
    scene.send()
    scene.use(campaign, people[0])
    scene.later(days=7)
    assert scene.send().reminded == 3


def test_nobody_is_invited_by_name_to_an_anonymous_survey(scene: Scene) -> None:
    scene.people(3)
    survey_id = scene.open()
    with scene.database.writing() as db:
        db.get_one(SurveyRow, survey_id).mode = Mode.ANONYMOUS
    with pytest.raises(CannotStart, match="Give everyone the same link"):
        scene.start()
    assert scene.rows(Campaign) == scene.rows(Invite) == []


def test_no_reminder_comes_when_the_survey_is_about_to_close(scene: Scene) -> None:
    scene.people(1)
    scene.open(closing(date(2023, 12, 12)))
    scene.start()
    scene.later(hours=1)
    scene.send()
    assert [row.remind_on for row in scene.rows(CampaignMember)] == [date(2023, 12, 8)]
    scene.later(days=10)  # the program was down until Monday the 11th
    assert scene.send().reminded == 0
    assert scene.rows(CampaignMember)[0].reminded_at is not None


def test_a_campaign_that_would_end_after_the_survey_is_refused(scene: Scene) -> None:
    scene.people(30)
    scene.open(closing(date(2023, 12, 4)))
    scene.pace = Pace(cap_per_hour=1)
    with pytest.raises(CannotStart, match="raise --cap"):
        scene.start(closes_on=date(2023, 12, 4))
    assert scene.rows(Campaign) == scene.rows(CampaignMember) == scene.rows(Invite) == []


@pytest.mark.parametrize("audience", ["youth", "leads"])
def test_young_people_and_leads_are_not_invited_by_name(scene: Scene, audience: str) -> None:
    scene.people(1)
    survey_id = scene.open()
    with scene.database.writing() as db:
        db.get_one(SurveyRow, survey_id).audience = audience
    with pytest.raises(CannotStart):
        scene.start()


def test_a_closed_survey_invites_nobody_and_sends_nothing_more(scene: Scene) -> None:
    scene.people(2)
    scene.open()
    scene.start()
    with scene.database.writing() as db:
        register.close_survey(db, "needs", now=scene.now)
    scene.later(hours=1)
    assert scene.send().invited == 0
    with pytest.raises(CannotStart, match="not open"):
        scene.start()


def test_a_new_round_leaves_the_old_rounds_campaign_behind(scene: Scene) -> None:
    scene.people(2)
    scene.open()
    scene.start()
    with scene.database.writing() as db:
        rounds.start(db, "needs", PRACTITIONERS, now=scene.now, calendar=scene.calendar)
    scene.later(hours=1)
    assert scene.send().invited == 0
    assert scene.start().taken == 2


def test_who_cannot_be_reached_is_listed_and_asked_once_they_can(scene: Scene) -> None:
    scene.people(1)
    [alone] = scene.people(1, linked=False)
    scene.open()
    started = scene.start()
    assert (started.taken, started.unreached) == (2, 1)
    scene.later(hours=1)
    scene.send()
    view = scene.view(started.campaign_id)
    assert [(missed.name, missed.reason) for missed in view.missed] == [("Person 1", "no_address")]
    scene.link(alone)
    assert scene.send().invited == 1
    assert scene.view(started.campaign_id).missed == ()


def test_who_has_left_since_the_start_is_listed_too(scene: Scene) -> None:
    scene.people(1)
    scene.open()
    campaign = scene.start().campaign_id
    with scene.database.writing() as db:
        for contact in db.exec(select(Contact)):
            contact.state = ContactState.GONE
            db.add(contact)
    scene.later(hours=1)
    assert scene.send().unreached == 1
    assert scene.view(campaign).missed_total == 1


def test_who_was_not_asked_before_the_survey_closed_is_no_longer_to_be_asked(scene: Scene) -> None:
    scene.people(2)
    scene.open()
    campaign = scene.start().campaign_id
    view = scene.view(campaign)
    assert (view.planned, view.is_over) == (2, False)
    with scene.database.writing() as db:
        register.close_survey(db, "needs", now=scene.now)
    view = scene.view(campaign)
    assert (view.planned, view.is_over) == (2, True)
    assert any("not asked: 2, because the survey closed" in line for line in view_lines(view))


def test_a_message_that_failed_is_listed_with_its_reason(scene: Scene) -> None:
    scene.people(1)
    scene.open()
    campaign = scene.start().campaign_id
    scene.later(hours=1)
    scene.send()
    with scene.database.writing() as db:
        for row in db.exec(select(Outbox)):
            row.outcome, row.settled_at = "gave_up", scene.now
            db.add(row)
    view = scene.view(campaign)
    assert (view.delivered, view.missed_total, view.missed[0].reason) == (0, 1, "gave_up")


def test_who_is_away_is_asked_when_they_are_back(scene: Scene) -> None:
    scene.people(1, away_until=date(2023, 12, 8))
    scene.open()
    scene.start()
    scene.later(days=7, hours=1)
    assert scene.send().invited == 0
    scene.later(days=3)
    assert scene.send().invited == 1


def test_no_thanks_ends_it_and_holds_for_the_next_campaign(scene: Scene) -> None:
    first, second = scene.people(2)
    survey_id = scene.open()
    campaign = scene.start().campaign_id
    today = scene.calendar.local_date(scene.now)
    with scene.database.writing() as db:
        campaigns.decline(db, person_id=first, survey_id=survey_id, today=today)
        campaigns.decline(db, person_id=first, survey_id=survey_id, today=today)
    scene.later(hours=1)
    scene.send()
    assert scene.queued() == [f"invitation:{campaign}:{second}"]
    with scene.database.writing() as db:
        campaigns.decline(db, person_id=second, survey_id=None, today=today)
    scene.later(days=10)
    assert scene.send().reminded == 0
    with scene.database.writing() as db:
        rounds.start(db, "needs", PRACTITIONERS, now=scene.now, calendar=scene.calendar)
    assert {row.state for row in _members(scene, scene.start().campaign_id)} == {
        MemberState.DECLINED
    }
    assert len(scene.rows(NoThanks)) == 2


def test_a_stopped_campaign_frees_its_people_for_another(scene: Scene) -> None:
    scene.people(3)
    scene.open()
    campaign = scene.start().campaign_id
    with scene.database.writing() as db:
        assert campaigns.stop(db, db.get_one(Campaign, campaign), now=scene.now) == 3
        assert campaigns.stop(db, db.get_one(Campaign, campaign), now=scene.now) == 0
    scene.later(hours=1)
    assert scene.send().invited == 0
    assert scene.start().taken == 3


def test_two_campaigns_of_a_round_share_nobody(scene: Scene) -> None:
    leads = scene.people(2, roles=["lead"])
    both = scene.people(1, roles=["lead", "chair"])
    scene.people(1, roles=["chair"])
    scene.open()
    first = scene.start(Wanted(roles=frozenset({"lead"})))
    second = scene.start(Wanted(roles=frozenset({"chair"})))
    assert (first.taken, second.taken, second.already) == (3, 1, 1)
    assert {row.person_id for row in _members(scene, first.campaign_id)} == {*leads, *both}


def test_no_row_joins_a_token_to_a_person_a_session_or_an_answer(scene: Scene) -> None:
    people = scene.people(40)
    scene.open()
    campaign = scene.start().campaign_id
    keys = {
        (table.name, key.column.table.name)
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
    }
    assert {there for here, there in keys if here == "invite"} == {"survey", "campaign"}
    assert {here for here, there in keys if there == "invite"} == set()
    tables = ("campaign_member", "campaign", "no_thanks", "course_place")
    assert not {(here, there) for here, there in keys if here in tables} & {
        (here, there) for here in tables for there in ("survey_session", "answer", "invite")
    }
    # Nor does the order of the rows tell whose is whose.
    hashes = [row.token_hash for row in sorted(scene.rows(Invite), key=lambda row: row.id)]
    assert hashes == sorted(hashes)
    assert len(hashes) == len(people)
    assert {row.campaign_id for row in scene.rows(Invite)} == {campaign}


def test_links_are_written_for_those_whom_no_platform_reaches(scene: Scene) -> None:
    scene.people(1)
    [alone] = scene.people(1, linked=False)
    survey_id = scene.open()
    campaign = scene.start().campaign_id
    with scene.database.reading() as db:
        survey = db.get_one(SurveyRow, survey_id)
        [(email, name, link)] = links_of(db, survey, Links("https://loop.example"))
    assert (email, name) == ("p1@rochdale.example", "Person 1")
    token = link.removeprefix("https://loop.example/s/")
    assert len(token) == 24
    scene.use(campaign, alone)
    with scene.database.reading() as db:
        found = find(db, token)
        assert found is not None
        assert found.uses == 1


def test_people_without_any_choice_are_nobody(scene: Scene) -> None:
    scene.people(2)
    scene.open()
    assert scene.start(Wanted()).taken == 0
    assert scene.rows(Campaign) == []


def test_inactive_people_are_not_asked(scene: Scene) -> None:
    scene.people(1, active=False)
    scene.people(1)
    scene.open()
    assert scene.start().taken == 1


def test_reopening_goes_on_where_it_stopped(scene: Scene) -> None:
    scene.people(2)
    survey_id = scene.open()
    scene.start()
    with scene.database.writing() as db:
        register.close_survey(db, "needs", now=scene.now)
    scene.later(hours=1)
    scene.send()
    scene.open()
    assert scene.send().invited == 2
    with scene.database.reading() as db:
        assert db.get_one(SurveyRow, survey_id).state is SurveyState.OPEN


def _members(scene: Scene, campaign_id: int) -> list[CampaignMember]:
    found: list[CampaignMember] = scene.rows(
        CampaignMember, col(CampaignMember.campaign_id) == campaign_id
    )
    return found
