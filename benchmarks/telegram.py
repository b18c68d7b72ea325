"""Answers over HTTP: ours against a bare echo bot, through the same loopback server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from cProfile import Profile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks import mailroom
from benchmarks.mailroom import Office
from benchmarks.measuring import ROOT, milliseconds, percentile, ratio
from benchmarks.report import Finding, Line
from benchmarks.telegram_bots import echo, ours
from benchmarks.updates import script

OF_ECHO = 0.7
AT_ONCE = 8  # as many as our delivery has lanes
WARMING = 1
_PATIENCE = 60.0  # for one round
_LONGEST = 400.0  # for all of them; two minutes on a quiet machine


@dataclass(frozen=True, slots=True)
class Crowd:
    """The process of the platform and its people; an order to it, and what it answers."""

    process: asyncio.subprocess.Process
    url: str
    token: str

    async def ask(self, **order: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return await _line(self.process)


async def _line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the crowd's process ended; what it printed stands above")
    found: dict[str, Any] = json.loads(line)
    return found


@asynccontextmanager
async def crowded() -> AsyncIterator[Crowd]:
    """The other process, from start to end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.telegram_crowd",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        told = await _line(process)
        yield Crowd(process, told["url"], told["token"])
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@dataclass(slots=True)
class Rates:
    """Answers in a second, round by round; how long each waited; calls for one answer.

    `work`: milliseconds of a processor for one answer, which others on the machine change little.
    """

    rates: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    calls: float = 0.0


@dataclass(slots=True)
class Contest:
    """The same people on the same platform, in turn with ours and with the peer."""

    office: Office
    crowd: Crowd
    people: int
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def answers(self) -> int:
        return sum(len(script(number)) for number in range(self.people))

    async def ours(self, found: Rates, people: int, profile: Profile | None = None) -> None:
        before, _ = self.office.counted()
        async with ours(self.office, self.crowd.url, self.crowd.token):
            await self._gather(people, self.office.token)
            if profile is not None:
                profile.enable()
            await self._go(found, people)
            if profile is not None:
                profile.disable()
        answers = sum(len(script(number)) for number in range(people))
        assert self.office.counted()[0] - before >= answers, "an answer was lost"

    async def echo(self, found: Rates, people: int, *, at_once: int) -> None:
        async with echo(self.crowd.url, self.crowd.token, at_once=at_once):
            await self._gather(people, "")
            await self._go(found, people)

    async def _gather(self, people: int, token: str) -> None:
        first = next(self.numbers) * 100_000
        await self.crowd.ask(do="gather", people=people, first=first, token=token)

    async def _go(self, found: Rates, people: int) -> None:
        before = process_time()
        told = await self.crowd.ask(do="go")
        answers = sum(len(script(number)) for number in range(people))
        found.work.append((process_time() - before) * 1000 / answers)
        found.rates.append(answers / told["seconds"])
        found.waits += told["waits"]
        found.calls = sum(n for name, n in told["calls"].items() if name != "getupdates") / answers


def run(folder: Path, *, quick: bool = False) -> Finding:
    """So many rounds, their order turned about in every second one."""
    people, rounds, alone = (4, 1, 1) if quick else (60, 5, 5)
    return asyncio.run(asyncio.wait_for(_run(folder, people, rounds, alone), _LONGEST))


async def _run(folder: Path, people: int, rounds: int, alone: int) -> Finding:
    mine, one, many = Rates(), Rates(), Rates()
    with mailroom.opened(folder) as office:
        async with crowded() as crowd:
            contest = Contest(office, crowd, people)
            for number in range(-WARMING, rounds):
                found = (mine, one, many) if number >= 0 else (Rates(), Rates(), Rates())
                await _round(contest, *found, turned=number % 2 == 1)
            lonely = Rates(), Rates()
            for _ in range(alone):
                await contest.ours(lonely[0], 1)
                await contest.echo(lonely[1], 1, at_once=1)
    return Finding(
        "telegram",
        "Answers over HTTP, as on Telegram",
        (*_lines(mine, one, many, people), _alone(*lonely)),
        _notes(mine, one),
    )


async def _round(contest: Contest, mine: Rates, one: Rates, many: Rates, *, turned: bool) -> None:
    runs: list[Callable[[], Awaitable[None]]] = [
        lambda: contest.ours(mine, contest.people),
        lambda: contest.echo(one, contest.people, at_once=1),
        lambda: contest.echo(many, contest.people, at_once=AT_ONCE),
    ]
    for run_one in reversed(runs) if turned else runs:
        await run_one()


def _lines(mine: Rates, one: Rates, many: Rates, people: int) -> tuple[Line, ...]:
    def line(against: str, theirs: Rates, aim: float | None = None) -> Line:
        found = ratio(mine.rates, theirs.rates)
        return Line(
            what=f"Answers to the next question, {people} people at once",
            ours=_rate(mine),
            against=against,
            theirs=_rate(theirs),
            ratio=found.middle,
            spread=found.spread,
            aim="" if aim is None else f"at least {aim:g}",
            met=None if aim is None else found.middle >= aim,
        )

    return (
        line(
            "a bare echo bot as python-telegram-bot has it: one update after another", one, OF_ECHO
        ),
        line(f"the same with {AT_ONCE} updates at once, nothing kept and no order", many),
    )


def _rate(found: Rates) -> str:
    middle, late = percentile(found.waits, 0.5), percentile(found.waits, 0.99)
    return (
        f"{median(found.rates):,.0f} answers/s, half within {milliseconds(middle)}, "
        f"99 of 100 within {milliseconds(late)}"
    )


def _alone(mine: Rates, theirs: Rates) -> Line:
    return Line(
        what="One person alone: from an answer to the next question",
        ours=_rate(mine),
        against="the echo bot",
        theirs=_rate(theirs),
    )


def _notes(mine: Rates, theirs: Rates) -> tuple[str, ...]:
    return (
        "The platform and its people are one process, the bot another. Each person answers as soon "
        "as the reply to the answer before is there: taps and typed words, as in `answers`.",
        "Ours: poll, mailroom, SQLite on a file with synchronous=FULL, outbox, delivery; an answer "
        "is on disk before it is confirmed, and the next question before it is sent. No limits.",
        f"Calls of the Bot API for one answer: ours {mine.calls:.2f}, theirs {theirs.calls:.2f}. "
        f"Work of the processor: ours {median(mine.work):.1f} ms, theirs {median(theirs.work):.1f} "
        f"ms, of which the calls themselves are most of theirs.",
    )
