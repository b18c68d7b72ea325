"""What an anonymous survey promises to each of those who answer it, and what still works in it."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot import schedule
from bot.anonymous_jobs import settle_anonymous
from bot.messages import Arrived
from bot.receipts import delete_by_receipt, published_for_receipt
from digests.reading import reply_of, reviewed_answers
from digests.themes import add_theme, code_answers, true_counts
from storage.anonymous import PooledResponse, TookPart, leave_out_of_copy
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.mail import ChatMessage, Conversation, InboxKey, KeptMessage, Outbox
from storage.people import Contact
from storage.surveys import Answer, SessionState, SurveySession
from storage.types import Keyring
from storage.voice import TellContact
from surveys.definition import Mode
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.privacy.anonymous_stage import begin, close_it, form_in, open_it

DRAWN = 2**29
"""Contacts beyond this are respondents'."""
_CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")


@pytest.fixture
def link(stage: Stage) -> str:
    """The survey is open; the token of its link."""
    stage.reviewers()
    return open_it(stage, form_in(Mode.ANONYMOUS), group="North")


def finish(stage: Stage, who: str, link: str, words: str = "more help") -> str:
    """Answers all of it; the code that came with the first question."""
    begin(stage, who, link)
    code = _CODE.findall("\n".join(stage.heard(who)))
    stage.say(who, "1", "17", words, "1")
    return str(code[0])


def many(stage: Stage, link: str, count: int) -> list[str]:
    return [finish(stage, f"young{number}", link) for number in range(count)]


def test_it_is_said_before_the_first_question_and_the_code_comes_with_it(
    stage: Stage, link: str
) -> None:
    begin(stage, "young", link)
    welcome, question = stage.heard("young")
    for said in (
        "When you finish, we cannot find out who you are.",
        "We cannot come and help unless you ask us to contact you.",
        "While you answer, we keep a link",
    ):
        assert said in welcome
    assert _CODE.search(question)
    assert "confidential" not in welcome
    stage.say("young", "1", "17", "more help")
    ending = stage.say("young", "1")
    assert "Thank you" in ending
    assert not _CODE.search(ending)


def test_nothing_of_a_finished_session_is_left_beside_its_answers(stage: Stage, link: str) -> None:
    stage.say("young", "hello?")
    finish(stage, "young", link)
    [pooled] = stage.rows(PooledResponse)
    assert stage.rows(SurveySession) == stage.rows(Answer) == []
    assert (pooled.group_name, pooled.state) == ("North", SessionState.COMPLETE)
    assert "more help" not in pooled.sealed
    assert stage.rows(Outbox, col(Outbox.contact_id) > DRAWN) == []
    assert stage.rows(ChatMessage, col(ChatMessage.contact_id) > DRAWN) == []


def test_no_byte_of_a_finished_session_stays_in_the_file(
    sqlite_database: Database,
) -> None:
    with staged(sqlite_database) as stage:
        stage.reviewers()
        begin(stage, "young", open_it(stage, form_in(Mode.ANONYMOUS)))
        [session] = stage.rows(SurveySession)
        stage.say("young", "1", "17", "more help", "1")
        settle_anonymous(stage.app)
        file = Path(str(stage.database.engine.url.database))
        whole = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert b"listening" in whole
    for telling in (session.id, session.pseudonym, session.comeback_hash):
        assert telling.encode() not in whole


def test_a_text_is_read_in_time_under_a_number_of_its_own(stage: Stage, link: str) -> None:
    stage.later(minutes=40)
    begin(stage, "young", link)
    stage.say("young", "1", "17")
    stage.say("young", "my uncle hurts me at night")
    [item] = stage.rows(ReviewItem)
    [session] = stage.rows(SurveySession)
    hour = stage.now.replace(minute=0, second=0)
    assert item.received_at == hour
    assert item.id > DRAWN
    assert session.pseudonym != item.pseudonym
    alerts = stage.rows(Outbox, Outbox.intent == "concern_alert")
    assert alerts
    for alert in alerts:
        assert {alert.created_at, alert.settled_at} == {hour}
        assert (alert.claimed_until, alert.external_id) == (None, "")
    assert any(item.ref in text for text in stage.heard("reviewer"))


def test_answers_wait_until_ten_have_finished_and_then_stand_in_one_day(
    stage: Stage, link: str
) -> None:
    many(stage, link, 9)
    assert settle_anonymous(stage.app) == 0
    assert stage.rows(Answer) == []
    finish(stage, "last", link)
    stage.later(days=1)
    assert settle_anonymous(stage.app) == 10
    assert {row.answered_on for row in stage.rows(Answer)} == {stage.now.date()}
    sessions = stage.rows(SurveySession)
    assert {row.contact_id for row in sessions} == {None}
    assert {row.group_name for row in sessions} == {"North"}
    assert len({row.started_at for row in sessions}) == 1
    assert {row.words for row in stage.rows(Answer, Answer.question == "say")} == {""}


