"""Small things done beside everything else; what fails is of no account."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

MOST = 200
AT_ONCE = 8
_PATIENCE = 10.0


class Errands:
    """Runs a few at a time. When too many wait, what comes on top is left undone."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._log = structlog.get_logger("telegram")

    def run(self, errand: Callable[[], Awaitable[object]]) -> None:
        if len(self._tasks) >= MOST:
            return
        task = asyncio.get_running_loop().create_task(self._done(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, seconds: float = _PATIENCE) -> None:
        """Waits for those that run; what takes longer than this is given up."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(list(self._tasks), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _done(self, errand: Callable[[], Awaitable[object]]) -> None:
        try:
            async with self._places, asyncio.timeout(_PATIENCE):
                await errand()
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            self._log.debug("errand failed", kind=type(error).__name__)
