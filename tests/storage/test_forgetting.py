"""Deleting what one respondent said: everything of theirs goes, and nothing of anybody else's."""

import json
from datetime import datetime

import pytest

from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.forgetting import Forgotten, forget_session, leave_place
from storage.leaving import begin_to_leave, forget_leavers, stay
from storage.mail import ChatMessage, Conversation, Outbox, WrongCodes
from storage.people import Contact, ContactState
from storage.surveys import Answer, SessionState, SurveySession
from storage.voice import TellContact, ThemeCoding
from tests.storage.held import hold
from tests.storage.respondents import WORDS, Respondents


@pytest.fixture
def they(database: Database, now: datetime) -> Respondents:
    return Respondents(database, now)


def _forget(they: Respondents, **which: object) -> Forgotten | None:
    with they.database.writing() as session:
        return forget_session(session, now=they.now, **which)  # type: ignore[arg-type]


def test_all_that_was_said_goes_and_another_respondent_keeps_theirs(they: Respondents) -> None:
    survey, other = they.survey("s"), they.contact("other")
    contact = they.contact("me")
    for name, number in (("mine", contact), ("theirs", other)):
        they.session(name, survey, number, state=SessionState.OPEN)
        they.coding(name, survey)
        they.message(f"ask:{name}:4", number, sent=None, session=name, step=4)
    assert _forget(they, session_id="mine") == Forgotten(answers=2, messages=1)

    assert they.all(Answer, pseudonym="p-mine") == []
    assert they.all(ThemeCoding, pseudonym="p-mine") == []
    mine = they.one(SurveySession, id="mine")
    assert (mine.state, mine.progress, mine.contact_id) == (SessionState.DELETED, "", None)
    assert (mine.group_name, mine.comeback_hash) == ("", "")
    standing = they.one(Conversation, contact_id=contact)
    assert (standing.session_id, standing.last_session_id) == (None, None)
    assert (standing.menu, standing.expecting) == ([], "")

    assert len(they.all(Answer, pseudonym="p-theirs")) == 2
    assert len(they.all(ThemeCoding)) == 1
    assert they.one(SurveySession, id="theirs").state is SessionState.OPEN
    assert they.one(Conversation, contact_id=other).session_id == "theirs"
    assert they.one(Outbox).contact_id == other


def test_a_receipt_finds_the_session_and_still_says_deleted_afterwards(they: Respondents) -> None:
    they.session("mine", they.survey("s"))
    assert _forget(they, receipt_hash="r-mine") == Forgotten(answers=2)
    assert _forget(they, receipt_hash="r-mine") == Forgotten()
    assert they.one(SurveySession, receipt_hash="r-mine").state is SessionState.DELETED


@pytest.mark.parametrize(
    "which",
    [{"session_id": "unknown"}, {"receipt_hash": "unknown"}, {"receipt_hash": ""}, {}],
)
def test_a_code_that_finds_nobody_deletes_nothing(
    they: Respondents, which: dict[str, object]
) -> None:
    they.session("mine", they.survey("s"))
    they.add(they_without_receipt(they))
    assert _forget(they, **which) is None
    assert len(they.all(Answer)) == 2


def they_without_receipt(they: Respondents) -> SurveySession:
    like = they.one(SurveySession, id="mine")
    return SurveySession(
        id="plain",
        survey_id=like.survey_id,
        version_id=like.version_id,
        pseudonym="p-plain",
        progress="{}",
        started_at=they.now,
        moved_at=they.now,
    )


def test_an_open_concern_stays_with_the_way_to_who_wrote_it(they: Respondents) -> None:
    contact = they.contact("me")
    they.session("mine", they.survey("s"), contact)
    they.item("mine", state=ReviewState.WAITING)
    they.item("mine", state=ReviewState.ACKNOWLEDGED)
    result = _forget(they, session_id="mine")
    assert result == Forgotten(answers=2, open_items=2)
    assert {item.words for item in they.all(ReviewItem)} == {WORDS}
    assert {item.pseudonym for item in they.all(ReviewItem)} == {"p-mine"}
    assert they.one(SurveySession).contact_id == contact


def test_a_closed_item_loses_its_author_and_its_words_unless_they_were_passed_on(
    they: Respondents,
) -> None:
    they.session("mine", they.survey("s"), they.contact("me"))
    for decision in ("none", "redact", "MASH"):
        they.item("mine", state=ReviewState.CLOSED, decision=decision)
    _forget(they, session_id="mine")
    kept = {item.decision: item.words for item in they.all(ReviewItem)}
    assert kept == {"none": "", "redact": "", "MASH": WORDS}
    assert {item.pseudonym for item in they.all(ReviewItem)} == {None}
    assert they.one(SurveySession).contact_id is None


