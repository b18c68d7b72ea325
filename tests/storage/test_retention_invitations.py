"""What is kept of campaigns and courses, and when it goes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.invitations import (
    Campaign,
    CampaignMember,
    Course,
    CoursePlace,
    MemberState,
    NoThanks,
    SendingBatch,
)
from storage.mail import Outbox
from storage.people import Contact, Person
from storage.retention import Purged, purge
from storage.retention_rules import RetentionRules
from storage.surveys import Invite, SurveyRound, SurveySession
from tests.storage.respondents import Respondents


@pytest.fixture
def they(database: Database, now: datetime) -> Respondents:
    return Respondents(database, now)


def _purge(they: Respondents) -> Purged:
    with they.database.writing() as session:
        return purge(session, now=they.now, rules=RetentionRules())


def _person(they: Respondents, name: str, **more: Any) -> int:
    with they.database.writing() as session:
        row = Person(name=name, email=f"{name}@x.example", email_hash=name, **more)
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def _campaign(they: Respondents, survey_id: int, person_id: int, *, ago: int) -> int:
    """A campaign of so many days ago that wrote to one person, who began."""
    with they.database.writing() as session:
        began = they.now - timedelta(days=ago)
        campaign = Campaign(
            key=f"k{ago}{survey_id}",
            survey_id=survey_id,
            occasion=f"o{survey_id}",
            started_at=began,
            first_at=began,
            cap_per_hour=1,
        )
        session.add(campaign)
        contact = Contact(
            platform="console", address="a", address_hash=f"a{survey_id}", person_id=person_id
        )
        session.add(contact)
        session.flush()
        assert campaign.id is not None
        assert contact.id is not None
        session.add_all(
            [
                CampaignMember(
                    campaign_id=campaign.id,
                    person_id=person_id,
                    occasion=campaign.occasion,
                    state=MemberState.QUEUED,
                    send_at=began,
                ),
                Invite(
                    survey_id=survey_id,
                    campaign_id=campaign.id,
                    token_hash=f"t{campaign.id}",
                    most_uses=1,
                    uses=1,
                    created_at=began,
                ),
                Outbox(
                    dedupe_key=f"invitation:{campaign.id}:{person_id}",
                    intent="invitation",
                    contact_id=contact.id,
                    not_before=began,
                    created_at=began,
                    settled_at=began,
                    outcome="sent",
                ),
            ]
        )
        return campaign.id


def _round(they: Respondents, survey_id: int, *, closed: int, number: int = 1) -> None:
    at = they.now - timedelta(days=closed)
    they.add(
        SurveyRound(
            survey_id=survey_id,
            number=number,
            opened_at=at - timedelta(days=10),
            closed_at=at,
        )
    )


@pytest.mark.parametrize(("closed", "stays"), [(30, True), (31, False)])
def test_who_was_invited_is_forgotten_thirty_days_after_the_round(
    they: Respondents, closed: int, *, stays: bool
) -> None:
    survey_id = they.survey("s", audience="practitioners")
    person_id = _person(they, "rose")
    campaign_id = _campaign(they, survey_id, person_id, ago=60)
    _round(they, survey_id, closed=closed)
    _purge(they)
    assert len(they.all(CampaignMember)) == len(they.all(Invite)) == int(stays)
    campaign = they.one(Campaign)
    assert (campaign.asked, campaign.began) == ((None, None) if stays else (1, 1))
    key = they.one(Outbox).dedupe_key
    assert (key == f"invitation:{campaign_id}:{person_id}") is stays
    before = [they.all(table) for table in (Campaign, CampaignMember, Invite, Outbox)]
    _purge(they)
    assert [they.all(table) for table in (Campaign, CampaignMember, Invite, Outbox)] == before


def test_nothing_says_any_longer_who_had_not_begun_and_was_reminded(they: Respondents) -> None:
    survey_id = they.survey("s", audience="practitioners")
    person_id = _person(they, "rose")
    campaign_id = _campaign(they, survey_id, person_id, ago=60)
    contact_id = they.one(Contact).id
    for intent, sent in (("invitation_reminder", 50), ("say", 40), ("invitation", None)):
        settled = None if sent is None else they.now - timedelta(days=sent)
        other = person_id if intent == "invitation_reminder" else person_id + 1
        they.add(
            Outbox(
                dedupe_key=f"{intent}:{campaign_id}:{other}",
                intent=intent,
                contact_id=contact_id,
                not_before=they.now,
                created_at=they.now,
                settled_at=settled,
            )
        )
    _round(they, survey_id, closed=31)
    _purge(they)
    assert sorted(row.intent for row in they.all(Outbox)) == ["invitation", "invitation", "say"]
    assert they.all(Outbox, intent="invitation_reminder") == []


def test_a_campaign_of_a_survey_that_never_closes_is_forgotten_after_a_year(
    they: Respondents,
) -> None:
    survey_id = they.survey("s", audience="practitioners")
    _campaign(they, survey_id, _person(they, "rose"), ago=370)
    assert _purge(they).counts["campaign members"] == 1


def test_a_posters_link_is_not_touched(they: Respondents) -> None:
    survey_id = they.survey("s", closed=400)
    they.add(Invite(survey_id=survey_id, token_hash="poster", created_at=they.now))
    _purge(they)
    assert they.one(Invite).token_hash == "poster"


def _course(they: Respondents, person_id: int, *, held: date, brought: bool) -> None:
    survey_id = they.survey(f"e{held}{person_id}", audience="practitioners")
    with they.database.writing() as session:
        course = Course(name="c", held_on=held, evaluation_id=survey_id, added_at=they.now)
        session.add(course)
        session.flush()
        assert course.id is not None
        session.add(
            CoursePlace(course_id=course.id, person_id=person_id, attended=True, brought=brought)
        )


def test_people_whom_only_a_course_brought_go_with_its_list(they: Respondents) -> None:
    rose = _person(they, "rose")
    they.add(Contact(platform="console", address="a", address_hash="a", person_id=rose))
    they.add(NoThanks(person_id=rose, scope="every", said_on=date(2023, 1, 1)))
    _course(they, rose, held=date(2022, 11, 30), brought=True)
    assert _purge(they).counts["course places"] == 1
    person = they.one(Person)
    assert (person.name, person.email, person.email_hash, person.active) == ("", None, None, False)
    assert they.all(NoThanks) == []
    # The address was nobody's in the same night, and is erased as any unknown one.
    assert they.one(Contact).address == ""


@pytest.mark.parametrize(
    ("held", "more", "brought"),
    [
        (date(2022, 12, 1), {}, True),  # not yet a year
        (date(2022, 11, 1), {"roles": ["lead"]}, True),
        (date(2022, 11, 1), {"key": "designated-nurse"}, True),
        (date(2022, 11, 1), {}, False),
    ],
)
def test_people_who_are_known_by_something_else_stay(
    they: Respondents, held: date, more: dict[str, object], *, brought: bool
) -> None:
    rose = _person(they, "rose", **more)
    _course(they, rose, held=held, brought=brought)
    _purge(they)
    assert they.one(Person).name == "rose"


def test_somebody_with_a_newer_course_stays_until_that_is_over_too(they: Respondents) -> None:
    rose = _person(they, "rose")
    _course(they, rose, held=date(2022, 11, 1), brought=True)
    _course(they, rose, held=date(2023, 11, 1), brought=True)
    assert _purge(they).counts["course places"] == 1
    assert they.one(Person).name == "rose"


def test_old_counts_of_what_was_sent_go(they: Respondents) -> None:
    they.add(SendingBatch(at=they.now - timedelta(days=15), count=3))
    they.add(SendingBatch(at=they.now - timedelta(days=13), count=4))
    _purge(they)
    assert [row.count for row in they.all(SendingBatch)] == [4]


def test_the_links_of_a_round_that_is_over_are_cut_though_the_survey_came_round_again(
    they: Respondents,
) -> None:
    survey_id = they.survey("s")
    contact = they.contact("young")
    they.session("old", survey_id, contact)
    _round(they, survey_id, closed=31)
    _purge(they)
    assert they.one(SurveySession).contact_id is None
