"""Whoever asks to delete what a legal hold keeps is told so, and whom to ask; it stays."""

import pytest

from bot.receipts import delete_by_receipt, published_for_receipt
from storage.holds import HoldScope
from storage.surveys import Answer, SessionState, SurveySession
from surveys.receipts import receipt_code
from tests.bot.stage import Stage
from tests.storage.held import hold

_KEPT = "The law says that they have to be kept for a while."


def _answered(stage: Stage, youth: str) -> SurveySession:
    stage.say("yp", f"/start {youth}", "1", "2", "1", "3", "/skip", "/skip", "/skip", "a room")
    [session] = stage.rows(SurveySession)
    assert isinstance(session, SurveySession)
    return session


def test_deleting_by_chat_or_by_code_says_that_it_has_to_be_kept(stage: Stage, youth: str) -> None:
    session = _answered(stage, youth)
    answers = len(stage.rows(Answer))
    hold(stage.database, stage.now, HoldScope.RECEIPT, session.id)
    code = receipt_code(stage.database.keyring, session.id)
    said = stage.say("yp", "/delete")
    assert _KEPT in said
    assert "talk to the person who gave you the survey" in said
    assert _KEPT in stage.say("other", f"/delete {code}")
    assert len(stage.rows(Answer)) == answers
    with stage.database.writing() as db:
        assert not delete_by_receipt(db, stage.database.keyring, code, now=stage.now)
        view = published_for_receipt(db, stage.database.keyring, code, "en")
    assert view is not None
    assert view.is_held
    assert not view.is_deleted


def test_a_hold_that_was_set_after_the_question_still_counts(stage: Stage, youth: str) -> None:
    session = _answered(stage, youth)
    stage.say("yp", "/delete")
    hold(stage.database, stage.now, HoldScope.SURVEY, str(session.survey_id))
    assert _KEPT in stage.press("yp", "Yes, delete them")
    assert stage.rows(Answer)


def test_who_stops_and_wants_it_deleted_is_told_and_it_is_kept(stage: Stage, youth: str) -> None:
    stage.say("yp", f"/start {youth}", "1", "2", "1")
    hold(stage.database, stage.now)
    stage.say("yp", "/stop")
    said = stage.press("yp", "Delete them")
    assert _KEPT in said
    assert "deleted" not in said
    [session] = stage.rows(SurveySession)
    assert session.state == SessionState.WITHDRAWN
    assert stage.rows(Answer)


@pytest.mark.parametrize("language", ["pl", "ur", "ar", "ro"])
def test_it_is_said_in_every_language_with_the_contact_of_the_settings(language: str) -> None:
    from storage.language import Catalogue

    words = Catalogue.load("bot")
    with_contact = words.say("held.text", language, contact="ask@example.org")
    without = words.say("held.text", language, contact="")
    assert "ask@example.org" in with_contact
    assert with_contact != without
    assert with_contact != words.say("held.text", "en", contact="ask@example.org")