def test_messages_that_were_sent_stay_as_a_record_without_their_subject(
    they: Respondents,
) -> None:
    contact = they.contact("me")
    they.session("mine", they.survey("s"), contact)
    they.message("ask:mine:1", contact, sent=1, session="mine", step=1)
    they.message("thanks", contact, sent=1, about="mine")
    they.message("help:7", contact, sent=1, topic="mine?")
    _forget(they, session_id="mine")
    rows = they.all(Outbox)
    assert [json.loads(row.params) for row in rows] == [{}, {}, {"topic": "mine?"}]
    assert [row.dedupe_key.startswith("cut:") for row in rows] == [True, True, False]
    assert all(row.settled_at for row in rows)


def test_who_asked_to_hear_back_still_hears_back(they: Respondents) -> None:
    survey, contact = they.survey("s"), they.contact("me")
    they.session("mine", survey, contact)
    they.agreement(survey, contact)
    _forget(they, session_id="mine")
    assert they.one(TellContact).contact_id == contact


def test_a_legal_hold_stops_deleting_and_says_so(they: Respondents) -> None:
    they.session("mine", they.survey("s"))
    hold(they.database, they.now)
    assert _forget(they, session_id="mine") == Forgotten(held=True)
    assert len(they.all(Answer)) == 2


def _contacts(they: Respondents) -> set[str]:
    return {row.address for row in they.all(Contact)}


def _leave(they: Respondents, contact: int) -> bool:
    with they.database.writing() as session:
        return begin_to_leave(session, contact, now=they.now, language="pl")


def _forget_leavers(they: Respondents) -> int:
    with they.database.writing() as session:
        return forget_leavers(session)


def test_who_leaves_is_forgotten_with_everything_once_the_last_word_is_sent(
    they: Respondents,
) -> None:
    leaving, other = they.contact("leaving"), they.contact("other")
    for contact in (leaving, other):
        they.add(ChatMessage(contact_id=contact, message_id="7", at=they.now))
        they.add(WrongCodes(contact_id=contact, count=2, since=they.now))
    they.message("sent", leaving, sent=0)
    they.message("last word", leaving, sent=None)
    assert _leave(they, leaving)
    assert they.one(Contact, id=leaving).language == "pl"
    assert _forget_leavers(they) == 0, "the last word still waits"
    with they.database.writing() as session:
        session.get_one(Outbox, they.one(Outbox, dedupe_key="last word").id).settled_at = they.now
    assert _forget_leavers(they) == 1
    assert _contacts(they) == {"other"}
    for table in (Conversation, ChatMessage, WrongCodes):
        assert [row.contact_id for row in they.all(table)] == [other]
    assert they.all(Outbox) == []


def test_nobody_leaves_whom_a_session_or_a_wish_holds(they: Respondents) -> None:
    survey = they.survey("s")
    answered, wishing = they.contact("answered"), they.contact("wishing")
    they.session("theirs", survey, answered)
    they.add(TellContact(survey_id=survey, contact_id=wishing, agreed_on=they.now.date()))
    assert not _leave(they, answered)
    assert not _leave(they, wishing)
    assert {row.state for row in they.all(Contact)} == {ContactState.ACTIVE}
    assert len(they.all(Conversation)) == 2


def test_who_comes_back_before_they_are_forgotten_stays(they: Respondents) -> None:
    contact = they.contact("back")
    _leave(they, contact)
    with they.database.writing() as session:
        stay(session, contact)
    assert _forget_leavers(they) == 0
    assert they.one(Contact).state is ContactState.ACTIVE


def test_the_place_that_a_session_left_keeps_nothing_of_it(they: Respondents) -> None:
    before = they.contact("before")
    they.session("mine", they.survey("s"), before, ago=0, state=SessionState.OPEN)
    they.message("ask:mine:4", before, sent=None, session="mine", step=4)
    they.message("ask:mine:3", before, sent=0, session="mine", step=3)
    they.message("other", before, sent=0, wording="young.safe")
    with they.database.writing() as session:
        leave_place(session, "mine")
    left = they.all(Outbox)
    assert {row.dedupe_key.partition(":")[0] for row in left} == {"cut", "other"}
    assert all("mine" not in row.dedupe_key + row.params for row in left)
    standing = they.one(Conversation, contact_id=before)
    assert (standing.session_id, standing.last_session_id) == (None, None)
    assert they.one(SurveySession, id="mine").state is SessionState.OPEN
    assert len(they.all(Answer)) == 2, "the answers go on elsewhere"
