"""The way out: claim, pace, check that it is still wanted, render, send, settle.

A few lanes send side by side. Each settles a row before it takes the next one, so what may go
out twice when the process dies is at most what the lanes were sending: one row a lane, and one
row a contact. Everything else that was claimed is sent once, when its claim has run out.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session as Db

from bot.messages import DeliveryError, Failure, Menu, Message, Receipt, Sender, fit
from bot.outbox import Claimed, Outcome, Ticket, claim, load, settle
from bot.pace import Pace
from bot.writer import Writer
from storage.database import Database, is_out_of_service
from storage.types import KeyMissing

CLAIM = timedelta(seconds=60)
CLAIM_ROWS = 64
LANES = 8
SEND_SECONDS = 20.0
LONGEST_WAIT = 20.0
MOST_ATTEMPTS = 40  # more than a day, with pauses that grow to an hour
_LONGEST_PAUSE = 3600.0
_SETTLE_PAUSES = (0.1, 0.5, 2.0, 5.0)

Render = Callable[[Db, Claimed], Message | None]
Ready = tuple[Claimed, Message]


class Delivery:
    """Sends what waits in the outbox through the senders there are.

    `only`: an address hash; then nobody else's messages are touched (one person at a terminal).
    """

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
        self._senders = dict(senders)
        self._render = render
        self._clock = clock
        self._only = only
        self._paces = {name: Pace(sender.limits) for name, sender in senders.items()}
        self._settling: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._settler: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("delivery")

    async def run_once(self) -> int:
        """Sends what is due now, in order; how many rows were settled or put off."""
        tickets = await self._writer.run(self._claim)
        waiting = iter(tickets)
        lanes = (self._lane(waiting) for _ in range(min(LANES, len(tickets))))
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error
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

    def _claim(self) -> list[Ticket]:
        now = self._clock()
        with self._database.writing() as db:
            return claim(
                db,
                now=now,
                until=now + CLAIM,
                platforms=list(self._senders),
                only=self._only,
                most=CLAIM_ROWS,
            )

    async def _lane(self, waiting: Iterator[Ticket]) -> None:
        """Takes one row after another from those that all lanes share."""
        for ticket in waiting:
            await self._settled(await self._deliver(ticket))

    # send

    async def _deliver(self, ticket: Ticket) -> Outcome:
        pace, loop = self._paces[ticket.platform], asyncio.get_running_loop()
        wait = pace.reserve(ticket.contact_id, loop.time(), most=LONGEST_WAIT)
        if wait > LONGEST_WAIT:
            return self._later(ticket, wait, "paced")
        if wait > 0:
            await asyncio.sleep(wait)
        ready = await self._reader.run(lambda: self._prepare(ticket))
        if isinstance(ready, Outcome):
            return ready
        if self._clock() >= ticket.until:
            return self._later(ticket, 0.0, "claim ran out")
        return await self._send(ticket, *ready)

    async def _send(self, ticket: Ticket, row: Claimed, message: Message) -> Outcome:
        sender = self._senders[ticket.platform]
        try:
            receipt = await self._sent(sender, row, fit(message, sender.limits))
        except DeliveryError as error:
            if error.retry_after is not None:
                now = asyncio.get_running_loop().time()
                self._paces[ticket.platform].pause(error.retry_after, now)
            return self._failed(ticket, error)
        menu = menu_of(message) if row.intent != "ask" else Menu()
        return Outcome(
            ticket,
            "sent",
            external_id=receipt.external_id,
            menu=menu if menu.tokens or row.has_menu else None,
            seen_at=row.moved_at,
            language=row.language,
        )

    async def _sent(self, sender: Sender, row: Claimed, message: Message) -> Receipt:
        """The send, bounded in time; what a sender did not foresee is our fault."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await sender.send(row.to, message, None)
        except DeliveryError:
            raise
        except TimeoutError as error:
            raise DeliveryError(Failure.TRY_LATER, "timeout") from error
        except Exception as error:
            raise DeliveryError(Failure.OUR_FAULT, type(error).__name__) from error

    def _prepare(self, ticket: Ticket) -> Ready | Outcome:
        """The message as things stand now, or why there is none."""
        try:
            with self._database.reading() as db:
                row = load(db, ticket)
                if row.is_gone:
                    return Outcome(ticket, "gone", "gone before")
                is_over = row.lapses_at is not None and self._clock() >= row.lapses_at
                message = None if is_over else self._render(db, row)
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the others
            passes = is_out_of_service(error) or isinstance(error, KeyMissing)
            failure = Failure.TRY_LATER if passes else Failure.OUR_FAULT
            return self._failed(ticket, DeliveryError(failure, type(error).__name__))
        return Outcome(ticket, "lapsed") if message is None else (row, message)

    def _failed(self, ticket: Ticket, error: DeliveryError) -> Outcome:
        self._log.warning(
            "not delivered", row=ticket.id, failure=str(error.failure), kind=error.detail
        )
        if error.failure is Failure.RECIPIENT_GONE:
            return Outcome(ticket, "gone", error.detail)
        if error.failure is Failure.OUR_FAULT:
            return Outcome(ticket, "fault", error.detail)
        if ticket.attempts >= MOST_ATTEMPTS:
            return Outcome(ticket, "gave_up", error.detail)
        return self._later(ticket, _pause(ticket.attempts, error.retry_after), error.detail)

    def _later(self, ticket: Ticket, seconds: float, detail: str) -> Outcome:
        retry_at = self._clock() + timedelta(seconds=seconds)
        return Outcome(ticket, "later", detail, retry_at=retry_at)

    # settle

    async def _settled(self, outcome: Outcome) -> None:
        """Returns when the outcome is on disk; those of several lanes share a transaction."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settling.append((outcome, done))
        if self._settler is None or self._settler.done():
            self._settler = asyncio.create_task(self._settle_all())
        await done

    async def _settle_all(self) -> None:
        while self._settling:
            batch, self._settling = self._settling, []
            try:
                await self._settle([outcome for outcome, _ in batch])
            except Exception as error:  # noqa: BLE001 - every lane must learn of it
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _settle(self, outcomes: list[Outcome]) -> None:
        """Tries again while the database is out of service: what was sent is not to go twice."""
        for pause in (*_SETTLE_PAUSES, None):
            try:
                await self._writer.run(lambda: self._write(outcomes))
            except Exception as error:
                if pause is None or not is_out_of_service(error):
                    raise
                await asyncio.sleep(pause)
            else:
                return

    def _write(self, outcomes: list[Outcome]) -> None:
        with self._database.writing() as db:
            settle(db, outcomes, self._clock())


def menu_of(message: Message) -> Menu:
    """What a typed number would choose: the buttons that are shown with a number."""
    return Menu(tuple(button.token for button in message.buttons if not button.command))


def _pause(attempts: int, retry_after: float | None) -> float:
    """Growing pauses, or what the platform asked for; spread, so that not all come back at once."""
    if retry_after is not None:
        return max(0.0, retry_after) * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret
    return min(_LONGEST_PAUSE, 2.0**attempts) * random.uniform(0.8, 1.2)  # noqa: S311
