"""Reads the mailbox from the inside outward; nothing is marked as read before it is on disk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog

from bot.backoff import Backoff, sleep
from bot.lease import OneNodeLease
from bot.platforms.email.failures import NotOurs, NotTrusted
from bot.platforms.email.mailbox import AT_ONCE, Mailbox, SignInRefused
from bot.platforms.email.receiving import Fate, Receiver
from bot.platforms.email.tokens import MailTokens

T = TypeVar("T")
NAME = "email:poll"


class MailPoller:
    """Fetches while it holds the lease. `on_trouble` hears what keeps it from that, once.

    It is told "" when all is well again.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        receiver: Receiver,
        lease: OneNodeLease,
        tokens: MailTokens | None,
        *,
        seconds: float,
        on_trouble: Callable[[str], None],
        first_pause: float = 1.0,
    ) -> None:
        self.trouble = ""
        self._mailbox = mailbox
        self._receiver = receiver
        self._lease = lease
        self._tokens = tokens
        self._seconds = seconds
        self._on_trouble = on_trouble
        self._first_pause = first_pause
        self._pauses = Backoff(first_pause)
        # Short: one mail that fails must not make all others wait for a minute.
        self._storing_pauses = Backoff(first_pause, longest=5 * first_pause)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox")
        self._log = structlog.get_logger("email")

    async def run(self, stopped: asyncio.Event) -> None:
        """Until it is stopped; what is under way is finished and marked."""
        try:
            while not stopped.is_set():
                if await self._lease.take():
                    await self._poll_while_held(stopped)
                else:
                    await sleep(stopped, max(self._first_pause, self._lease.seconds / 6))
        finally:
            self._thread.submit(self._mailbox.close)
            self._thread.shutdown(wait=False)
            await self._lease.give_up()

    async def _poll_while_held(self, stopped: asyncio.Event) -> None:
        over = asyncio.Event()
        async with _beside(self._lease.keep(over), _passed_on(stopped, over)):
            while not over.is_set():
                await self._round(over)
        await self._there(self._mailbox.close)

    async def _round(self, over: asyncio.Event) -> None:
        try:
            is_more, is_stored = await self._fetched(over)
        except Exception as error:  # noqa: BLE001 - a network fails in many ways, and comes back
            await self._failed(error, over)
            return
        if not is_stored:
            self._say("what comes in cannot be stored; it waits in the mailbox")
            await self._storing_pauses.wait(over)
            return
        self._say("")
        self._pauses.reset()
        self._storing_pauses.reset()
        if not is_more:
            await sleep(over, self._seconds)

    async def _fetched(self, over: asyncio.Event) -> tuple[bool, bool]:
        """Whether more may be waiting, and whether all that came could be stored."""
        if not self._mailbox.is_open:
            token = "" if self._tokens is None else await self._tokens.current()
            await self._there(lambda: self._mailbox.open(token))
        waiting = await self._there(self._mailbox.waiting)
        is_stored = True
        for uid in waiting:
            if over.is_set():
                return False, True
            is_stored = await self._one(uid) and is_stored
        return len(waiting) >= AT_ONCE, is_stored

    async def _one(self, uid: int) -> bool:
        raw = await self._there(lambda: self._mailbox.raw(uid))
        fate = await self._receiver.take(raw) if raw else Fate.DONE
        if fate is Fate.DONE:
            await self._there(lambda: self._mailbox.done_with([uid]))
        elif fate is Fate.ASIDE:
            await self._there(lambda: self._mailbox.set_aside(uid))
        return fate is not Fate.AGAIN

    async def _failed(self, error: Exception, over: asyncio.Event) -> None:
        await self._there(self._mailbox.close)
        if isinstance(error, SignInRefused) and self._tokens is not None:
            self._tokens.forget()
        known = isinstance(error, NotOurs | NotTrusted)
        why = str(error) if known else f"it cannot be reached ({type(error).__name__})"
        self._log.warning("mailbox not read", kind=type(error).__name__)
        self._say(why)
        await self._pauses.wait(over)

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._on_trouble(trouble)

    async def _there(self, work: Callable[[], T]) -> T:
        """On the thread that the connection lives on."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _passed_on(first: asyncio.Event, then: asyncio.Event) -> None:
    await first.wait()
    then.set()


@asynccontextmanager
async def _beside(*work: Awaitable[None]) -> AsyncIterator[None]:
    """Coroutines that run as long as the block does."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
