"""Small things done beside everything else: a few at a time, and none of them for ever."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

MOST = 200
AT_ONCE = 8

Errand = Callable[[], Awaitable[object]]


class Errands:
    """Runs a few at a time. When too many wait, what comes on top is left undone.

    Nobody waits for them, so what fails is noted in the log of `name`, by its kind alone.
    """

    def __init__(self, name: str, *, patience: float = 10.0) -> None:
        self.log = structlog.get_logger(name)
        self._patience = patience
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    @property
    def are_done(self) -> bool:
        return not self._tasks

    def run(self, errand: Errand) -> None:
        if len(self._tasks) >= MOST:
            self.log.warning("too much to do beside")
            return
        task = asyncio.get_running_loop().create_task(self._done(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self, seconds: float | None = None) -> None:
        """Waits for those that run; what takes longer than this is given up."""
        if not self._tasks:
            return
        timeout = self._patience if seconds is None else seconds
        _, late = await asyncio.wait(list(self._tasks), timeout=timeout)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def failed(self, error: Exception) -> None:
        """What is noted of one that failed."""
        self.log.debug("errand failed", kind=type(error).__name__)

    async def _done(self, errand: Errand) -> None:
        try:
            async with self._places, asyncio.timeout(self._patience):
                await errand()
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            self.failed(error)
