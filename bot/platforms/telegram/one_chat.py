"""Several calls that make one message: kept to the pace that Telegram allows in one chat."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import RetryAfter

from bot.platforms.telegram.failures import seconds_of

T = TypeVar("T")
SECONDS_APART = 1.05
_PATIENCE = 8.0


class OneChat:
    """One chat during one send. The first call goes at once: delivery has waited for it."""

    def __init__(self, chat_id: int) -> None:
        self.id = chat_id
        self._free_at: float | None = None

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Later calls wait where Telegram asks for it: to begin anew would double the first."""
        loop, is_first = asyncio.get_running_loop(), self._free_at is None
        if self._free_at is not None:
            await asyncio.sleep(max(self._free_at - loop.time(), 0.0))
        try:
            return await make()
        except RetryAfter as error:
            wait = seconds_of(error)
            if is_first or wait > _PATIENCE:
                raise
            await asyncio.sleep(wait)
            return await make()
        finally:
            self._free_at = loop.time() + SECONDS_APART
