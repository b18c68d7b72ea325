"""Small things that are done beside: nobody waits for them, and their failures are only noted."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.platforms.slack.failures import code_of

_AT_MOST = 5.0


class Errands:
    """What goes on in the background; `settled` waits for it, not for long."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("slack")

    def run(self, errand: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(self._done(errand))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    @property
    def are_done(self) -> bool:
        return not self._under_way

    async def settled(self) -> None:
        if not self._under_way:
            return
        _, late = await asyncio.wait(set(self._under_way), timeout=_AT_MOST)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _done(self, errand: Coroutine[Any, Any, object]) -> None:
        try:
            await errand
        except Exception as error:  # noqa: BLE001 - what matters is on disk
            self._log.warning("not done beside", kind=code_of(error) or type(error).__name__)
