"""The one thread that writes. Domain and storage code is synchronous; the rim awaits it here."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Writer:
    """Runs functions one after another on a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, once its turn has come; its exception is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Waits for what is under way."""
        self._thread.shutdown(wait=True)
