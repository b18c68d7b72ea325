"""What becomes of those who cannot be reached, or are reached elsewhere; and what replaces what."""

import asyncio

from sqlmodel import col

from bot.messages import Address, DeliveryError, Failure, Limits, Message, Receipt
from bot.outgoing.delivery import Delivery
from bot.outgoing.outbox import Claimed
from bot.platforms.console import PLATFORM
from storage.mail import Outbox, Urgency, queue
from storage.people import Contact, ContactState
from tests.bot.crowd import (
    contact,
    crowd,
    say,
    say_all,
    with_limits,
)
from tests.bot.stage import Recorder, Stage

_GONE = DeliveryError(Failure.RECIPIENT_GONE, "blocked by the user")


def _hash(stage: Stage, name: str) -> str:
    return stage.database.keyring.fingerprint("address", PLATFORM, "", name)


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
    stage.run(asyncio.wait_for(stage.delivery.run_until_idle(), 40))
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
        more = {"wording": "staff.no_files"}
        queue(db, key="new", intent="say", contact_id=people[1], now=stage.now, params=more)
    app = stage.app
    delivery = Delivery(app.database, app.writer, {PLATFORM: Noting()}, render, app.around.clock)
    stage.run(delivery.run_until_idle())
    assert seen == ["m7", None]
