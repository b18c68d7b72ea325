"""Nothing that arrives is lost, nothing counts twice, one bad message stops no other."""

from dataclasses import replace
from itertools import zip_longest

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bot.mailroom import MailroomClosed
from bot.messages import AckStatus, Address, Pressed, Replace, Sent
from bot.platforms.console import PLATFORM
from bot.standing import hash_of
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import InboxKey, KeptMessage
from storage.people import Contact, ContactState, Role
from storage.surveys import Answer, SessionState, SurveySession
from storage.types import Keyring
from tests.bot.conftest import staged
from tests.bot.stage import Stage, words_of


def _starts(stage: Stage, token: str, *who: str) -> None:
    for one in who:
        stage.say(one, f"/start {token}", "1")


def _answers(stage: Stage) -> dict[tuple[str, str], str]:
    """By contact address and question."""
    with stage.database.reading() as db:
        rows = db.exec(
            select(Contact.address, Answer.question, Answer.value, Answer.words)
            .join(SurveySession, col(SurveySession.contact_id) == col(Contact.id))
            .join(Answer, col(Answer.pseudonym) == col(SurveySession.pseudonym))
        ).all()
    return {(who, question): value or words or "" for who, question, value, words in rows}


def test_a_message_is_on_disk_when_it_is_acknowledged(
    stage: Stage, youth: str, database_url: str, keyring: Keyring
) -> None:
    _starts(stage, youth, "yp")
    assert stage.tell("yp", "2")[0].status is AckStatus.STORED
    with Database(database_url, keyring) as other, other.reading() as db:
        assert db.exec(select(Answer.value)).all() == ["14_15"]