def test_when_the_survey_closes_the_few_are_moved_with_those_who_were_on_their_way(
    stage: Stage, link: str
) -> None:
    many(stage, link, 3)
    begin(stage, "half", link)
    stage.say("half", "2")
    begin(stage, "nothing", link)
    close_it(stage)
    assert settle_anonymous(stage.app) == 4
    states = sorted(row.state for row in stage.rows(SurveySession))
    assert states == ["complete", "complete", "complete", "expired"]
    assert stage.rows(PooledResponse) == []
    assert stage.say("half", "17")


def test_whoever_does_not_come_back_is_kept_in_the_same_way(stage: Stage, link: str) -> None:
    begin(stage, "half", link)
    stage.say("half", "2")
    stage.later(days=40)
    schedule.tidy(stage.app)
    [pooled] = stage.rows(PooledResponse)
    assert pooled.state == SessionState.EXPIRED
    assert stage.rows(SurveySession) == []


@pytest.mark.parametrize(("answer", "kept"), [("Keep them", 1), ("Delete them", 0)])
def test_stopping_keeps_or_deletes_and_leaves_no_session(
    stage: Stage, link: str, answer: str, kept: int
) -> None:
    begin(stage, "young", link)
    stage.say("young", "2", "/stop")
    stage.press("young", answer)
    assert len(stage.rows(PooledResponse)) == kept
    assert stage.rows(SurveySession) == []
    [row] = stage.rows(Conversation, col(Conversation.contact_id) > DRAWN)
    assert (row.session_id, row.last_session_id) == (None, None)


def test_the_code_deletes_in_the_pool_and_after_the_move(stage: Stage, link: str) -> None:
    early, *others = many(stage, link, 10)
    keyring = stage.database.keyring
    with stage.database.writing() as db:
        assert delete_by_receipt(db, keyring, early, now=stage.now)
        assert not delete_by_receipt(db, keyring, early, now=stage.now)
    finish(stage, "one more", link)
    assert settle_anonymous(stage.app) == 11
    assert len(stage.rows(Answer)) == 10 * 4
    with stage.database.reading() as db:
        view = published_for_receipt(db, keyring, early, "en")
        assert view is not None
        assert view.is_deleted
    assert "deleted" in stage.say("young1", f"/delete {others[0]}")
    assert len(stage.rows(Answer)) == 9 * 4
    assert "no answer to this yet" in stage.say("somebody", f"/replies {others[1]}")
    assert stage.rows(Outbox, Outbox.intent == "replies") == []


def test_nobody_answers_twice_and_nobody_is_asked_for_a_name(stage: Stage, link: str) -> None:
    finish(stage, "young", link)
    settle_anonymous(stage.app)
    assert "answered this survey already" in stage.say("young", Arrived(link))
    assert len(stage.rows(PooledResponse)) == 1


def test_who_is_known_at_work_is_sent_to_the_page(stage: Stage, link: str) -> None:
    stage.person("amy")
    assert "here we know who you are" in stage.say("amy", Arrived(link))
    assert stage.rows(TookPart) == []


def test_a_wish_to_be_contacted_is_joined_to_nothing(stage: Stage, link: str) -> None:
    begin(stage, "young", link)
    stage.say("young", "1", "17", "my uncle hurts me at night")
    asked = stage.press("young", "I would like someone to contact me")
    assert "They cannot see which answers are yours" in asked
    stage.say("young", "07700 900123 after four")
    first, wish = sorted(stage.rows(ReviewItem), key=lambda row: row.question != "say")
    assert (first.question, wish.question) == ("say", "contact details")
    assert first.pseudonym != wish.pseudonym
    assert wish.tier == "red"


def test_after_care_at_the_last_question_one_may_still_ask_to_be_contacted(stage: Stage) -> None:
    stage.reviewers()
    form = form_in(Mode.ANONYMOUS)
    short = type(form)(form.settings, form.questions[2:3], form.languages)
    begin(stage, "young", open_it(stage, short))
    assert "You did the right thing" in stage.say("young", "my uncle hurts me at night")
    assert stage.rows(SurveySession) == []
    stage.press("young", "I would like someone to contact me")
    assert "Thank you. You helped." in stage.say("young", "07700 900123")
    assert len(stage.rows(ReviewItem)) == 2
    stage.press("young", "Yes, tell me")
    assert len(stage.rows(TellContact)) == 1


def test_what_is_written_afterwards_is_read_and_leaves_no_trace(stage: Stage, link: str) -> None:
    finish(stage, "young", link)
    stage.later(minutes=90)
    assert "A person will read" in stage.say("young", "one more thing")
    late = next(row for row in stage.rows(ReviewItem) if row.words == "one more thing")
    assert late.received_at == stage.now.replace(minute=0, second=0)
    contacts = [row.id for row in stage.rows(Contact, col(Contact.person_id).is_(None))]
    assert stage.rows(Outbox, col(Outbox.contact_id).in_(contacts)) == []


