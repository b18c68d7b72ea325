"""What polling and webhook do with an update: read it, put it on disk, and only then answer."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from bot.mailroom import MailroomClosed
from bot.messages import Ack, Incoming
from bot.platforms.telegram.reading import MALFORMED, gathering_of, press_of, read
from bot.platforms.telegram.sender import Telegram

MOST_ATTEMPTS = 20

Receive = Callable[[Incoming], Awaitable[Ack]]


class Receiver:
    """Takes updates one by one. `on_trouble` hears, by kind alone, of what was passed over."""

    def __init__(
        self,
        telegram: Telegram,
        receive: Receive,
        clock: Callable[[], datetime],
        *,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        self.telegram = telegram
        self.passed_over: Counter[str] = Counter()
        self._receive = receive
        self._clock = clock
        self._on_trouble = on_trouble
        self._attempts: Counter[str] = Counter()
        self._log = structlog.get_logger("telegram")

    async def take(self, update: Mapping[str, Any]) -> bool:
        """True when it is on disk or never can be; False where it is to come again."""
        try:
            incoming = read(update, bot=self.telegram.username, at=self._clock())
            press, gathering = press_of(update), gathering_of(update)
        except MALFORMED as error:
            self.pass_over(f"malformed ({type(error).__name__})")
            return True
        if incoming is not None and not await self._is_taken(incoming):
            return False
        self.telegram.answer_press(press)
        if gathering is not None:
            self.telegram.leave(gathering)
        return True

    def pass_over(self, kind: str) -> None:
        """Counted and said, so that nothing goes missing in silence; never with its words."""
        self.passed_over[kind] += 1
        self._log.error("an update was passed over", kind=kind)
        if self._on_trouble is not None:
            self._on_trouble(kind)

    async def _is_taken(self, incoming: Incoming) -> bool:
        try:
            await self._receive(incoming)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not on disk
            return self._is_hopeless(incoming.event_id, error)
        self._attempts.pop(incoming.event_id, None)
        return True

    def _is_hopeless(self, event_id: str, error: Exception) -> bool:
        """One that fails again and again must not keep back all that come after it.

        A database that is out of service is not the update's fault and is waited for.
        """
        kind = type(error).__name__
        self._log.warning("an update was not taken", kind=kind)
        if isinstance(error, MailroomClosed) and error.is_outage:
            return False
        self._attempts[event_id] += 1
        if self._attempts[event_id] < MOST_ATTEMPTS:
            return False
        del self._attempts[event_id]
        self.pass_over(f"failed {MOST_ATTEMPTS} times ({kind})")
        return True