def test_the_same_event_counts_once_in_one_batch_and_in_the_next(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp")
    first = [stage.incoming("yp", "2", "same-event") for _ in range(3)]
    statuses = [ack.status for ack in stage.receive(*first)]
    assert statuses.count(AckStatus.STORED) == 1
    assert statuses.count(AckStatus.DUPLICATE) == 2
    [again] = stage.receive(stage.incoming("yp", "3", "same-event"))
    assert again.status is AckStatus.DUPLICATE
    assert _answers(stage) == {("yp", "age_band"): "14_15"}
    stage.deliver()
    assert sum("Question 2" in text for text in stage.heard("yp")) == 1


def test_a_repeated_event_is_answered_with_where_things_stand_now(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp")
    stage.receive(stage.incoming("yp", "2", "one"))
    [again] = stage.receive(stage.incoming("yp", "2", "one"))
    assert isinstance(again.now, Replace)
    assert "Question 2 of" in again.now.message.text
    [stranger] = stage.receive(stage.incoming("nobody", "hello", "two"))
    assert stranger.now is None


def test_the_same_event_counts_once_after_a_restart(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp")
    stage.receive(stage.incoming("yp", "2", "before"))
    with staged(stage.database) as restarted:
        [ack] = restarted.receive(restarted.incoming("yp", "2", "before"))
        assert ack.status is AckStatus.DUPLICATE
    [session] = stage.rows(SurveySession)
    assert session.step == 2


@pytest.mark.parametrize(
    "event_id", ["x" * 500, "nul\x00byte", "half \ud83d emoji", "line\nbreak", "ü" * 128]
)
def test_an_event_id_that_no_column_holds_is_still_one_event(
    stage: Stage, youth: str, event_id: str
) -> None:
    messages = [stage.incoming("yp", "/help", event_id) for _ in range(2)]
    statuses = sorted(ack.status for ack in stage.receive(*messages))
    assert statuses == [AckStatus.DUPLICATE, AckStatus.STORED]
    stage.deliver()
    assert len(stage.heard("yp")) == 1


_SCRIPT = ("2", "1", "nonsense", "3", "/skip", "1 3", "1", "more people to talk to")


def test_two_hundred_mixed_messages_keep_the_order_of_each_sender(stage: Stage, youth: str) -> None:
    people = [f"yp{number}" for number in range(24)]
    _starts(stage, youth, *people)
    lines = [[(who, line) for line in _SCRIPT] for who in people]
    mixed = [one for wave in zip_longest(*lines) for one in wave if one is not None]
    mixed += [("stranger", "hello"), ("stranger", "/help"), ("late", f"/start {youth}")]
    assert 190 < len(mixed) <= 200
    acks = stage.receive(*(stage.incoming(who, line) for who, line in mixed))
    assert {ack.status for ack in acks} == {AckStatus.STORED}
    answers = _answers(stage)
    for who in people:
        assert answers[who, "age_band"] == "14_15"
        assert answers[who, "noticing"] == "sometimes"
        assert answers[who, "listening"] == ""
        assert answers[who, "who_to_tell"] == "teacher family"
        assert answers[who, "change"] == "more people to talk to"
    states = [row.state for row in stage.rows(SurveySession)]
    assert states == [SessionState.COMPLETE] * len(people)
    assert sorted(words_of(stage.rows(ReviewItem))) == sorted(
        ["hello", *["nonsense", "more people to talk to"] * len(people)]
    )


def _spoil(stage: Stage, who: str) -> None:
    """What is stored of an open session cannot be decrypted any more."""
    digest = hash_of(stage.database.keyring, Address(PLATFORM, "", who))
    with stage.database.writing() as db:
        db.connection().execute(
            text(
                "UPDATE survey_session SET progress = :junk WHERE contact_id ="
                " (SELECT id FROM contact WHERE address_hash = :digest)"
            ),
            {"junk": b"\x00" * 64, "digest": digest},
        )


def test_a_message_that_cannot_be_handled_is_kept_and_the_others_are_stored(
    stage: Stage, youth: str
) -> None:
    stage.person("admin", Role.ADMIN)
    _starts(stage, youth, "good", "bad", "fine")
    _spoil(stage, "bad")
    acks = stage.receive(
        stage.incoming("good", "2"),
        stage.incoming("bad", "my own words"),
        stage.incoming("fine", "3"),
        stage.incoming("bad", "and some more"),
    )
    statuses = [ack.status for ack in acks]
    assert statuses == [AckStatus.STORED, AckStatus.KEPT, AckStatus.STORED, AckStatus.KEPT]
    assert _answers(stage) == {("good", "age_band"): "14_15", ("fine", "age_band"): "16_17"}
    kept = stage.rows(KeptMessage)
    assert [row.content for row in kept] == ["my own words", "and some more"]
    assert {row.error_kind for row in kept} == {"KeyMissing"}
    stage.deliver()
    assert kept[0].ref in stage.heard("bad")[-2]
    told = stage.heard("admin")
    assert [kept[0].ref in told[0], kept[1].ref in told[1]] == [True, True]
    assert not any("own words" in text for text in told)


def test_what_a_young_person_wrote_reaches_the_reviewer_even_if_it_could_not_be_handled(
    stage: Stage, youth: str
) -> None:
    _starts(stage, youth, "bad")
    _spoil(stage, "bad")
    stage.tell("bad", "it was a nice day", "my dad hits me when he drinks", "/help")
    items = stage.rows(ReviewItem)
    assert words_of(items) == ["it was a nice day", "my dad hits me when he drinks", "/help"]
    assert [item.tier for item in items] == ["unsure", "amber", "unsure"]
    assert all(item.survey_id and item.pseudonym for item in items)
    assert all(item.group_name == "Falinge Park High School" for item in items)
    stage.deliver()
    assert any("You did the right thing" in text for text in stage.heard("bad"))
    assert len(stage.heard("reviewer")) == 1


def test_a_kept_press_adds_no_text_to_the_queue(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "bad")
    _spoil(stage, "bad")
    [ack] = stage.tell("bad", Pressed("s:x:1:0"))
    assert ack.status is AckStatus.KEPT
    assert [row.content for row in stage.rows(KeptMessage)] == ["Pressed"]
    assert stage.rows(ReviewItem) == []


def test_a_form_that_is_gone_keeps_what_was_written(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp", "other")
    with stage.database.writing() as db:
        db.connection().execute(text("UPDATE survey_version SET definition = '{}'"))
    with staged(stage.database) as restarted:  # what was read before is not remembered
        acks = restarted.receive(
            restarted.incoming("yp", "words"), restarted.incoming("stranger", "hello")
        )
    assert [ack.status for ack in acks] == [AckStatus.KEPT, AckStatus.STORED]
    assert sorted(words_of(stage.rows(ReviewItem))) == ["hello", "words"]


def _break(stage: Stage, table: str, column: str) -> None:
    """From now on the program cannot write this table."""
    with stage.database.writing() as db:
        db.connection().execute(text(f"ALTER TABLE {table} RENAME COLUMN {column} TO gone"))


def test_a_write_that_fails_is_replayed_message_by_message(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "bad")
    _break(stage, "answer", "answered_on")
    acks = stage.receive(
        stage.incoming("good", "hello"),
        stage.incoming("bad", "2"),
        stage.incoming("other", "and hello"),
        stage.incoming("bad", "/help"),
    )
    statuses = [ack.status for ack in acks]
    assert statuses == [AckStatus.STORED, AckStatus.KEPT, AckStatus.STORED, AckStatus.STORED]
    assert words_of(stage.rows(ReviewItem)) == ["hello", "2", "and hello"]
    [kept] = stage.rows(KeptMessage)
    assert kept.content == "2"
    stage.deliver()
    assert "went wrong on our side" in stage.heard("bad")[-2]


def test_what_can_be_neither_handled_nor_kept_is_not_acknowledged(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp")
    _break(stage, "review_item", "reply_sent")
    messages = [
        stage.incoming("yp", "2"),
        stage.incoming("bad", "my words", "bad-event"),
        stage.incoming("new", "/help"),
    ]
    first, bad, last = stage.offer(*messages)
    assert isinstance(bad, MailroomClosed)
    assert not bad.is_outage
    assert "my words" not in str(bad)
    assert not isinstance(first, BaseException)
    assert not isinstance(last, BaseException)
    assert _answers(stage) == {("yp", "age_band"): "14_15"}
    assert "bad-event" not in {row.event_id for row in stage.rows(InboxKey)}
    with stage.database.writing() as db:
        db.connection().execute(text("ALTER TABLE review_item RENAME COLUMN gone TO reply_sent"))
    [again] = stage.receive(messages[1])
    assert again.status is AckStatus.STORED
    assert words_of(stage.rows(ReviewItem)) == ["my words"]


def test_whoever_left_and_writes_again_can_be_reached_again(stage: Stage) -> None:
    stage.person("lead")
    stage.tell("lead", "[leave]")
    [contact] = stage.rows(Contact)
    assert contact.state is ContactState.GONE
    assert "could be" not in contact.state_reason
    assert stage.say("lead", "/help")
    [contact] = stage.rows(Contact)
    assert contact.state is ContactState.ACTIVE


def test_a_caption_is_read_although_the_picture_is_not(stage: Stage, youth: str) -> None:
    _starts(stage, youth, "yp")
    answer = stage.say("yp", Sent("picture", "my dad hits me when he drinks"))
    assert "can't open pictures" in answer
    assert "You did the right thing" in answer
    assert words_of(stage.rows(ReviewItem)) == ["my dad hits me when he drinks"]


@pytest.mark.parametrize(
    ("app_language", "greeted"),
    [("pl", "Cześć"), ("ar-SA", "مرحب"), ("de", "Hello"), ("", "Hello"), ("PL-pl", "Cześć")],
)
def test_somebody_new_is_greeted_in_the_language_of_their_app(
    stage: Stage, youth: str, app_language: str, greeted: str
) -> None:
    stage.receive(replace(stage.incoming("yp", f"/start {youth}"), language=app_language))
    stage.deliver()
    assert greeted in stage.heard("yp")[-1]


def test_whoever_chose_a_language_keeps_it_whatever_their_app_says(
    stage: Stage, youth: str
) -> None:
    stage.say("yp", f"/start {youth}", "/language pl")
    stage.receive(replace(stage.incoming("yp", "/help"), language="en"))
    stage.deliver()
    assert "/language" in stage.heard("yp")[-1]
    assert "another language" not in stage.heard("yp")[-1]
