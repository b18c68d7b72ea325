"""Delivery as `run` has it: woken, beside everything else, on several platforms, until the end."""

import asyncio
import sqlite3
from functools import partial

import pytest
from sqlmodel import col

from bot.messages import DeliveryError, Failure, Limits
from bot.platforms.console import PLATFORM
from storage.mail import Outbox, Urgency
from storage.people import Contact
from tests.bot.crowd import (
    contact,
    crowd,
    has_heard,
    running,
    say,
    say_all,
    slowly,
    until,
    with_limits,
)
from tests.bot.stage import Recorder, Stage

_GONE = DeliveryError(Failure.RECIPIENT_GONE, "blocked by the user")


def test_what_is_queued_goes_at_once_when_delivery_is_woken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.TICK", 60.0)
    who = contact(stage, "yp")

    async def scene() -> None:
        async with running(stage.delivery):
            await asyncio.sleep(0.1)
            for number in range(3):
                await asyncio.to_thread(say, stage, f"r{number}", who)
                stage.delivery.wake()
                await until(partial(has_heard, stage, "yp", number + 1))

    stage.run(scene())
    assert len(stage.heard("yp")) == 3


def test_a_wake_from_another_thread_counts_and_one_while_nothing_runs_does_no_harm(
    small_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.TICK", 60.0)
    stage = small_stage
    who = contact(stage, "yp")
    stage.delivery.wake()

    async def scene() -> None:
        async with running(stage.delivery):
            await asyncio.sleep(0.1)
            say(stage, "r", who)
            await asyncio.to_thread(stage.delivery.wake)
            await until(lambda: stage.heard("yp"))

    stage.run(scene())
    stage.delivery.wake()


def test_rows_whose_time_comes_are_found_without_being_woken(
    small_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.TICK", 0.02)
    stage = small_stage
    who = contact(stage, "yp")
    say(stage, "r", who)
    stage.recorder.fail("yp", DeliveryError(Failure.TRY_LATER, "busy"))

    async def scene() -> None:
        async with running(stage.delivery):
            await until(lambda: stage.recorder.calls)
            await asyncio.sleep(0.1)
            assert stage.heard("yp") == []
            stage.later(seconds=10)
            await until(lambda: stage.heard("yp"))

    stage.run(scene())


def test_all_messages_to_one_person_go_one_after_another_without_a_tick(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.TICK", 60.0)
    who = contact(stage, "yp")
    say_all(stage, {f"r{number}": who for number in range(6)}, Urgency.REPLY)

    async def scene() -> None:
        async with running(stage.delivery):
            await until(lambda: len(stage.heard("yp")) == 6)

    stage.run(scene())


def test_a_reply_goes_next_while_a_broadcast_runs_at_the_limit(stage: Stage) -> None:
    crowd(stage, 30)
    who = contact(stage, "asks")
    delivery = with_limits(stage, Limits(per_second=3))

    async def scene() -> None:
        async with running(delivery):
            await until(lambda: len(stage.recorder.calls) >= 3)
            await asyncio.to_thread(say, stage, "reply", who)
            delivery.wake()
            before = len(stage.recorder.calls)
            await until(lambda: "asks" in stage.recorder.calls)
            assert stage.recorder.calls.index("asks") - before <= 1

    stage.run(scene())


def test_a_crowd_is_told_once_each_while_replies_go_before_them(small_stage: Stage) -> None:
    stage = small_stage
    crowd(stage, 600)
    people = [contact(stage, f"yp{number}") for number in range(10)]
    stage.recorder.on_send = slowly(0.001)
    left: list[int] = []

    async def scene() -> None:
        async with running(stage.delivery):
            for number, who in enumerate(people):
                await asyncio.to_thread(say, stage, f"reply:{number}", who)
                stage.delivery.wake()
                name = f"yp{number}"
                await until(partial(has_heard, stage, name, 1))
                left.append(600 + number - len(stage.recorder.sent))
            await until(lambda: len(stage.recorder.sent) == 610, 60)

    stage.run(scene())
    assert left[4] > 0, "replies did not wait for the end of the broadcast"
    told = [sent.to for sent in stage.recorder.sent]
    assert len(told) == len(set(told)) == 610
    assert {row.outcome for row in stage.rows(Outbox)} == {"sent"}


def test_a_reply_passes_the_broadcast_to_the_same_person(stage: Stage) -> None:
    crowd(stage, 12)
    delivery = with_limits(stage, Limits(per_second=6, per_contact_seconds=0.3))
    [last] = stage.rows(Contact, col(Contact.address_hash) == _hash(stage, "c11"))

    async def scene() -> None:
        async with running(delivery):
            await until(lambda: len(stage.recorder.calls) >= 3)
            await asyncio.to_thread(say, stage, "reply", last.id)
            delivery.wake()
            await until(lambda: len(stage.recorder.calls) == 13)

    stage.run(scene())
    calls = stage.recorder.calls
    assert calls.index("c11") < 11, "the reply"
    assert calls[-1] == "c11", "and the broadcast, which came before"


def _hash(stage: Stage, name: str) -> str:
    return stage.database.keyring.fingerprint("address", PLATFORM, "", name)


def test_a_platform_that_hangs_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.SEND_SECONDS", 90.0)
    stuck, freed = Recorder(), asyncio.Event()
    stuck.on_send = lambda *_: freed.wait()
    delivery = stage.app.delivery({PLATFORM: stage.recorder, "stuck": stuck})
    say_all(stage, {f"s{n}": contact(stage, f"s{n}", "stuck") for n in range(200)}, Urgency.ALERT)
    say_all(stage, {f"c{n}": contact(stage, f"c{n}") for n in range(100)}, Urgency.BROADCAST)

    async def scene() -> None:
        work = asyncio.create_task(delivery.run(asyncio.Event()))
        await until(lambda: len(stage.recorder.sent) == 100)
        assert (bool(stuck.calls), stuck.sent) == (True, [])
        freed.set()
        work.cancel()
        await asyncio.wait({work})

    stage.run(scene())


def test_what_was_not_begun_is_given_back_when_it_is_stopped(stage: Stage) -> None:
    crowd(stage, 40)
    delivery = with_limits(stage, Limits(per_second=5))

    async def scene() -> None:
        async with running(delivery):
            await until(lambda: len(stage.recorder.calls) >= 3)

    stage.run(scene())
    before = len(stage.recorder.calls)
    assert before < 10
    assert stage.rows(Outbox, col(Outbox.claimed_until) > stage.now, _is_open()) == []
    assert with_limits(stage, Limits()) is not stage.delivery
    stage.deliver()
    assert sorted(stage.recorder.calls) == sorted(f"c{number}" for number in range(40))


def _is_open() -> object:
    return col(Outbox.settled_at).is_(None)


def test_an_outage_while_it_runs_loses_nothing_and_doubles_nothing(small_stage: Stage) -> None:
    stage = small_stage
    crowd(stage, 30)
    path = stage.database.engine.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)

    async def scene() -> None:
        async with running(stage.delivery):
            await until(lambda: len(stage.recorder.calls) >= 3)
            other.execute("BEGIN IMMEDIATE")
            held_up = -1
            while held_up != len(stage.recorder.calls):
                held_up = len(stage.recorder.calls)
                await asyncio.sleep(0.3)
            assert held_up < 30, "nothing goes that cannot be settled"
            other.execute("ROLLBACK")
            await until(lambda: len(stage.recorder.sent) == 30)

    stage.recorder.on_send = slowly(0.02)
    stage.run(scene())
    other.close()
    assert sorted(stage.recorder.calls) == sorted(f"c{number}" for number in range(30))
    assert {row.outcome for row in stage.rows(Outbox)} == {"sent"}
