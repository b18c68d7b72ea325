"""The lanes of one platform: which message goes next is decided when there is a place for it.

A lane settles a row before it takes the next one, so what may go out twice when the process dies
is at most what the lanes were sending: one row a lane, and one row a contact.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import ceil, inf

from bot.messages import Limits
from bot.outgoing.outbox import Ticket
from bot.outgoing.outcomes import Outcome
from bot.outgoing.pace import Pace
from bot.outgoing.preparing import Ready
from storage.mail import Urgency

LANES = 12
URGENT_LANES = 4  # never taken by reminders and broadcasts, so that a reply always finds one
LONGEST_WAIT = 20.0
_MOST_AHEAD = 64
_AHEAD_SECONDS = 1.0
_FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Duties:
    """What lanes ask of delivery. Only `settle` raises: where an outcome could not be written."""

    prepare: Callable[[Sequence[Ticket]], Awaitable[Sequence[Ready | Outcome]]]
    send: Callable[[Ticket, Ready], Awaitable[Outcome]]
    settle: Callable[[Outcome], Awaitable[None]]
    put_off: Callable[[Ticket, float, str], Outcome]


@dataclass(slots=True, eq=False)
class _Held:
    """A claimed row that waits for its place; `ready` is its message as of `written_at`."""

    ticket: Ticket
    ready: Ready | None = None
    written_at: float = -inf

    @property
    def place(self) -> tuple[int, int]:
        return (self.ticket.urgency, self.ticket.id)


class Lanes:
    """Sends what it is offered, the most urgent first, as fast as the platform allows."""

    def __init__(self, limits: Limits, duties: Duties) -> None:
        rate = limits.per_second
        wanted = _MOST_AHEAD if rate is None else max(LANES, ceil(rate * _AHEAD_SECONDS))
        self.pace = Pace(limits)
        self._ahead = min(_MOST_AHEAD, wanted)
        self._duties = duties
        self._held: dict[int, _Held] = {}
        self._line: list[tuple[tuple[int, int], _Held]] = []
        self._resting: list[tuple[float, tuple[int, int], _Held]] = []
        self._behind: defaultdict[int, list[_Held]] = defaultdict(list)
        self._flying: dict[int, Ticket] = {}  # by contact
        self._is_writing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._troubles: list[BaseException] = []
        self._stirred = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    # what is wanted, and what was claimed for it

    def appetite(self) -> tuple[Urgency, int] | None:
        """The least urgency that is wanted now, and how many rows; None where nothing is.

        Little is claimed ahead: what is held was written for this moment, and whatever is more
        urgent is claimed when it comes. While the platform has us wait long, only alerts are.
        """
        is_paused = self.pace.pause_left(_time()) > LONGEST_WAIT
        held = Counter(one.ticket.urgency for one in self._held.values())
        wanted, so_far = None, 0
        for urgency in [Urgency.ALERT] if is_paused else list(Urgency):
            so_far += held[urgency]
            if so_far <= self._ahead // 2:
                wanted = (urgency, self._ahead - so_far)
        return wanted

    @property
    def held(self) -> list[int]:
        """The rows that were offered and not begun."""
        return list(self._held)

    def offer(self, tickets: Iterable[Ticket]) -> None:
        """Takes these into the line."""
        for ticket in tickets:
            held = self._held[ticket.id] = _Held(ticket)
            self._line_up(held)
        self._stir()

    def release(self, detail: str) -> None:
        """Gives back what was not begun, to be claimed again at once."""
        for held in list(self._held.values()):
            self._end(held, self._duties.put_off(held.ticket, 0.0, detail))

    async def drained(self) -> None:
        """Returns when nothing is held or under way; raises what could not be settled."""
        while self._pump is not None and not self._pump.done():
            await asyncio.wait({self._pump})
        if self._pump is not None:
            self._pump.result()
        for error in self.troubles():
            raise error

    def troubles(self) -> list[BaseException]:
        """What could not be settled since this was last asked."""
        found, self._troubles = self._troubles, []
        return found

    # the line

    def _line_up(self, held: _Held) -> None:
        """Into the line, or behind what keeps this contact busy."""
        contact = held.ticket.contact_id
        rest = self.pace.contact_ready_at(contact) - _time()
        if contact in self._flying:
            self._behind[contact].append(held)
        elif rest > LONGEST_WAIT:
            self._end(held, self._duties.put_off(held.ticket, rest, "paced"))
        elif rest > 0:
            heappush(self._resting, (rest + _time(), held.place, held))
        else:
            heappush(self._line, (held.place, held))
            self._write_soon()

    def _end(self, held: _Held, outcome: Outcome) -> None:
        """Ends a row without a send; it is left out where it stands in the line."""
        if self._held.pop(held.ticket.id, None) is not None:
            self._in_background(self._duties.settle(outcome))

    def _in_background(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._troubles.append(error)
        self._stirred.set()

    # the pump

    def _stir(self) -> None:
        if self._pump is None or self._pump.done():
            self._stirred = asyncio.Event()
            self._pump = asyncio.create_task(self._run())
        self._stirred.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._held or self._tasks:
            self._stirred.clear()
            nap = self._send_what_may_go()
            timer = loop.call_later(nap, self._stirred.set) if nap < inf else None
            await self._stirred.wait()
            if timer is not None:
                timer.cancel()

    def _send_what_may_go(self) -> float:
        """Starts what may start now; in how many seconds to look again if nothing else happens."""
        now = _time()
        while self._resting and self._resting[0][0] <= now:
            self._line_up(heappop(self._resting)[-1])
        wait = inf
        while self._line and (wait := self._wait_of_first(now)) <= 0:
            held = heappop(self._line)[-1]
            if held.ticket.id in self._held:
                self._take(held, now)
            wait = inf
        return min(wait, self._resting[0][0] - now if self._resting else inf)

    def _wait_of_first(self, now: float) -> float:
        """Until the first in the line may be taken out of it; infinite until something happens."""
        held = self._line[0][-1]
        if held.ticket.id not in self._held or not self._is_free(held, now):
            return 0.0
        urgency = held.ticket.urgency
        wait = self.pace.ready_at(now, is_alert=urgency is Urgency.ALERT) - now
        if LONGEST_WAIT < wait < inf:
            self._end(held, self._duties.put_off(held.ticket, wait, "paced"))
            return 0.0
        if not self._has_lane(urgency):
            return inf
        return wait if wait > 0 or self._is_written(held, now) else inf

    def _take(self, held: _Held, now: float) -> None:
        """The first of the line: sent, or put behind what keeps its contact busy."""
        if not self._is_free(held, now):
            held.ready = None
            self._line_up(held)
            return
        assert held.ready is not None
        del self._held[held.ticket.id]
        self._flying[held.ticket.contact_id] = held.ticket
        self.pace.start(held.ticket.contact_id, now)
        self._in_background(self._fly(held.ticket, held.ready))

    def _is_free(self, held: _Held, now: float) -> bool:
        contact = held.ticket.contact_id
        return contact not in self._flying and self.pace.contact_ready_at(contact) <= now

    def _has_lane(self, urgency: Urgency) -> bool:
        if len(self._flying) >= LANES:
            return False
        others = sum(one.urgency > Urgency.REPLY for one in self._flying.values())
        return urgency <= Urgency.REPLY or others < LANES - URGENT_LANES

    async def _fly(self, ticket: Ticket, ready: Ready) -> None:
        contact, outcome = ticket.contact_id, None
        try:
            try:
                outcome = await self._duties.send(ticket, ready)
            finally:
                is_heard = outcome is not None and outcome.outcome == "sent"
                self.pace.answered(contact, _time(), is_heard=is_heard)
                self._stirred.set()
            await self._duties.settle(outcome)
        finally:
            del self._flying[contact]
            for held in self._behind.pop(contact, ()):
                if held.ticket.id in self._held:
                    self._line_up(held)

    # writing

    def _is_written(self, held: _Held, now: float) -> bool:
        """Whether its message is there and fresh; else it soon is."""
        if held.ready is not None and now - held.written_at <= _FRESH_SECONDS:
            return True
        held.ready = None
        self._write_soon()
        return False

    def _write_soon(self) -> None:
        if not self._is_writing:
            self._is_writing = True
            self._in_background(self._write())

    async def _write(self) -> None:
        """Has the messages of the line written, all that are not in one go."""
        try:
            while batch := self._unwritten():
                found = await self._duties.prepare([held.ticket for held in batch])
                for held, one in zip(batch, found, strict=True):
                    if isinstance(one, Outcome):
                        self._end(held, one)
                    else:
                        held.ready, held.written_at = one, _time()
                self._stirred.set()
        finally:
            self._is_writing = False

    def _unwritten(self) -> list[_Held]:
        waiting = (held for _, held in sorted(self._line) if held.ticket.id in self._held)
        return [held for held in waiting if held.ready is None]


def _time() -> float:
    return asyncio.get_running_loop().time()
