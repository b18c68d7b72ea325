"""A database that is locked or full: nothing is half-written, nothing is acknowledged."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.mailroom import MailroomClosed
from bot.messages import Ack, AckStatus, DeliveryError, Failure
from storage.concerns import ReviewItem
from storage.mail import InboxKey, Outbox
from storage.people import Contact
from storage.surveys import Answer, SurveySession
from tests.bot.stage import Stage, words_of

_TABLES: tuple[type[SQLModel], ...] = (InboxKey, Outbox, Contact, Answer, SurveySession, ReviewItem)


@contextmanager
def _locked(stage: Stage) -> Iterator[None]:
    """Another program holds the write lock."""
    path = stage.database.engine.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def _disk_of(stage: Stage, more: int) -> Iterator[None]:
    """A disk that has room for so many pages beyond what is there."""
    with stage.database.writing() as db:
        pages = db.connection().execute(text("PRAGMA page_count")).scalar_one() + more

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(stage.database.engine, "checkout", limit)
    try:
        yield
    finally:
        pages = 1_000_000


def _everything(stage: Stage) -> dict[str, list[dict[str, object]]]:
    return {table.__name__: [row.model_dump() for row in stage.rows(table)] for table in _TABLES}


def _half_done(stage: Stage) -> None:
    stage.reviewers()
    token = stage.open()
    stage.say("yp", f"/start {token}", "1", "2")


def test_while_another_program_holds_the_database_nothing_is_acknowledged(
    small_stage: Stage,
) -> None:
    _half_done(small_stage)
    messages = [small_stage.incoming(f"new{number}", "hello") for number in range(60)]
    messages.append(small_stage.incoming("yp", "1"))
    before = _everything(small_stage)
    began = time.monotonic()
    with _locked(small_stage):
        refused = small_stage.offer(*messages)
    assert all(isinstance(one, MailroomClosed) and one.is_outage for one in refused)
    assert "another program holds the database" in str(refused[0])
    assert time.monotonic() - began < 8, "one wait for the lock, not one for each message"
    assert _everything(small_stage) == before
    acks = small_stage.receive(*messages)
    assert {ack.status for ack in acks} == {AckStatus.STORED}
    assert words_of(small_stage.rows(ReviewItem)) == ["hello"] * 60


def test_a_full_disk_leaves_the_message_unacknowledged_and_nothing_half_written(
    small_stage: Stage,
) -> None:
    _half_done(small_stage)
    words = "a long story " * 290
    with _disk_of(small_stage, more=0):
        while isinstance(small_stage.offer(small_stage.incoming("filler", words))[0], Ack):
            pass  # what is free within the file
        before = _everything(small_stage)
        refused = small_stage.offer(
            *(small_stage.incoming(f"n{number}", f"{words} {number}") for number in range(30))
        )
    assert all(isinstance(one, MailroomClosed) and one.is_outage for one in refused)
    assert "is full" in str(refused[0])
    assert "story" not in "".join(str(one) for one in refused)
    assert _everything(small_stage) == before
    assert small_stage.tell("yp", "1")[0].status is AckStatus.STORED
    assert len(small_stage.rows(Answer)) == 2


def test_a_disk_that_fills_up_within_a_batch_takes_some_and_refuses_the_rest(
    small_stage: Stage,
) -> None:
    """Whatever is acknowledged is there, whatever is not can come again."""
    _half_done(small_stage)
    messages = [small_stage.incoming("yp", "x" * 3500 + str(number)) for number in range(40)]
    with _disk_of(small_stage, more=12):
        answers = small_stage.offer(*messages)
    taken = [isinstance(one, Ack) for one in answers]
    assert taken == sorted(taken, reverse=True)
    assert len(small_stage.rows(ReviewItem)) == sum(taken)
    assert 0 < sum(taken) < 40
    small_stage.receive(*messages)
    assert len(small_stage.rows(ReviewItem)) == 40


def test_what_was_sent_is_settled_once_the_lock_is_free(small_stage: Stage) -> None:
    """A send that cannot be settled at once must not go out a second time."""
    small_stage.tell("stranger", "/help")
    path = small_stage.database.engine.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)

    async def lock_for_a_while(*_: object) -> None:
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.6, other.execute, "ROLLBACK")

    small_stage.recorder.on_send = lock_for_a_while
    small_stage.deliver()
    other.close()
    assert len(small_stage.heard("stranger")) == 1
    small_stage.later(hours=1)
    assert small_stage.deliver() == 0
    assert [row.outcome for row in small_stage.rows(Outbox)] == ["sent"]


def test_a_locked_database_while_rendering_loses_no_message(small_stage: Stage) -> None:
    small_stage.tell("stranger", "/help")
    small_stage.recorder.fail("stranger", DeliveryError(Failure.TRY_LATER, "busy"))
    small_stage.deliver()
    small_stage.later(minutes=1)
    with _locked(small_stage), pytest.raises(OperationalError, match="locked"):
        small_stage.deliver()
    assert small_stage.deliver() == 1
    assert len(small_stage.heard("stranger")) == 1
