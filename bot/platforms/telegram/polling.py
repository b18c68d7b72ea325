"""Long polling that confirms nothing before it is on disk.

The SDK's own updater confirms updates when it fetches them, so that a crash loses up to a hundred.
Here the next poll confirms what the one before brought, and only what the mailroom has taken.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram.error import Conflict, InvalidToken

from bot.backoff import Backoff, sleep
from bot.platforms.telegram.failures import explain
from bot.platforms.telegram.lease import PollLease
from bot.platforms.telegram.receiving import Receiver
from bot.platforms.telegram.sender import WANTED

POLL_SECONDS = 30
_MOST = 100
_GRACE = 10.0
_FAREWELL_SECONDS = 5.0


class Poller:
    """Fetches updates while it holds the lease. `trouble` says in words what keeps it from that."""

    def __init__(
        self,
        receiver: Receiver,
        lease: PollLease,
        *,
        poll_seconds: int = POLL_SECONDS,
        first_pause: float = 1.0,
    ) -> None:
        self._trouble = ""
        self._receiver = receiver
        self._telegram = receiver.telegram
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._first_pause = first_pause
        self._pauses = Backoff(first_pause)
        # Short: one message that fails must not make all others wait for a minute.
        self._storing_pauses = Backoff(first_pause, longest=5 * first_pause)
        self._offset = self._confirmed = 0
        self._log = structlog.get_logger("telegram")

    @property
    def trouble(self) -> str:
        """Empty while all goes well."""
        return self._telegram.trouble or self._trouble

    async def run(self, stopped: asyncio.Event) -> None:
        """Until it is stopped; what is under way is finished and confirmed."""
        if not await self._telegram.start_when_possible(stopped):
            return
        try:
            while not stopped.is_set():
                if await self._lease.take():
                    await self._poll_while_held(stopped)
                else:
                    self._trouble = "another program of ours polls, or the database is away"
                    await sleep(stopped, max(self._first_pause, self._lease.seconds / 6))
        finally:
            await self._lease.give_up()

    async def _poll_while_held(self, stopped: asyncio.Event) -> None:
        over = asyncio.Event()
        async with _beside(self._lease.keep(over), _passed_on(stopped, over)):
            while not over.is_set():
                await self._round(over)
        if stopped.is_set():
            await self._confirm_last()

    async def _round(self, over: asyncio.Event) -> None:
        try:
            updates = await self._fetched_unless(over)
        except Exception as error:  # noqa: BLE001 - a network fails in many ways, and comes back
            await self._failed(error, over)
            return
        if updates is None:
            return
        self._pauses.reset()
        if await self._handed_over(updates):
            self._trouble = ""
            self._storing_pauses.reset()
        else:
            self._trouble = "what comes in cannot be stored; it waits at Telegram"
            await self._storing_pauses.wait(over)

    async def _fetched_unless(self, over: asyncio.Event) -> Sequence[Any] | None:
        """What the next poll brings; None where it is all over before."""
        fetching = asyncio.ensure_future(self._fetch(self._poll_seconds))
        ending = asyncio.ensure_future(over.wait())
        try:
            await asyncio.wait({fetching, ending}, return_when=asyncio.FIRST_COMPLETED)
            return fetching.result() if fetching.done() else None
        finally:
            for task in (fetching, ending):
                task.cancel()
            await asyncio.gather(fetching, ending, return_exceptions=True)

    async def _fetch(self, seconds: int, most: int = _MOST) -> Sequence[Any]:
        offset = self._offset
        asked = {"timeout": seconds, "limit": most, "allowed_updates": json.dumps(WANTED)}
        if offset:
            asked["offset"] = offset
        connection = self._telegram.connection
        raw = await connection.polling.retrieve(
            f"{connection.bot.base_url}/getUpdates?{urlencode(asked)}",
            read_timeout=seconds + _GRACE,
        )
        self._confirmed = offset
        found = json.loads(raw.decode("utf-8", "replace"))["result"]
        if not isinstance(found, list):
            raise TypeError("what came is not a list of updates")
        return found

    async def _handed_over(self, updates: Sequence[Any]) -> bool:
        """Whether all are taken; the offset moves behind the last one before which all are."""
        before = self._offset
        taken = await asyncio.gather(*(self._receiver.take(update) for update in updates))
        for update, is_taken in zip(updates, taken, strict=True):
            if not is_taken:
                return False
            self._offset = max(self._offset, _number(update) + 1)
        return not updates or self._offset > before

    async def _failed(self, error: Exception, over: asyncio.Event) -> None:
        kind = type(error).__name__
        if isinstance(error, Conflict):
            self._trouble = "another program polls the same bot, or a webhook is set (409)"
        elif isinstance(error, InvalidToken):
            self._trouble = "Telegram does not know the bot's token"
        else:
            self._trouble = f"Telegram cannot be reached ({kind})"
        self._log.warning("poll failed", kind=kind)
        await self._pauses.wait(over, at_least=explain(error).retry_after or 0.0)

    async def _confirm_last(self) -> None:
        """So that what is on disk does not come again after a restart."""
        if self._offset == self._confirmed:
            return
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await self._fetch(0, most=1)
        except Exception as error:  # noqa: BLE001 - then it comes again, and is a duplicate
            self._log.info("last updates not confirmed", kind=type(error).__name__)


def _number(update: Any) -> int:
    """Its number, even of one that cannot be read; -1 where it has none."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    return number if type(number) is int else -1


async def _passed_on(first: asyncio.Event, then: asyncio.Event) -> None:
    await first.wait()
    then.set()


@asynccontextmanager
async def _beside(*work: Any) -> AsyncIterator[None]:
    """Coroutines that run as long as the block does."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
