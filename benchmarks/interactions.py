"""What people do in Slack and Teams: ours against a bare bolt app and a bare Teams app."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from cProfile import Profile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks import interactions_office as offices
from benchmarks.interactions_crowd import PAGE, PRESS, WORDS
from benchmarks.interactions_office import Lead, Office, email_of
from benchmarks.interactions_programs import bare_slack, bare_teams, ours
from benchmarks.measuring import ROOT, milliseconds, percentile, ratio
from benchmarks.report import Finding, Line

OF_BARE = 0.6
AS_LATE = 2.0
PEOPLE = 50
SLACK, TEAMS = "slack", "teams"
MIX = {PAGE: 7, PRESS: 2, WORDS: 1}
"""Of ten interactions: a survey has three or four pages, and hundreds answer it in a week in which
some fifty leads say how their actions stand."""
_CALLS = {PAGE: 0, PRESS: 1, WORDS: 1}
"""How often the app writes for one."""
_OUR_CALLS = {SLACK: {**_CALLS, PRESS: 2}, TEAMS: _CALLS}
"""A tap puts the reminder again, and in Slack it adds a line to its thread."""
_PATIENCE = 120.0  # for one order
_LONGEST = 900.0  # for all of them
_LOOK = 0.002

Json = dict[str, Any]
Opening = Callable[[], AbstractAsyncContextManager[str]]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The process of the platforms and their people; an order to it, and what it answers."""

    process: asyncio.subprocess.Process
    slack: Json
    teams: Json

    async def ask(self, **order: object) -> Json:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return await _line(self.process)


async def _line(process: asyncio.subprocess.Process) -> Json:
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the crowd's process ended; what it printed stands above")
    found: Json = json.loads(line)
    if "error" in found:
        raise RuntimeError(f"the crowd could not do it: {found['error']}")
    return found


