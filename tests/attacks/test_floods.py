"""Very many messages from one person: the others are served in their turn, all is read."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.floods import AT_ONCE, MOST_LETTERS, Floods, together
from bot.messages import Ack, AckStatus, Address, Content, Edited, Incoming, Left, Pressed, Said
from bot.platforms.console import PLATFORM
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import KeptMessage, Outbox
from storage.people import ContactState, Role
from storage.surveys import Answer, SessionState, SurveySession
from tests.bot.conftest import staged
from tests.bot.stage import YOUTH, Stage

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
MANY = 400


def _message(content: Content, who: str = "flooder", at: datetime = NOW) -> Incoming:
    return Incoming(PLATFORM, "", "e", Address(PLATFORM, "", who), content, at)


def _flood(stage: Stage, who: str, lines: Iterable[str | Content]) -> list[Incoming]:
    return [stage.incoming(who, line) for line in lines]


def _begins(stage: Stage, who: str, token: str) -> None:
    stage.say(who, f"/start {token}", "1")


def test_words_of_a_flood_are_all_there_for_the_reviewer(database: Database) -> None:
    with staged(database) as stage:
        stage.reviewers()
        _begins(stage, "flooder", stage.open(YOUTH))
        lines = [f"word number {n}." for n in range(MANY)]
        acks = stage.receive(*_flood(stage, "flooder", lines))
        assert {ack.status for ack in acks} == {AckStatus.STORED}
        items = stage.rows(ReviewItem)
        written = "\n".join(item.words for item in items) + "\n"
        assert all(line + "\n" in written for line in lines)
        assert len(items) < AT_ONCE + MANY / 20
        assert all(len(item.words) <= MOST_LETTERS for item in items)
        assert stage.rows(KeptMessage) == []


def test_a_flood_is_answered_once_a_minute_and_kindly(stage: Stage) -> None:
    _begins(stage, "flooder", stage.open(YOUTH))
    stage.receive(*_flood(stage, "flooder", ["nonsense"] * MANY))
    replies = [row for row in stage.rows(Outbox) if row.intent == "say"]
    told = [row for row in replies if "too_fast" in row.params]
    assert len(told) == 1
    assert len(stage.rows(Outbox)) < 2 * AT_ONCE
    stage.deliver()
    assert any("Please wait a minute" in text and "999" in text for text in stage.heard("flooder"))
    stage.later(minutes=1)
    stage.receive(*_flood(stage, "flooder", ["nonsense"] * MANY))
    told = [row for row in stage.rows(Outbox) if "too_fast" in row.params]
    assert len(told) == 2


def test_worries_in_a_flood_come_first_and_are_answered_with_care(stage: Stage) -> None:
    _begins(stage, "flooder", stage.open(YOUTH))
    lines = ["bla bla"] * (AT_ONCE + 80) + ["my dad is hitting me right now"] + ["bla"] * 50
    stage.receive(*_flood(stage, "flooder", lines))
    red = [item for item in stage.rows(ReviewItem) if item.tier == "red"]
    assert any("my dad is hitting me right now" in item.words for item in red)
    stage.deliver()
    assert any("You did the right thing" in text for text in stage.heard("flooder"))


def test_whoever_else_writes_is_taken_in_the_next_batch(stage: Stage) -> None:
    """Measured in turns of the mailroom, and not by a watch."""
    token = stage.open(YOUTH)
    for who in ("flooder", "robin"):
        _begins(stage, who, token)
    done: list[str] = []
    robin = stage.incoming("robin", "2")

    async def receive(message: Incoming) -> Ack:
        ack = await stage.app.mailroom.receive(message)
        done.append(message.sender.id)
        return ack

    async def everything() -> None:
        flood = [receive(one) for one in _flood(stage, "flooder", ["x"] * 250)]
        late = receive(robin)
        more = [receive(one) for one in _flood(stage, "flooder", ["y"] * MANY)]
        await asyncio.gather(*flood, late, *more)

    stage.run(everything())
    assert done.index("robin") < 400
    assert [row.value for row in stage.rows(Answer) if row.value] == ["14_15"]


def test_whoever_else_is_answered_before_the_backlog_of_a_flood(stage: Stage) -> None:
    token = stage.open(YOUTH)
    for who in ("flooder", "robin"):
        _begins(stage, who, token)
    stage.receive(*_flood(stage, "flooder", ["nonsense"] * MANY))
    stage.receive(stage.incoming("robin", "2"))
    before = len(stage.recorder.sent)
    stage.deliver()
    order = [sent.to for sent in stage.recorder.sent[before:]]
    assert order.index("robin") <= 2 * len({*order})


def test_after_a_minute_of_quiet_the_same_person_goes_on_as_before(stage: Stage) -> None:
    _begins(stage, "flooder", stage.open(YOUTH))
    stage.receive(*_flood(stage, "flooder", ["nonsense"] * MANY))
    stage.later(minutes=2)
    stage.say("flooder", "2")
    [session] = stage.rows(SurveySession)
    assert session.state == SessionState.OPEN
    assert [row.value for row in stage.rows(Answer)] == ["14_15"]


def test_a_flood_of_a_professional_asks_them_to_send_it_again(stage: Stage) -> None:
    stage.person("sam", Role.LEAD)
    lines: list[str | Content] = ["/actions", Pressed("track:1"), "somebody will kill him tonight"]
    stage.receive(*_flood(stage, "sam", lines * 60))
    stage.deliver()
    told = [text for text in stage.heard("sam") if "send it again" in text]
    assert len(told) == 1
    assert stage.rows(KeptMessage) == []


def test_that_somebody_left_is_heard_in_any_flood(stage: Stage) -> None:
    _begins(stage, "flooder", stage.open(YOUTH))
    flood = _flood(stage, "flooder", ["x"] * 300)
    stage.receive(*flood, stage.incoming("flooder", Left()))
    with stage.database.reading() as db:
        from sqlmodel import select

        from storage.people import Contact

        states = {one.address: one.state for one in db.exec(select(Contact))}
    assert states["flooder"] == ContactState.GONE


def test_what_is_too_much_is_counted_by_platform_and_names_nobody(stage: Stage) -> None:
    _begins(stage, "flooder", stage.open(YOUTH))
    stage.receive(*_flood(stage, "flooder", ["x"] * MANY))
    counted = stage.app.mailroom.floods.counted
    assert counted[PLATFORM] >= MANY - AT_ONCE
    assert "flooder" not in json.dumps(counted)


# the count itself


@pytest.mark.parametrize("content", [Said("x"), Pressed("a"), Edited("y")])
def test_a_quick_thumb_is_never_too_much(content: Content) -> None:
    floods = Floods()
    ticks = [_message(content, at=NOW + timedelta(seconds=n / 3)) for n in range(150)]
    assert not any(floods.is_too_much(one) for one in ticks)


def test_one_persons_flood_is_nobody_elses() -> None:
    floods = Floods()
    assert sum(floods.is_too_much(_message(Said("x"))) for _ in range(MANY)) == MANY - AT_ONCE
    assert not floods.is_too_much(_message(Said("x"), "robin"))


def test_a_clock_that_was_set_back_lets_nobody_in_for_free() -> None:
    floods = Floods()
    for _ in range(MANY):
        floods.is_too_much(_message(Said("x")))
    back = _message(Said("x"), at=NOW - timedelta(days=1))
    assert floods.is_too_much(back)
    assert floods.is_too_much(replace(back, received_at=NOW))


@pytest.mark.parametrize("most", [1, 399, MOST_LETTERS, 3 * MOST_LETTERS])
def test_many_short_texts_are_one_and_no_letter_is_lost(most: int) -> None:
    words = [f"{n} ".ljust(most, "x") for n in range(30)] + ["", "the end"]
    found = list(together(words))
    assert "\n".join(found) == "\n".join(filter(None, words))
    assert len(found) <= len(words)
    assert all(len(one) <= MOST_LETTERS or one in words for one in found)
