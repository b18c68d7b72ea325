"""Going on in another place: the session moves whole, and no place learns of another."""

from typing import Any

import pytest
from sqlmodel import col

from bot.messages import Address, Arrived, Pressed
from bot.respondents.codes import MOST_WRONG
from bot.standing import find, hash_of
from storage.mail import Conversation, Outbox, WrongCodes
from storage.people import Contact
from storage.surveys import Answer, SurveySession
from surveys.receipts import come_back_code
from tests.bot.stage import TELEGRAM, Stage


def _code(stage: Stage) -> str:
    [session] = stage.rows(SurveySession)
    return come_back_code(stage.database.keyring, session.id)


def _contact(stage: Stage, who: str) -> int:
    digest = hash_of(stage.database.keyring, Address(stage.platform, "", who))
    [row] = stage.rows(Contact, col(Contact.address_hash) == digest)
    contact: int = row.id
    return contact


def _begin(stage: Stage, youth: str) -> None:
    stage.say("tablet", f"/start {youth}", "1", "2")


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " ")])
def test_the_next_question_comes_where_the_code_was_typed_and_answers_stay_one_person(
    stage: Stage, youth: str, change: Any
) -> None:
    _begin(stage, youth)
    assert "Question 2" in stage.say("phone", change(_code(stage)))
    stage.press("phone", "At school")
    [session] = stage.rows(SurveySession)
    answers = {row.question: row.value for row in stage.rows(Answer)}
    assert answers == {"age_band": "14_15", "where_from": "school"}
    assert session.contact_id == _contact(stage, "phone")


def test_a_tap_in_the_place_before_shows_nothing_and_changes_nothing(
    stage: Stage, youth: str
) -> None:
    _begin(stage, youth)
    old = stage.token("tablet", "At school")
    stage.say("phone", Arrived(_code(stage)))
    said = stage.say("tablet", Pressed(old))
    assert "Question" not in said
    assert len(stage.rows(Answer)) == 1
    stage.say("tablet", "/delete")
    assert len(stage.rows(Answer)) == 1, "what went on elsewhere is not deleted from here"


def test_what_waited_for_the_place_before_is_taken_back(stage: Stage, youth: str) -> None:
    _begin(stage, youth)
    stage.tell("tablet", "1", Arrived(youth))
    stage.tell("phone", _code(stage))
    stage.deliver()
    assert "Question" not in stage.heard("tablet")[-1]
    assert stage.heard("tablet")[-1].startswith("You went on in another place")


def test_no_row_of_the_place_before_names_the_session_or_an_instant_of_it(
    stage: Stage, youth: str
) -> None:
    _begin(stage, youth)
    session_id, before = stage.rows(SurveySession)[0].id, _contact(stage, "tablet")
    stage.later(minutes=7, seconds=13)
    stage.say("phone", _code(stage))
    rows = stage.rows(Outbox, col(Outbox.contact_id) == before)
    assert rows
    assert all(session_id not in row.dedupe_key + row.params for row in rows)
    asked = [row for row in rows if row.intent == "ask"]
    assert asked
    assert {row.created_at.strftime("%H:%M:%S.%f") for row in asked} == {"00:00:00.000000"}
    [talk] = stage.rows(Conversation, col(Conversation.contact_id) == before)
    assert (talk.session_id, talk.last_session_id) == (None, None)


def test_marks_that_were_not_sent_are_not_shown_to_who_has_the_code(
    stage: Stage, youth: str
) -> None:
    _begin(stage, youth)
    with stage.database.writing() as db:
        session = db.get_one(SurveySession, stage.rows(SurveySession)[0].id)
        before = find(db, Address("console", "", "tablet"), stage.app.around.forms)
        assert before is not None
        assert before.running is not None
        session.progress = before.running.at.marked("school", on=True).to_json()
    stage.say("phone", _code(stage))
    with stage.database.reading() as db:
        here = find(db, Address("console", "", "phone"), stage.app.around.forms)
    assert here is not None
    assert here.running is not None
    assert here.running.at.ticked == ()


def test_after_five_wrong_codes_even_the_right_one_waits_ten_minutes(
    stage: Stage, youth: str
) -> None:
    _begin(stage, youth)
    for number in range(MOST_WRONG):
        stage.say("other", f"2345-678{2 + number}")
    assert "ten minutes" in stage.say("other", Arrived(_code(stage)))
    assert stage.rows(SurveySession)[0].contact_id == _contact(stage, "tablet")
    stage.later(minutes=10)
    assert "Question 2" in stage.say("other", Arrived(_code(stage)))


def test_wrong_receipts_are_counted_with_wrong_codes(stage: Stage, youth: str) -> None:
    _begin(stage, youth)
    for number in range(MOST_WRONG):
        stage.say("other", f"/replies 2345-6789-234{2 + number}")
    assert stage.rows(WrongCodes)[0].count == MOST_WRONG
    assert "ten minutes" in stage.say("other", "/delete 2345-6789-2345")
    assert len(stage.rows(Answer)) == 1


def test_in_telegram_the_age_comes_before_going_on_and_the_young_keep_their_place(
    stage: Stage, youth: str
) -> None:
    stage.configure(links={"web": "https://loop.example"})
    _begin(stage, youth)
    tablet, code = _contact(stage, "tablet"), _code(stage)
    stage.platform = TELEGRAM
    assert "how old are you" in stage.say("phone", code)
    said = stage.press("phone", "Under 16")
    assert "https://loop.example" in said
    assert code in said
    assert stage.rows(SurveySession)[0].contact_id == tablet
    stage.say("other", code)
    assert "Question 2" in stage.press("other", "16 or older")
    assert stage.rows(SurveySession)[0].contact_id == _contact(stage, "other")
