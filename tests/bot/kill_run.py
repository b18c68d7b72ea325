"""A program that is killed again and again while two thousand messages come in; see test_kill.py.

Run as a module: FOLDER SEED KILLS. Each life is a fork of this process, so that it starts at once;
it takes what was not acknowledged, delivers, and dies wherever the signal finds it.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session as Db

from bot.app import App, assemble, clock_from
from bot.messages import (
    Address,
    Arrived,
    Content,
    Incoming,
    Limits,
    Message,
    Pressed,
    Receipt,
    Said,
)
from bot.outgoing.delivery import Delivery
from bot.outgoing.outbox import Claimed
from bot.platforms.console import PLATFORM
from bot.settings import Settings
from bot.tokens import of_act
from storage.database import Database
from storage.types import Keyring
from tests.bot.moment import MONDAY

PEOPLE, EACH = 100, 20
KEYRING = Keyring({"test": b"k" * 32}, b"l" * 32)
_PATIENCE = 55.0


def lines_of(number: int) -> list[str]:
    """What one person writes after the welcome: answers, words that do not fit, words after."""
    number += 2000  # small numbers may stand for letters
    first = [f"early {number}", "2", "2", "1", f"middle {number}", "4", "/back", "3", "1 2"]
    last = ["1 4", "1", f"change {number}", *(f"after {number} {place}" for place in range(4))]
    return [*first, *last, "/help", "/safe"]


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the program: where it keeps its files, and which one it is."""

    folder: Path
    number: int

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/loop.db"

    def acknowledged(self) -> set[str]:
        path = self.folder / "acks.log"
        return set(path.read_text().split()) if path.exists() else set()


def messages(folder: Path) -> list[list[Incoming]]:
    """Everybody's messages, in the order in which each sends them."""
    token, survey_id = (folder / "link").read_text().split()
    return [_of_one(number, token, survey_id) for number in range(PEOPLE)]


def _of_one(number: int, token: str, survey_id: str) -> list[Incoming]:
    first: list[Content] = [Arrived(token), Pressed(of_act("welcome", survey_id, "yes"))]
    said = [Said(line) for line in lines_of(number)]
    sender = Address(PLATFORM, "", f"yp{number}")
    return [
        Incoming(PLATFORM, "", f"{number}-{place}", sender, content, MONDAY)
        for place, content in enumerate([*first, *said])
    ]


class Log:
    """Lines that outlive the process: written at once, behind what is there."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


class ToFile:
    """A platform whose messages are lines: life, row, person."""

    limits = Limits()

    def __init__(self, life: Life) -> None:
        self._life = life
        self._log = Log(life.folder / "sends.log")
        self._dice = random.Random(life.number)

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
        await asyncio.sleep(self._dice.uniform(0, 0.002))
        row = message.text.partition("\n")[0]
        self._log.add(f"{self._life.number} {row} {to.id} {replacing or '-'}")
        await asyncio.sleep(self._dice.uniform(0, 0.002))
        return Receipt(row)


def live(life: Life) -> None:
    """From start to end, if nobody kills it."""
    # Each life begins later than the claims of the one before it run out.
    start = clock_from(MONDAY + timedelta(minutes=2 * life.number))
    with Database(life.url, KEYRING) as database:
        app = assemble(database, Settings(), start)
        asyncio.run(_live(life, app))
        app.close()


async def _live(life: Life, app: App) -> None:
    def render(db: Db, row: Claimed) -> Message | None:
        message = app.wording.render(db, row)
        return None if message is None else replace(message, text=f"{row.id}\n{message.text}")

    delivery = Delivery(
        app.database, app.writer, {PLATFORM: ToFile(life)}, render, app.around.clock
    )
    arrived = asyncio.Event()
    delivering = asyncio.create_task(_deliver(delivery, arrived))
    log, seen = Log(life.folder / "acks.log"), life.acknowledged()
    waiting = [[one for one in own if one.event_id not in seen] for own in messages(life.folder)]
    # So many at once that there is always something on its way in and something on its way out.
    at_once = asyncio.Semaphore(8)
    await asyncio.gather(*(_speak(app, own, log, at_once) for own in waiting if own))
    arrived.set()
    await delivering


async def _speak(app: App, own: list[Incoming], log: Log, at_once: asyncio.Semaphore) -> None:
    for message in own:
        async with at_once:
            await app.mailroom.receive(message)
            log.add(message.event_id)


async def _deliver(delivery: Delivery, arrived: asyncio.Event) -> None:
    while not arrived.is_set():
        await delivery.run_until_idle()
        await asyncio.sleep(0.001)
    await delivery.run_until_idle()


def main(folder: Path, seed: int, kills: int) -> None:
    """So many lives that end by a signal, and one that ends by itself."""
    dice = random.Random(seed)
    total = PEOPLE * EACH
    ends = sorted(dice.sample(range(total // 50, total - total // 50), kills))
    deadline = time.monotonic() + _PATIENCE
    for number, end in enumerate(ends):
        life = Life(folder, number)
        child = _born(life)
        while len(life.acknowledged()) < end:
            time.sleep(0.002)
            if time.monotonic() > deadline or os.waitpid(child, os.WNOHANG) != (0, 0):
                raise SystemExit(f"life {number} did not come to {end} messages")
        time.sleep(dice.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _, status = os.waitpid(_born(Life(folder, kills)), 0)
    raise SystemExit(os.waitstatus_to_exitcode(status))


def _born(life: Life) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    with contextlib.suppress(KeyboardInterrupt):
        try:
            live(life)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os._exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
