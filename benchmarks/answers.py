"""Answers from the platform to the disk, against the same survey in python-telegram-bot."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import mailroom, peers
from benchmarks.mailroom import Office
from benchmarks.measuring import milliseconds, percentile, ratio
from benchmarks.report import Finding, Line
from benchmarks.shares import Shares, where_time_goes
from benchmarks.updates import Respondent, in_turn

OF_PEER = 5.0
OF_FLOOR = 0.5
WARMING = 1
"""The first round pays for imports, the lexicon and compiled statements; it does not count."""


@dataclass(slots=True)
class Rates:
    """Answers in a second, round by round."""

    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    synced: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Contest:
    """One round: the same people, the same answers, four ways."""

    office: Office
    people: list[Respondent]
    pickle: Path

    @property
    def answers(self) -> int:
        return sum(len(one.updates) for one in self.people)

    async def ours(self) -> float:
        before, _ = self.office.counted()
        seconds = await mailroom.answer_together(self.office, self.people)
        assert self.office.counted()[0] - before >= self.answers, "an answer was lost"
        return self.answers / seconds

    async def peer(self, *, sync: bool = False) -> float:
        self.pickle.unlink(missing_ok=True)
        bot = await peers.survey_bot(self.pickle)
        await peers.begin(bot, self.people)
        seconds = sum(await peers.take(bot, in_turn(self.people), sync=sync))
        assert peers.answers_kept(bot) == self.answers, "the peer lost an answer"
        await bot.shutdown()
        return self.answers / seconds

    async def synced(self) -> float:
        return await self.peer(sync=True)

    async def floor(self) -> float:
        bot = await peers.idle_bot()
        seconds = await peers.take_idle(bot, in_turn(self.people))
        await bot.shutdown()
        return self.answers / seconds


def run(folder: Path, *, quick: bool = False) -> Finding:
    """So many rounds of all four, their order turned about in every second one."""
    people, rounds, alone = (6, 1, 2) if quick else (200, 7, 20)
    return asyncio.run(_run(folder, people, rounds, alone))


async def _run(folder: Path, people: int, rounds: int, alone: int) -> Finding:
    with mailroom.opened(folder) as office:
        rates = Rates()
        for number in range(-WARMING, rounds):
            contest = Contest(office, await office.welcome(people), folder / "survey.pickle")
            await _round(contest, rates if number >= 0 else Rates(), turned=number % 2 == 1)
        latency = await _latency(office, folder, alone)
        shares = where_time_goes(office.app.mailroom.take, await office.welcome(people))
    return Finding(
        "answers",
        "Answers to commit",
        (*_lines(rates, people), *latency),
        _notes(shares, _missed(rates)),
    )


async def _round(contest: Contest, rates: Rates, *, turned: bool) -> None:
    runs: list[tuple[Callable[[], Awaitable[float]], list[float]]] = [
        (contest.ours, rates.ours),
        (contest.peer, rates.peer),
        (contest.floor, rates.floor),
        (contest.synced, rates.synced),
    ]
    for run_one, rate in reversed(runs) if turned else runs:
        rate.append(await run_one())


def _lines(rates: Rates, people: int) -> tuple[Line, ...]:
    what = f"Answers kept on disk, {people} people at once"
    ours = f"{median(rates.ours):,.0f} answers/s"

    def line(against: str, theirs: list[float], aim: float | None = None) -> Line:
        found = ratio(rates.ours, theirs)
        return Line(
            what=what,
            ours=ours,
            against=against,
            theirs=f"{median(theirs):,.0f} updates/s",
            ratio=found.middle,
            spread=found.spread,
            aim="" if aim is None else f"at least {aim:g}",
            met=None if aim is None else found.middle >= aim,
        )

    return (
        line("ConversationHandler, PicklePersistence after every update", rates.peer, OF_PEER),
        line("bare Update.de_json and process_update, nothing kept", rates.floor, OF_FLOOR),
        line("as the first, but its file synced to disk each time, as ours is", rates.synced),
    )


def _missed(rates: Rates) -> bool:
    of_peer = ratio(rates.ours, rates.peer).middle
    return of_peer < OF_PEER or ratio(rates.ours, rates.floor).middle < OF_FLOOR


async def _latency(office: Office, folder: Path, alone: int) -> tuple[Line, ...]:
    people = await office.welcome(alone)
    ours = await mailroom.answer_alone(office, people)
    bot = await peers.survey_bot(folder / "alone.pickle")
    await peers.begin(bot, people)
    theirs = await peers.take(bot, in_turn(people), sync=True)
    await bot.shutdown()
    return (
        Line(
            what="One person alone: how long until an answer is on disk",
            ours=_waits(ours),
            against="ConversationHandler, its file synced to disk",
            theirs=_waits(theirs),
        ),
    )


def _waits(waits: list[float]) -> str:
    middle, late = percentile(waits, 0.5), percentile(waits, 0.99)
    return f"half within {milliseconds(middle)}, 99 of 100 within {milliseconds(late)}"


def _notes(shares: Shares, missed: bool) -> tuple[str, ...]:
    return (
        "Ours: Mailroom.receive until acknowledged, SQLite on a file, synchronous=FULL. Each "
        "answer is deduplicated, screened, encrypted, put into the review queue if it is in own "
        "words, and the next question stands in the outbox.",
        "Theirs: one dump for each update, nothing sent, nothing encrypted, screened or "
        "deduplicated, and not synced to disk unless it says so: what favours it was chosen.",
        ("Missed; the time" if missed else "The time")
        + f" of one batch goes to (profiled, so in shares): {shares}.",
    )
