"""Many calls at once, each over a connection that is free.

One pool for all of them costs more with each connection: httpcore asks all of them, at the start
and at the end of every call, whether they are still open. Lines of one connection ask one.
"""

from collections.abc import Callable
from typing import Any

from telegram.request import BaseRequest


class Switchboard(BaseRequest):
    """The SDK's request, over as many lines as are needed at once; the first that is free is taken.

    So few calls keep to few connections, and these stay warm.
    """

    __slots__ = ("_busy", "_lines")

    def __init__(self, line: Callable[[], BaseRequest], lines: int) -> None:
        self._lines = tuple(line() for _ in range(lines))
        self._busy = [0] * lines

    @property
    def read_timeout(self) -> float | None:
        return self._lines[0].read_timeout

    async def initialize(self) -> None:
        for line in self._lines:
            await line.initialize()

    async def shutdown(self) -> None:
        for line in self._lines:
            await line.shutdown()

    async def do_request(self, *given: Any, **options: Any) -> tuple[int, bytes]:
        place = self._busy.index(min(self._busy))
        self._busy[place] += 1
        try:
            return await self._lines[place].do_request(*given, **options)
        finally:
            self._busy[place] -= 1
