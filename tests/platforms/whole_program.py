"""The whole of `run` on a thread of its own, with a clock that is moved by hand."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from bot.app import App, build
from bot.messages import Address
from bot.serving import Serving
from bot.settings import DatabaseSettings, Settings
from storage.types import Keyring

T = TypeVar("T")
PATIENCE = 30.0


def until(met: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Waits until something is so, and gives it; AssertionError where it never is."""
    end = monotonic() + patience
    while not (found := met()):
        assert monotonic() < end, f"never: {what}"
        sleep(0.02)
    return found


def free_port() -> int:
    """One that nobody has just now: the program comes back to it after a restart."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Program:
    """`lines` is what it said; it may be stopped and started again on the same database."""

    def __init__(self, folder: Path, now: datetime, **settings: Any) -> None:
        self.now = now
        self.lines: list[str] = []
        self._settings = Settings(
            database=DatabaseSettings(url=f"sqlite:///{folder / 'loop.db'}"), **settings
        )
        self._keyring = Keyring.generate()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._serving: Serving | None = None
        self.app: App = build(self._settings, self._keyring, lambda: self.now)

    def run(self, work: Coroutine[Any, Any, T], patience: float = 60.0) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(patience)

    def start(self) -> None:
        self._serving = Serving(self.app, self.lines.append)
        self.run(self._serving.open())

    def stop(self) -> None:
        if self._serving is not None:
            self.run(self._serving.close())
            self._serving = None

    def restart(self) -> None:
        """Another process on the same files, as far as the files can tell."""
        self.stop()
        self.app.close()
        self.app = build(self._settings, self._keyring, lambda: self.now)
        self.start()

    def close(self) -> None:
        self.stop()
        self.app.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # time, and what happens by itself

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        self.now = self.app.around.calendar.at_local(day, time(hour, minute))

    def do(self, work: Callable[[App], T]) -> T:
        """A job of the schedule, or what somebody does at the command line."""

        async def written() -> T:
            return await self.app.writer.run(lambda: work(self.app))

        done = self.run(written())
        if self.app.mailroom.on_stored is not None:
            self._loop.call_soon_threadsafe(self.app.mailroom.on_stored)
        return done

    async def find(self, email: str) -> Address | None:
        """Where the open doors say that somebody can be reached."""
        assert self._serving is not None
        return await self._serving.find(email)
