"""Lanes in virtual time: what goes next, how long it waits, and what the platform counts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Address, Limits, Message
from bot.outgoing.lanes import LANES, URGENT_LANES, Duties, Lanes
from bot.outgoing.outbox import Claimed, Ticket
from bot.outgoing.outcomes import Outcome, later
from bot.outgoing.preparing import Ready
from storage.mail import Urgency
from tests.bot.moment import MONDAY
from tests.bot.virtual_time import run_virtually

_TELEGRAM = Limits(per_second=30, per_contact_seconds=1.0)
_ALERT, _REPLY, _REMINDER, _BROADCAST = Urgency


def _ticket(row: int, urgency: Urgency, contact: int | None = None) -> Ticket:
    who = row if contact is None else contact
    return Ticket(row, who, "telegram", urgency, 1, MONDAY + timedelta(days=1))


def _ready(ticket: Ticket) -> Ready:
    to = Address("telegram", "", str(ticket.contact_id))
    row = Claimed(ticket.id, "say", {}, ticket.contact_id, None, to, "en", 1, None)
    return Ready(row, Message("hello"))


@dataclass
class Office:
    """An outbox in memory and a platform that answers after a while."""

    limits: Limits = _TELEGRAM
    dice: Random = field(default_factory=lambda: Random(1))
    slowest: float = 0.0125
    rendering: float = 0.004
    waiting: list[Ticket] = field(default_factory=list)
    queued_at: dict[int, float] = field(default_factory=dict)
    starts: list[tuple[float, Ticket]] = field(default_factory=list)
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    hangs: set[int] = field(default_factory=set)
    most_at_once: int = 0
    at_once: int = 0

    def __post_init__(self) -> None:
        self.lanes = Lanes(
            self.limits, Duties(self._prepare, self._send, self._settle, self._put_off)
        )

    def queue(self, *tickets: Ticket) -> None:
        now = asyncio.get_running_loop().time()
        self.queued_at |= {ticket.id: now for ticket in tickets}
        self.waiting.extend(tickets)
        self.claim()

    def claim(self) -> None:
        wanted = self.lanes.appetite()
        if wanted is None:
            return
        least, most = wanted
        fitting = [one for one in self.waiting if one.urgency <= least]
        taken = sorted(fitting, key=lambda one: (one.urgency, one.id))[:most]
        gone = {one.id for one in taken}
        self.waiting = [one for one in self.waiting if one.id not in gone]
        self.lanes.offer(taken)

    async def _prepare(self, tickets: Sequence[Ticket]) -> list[Ready | Outcome]:
        await asyncio.sleep(self.rendering)
        return [_ready(ticket) for ticket in tickets]

    async def _send(self, ticket: Ticket, _: Ready) -> Outcome:
        loop = asyncio.get_running_loop()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.starts.append((loop.time(), ticket))
        await asyncio.sleep(self.dice.uniform(0, self.slowest))
        self.arrivals.append((loop.time(), ticket.contact_id))
        await asyncio.sleep(3600 if ticket.id in self.hangs else self.dice.uniform(0, self.slowest))
        self.at_once -= 1
        return Outcome(ticket, "sent")

    async def _settle(self, outcome: Outcome) -> None:
        await asyncio.sleep(0.003)
        self.outcomes.append(outcome)
        self.claim()

    def _put_off(self, ticket: Ticket, seconds: float, detail: str) -> Outcome:
        return later(ticket, seconds, detail, MONDAY)

    async def sent_all(self) -> None:
        while self.waiting or self.lanes.held:
            await asyncio.sleep(0.5)
        await self.lanes.drained()

    # what was seen

    def sends_before(self, row: int) -> int:
        """How many sends began after this row was queued and before it went."""
        [at] = [at for at, ticket in self.starts if ticket.id == row]
        return sum(self.queued_at[row] < other < at for other, _ in self.starts)

    def most_in_a_second(self) -> int:
        times = sorted(at for at, _ in self.arrivals)
        return max(
            sum(1 for other in times[place : place + 40] if other < at + 1.0)
            for place, at in enumerate(times)
        )

    def rests(self) -> list[float]:
        """Between one message to a contact and the next."""
        by_contact: dict[int, list[float]] = {}
        for at, contact in sorted(self.arrivals):
            by_contact.setdefault(contact, []).append(at)
        return [later - at for times in by_contact.values() for at, later in pairwise(times)]


def _crowd(many: int, first: int = 1) -> list[Ticket]:
    return [_ticket(row, _BROADCAST) for row in range(first, first + many)]


def test_a_reply_is_never_more_than_one_send_behind_a_broadcast() -> None:
    async def scene() -> Office:
        office = Office()
        office.queue(*_crowd(3000))
        dice = Random(2)
        for row in range(100_001, 100_161):
            await asyncio.sleep(dice.uniform(0.05, 0.9))
            office.queue(_ticket(row, _REPLY))
        await office.sent_all()
        return office

    office = run_virtually(scene())
    assert len(office.starts) == 3160
    behind = [office.sends_before(row) for row in range(100_001, 100_161)]
    assert max(behind) <= 1
    waits = sorted(at - office.queued_at[one.id] for at, one in office.starts if one.id > 100_000)
    assert waits[80] < 1 / 30, "half of the replies wait less than a place"
    assert waits[-2] < 2 / 30
    assert office.most_in_a_second() <= 30
    assert all(rest >= 1.0 for rest in office.rests())


@pytest.mark.parametrize("slowest", [0.0, 0.0125])
def test_a_broadcast_uses_nearly_all_of_the_limit(slowest: float) -> None:
    async def scene() -> Office:
        office = Office(slowest=slowest)
        office.queue(*_crowd(3000))
        await office.sent_all()
        return office

    office = run_virtually(scene())
    seconds = office.starts[-1][0] - office.starts[0][0]
    assert len(office.starts) == 3000
    assert 2999 / seconds >= 0.97 * 30
    assert office.most_in_a_second() <= 30


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(list(Urgency)), st.integers(1, 6)),
        min_size=1,
        max_size=60,
    ),
    st.integers(0, 1000),
)
def test_whatever_comes_when_everything_goes_once_and_the_platform_refuses_nothing(
    coming: list[tuple[int, Urgency, int]], seed: int
) -> None:
    """Few contacts, so that most messages have to wait for another to the same one."""

    async def scene() -> Office:
        office = Office(dice=Random(seed), slowest=0.1)
        for row, (wait, urgency, contact) in enumerate(coming, 1):
            await asyncio.sleep(wait / 1000)
            office.queue(_ticket(row, urgency, contact))
        await office.sent_all()
        return office

    office = run_virtually(scene())
    assert sorted(ticket.id for _, ticket in office.starts) == list(range(1, len(coming) + 1))
    assert all(rest >= 1.0 for rest in office.rests())
    assert office.most_in_a_second() <= 30
    assert office.most_at_once <= LANES


def test_the_most_urgent_goes_first_and_among_equals_the_oldest() -> None:
    async def scene() -> Office:
        office = Office(limits=Limits(per_second=5))
        order = (_BROADCAST, _REMINDER, _REPLY, _ALERT, _REPLY, _BROADCAST)
        office.queue(*(_ticket(row, urgency) for row, urgency in enumerate(order)))
        await office.sent_all()
        return office

    assert [ticket.id for _, ticket in run_virtually(scene()).starts] == [3, 2, 4, 1, 0, 5]


def test_a_reply_passes_the_broadcast_to_the_same_contact_that_is_not_yet_sent() -> None:
    async def scene() -> Office:
        office = Office(limits=Limits(per_second=5, per_contact_seconds=1.0))
        office.queue(*_crowd(6))
        await asyncio.sleep(0.3)
        office.queue(_ticket(99, _REPLY, contact=6))
        await office.sent_all()
        return office

    office = run_virtually(scene())
    order = [ticket.id for _, ticket in office.starts]
    assert order.index(99) < order.index(6)
    assert all(rest >= 1.0 for rest in office.rests())


def test_sends_that_hang_leave_lanes_for_replies() -> None:
    async def scene() -> Office:
        office = Office(limits=Limits(), hangs=set(range(1, 101)))
        office.queue(*_crowd(100))
        await asyncio.sleep(5)
        office.queue(*(_ticket(row, _REPLY) for row in range(200, 210)))
        await asyncio.sleep(5)
        return office

    office = run_virtually(scene())
    sent = [ticket.id for _, ticket in office.starts]
    assert len([row for row in sent if row < 200]) == LANES - URGENT_LANES
    assert [row for row in sent if row >= 200] == list(range(200, 210))


def test_a_long_pause_gives_everything_back_but_alerts_which_try() -> None:
    async def scene() -> Office:
        office = Office()
        office.queue(_ticket(1, _REPLY), *_crowd(5, first=10))
        office.lanes.pace.pause(300, asyncio.get_running_loop().time())
        office.queue(_ticket(2, _ALERT))
        await office.lanes.drained()
        assert (office.lanes.appetite() or (None,))[0] is _ALERT
        return office

    office = run_virtually(scene())
    assert [ticket.id for _, ticket in office.starts] == [2]
    put_off = [one for one in office.outcomes if one.outcome == "later"]
    assert sorted(one.row.id for one in put_off) == [1, 10, 11, 12, 13, 14]
    waits = [(one.retry_at - MONDAY).total_seconds() for one in put_off if one.retry_at]
    assert waits == pytest.approx([300.0] * 6, abs=0.1)


def test_what_waited_long_after_it_was_written_is_written_again() -> None:
    written: list[int] = []

    async def scene() -> None:
        office = Office(limits=_TELEGRAM)
        prepare = office.lanes._duties.prepare

        async def counted(tickets: Sequence[Ticket]) -> Sequence[Ready | Outcome]:
            written.extend(ticket.id for ticket in tickets)
            return await prepare(tickets)

        office.lanes = Lanes(
            office.limits, Duties(counted, office._send, office._settle, office._put_off)
        )
        office.queue(_ticket(1, _REPLY))
        await asyncio.sleep(0)
        office.lanes.pace.pause(10, asyncio.get_running_loop().time())
        await office.sent_all()

    run_virtually(scene())
    assert written == [1, 1]


def test_an_outcome_that_cannot_be_written_is_raised_and_stops_nothing_else() -> None:
    async def scene() -> Office:
        office = Office()
        settle = office._settle

        async def failing(outcome: Outcome) -> None:
            if outcome.row.id == 2:
                raise RuntimeError("no disk")
            await settle(outcome)

        duties = Duties(office._prepare, office._send, failing, office._put_off)
        office.lanes = Lanes(office.limits, duties)
        office.queue(*(_ticket(row, _REPLY) for row in (1, 2, 3)))
        with pytest.raises(RuntimeError, match="no disk"):
            await office.lanes.drained()
        return office

    office = run_virtually(scene())
    assert sorted(one.row.id for one in office.outcomes) == [1, 3]