@asynccontextmanager
async def crowded() -> AsyncIterator[Crowd]:
    """The other process, from start to end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.interactions_crowd",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        told = await _line(process)
        yield Crowd(process, told["slack"], told["teams"])
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@dataclass(slots=True)
class Rates:
    """Of one program and one kind, round by round: interactions in a second, milliseconds of a
    processor for one, and how long every acknowledgement took.
    """

    rates: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    waits: list[list[float]] = field(default_factory=list)


Measured = dict[tuple[str, str, str], Rates]
"""By whose it is ("ours", "bare"), platform and kind."""


@dataclass(slots=True)
class Contest:
    """The same people on the same platforms, in turn with ours and with the bare app.

    `times`: how many presses, and how many lines in words, of each.
    """

    office: Office
    crowd: Crowd
    people: int
    times: Mapping[str, int]
    found: Measured = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)

    async def ours(self, platform: str) -> None:
        leads = self.office.hire(self.people)
        before = self.office.counted()
        async with ours(self.office, platform) as url:
            clock = offices.NOW.isoformat()
            await self.crowd.ask(do="call", platform=platform, url=url, clock=clock)
            await self._meet(leads)
            await self._sent()
            self.office.nudge(leads, self.times[PRESS])
            await self._sent()
            await self._go("ours", platform, PRESS, _OUR_CALLS[platform])
            await self._go("ours", platform, WORDS, _OUR_CALLS[platform])
            await self.office.invite(leads)
            await self._sent()
            await self.crowd.ask(do="open")
            answered = await self._go("ours", platform, PAGE, _OUR_CALLS[platform])
        updates, answers = self.office.counted()
        assert updates - before[0] == self.people * self.times[PRESS], "an update was lost"
        assert answers - before[1] >= answered, "an answer was lost"

    async def bare(self, platform: str, opening: Opening) -> None:
        leads = [Lead(next(self.office.numbers), 0) for _ in range(self.people)]
        async with opening() as url:
            await self.crowd.ask(do="call", platform=platform, url=url)
            await self._meet(leads)
            await self._go("bare", platform, PRESS, _CALLS)
            await self._go("bare", platform, WORDS, _CALLS)
            await self.crowd.ask(do="open")
            await self._go("bare", platform, PAGE, _CALLS)

    async def _meet(self, leads: list[Lead]) -> None:
        people = [[lead.name, email_of(lead.number)] for lead in leads]
        await self.crowd.ask(do="meet", people=people)

    async def _go(self, whose: str, platform: str, kind: str, calls: Mapping[str, int]) -> int:
        """Until everything that follows from it is sent as well; how many interactions it was."""
        profile = self.profiles.get(f"{whose} {platform} {kind}")
        if profile is not None:
            profile.enable()
        before = process_time()
        told = await self.crowd.ask(do="go", kind=kind, times=self.times[kind], answers=calls[kind])
        begun = perf_counter()
        if whose == "ours":
            await self._sent()
        seconds = told["seconds"] + perf_counter() - begun
        work = process_time() - before
        if profile is not None:
            profile.disable()
        assert not told["troubles"], told["troubles"]
        found = self.found.setdefault((whose, platform, kind), Rates())
        found.rates.append(told["acts"] / seconds)
        found.work.append(work * 1000 / told["acts"])
        found.waits.append(told["waits"])
        return int(told["acts"])

    async def _sent(self) -> None:
        """Until nothing waits to be sent."""
        async with asyncio.timeout(_PATIENCE):
            while self.office.waiting():
                await asyncio.sleep(_LOOK)


def run(folder: Path, *, quick: bool = False) -> Finding:
    """So many rounds, their order turned about in every second one; the first does not count."""
    people, rounds = (4, 1) if quick else (PEOPLE, 5)
    times = {PAGE: 3, PRESS: 1, WORDS: 1} if quick else {PAGE: 5, PRESS: 4, WORDS: 2}
    return asyncio.run(asyncio.wait_for(_run(folder, people, rounds, times), _LONGEST))


async def _run(folder: Path, people: int, rounds: int, times: Mapping[str, int]) -> Finding:
    async with crowded() as crowd:
        with offices.opened(folder, settings_of(crowd)) as office:
            contest = Contest(office, crowd, people, times)
            for number in range(-1, rounds):
                if number == 0:
                    contest.found = {}
                await _round(contest, turned=number % 2 == 1)
    lines = [
        line for platform in (SLACK, TEAMS) for line in _lines(contest.found, platform, people)
    ]
    return Finding(
        "interactions", "What people do in Slack and Teams", tuple(lines), _notes(contest.found)
    )


def settings_of(crowd: Crowd) -> Json:
    """Where the platforms are, as config.toml would have it."""
    slack, teams = crowd.slack, crowd.teams
    return {
        "slack": {
            "api": slack["api"],
            "mode": "http",
            "bot_token": slack["token"],
            "signing_secret": slack["secret"],
        },
        "teams": {
            "app_id": teams["app_id"],
            "app_secret": teams["secret"],
            "app_tenant": teams["app_tenant"],
            "tenants": [teams["tenant"]],
            "login": teams["url"],
            "metadata": teams["metadata"],
        },
        "links": {"web": "https://loop.rochdale.example"},
    }


async def _round(contest: Contest, *, turned: bool) -> None:
    slack, teams = contest.crowd.slack, contest.crowd.teams
    runs: list[Callable[[], Awaitable[None]]] = [
        lambda: contest.ours(SLACK),
        lambda: contest.bare(SLACK, lambda: bare_slack(slack)),
        lambda: contest.ours(TEAMS),
        lambda: contest.bare(TEAMS, lambda: bare_teams(teams)),
    ]
    for run_one in reversed(runs) if turned else runs:
        await run_one()


# what came of it

_NAMES = {
    PAGE: "Pages of a survey",
    PRESS: "One tap on a reminder",
    WORDS: "Plain words",
}
_TITLES = {SLACK: "Slack", TEAMS: "Teams"}
_AGAINST = {SLACK: "a bare bolt app", TEAMS: "a bare app of Microsoft's SDK"}


def _lines(found: Measured, platform: str, people: int) -> list[Line]:
    mine = {kind: found["ours", platform, kind] for kind in MIX}
    theirs = {kind: found["bare", platform, kind] for kind in MIX}
    return [
        _mixed(platform, mine, theirs, people),
        _late(platform, mine, theirs, people),
        *(_kind(platform, kind, mine[kind], theirs[kind]) for kind in MIX),
    ]


def _mixed(platform: str, mine: dict[str, Rates], theirs: dict[str, Rates], people: int) -> Line:
    our_rates, their_rates = _in_the_mix(mine), _in_the_mix(theirs)
    of_bare = ratio(our_rates, their_rates)
    shares = ", ".join(f"{share} {kind}" for kind, share in MIX.items())
    return Line(
        what=f"{_TITLES[platform]}: interactions of {people} people at once, of ten {shares}",
        ours=f"{median(our_rates):,.0f}/s",
        against=_AGAINST[platform],
        theirs=f"{median(their_rates):,.0f}/s",
        ratio=of_bare.middle,
        spread=of_bare.spread,
        aim=f"at least {OF_BARE:g}",
        met=of_bare.middle >= OF_BARE,
    )


def _in_the_mix(rates: dict[str, Rates]) -> list[float]:
    """Round by round: the time that ten take, from the rates of the kinds."""
    rounds = zip(*(rates[kind].rates for kind in MIX), strict=True)
    return [
        sum(MIX.values()) / sum(share / rate for share, rate in zip(MIX.values(), one, strict=True))
        for one in rounds
    ]


def _late(platform: str, mine: dict[str, Rates], theirs: dict[str, Rates], people: int) -> Line:
    """The slowest hundredth of the acknowledgements, of all kinds together."""
    ours_late, bare_late = _latest(mine), _latest(theirs)
    as_late = ratio(ours_late, bare_late)
    return Line(
        what=f"{_TITLES[platform]}: 99 of 100 acknowledgements, {people} people at once",
        ours=f"within {milliseconds(median(ours_late))}",
        against=_AGAINST[platform],
        theirs=f"within {milliseconds(median(bare_late))}",
        ratio=as_late.middle,
        spread=as_late.spread,
        aim=f"at most {AS_LATE:g}",
        met=as_late.middle <= AS_LATE,
    )


def _latest(rates: dict[str, Rates]) -> list[float]:
    rounds = zip(*(rates[kind].waits for kind in MIX), strict=True)
    return [percentile([wait for kind in one for wait in kind], 0.99) for one in rounds]


def _kind(platform: str, kind: str, mine: Rates, theirs: Rates) -> Line:
    of_bare = ratio(mine.rates, theirs.rates)
    return Line(
        what=f"{_TITLES[platform]}: {_NAMES[kind].lower()}",
        ours=_said(mine),
        against=_AGAINST[platform],
        theirs=_said(theirs),
        ratio=of_bare.middle,
        spread=of_bare.spread,
    )


def _said(found: Rates) -> str:
    waits = [wait for one in found.waits for wait in one]
    return (
        f"{median(found.rates):,.0f}/s, {median(found.work):.1f} ms of a processor, acknowledged "
        f"half within {milliseconds(percentile(waits, 0.5))}, 99 of 100 within "
        f"{milliseconds(percentile(waits, 0.99))}"
    )


def _notes(found: Measured) -> tuple[str, ...]:
    works = {
        platform: sum(
            share * median(found["ours", platform, kind].work) for kind, share in MIX.items()
        )
        / sum(share * median(found["bare", platform, kind].work) for kind, share in MIX.items())
        for platform in (SLACK, TEAMS)
    }
    return (
        "The platforms and their people are one process, the app another. Each person goes on as "
        "soon as the act before is acknowledged and answered; an act is over when all is sent.",
        "Ours: signature or token checked, mailroom, SQLite on a file with synchronous=FULL, "
        "outbox, delivery, without limits. A tap counts as an update and puts the reminder "
        "again; in Slack it adds a line to its thread, which is a second call. The bare app keeps "
        "nothing and makes one.",
        "Work of the processor in the mix, ours over theirs: "
        + ", ".join(f"{_TITLES[name]} {value:.1f}" for name, value in works.items())
        + ".",
    )
