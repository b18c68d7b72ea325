"""Pauses that grow while something does not work, with jitter so that not all come back at once."""

import asyncio
import random

LONGEST = 60.0


class Backoff:
    """The first pause is at most `first` seconds, each next up to twice as long."""

    def __init__(self, first: float = 1.0, longest: float = LONGEST) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def reset(self) -> None:
        """It works again."""
        self._failures = 0

    def next(self) -> float:
        """How many seconds to pause now."""
        most = min(self._first * 2.0 ** min(self._failures, 30), self._longest)
        self._failures += 1
        return random.uniform(most / 2, most)  # noqa: S311 - jitter, not a secret

    async def wait(self, stopped: asyncio.Event, *, at_least: float = 0.0) -> None:
        """Until the pause is over, or all is stopped."""
        await sleep(stopped, max(self.next(), at_least))


async def sleep(stopped: asyncio.Event, seconds: float) -> None:
    """So many seconds, or until all is stopped."""
    try:
        async with asyncio.timeout(seconds):
            await stopped.wait()
    except TimeoutError:
        return
