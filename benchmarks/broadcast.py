"""A broadcast to 100,000 at the platform's limit: its share of it, and how long replies take."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.mailroom import NOW
from benchmarks.measuring import ROOT, milliseconds, percentile
from benchmarks.report import Finding, Line
from bot.app import App, build, clock_from
from bot.messages import TELEGRAM, Address
from bot.platforms.telegram import Poller, PollLease, Receiver, Telegram
from bot.settings import Settings
from bot.standing import hash_of
from storage.database import insert_new
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, ContactState
from storage.types import Keyring

LIMIT = 30.0
SHARE = 0.97
_CHUNK = 5000
_PATIENCE = 60.0


def run(folder: Path, *, quick: bool = False) -> Finding:
    """A window of a broadcast that would last for nearly an hour."""
    people, seconds = (1000, 3.0) if quick else (100_000, 60.0)
    longest = seconds + 4 * _PATIENCE
    return asyncio.run(asyncio.wait_for(_run(folder, people, seconds), longest))


async def _run(folder: Path, people: int, seconds: float) -> Finding:
    settings = Settings(database={"url": f"sqlite:///{folder / 'loop.db'}"})  # type: ignore[arg-type]
    app = build(settings, Keyring.generate(), clock_from(NOW))
    try:
        _fill(app, people)
        async with _platform(people, seconds) as process:
            told = await _line(process, _PATIENCE)
            async with _serving(app, told["url"], told["token"]):
                found = await _line(process, seconds + _PATIENCE)
    finally:
        app.close()
    return Finding(
        "broadcast",
        f"A broadcast to {people:,} while replies go out",
        _lines(found),
        _notes(found, seconds),
    )


def _fill(app: App, people: int) -> None:
    """Everybody has a message waiting, as if it was published just now."""
    now, keyring = app.around.now, app.around.keyring
    with app.database.writing() as db:
        for first in range(1, people + 1, _CHUNK):
            numbers = range(first, min(first + _CHUNK, people + 1))
            insert_new(db, Contact, [_contact(number, keyring) for number in numbers])
            insert_new(
                db,
                Outbox,
                [
                    outbox_row(
                        key=f"told:{number}",
                        intent="say",
                        contact_id=number,
                        now=now,
                        params={"wording": "young.no_files"},
                        urgency=Urgency.BROADCAST,
                    )
                    for number in numbers
                ],
            )


def _contact(number: int, keyring: Keyring) -> dict[str, Any]:
    to = Address(TELEGRAM, "", str(number))
    return {
        "id": number,
        "platform": TELEGRAM,
        "space": "",
        "address": to.id,
        "address_hash": hash_of(keyring, to),
        "language": "en",
        "state": ContactState.ACTIVE,
        "state_reason": "",
    }


@asynccontextmanager
async def _platform(people: int, seconds: float) -> AsyncIterator[Process]:
    command = ["-m", "benchmarks.broadcast_platform", str(people), str(seconds)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdin=PIPE, stdout=PIPE, limit=2**24
    )
    try:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _line(process: Process, patience: float) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), patience)
    if not line:
        raise RuntimeError("the platform's process ended; what it printed stands above")
    found: dict[str, Any] = json.loads(line)
    return found


@asynccontextmanager
async def _serving(app: App, url: str, token: str) -> AsyncIterator[None]:
    """The whole program, as `run` has it, within Telegram's limits."""
    settings = Settings(telegram={"token": token, "api": url})  # type: ignore[arg-type]
    telegram = Telegram.open(settings, app.around.keyring)
    delivery = app.delivery({TELEGRAM: telegram})
    app.mailroom.on_stored = delivery.wake
    receiver = Receiver(telegram, app.mailroom.receive, app.around.clock)
    poller = Poller(receiver, PollLease(app.database, app.writer, app.around.clock))
    stopped = asyncio.Event()
    work = asyncio.gather(poller.run(stopped), delivery.run(stopped))
    try:
        yield
    finally:
        stopped.set()
        await work
        app.mailroom.on_stored = None
        await telegram.close()


def _lines(found: dict[str, Any]) -> tuple[Line, ...]:
    share, refused, slot = found["rate"] / LIMIT, found["refused"], 1 / LIMIT
    middle, late = percentile(found["waits"], 0.5), percentile(found["waits"], 0.99)
    behind: list[int] = found["behind"]
    return (
        Line(
            what="Calls in a second, the broadcast and the replies together",
            ours=f"{found['rate']:.2f}/s, refused: {refused}",
            against="what Telegram allows",
            theirs=f"{LIMIT:g}/s",
            ratio=share,
            aim=f"at least {SHARE:g}, none refused",
            met=share >= SHARE and not refused,
        ),
        Line(
            what="From an update to its reply while the broadcast runs, half within",
            ours=milliseconds(middle),
            against="one send at the limit",
            theirs=milliseconds(slot),
            ratio=middle / slot,
        ),
        Line(
            what="The same, 99 of 100 within",
            ours=milliseconds(late),
            against="one send at the limit",
            theirs=milliseconds(slot),
            ratio=late / slot,
        ),
        Line(
            what="Sends to others between an update and its reply",
            ours=f"at most {max(behind)}; none or one for {_share_of_one(behind):.1%}",
            against="never more than one",
            theirs="1",
            aim="at most 1",
            met=max(behind) <= 1 and not found["unanswered"],
        ),
    )


def _share_of_one(behind: list[int]) -> float:
    return sum(number <= 1 for number in behind) / len(behind)


def _notes(found: dict[str, Any], seconds: float) -> tuple[str, ...]:
    return (
        "The platform is a process of its own. It counts as Telegram documents it, when a call "
        "arrives: 30 in any second, one a second in a chat; what is beyond gets a 429.",
        f"{len(found['waits'])} strangers asked for help in {seconds:g} s, at random times; each "
        f"wait goes from the update to the arrival of the reply. Unanswered: "
        f"{found['unanswered']}.",
        "Ours is the whole way: poll, commit, outbox, claim, write, send. The queue is a SQLite "
        "file with synchronous=FULL.",
    )
