"""Delivery as `run` has it: woken, beside everything else, on several platforms, until the end."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlmodel import col

from bot.messages import Address, DeliveryError, Failure, Limits, Message, Receipt
from bot.outgoing.delivery import Delivery
from bot.outgoing.outbox import Claimed
from bot.platforms.console import PLATFORM
from bot.standing import address_hash
from storage.mail import Outbox, Urgency, queue
from storage.people import Contact, ContactState
from tests.bot.stage import Recorder, Stage

_GONE = DeliveryError(Failure.RECIPIENT_GONE, "blocked by the user")


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[None]:
    stopped = asyncio.Event()
    work = asyncio.create_task(delivery.run(stopped))
    try:
        yield
    finally:
        stopped.set()
        await asyncio.wait_for(work, 20)


async def until(is_so: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.005)


def _heard(stage: Stage, name: str, many: int) -> bool:
    return len(stage.heard(name)) == many


def contact(stage: Stage, name: str, platform: str = PLATFORM) -> int:
    """A young person on a platform."""
    to = Address(platform, "", name)
    with stage.database.writing() as db:
        found = Contact(platform=platform, address=name, address_hash=address_hash(db, to))
        db.add(found)
        db.flush()
        assert found.id is not None
        return found.id


def say(stage: Stage, key: str, who: int, urgency: Urgency = Urgency.REPLY) -> None:
    say_all(stage, {key: who}, urgency)


def say_all(stage: Stage, rows: dict[str, int], urgency: Urgency) -> None:
    with stage.database.writing() as db:
        for key, who in rows.items():
            queue(
                db,
                key=key,
                intent="say",
                contact_id=who,
                now=stage.now,
                params={"wording": "young.clear"},
                urgency=urgency,
            )


def crowd(stage: Stage, many: int) -> None:
    """Everybody is told something at once."""
    people = {f"told:{number}": contact(stage, f"c{number}") for number in range(many)}
    say_all(stage, people, Urgency.BROADCAST)


def with_limits(stage: Stage, limits: Limits) -> Delivery:
    stage.recorder.limits = limits
    return stage.app.delivery({PLATFORM: stage.recorder})


def slowly(seconds: float) -> Callable[[Address, Message], Awaitable[None]]:
    async def wait(*_: object) -> None:
        await asyncio.sleep(seconds)

    return wait


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
                await until(partial(_heard, stage, "yp", number + 1))

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
    delivery = with_limits(stage, Limits(per_second=10))

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
                await until(partial(_heard, stage, name, 1))
                left.append(600 + number - len(stage.recorder.sent))
            await until(lambda: len(stage.recorder.sent) == 610, 60)

    stage.run(scene())
    assert left[4] > 0, "replies did not wait for the end of the broadcast"
    told = [sent.to for sent in stage.recorder.sent]
    assert len(told) == len(set(told)) == 610
    assert {row.outcome for row in stage.rows(Outbox)} == {"sent"}


def test_a_reply_passes_the_broadcast_to_the_same_person(stage: Stage) -> None:
    crowd(stage, 12)
    delivery = with_limits(stage, Limits(per_second=10, per_contact_seconds=0.3))
    [last] = stage.rows(Contact, col(Contact.address_hash) == _hash(stage, "c11"))

    async def scene() -> None:
        async with running(delivery):
            await until(lambda: len(stage.recorder.calls) >= 3)
            await asyncio.to_thread(say, stage, "reply", last.id)
            delivery.wake()
            await until(lambda: len(stage.recorder.calls) == 13)

    stage.run(scene())
    calls = stage.recorder.calls
    assert [who for who in calls[3:6] if who == "c11"], "the reply"
    assert calls[-1] == "c11", "and the broadcast, which came before"


def _hash(stage: Stage, name: str) -> str:
    return stage.database.keyring.fingerprint("address", PLATFORM, "", name)


def test_a_platform_that_hangs_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outgoing.delivery.SEND_SECONDS", 3.0)
    stuck = Recorder()
    stuck.on_send = slowly(3600)
    delivery = stage.app.delivery({PLATFORM: stage.recorder, "stuck": stuck})
    say_all(stage, {f"s{n}": contact(stage, f"s{n}", "stuck") for n in range(200)}, Urgency.ALERT)
    say_all(stage, {f"c{n}": contact(stage, f"c{n}") for n in range(100)}, Urgency.BROADCAST)

    async def scene() -> None:
        work = asyncio.create_task(delivery.run(asyncio.Event()))
        await until(lambda: len(stage.recorder.sent) == 100, 3)
        work.cancel()
        await asyncio.wait({work})

    stage.run(scene())
    assert stuck.sent == []


def test_what_was_not_begun_is_given_back_when_it_is_stopped(stage: Stage) -> None:
    crowd(stage, 40)
    delivery = with_limits(stage, Limits(per_second=10))

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
            await asyncio.sleep(0.5)
            held_up = len(stage.recorder.calls)
            await asyncio.sleep(0.2)
            assert len(stage.recorder.calls) == held_up, "nothing goes that cannot be settled"
            other.execute("ROLLBACK")
            await until(lambda: len(stage.recorder.sent) == 30)

    stage.recorder.on_send = slowly(0.02)
    stage.run(scene())
    other.close()
    assert sorted(stage.recorder.calls) == sorted(f"c{number}" for number in range(30))
    assert {row.outcome for row in stage.rows(Outbox)} == {"sent"}


def test_those_who_blocked_us_are_marked_in_a_broadcast_and_cost_no_place_the_next_time(
    stage: Stage,
) -> None:
    crowd(stage, 40)
    for number in range(30):
        stage.recorder.fail(f"c{number}", _GONE)
    stage.deliver()
    gone = stage.rows(Contact, col(Contact.state) == ContactState.GONE)
    assert {row.state_reason for row in gone} == {"blocked by the user"}
    assert len(gone) == 30
    say_all(stage, {f"again:{row.id}": row.id for row in gone}, Urgency.BROADCAST)
    calls = len(stage.recorder.calls)
    stage.delivery = with_limits(stage, Limits(per_second=0.5))
    stage.run(asyncio.wait_for(stage.delivery.run_until_idle(), 10))
    assert len(stage.recorder.calls) == calls
    details = stage.rows(Outbox, col(Outbox.detail) == "gone before")
    assert len(details) == 30


def test_a_chat_that_moved_is_reached_where_it_is_now(stage: Stage) -> None:
    who = contact(stage, "old")
    say(stage, "first", who)
    moving = _Moving(Address(PLATFORM, "", "new"))
    stage.delivery = stage.app.delivery({PLATFORM: moving})
    stage.deliver()
    [row] = stage.rows(Contact)
    assert (row.address, row.address_hash) == ("new", _hash(stage, "new"))
    say(stage, "second", who)
    stage.deliver()
    assert moving.seen == ["old", "new"]


def test_a_chat_that_moved_to_where_somebody_is_leaves_both_as_they_are(stage: Stage) -> None:
    who, other = contact(stage, "old"), contact(stage, "new")
    say(stage, "first", who)
    stage.delivery = stage.app.delivery({PLATFORM: _Moving(Address(PLATFORM, "", "new"))})
    stage.deliver()
    rows = {row.id: row.address for row in stage.rows(Contact)}
    assert rows == {who: "old", other: "new"}
    assert [row.outcome for row in stage.rows(Outbox)] == ["sent"]


class _Moving:
    """A platform on which everybody is somewhere else now."""

    limits = Limits()

    def __init__(self, to: Address) -> None:
        self._to = to
        self.seen: list[str] = []

    async def send(self, to: Address, _: Message, replacing: str | None) -> Receipt:
        self.seen.append(to.id)
        assert replacing is None
        return Receipt("m1", None if to == self._to else self._to)


def test_a_message_says_which_one_it_takes_the_place_of(small_stage: Stage) -> None:
    stage, seen = small_stage, list[str | None]()

    class Noting(Recorder):
        async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
            seen.append(replacing)
            return await super().send(to, message, replacing)

    def render(_: object, row: Claimed) -> Message:
        return Message("next", replaces="m7" if row.params["wording"] == "young.clear" else "")

    people = [contact(stage, "a"), contact(stage, "b")]
    say(stage, "in place", people[0])
    with stage.database.writing() as db:
        more = {"wording": "lead.help"}
        queue(db, key="new", intent="say", contact_id=people[1], now=stage.now, params=more)
    app = stage.app
    delivery = Delivery(app.database, app.writer, {PLATFORM: Noting()}, render, app.around.clock)
    stage.run(delivery.run_until_idle())
    assert seen == ["m7", None]