def test_the_wish_to_hear_is_kept_without_the_day_on_which_it_was_said(
    stage: Stage, link: str
) -> None:
    opened = stage.now.date()
    stage.later(days=3)
    finish(stage, "young", link)
    stage.press("young", "Yes, tell me")
    assert [row.agreed_on for row in stage.rows(TellContact)] == [opened]


def test_one_goes_on_in_another_place_and_neither_place_says_when(stage: Stage, link: str) -> None:
    begin(stage, "tablet", link)
    stage.say("tablet", "1")
    code = re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", stage.say("tablet", "/later"))[0]
    stage.say("phone", code)
    stage.say("phone", "17", "more help", "1")
    assert len(stage.rows(PooledResponse)) == 1
    assert len(stage.rows(TookPart)) == 2
    stage.later(hours=2)
    settle_anonymous(stage.app)
    moved = {row.moved_at for row in stage.rows(Conversation, col(Conversation.contact_id) > DRAWN)}
    assert len(moved) == 1


def test_keys_of_events_are_hashed_and_still_take_each_event_once(stage: Stage, link: str) -> None:
    begin(stage, "young", link)
    said = stage.incoming("young", "1", "event-of-theirs")
    stage.receive(said)
    [again] = stage.receive(said)
    assert again.status == "duplicate"
    stage.say("young", "17", "more help", "1")
    [late] = stage.receive(said)
    assert late.status == "duplicate"
    keys = stage.rows(InboxKey)
    assert "event-of-theirs" not in {row.event_id for row in keys}
    hashed = [row for row in keys if row.platform == ""]
    assert {row.received_on.weekday() for row in hashed} == {5}


def test_a_message_that_could_not_be_handled_is_kept_without_its_sender(
    stage: Stage, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(stage, "young", link)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.conversation.advance", fail)
    stage.say("young", "what I wanted to say")
    [kept] = stage.rows(KeptMessage)
    assert kept.contact_id is None
    assert kept.received_at.minute == 0
    [item] = stage.rows(ReviewItem)
    assert item.words == "what I wanted to say"
    assert item.received_at.minute == 0


def test_words_are_coded_from_the_queue_and_counted_as_so_many_people_at_least(
    stage: Stage, link: str
) -> None:
    begin(stage, "young", link)
    stage.say("young", "1", "17", "more help", "/back", "much more help", "1")
    finish(stage, "other", link)
    close_it(stage)
    settle_anonymous(stage.app)
    with stage.database.writing() as db:
        items = list(db.exec(select(ReviewItem)))
        for item in items:
            item.state, item.decision = ReviewState.CLOSED, "none"
    with stage.database.writing() as db:
        survey_id = items[0].survey_id
        assert survey_id is not None
        read = reviewed_answers(db, survey_id)
        assert sorted(one.words for one in read) == ["more help", "more help", "much more help"]
        theme = add_theme(db, survey_id=survey_id, name="Help", now=stage.now)
        assert theme.id is not None
        code_answers(
            db, theme_id=theme.id, replies=[reply_of(one.handle) for one in read], person_id=1
        )
        assert true_counts(db, survey_id) == {theme.id: 2}


def test_who_took_part_is_forgotten_some_time_after_the_survey_closed(
    stage: Stage, link: str
) -> None:
    finish(stage, "young", link)
    close_it(stage)
    schedule.tidy(stage.app)
    assert len(stage.rows(TookPart)) == 1
    stage.later(days=31)
    schedule.tidy(stage.app)
    assert stage.rows(TookPart) == []


def test_a_copy_holds_no_open_session_and_nothing_that_waits(
    sqlite_database: Database, keyring: Keyring, tmp_path: Path
) -> None:
    with staged(sqlite_database) as stage:
        stage.reviewers()
        link = open_it(stage, form_in(Mode.ANONYMOUS))
        finish(stage, "done", link)
        begin(stage, "half", link)
        stage.later(minutes=7)
        stage.tell("half", "2")
        target = tmp_path / "copy.db"
        with stage.database.engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            copy = sqlite3.connect(target)
            source.backup(copy)
            leave_out_of_copy(copy)
            copy.execute("VACUUM")
            copy.close()
        session_id = stage.rows(SurveySession)[0].id
    assert session_id.encode() not in target.read_bytes()
    with Database(f"sqlite:///{target}", keyring) as copied, staged(copied) as there:
        assert there.rows(SurveySession) == there.rows(PooledResponse) == []
        assert there.rows(ChatMessage) == []
        theirs = there.rows(Conversation, col(Conversation.contact_id) > DRAWN)
        assert [row.moved_at.hour for row in theirs] == [0]
        assert there.say("half", "hello")


def test_the_days_are_those_of_the_survey(stage: Stage, link: str) -> None:
    """Nothing kept of a contact says on which day they were here."""
    opened = stage.now.replace(hour=0, minute=0, second=0)
    stage.later(days=2)
    finish(stage, "young", link)
    stage.later(hours=2)
    settle_anonymous(stage.app)
    [row] = stage.rows(Conversation, col(Conversation.contact_id) > DRAWN)
    assert row.moved_at == opened
