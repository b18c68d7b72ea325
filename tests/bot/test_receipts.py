"""What a receipt code opens, the same in a chat and on a page; never an answer."""

from sqlmodel import select

from bot.receipts import delete_by_receipt, published_for_receipt
from storage.audit import AuditEntry
from storage.surveys import Answer, SessionState, SurveySession
from storage.voice import TellContact
from surveys.receipts import receipt_code
from tests.bot.publishing import publish_something
from tests.bot.stage import Stage

_SECRET = "purple giraffes"


def _answered(stage: Stage, youth: str) -> str:
    """Somebody who answered and wants to hear; their code."""
    stage.say("yp", f"/start {youth}", "1", "2", "1", "3", "/skip", "/skip", "/skip", _SECRET)
    stage.press("yp", "Yes, tell me")
    [session] = stage.rows(SurveySession)
    assert session.state == SessionState.COMPLETE
    return receipt_code(stage.database.keyring, session.id)


def test_a_code_says_what_is_published_and_by_when_it_comes(stage: Stage, youth: str) -> None:
    code = _answered(stage, youth)
    with stage.database.writing() as db:
        before = published_for_receipt(db, stage.database.keyring, code.lower(), "pl")
        publish_something(db, now=stage.now)
        after = published_for_receipt(db, stage.database.keyring, code, "en")
        assert published_for_receipt(db, stage.database.keyring, "ABCD-EFGH-2345", "en") is None
    assert before is not None
    assert after is not None
    assert before.text is None
    assert before.title != after.title, "in the language that was asked for"
    assert after.text is not None
    assert "A worker comes on Mondays." in after.text
    assert _SECRET not in after.text
    assert (after.state, after.is_deleted) == (SessionState.COMPLETE, False)


def test_without_a_publication_a_chat_says_when_it_was_promised(stage: Stage, youth: str) -> None:
    code = _answered(stage, youth)
    assert "no answer to this yet" in stage.say("other", f"/replies {code}")
    assert "no answer to this yet" in stage.say("yp", "/replies")
    assert "cannot find a survey" in stage.say("stranger", "/replies")


def test_deleting_by_code_needs_no_contact_and_does_all_that_a_chat_does(
    stage: Stage, youth: str
) -> None:
    code = _answered(stage, youth)
    assert stage.rows(TellContact)
    with stage.database.writing() as db:
        keyring = stage.database.keyring
        assert delete_by_receipt(db, keyring, code, now=stage.now)
        assert not delete_by_receipt(db, keyring, code, now=stage.now)
        assert not delete_by_receipt(db, keyring, "", now=stage.now)
        view = published_for_receipt(db, keyring, code, "en")
        acts = [row.act for row in db.exec(select(AuditEntry))]
    assert view is not None
    assert view.is_deleted
    assert stage.rows(Answer) == []
    assert stage.rows(TellContact) == []
    assert acts.count("answers deleted by their author") == 1
