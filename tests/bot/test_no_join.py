"""A campaign and its answers, looked at afterwards by somebody who has the whole database."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from bot import schedule
from bot.messages import Arrived
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer, SurveySession
from surveys.campaigns.audiences import Wanted
from surveys.receipts import come_back_code
from surveys.register import close_survey
from tests.bot.invitation_stage import InvitationStage
from tests.bot.stage import YOUTH, Stage

_SHORTEST = 8


@pytest.fixture
def invites(stage: Stage) -> InvitationStage:
    return InvitationStage(stage)


def _tables() -> Iterator[type[SQLModel]]:
    for mapper in SQLModel._sa_registry.mappers:
        yield mapper.class_


def _telling(row: SQLModel) -> Iterator[Any]:
    """The values of a row that could stand for nothing else: instants, and long codes."""
    for value in row.model_dump().values():
        if isinstance(value, datetime):
            if value.astimezone(UTC).time() != time():
                yield value.astimezone(UTC)
        elif isinstance(value, str) and len(value) >= _SHORTEST:
            yield from {value, *value.replace("/", ":").split(":")}


def _shared(stage: Stage) -> dict[Any, set[str]]:
    """Values that stand both with a contact or person and with a pseudonym, and where."""
    sides: tuple[dict[Any, set[str]], dict[Any, set[str]]] = ({}, {})
    for table in _tables():
        for row in stage.rows(table):
            held = row.model_dump()
            named = held.get("contact_id") or held.get("person_id")
            said = held.get("pseudonym")
            assert not (named and said), table
            if named or said:
                for value in _telling(row):
                    sides[bool(said)].setdefault(value, set()).add(table.__name__)
    return {
        value: sides[0][value] | sides[1][value]
        for value in sides[0].keys() & sides[1].keys()
        if len(str(value)) >= _SHORTEST
    }


def test_what_young_people_wrote_is_joined_to_no_address_after_the_links_are_cut(
    stage: Stage,
) -> None:
    stage.reviewers()
    token = stage.open(YOUTH, group="North")
    for number in range(4):
        who = f"young{number}"
        stage.later(minutes=7, seconds=number)
        stage.say(who, Arrived(token))
        stage.say(who, "1")
        for _ in range(14):
            stage.later(seconds=41)
            stage.say(who, "I think more help at school would be good" if _ % 2 else "1")
    assert stage.rows(Answer)
    assert any(row.contact_id for row in stage.rows(SurveySession))
    with stage.database.writing() as db:
        for item in db.exec(select(ReviewItem)):
            item.state, item.decision = ReviewState.CLOSED, "none"
        close_survey(db, "domestic_abuse_young_people", now=stage.now)
    stage.later(days=32)
    schedule.tidy(stage.app)
    assert {row.contact_id for row in stage.rows(SurveySession)} == {None}
    assert _shared(stage) == {}


def test_who_went_on_in_another_place_is_joined_to_neither_after_the_links_are_cut(
    stage: Stage,
) -> None:
    stage.reviewers()
    token = stage.open(YOUTH)
    stage.say("tablet", Arrived(token))
    stage.say("tablet", "1")
    for place in ("tablet", "phone"):
        for _ in range(5):
            stage.later(seconds=41)
            stage.say(place, "I think more help at school would be good")
            stage.say(place, "1")
        [session] = stage.rows(SurveySession)
        stage.later(seconds=19)
        stage.say("phone", Arrived(come_back_code(stage.database.keyring, session.id)))
    with stage.database.writing() as db:
        for item in db.exec(select(ReviewItem)):
            item.state, item.decision = ReviewState.CLOSED, "none"
        close_survey(db, "domestic_abuse_young_people", now=stage.now)
    stage.later(days=32)
    schedule.tidy(stage.app)
    assert {row.contact_id for row in stage.rows(SurveySession)} == {None}
    assert _shared(stage) == {}


def test_what_invited_people_answered_is_joined_to_nobody_after_two_years(
    stage: Stage, invites: InvitationStage
) -> None:
    for name in ("rose", "amy", "sam"):
        stage.person(name)
    invites.open("needs")
    invites.campaign("needs", Wanted(everyone=True))
    stage.later(hours=1)
    invites.jobs()
    stage.deliver()
    for name in ("rose", "amy", "sam"):
        stage.later(minutes=3)
        stage.press(name, "Begin")
        stage.later(seconds=17)
        stage.press(name, "Good")
    assert len(stage.rows(Answer)) == 3
    stage.now += timedelta(days=762)
    schedule.tidy(stage.app)
    assert {row.contact_id for row in stage.rows(SurveySession)} == {None}
    assert _shared(stage) == {}
