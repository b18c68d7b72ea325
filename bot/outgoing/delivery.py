"""The way out: claim, check that it is still wanted, write, pace, send, settle.

Each platform has lanes and a pace of its own (`bot/outgoing/lanes.py`). Here are the books
that they share: one turn of the writer settles what was sent and claims what is wanted next.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.messages import DeliveryError, Failure, Receipt, Sender
from bot.numbered import fit
from bot.outgoing.lanes import LANES as LANES
from bot.outgoing.lanes import Duties, Lanes
from bot.outgoing.outbox import Ask, Ticket, claim
from bot.outgoing.outcomes import MOST_ATTEMPTS as MOST_ATTEMPTS
from bot.outgoing.outcomes import Outcome, failed, later, sent
from bot.outgoing.preparing import Desk, Ready
from bot.outgoing.preparing import Render as Render
from bot.outgoing.settling import settle
from bot.writer import Writer
from storage.database import Database, is_out_of_service
from storage.mail import Urgency

CLAIM = timedelta(seconds=60)
CLAIM_ROWS = 64
SEND_SECONDS = 20.0
TICK = 1.0  # how often to look for rows whose time has come
_GATHER_SECONDS = 0.005  # what ends meanwhile is settled together; what is queued does not wait
_GATHER_ROWS = LANES // 2
_SETTLE_PAUSES = (0.1, 0.5, 2.0, 5.0)
_TOLD_AGAIN_SECONDS = 3600.0


class Delivery:
    """Sends what waits in the outbox through the senders there are.

    `only`: an address hash; then nobody else's messages are touched (one person at a terminal).
    `on_refusal` hears, once an hour, of a platform that does not let us in, and the kind of error.
    """

    on_refusal: Callable[[str, str], None] | None = None

    def __init__(
        self,
        database: Database,
        writer: Writer,
        senders: Mapping[str, Sender],
        render: Render,
        clock: Callable[[], datetime],
        *,
        only: str | None = None,
    ) -> None:
        self._database = database
        self._writer = writer
        # Messages are written on a thread of their own, in turn: a flood of what comes in delays
        # what goes out by no more than its settling. It ends with this object.
        self._reader = Writer()
        self._desk = Desk(database, render, clock)
        self._senders = dict(senders)
        self._clock = clock
        self._only = only
        self._duties = Duties(self._prepare, self._send, self._settled, self._put_off)
        self._lanes = {name: Lanes(one.limits, self._duties) for name, one in senders.items()}
        self._settling: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._clerk: asyncio.Task[None] | None = None
        self._is_serving = False
        self._is_claim_wanted = False
        self._hurry = asyncio.Event()
        self._refused_at: dict[tuple[str, str], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._log = structlog.get_logger("delivery")

    # what others call

    def join(self, platform: str, sender: Sender) -> None:
        """From now on what waits for this platform goes out through this sender."""
        self._senders[platform] = sender
        self._lanes[platform] = Lanes(sender.limits, self._duties)
        self.wake()

    def wake(self) -> None:
        """Something was queued: `run`, where it is on, looks at once. From any thread."""
        loop = self._loop
        if loop is not None and self._is_serving:
            loop.call_soon_threadsafe(self._want)

    async def run(self, stopped: asyncio.Event) -> None:
        """Sends what is due until `stopped` is set; ends when what was being sent is settled."""
        self._loop, self._is_serving = asyncio.get_running_loop(), True
        self._hurry = asyncio.Event()  # of this loop
        try:
            while not stopped.is_set():
                self._want()
                self._report()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), TICK)
        finally:
            self._is_serving = False
            self._hurry.set()
            await self._come_to_rest()

    async def run_once(self) -> int:
        """Sends what is due now, in order; how many rows were settled or put off."""
        asks = self._asks(most=CLAIM_ROWS)
        tickets = await self._writer.run(lambda: self._write((), asks)) if asks else []
        self._offer(tickets)
        for lanes in self._lanes.values():
            await lanes.drained()
        return len(tickets)

    async def run_until_idle(self, most: int = 10_000) -> int:
        """Runs until nothing is due; for tests, demos and the command line."""
        total = 0
        for _ in range(most):
            done = await self.run_once()
            if not done:
                break
            total += done
        return total

    async def _come_to_rest(self) -> None:
        """What was not begun is given back; what was is seen through."""
        if self._clerk is not None:
            await asyncio.wait({self._clerk})
        for lanes in self._lanes.values():
            lanes.release("stopped")
        for lanes in self._lanes.values():
            with suppress(Exception):  # those that are kept in `troubles` are reported
                await lanes.drained()
        self._report()

    def _report(self) -> None:
        for lanes in self._lanes.values():
            for error in lanes.troubles():
                self._log.error("not settled", kind=type(error).__name__)

    # the books

    def _want(self) -> None:
        self._is_claim_wanted = True
        self._hurry.set()
        self._call_clerk()

    def _call_clerk(self) -> None:
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._keep_books())

    async def _settled(self, outcome: Outcome) -> None:
        """Returns when the outcome is on disk; those of several lanes share a transaction."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settling.append((outcome, done))
        if len(self._settling) >= _GATHER_ROWS:
            self._hurry.set()
        self._call_clerk()
        await done

    async def _keep_books(self) -> None:
        while self._settling or (self._is_claim_wanted and self._is_serving):
            await self._gather()
            batch, self._settling = self._settling, []
            self._is_claim_wanted = False
            self._hurry.clear()
            asks = self._asks() if self._is_serving else []
            await self._turn(batch, asks)

    async def _gather(self) -> None:
        """While it serves, a few outcomes share a turn of the writer."""
        if self._is_serving and not self._hurry.is_set():
            timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._hurry.set)
            await self._hurry.wait()
            timer.cancel()

    async def _turn(
        self, batch: Sequence[tuple[Outcome, asyncio.Future[None]]], asks: Sequence[Ask]
    ) -> None:
        try:
            tickets = await self._written([outcome for outcome, _ in batch], asks)
        except Exception as error:  # noqa: BLE001 - every lane must learn of it
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
            if not batch:
                self._log.warning("nothing claimed", kind=type(error).__name__)
            return
        for _, done in batch:
            if not done.done():
                done.set_result(None)
        self._offer(tickets)

    async def _written(self, outcomes: Sequence[Outcome], asks: Sequence[Ask]) -> list[Ticket]:
        """Tries again while the database is out of service: what was sent is not to go twice."""
        pauses = self._pauses()
        while outcomes or asks:
            try:
                return await self._writer.run(lambda: self._write(outcomes, asks))  # noqa: B023
            except Exception as error:
                if not outcomes:
                    raise
                pause = next(pauses, None)
                if pause is None or not (asks or is_out_of_service(error)):
                    raise
                asks = ()
                await asyncio.sleep(pause)
        return []

    def _pauses(self) -> Iterator[float]:
        yield from _SETTLE_PAUSES
        while self._is_serving:
            yield _SETTLE_PAUSES[-1]

    def _write(self, outcomes: Sequence[Outcome], asks: Sequence[Ask]) -> list[Ticket]:
        now = self._clock()
        with self._database.writing() as db:
            settle(db, outcomes, now)
            found = (claim(db, ask, now=now, until=now + CLAIM) for ask in asks)
            return [ticket for tickets in found for ticket in tickets]

    def _asks(self, *, most: int | None = None) -> list[Ask]:
        """What the lanes want, those of one appetite together; a full one keeps nobody waiting."""
        by_least: dict[Urgency, list[tuple[str, int]]] = defaultdict(list)
        for name, lanes in self._lanes.items():
            wanted = lanes.appetite()
            if wanted is not None:
                by_least[wanted[0]].append((name, most or wanted[1]))
        held = [row for lanes in self._lanes.values() for row in lanes.held]
        return [
            Ask([name for name, _ in some], max(n for _, n in some), least, held, self._only)
            for least, some in by_least.items()
        ]

    def _offer(self, tickets: Iterable[Ticket]) -> None:
        by_platform: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            by_platform[ticket.platform].append(ticket)
        for name, some in by_platform.items():
            self._lanes[name].offer(some)

    # what lanes ask for

    async def _prepare(self, tickets: Sequence[Ticket]) -> list[Ready | Outcome]:
        return await self._reader.run(lambda: self._desk.prepare(tickets))

    def _put_off(self, ticket: Ticket, seconds: float, detail: str) -> Outcome:
        return later(ticket, seconds, detail, self._clock())

    async def _send(self, ticket: Ticket, ready: Ready) -> Outcome:
        now = self._clock()
        if now >= ticket.until:
            return later(ticket, 0.0, "claim ran out", now)
        try:
            receipt = await self._sent(self._senders[ticket.platform], ready)
        except DeliveryError as error:
            if error.retry_after is not None:
                now_there = asyncio.get_running_loop().time()
                self._lanes[ticket.platform].pace.pause(error.retry_after, now_there)
            self._log.warning(
                "not delivered", row=ticket.id, failure=str(error.failure), kind=error.detail
            )
            if error.refuses_us:
                self._tell_refusal(ticket.platform, error.detail)
            return failed(ticket, error, self._clock())
        return sent(ticket, ready.row, ready.message, receipt)

    def _tell_refusal(self, platform: str, kind: str) -> None:
        """A token that was taken back while we were at work: the door itself saw nothing of it."""
        now = asyncio.get_running_loop().time()
        last = self._refused_at.get((platform, kind))
        if self.on_refusal is not None and (last is None or now - last > _TOLD_AGAIN_SECONDS):
            self._refused_at[platform, kind] = now
            self.on_refusal(platform, kind)

    async def _sent(self, sender: Sender, ready: Ready) -> Receipt:
        """The send, bounded in time; what a sender did not foresee is our fault."""
        message = fit(ready.message, sender.limits)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await sender.send(ready.row.to, message, ready.message.replaces or None)
        except DeliveryError:
            raise
        except TimeoutError as error:
            raise DeliveryError(Failure.TRY_LATER, "timeout") from error
        except Exception as error:
            raise DeliveryError(Failure.OUR_FAULT, type(error).__name__) from error
