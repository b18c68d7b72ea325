"""What becomes of a mail that was fetched: read it, put it on disk, and only then let go of it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import structlog

from bot.door import Receive
from bot.mailroom import MailroomClosed
from bot.messages import Elsewhere, Incoming, Left
from bot.platforms.email.loops import LoopGuard
from bot.platforms.email.reading import read
from bot.platforms.email.references import References

MOST_ATTEMPTS = 20


class Fate(StrEnum):
    """done: mark it as read. again: fetch it again. aside: somebody has to look at it."""

    DONE = "done"
    AGAIN = "again"
    ASIDE = "aside"


class Receiver:
    """Takes mails one by one. `on_trouble` hears, by kind alone, of what was set aside."""

    def __init__(
        self,
        address: str,
        references: References,
        receive: Receive,
        clock: Callable[[], datetime],
        on_trouble: Callable[[str], None],
    ) -> None:
        self.set_aside: Counter[str] = Counter()
        self.passed_over = 0
        self._address = address
        self._references = references
        self._receive = receive
        self._clock = clock
        self._on_trouble = on_trouble
        self._guard = LoopGuard()
        self._attempts: Counter[str] = Counter()
        self._log = structlog.get_logger("email")

    async def take(self, raw: bytes) -> Fate:
        """Done when it is on disk or says nothing to us."""
        try:
            incoming = await asyncio.to_thread(self._read, raw)
        except Exception as error:  # noqa: BLE001 - one mail that cannot be read stops no other
            return self._aside(f"it could not be read ({type(error).__name__})")
        if incoming is None:
            self.passed_over += 1
            return Fate.DONE
        if why := self._too_much(incoming):
            return self._aside(why)
        return await self._taken(incoming)

    def _read(self, raw: bytes) -> Incoming | None:
        now = self._clock()

        def fits(text: str, address: str) -> str:
            return self._references.fitting(text, address, now)

        return read(raw, ours=self._address, fits=fits, at=now)

    def _too_much(self, incoming: Incoming) -> str:
        """Why it is not answered; empty when it is."""
        if isinstance(incoming.content, Left):
            return ""
        event, at = incoming.event_id, incoming.received_at
        if self._guard.is_too_much(incoming.sender.id, event, at):
            return "too many mails from one address"
        if isinstance(incoming.content, Elsewhere) and self._guard.are_too_many(event, at):
            return "too many mails that answer none of ours"
        return ""

    async def _taken(self, incoming: Incoming) -> Fate:
        try:
            await self._receive(incoming)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not on disk
            return self._not_stored(incoming.event_id, error)
        self._attempts.pop(incoming.event_id, None)
        return Fate.DONE

    def _not_stored(self, event_id: str, error: Exception) -> Fate:
        """One that fails again and again is given up at last; an outage is waited for."""
        kind = type(error).__name__
        self._log.warning("a mail was not taken", kind=kind)
        if isinstance(error, MailroomClosed) and error.is_outage:
            return Fate.AGAIN
        self._attempts[event_id] += 1
        if self._attempts[event_id] < MOST_ATTEMPTS:
            return Fate.AGAIN
        del self._attempts[event_id]
        return self._aside(f"it failed {MOST_ATTEMPTS} times ({kind})")

    def _aside(self, why: str) -> Fate:
        """Counted and said, so that nothing goes missing in silence; never with its words."""
        self.set_aside[why] += 1
        self._log.error("a mail was set aside", kind=why)
        self._on_trouble(why)
        return Fate.ASIDE
