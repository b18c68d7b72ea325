"""What the screening finds in texts that stand apart from the lexicon, and what it costs."""

import asyncio
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import mailroom
from benchmarks.measuring import ROOT, milliseconds, ratio
from benchmarks.report import Finding, Line
from surveys.screening import Tier, screen

SETS = ROOT / "tests" / "surveys" / "screening_sets"
_Z = 1.96  # 95 %
_RECALL, _FALSE_ALARMS = 0.95, 0.15
_QUICK = 12  # of so many texts every one is taken where it need only run
_LEVELS = 3
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Judged:
    """A text's place in its set, and what came out."""

    part: str
    category: str
    form: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's interval."""

    some: int
    whole: int

    @property
    def rate(self) -> float:
        return self.some / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.rate
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.rate:.3f} ({low:.2f} to {high:.2f}, of {self.whole})"


def run(folder: Path, *, quick: bool = False) -> Finding:
    """Recall and false alarms per part and slice, for both halves, and the cost per text."""
    lines: list[Line] = []
    notes: list[str] = []
    texts: list[str] = []
    for half in ("train", "test"):
        found = list(_read(SETS / half))[:: _QUICK if quick else 1]
        texts += [text for *_, text in found]
        judged = [Judged(part, cat, form, screen(text).tier) for part, cat, form, text in found]
        lines += _lines(half, judged)
        notes += _notes(half, judged)
    lines.append(asyncio.run(_cost(folder, texts, 6 if quick else 100)))
    return Finding("screening", "Screening", tuple(lines), (*_NOTES, *notes))


_NOTES = (
    "Flagged: red or amber. Test: written by people who did not see the lexicon, and read by "
    "nobody who works on it; only these rates were looked at. Made-up texts: no field claim.",
    "Storing: Mailroom.receive until acknowledged, per answer, all people at once, SQLite on a "
    "file, synchronous=FULL. One answer in eight is in own words and is screened in that time too.",
)


def _read(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    for file in sorted(folder.glob("*.toml")):
        for where, text in _walk(tomllib.loads(file.read_text("utf-8")), ()):
            part, category, form = (*where, "", "")[:_LEVELS]
            yield part, category, form, text


def _walk(part: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _walk(inner, (*where, name))
    else:
        yield from ((where, text) for text in part)


def _share(judged: Sequence[Judged], *tiers: Tier) -> Share:
    return Share(sum(one.tier in tiers for one in judged), len(judged))


def _lines(half: str, judged: Sequence[Judged]) -> Iterator[Line]:
    of = {part: [one for one in judged if one.part == part] for part in _parts(judged)}
    flagged = _share(of["worrying"], Tier.RED, Tier.AMBER)
    yield _recalled(f"{half}: worrying, flagged", flagged)
    urgent = _share(of["immediate"], Tier.RED, Tier.AMBER)
    yield _recalled(f"{half}: immediate, flagged", urgent)
    red = _share(of["immediate"], Tier.RED)
    yield _recalled(f"{half}: immediate, red", red)
    alarms = _share(of["harmless"], Tier.RED, Tier.AMBER, Tier.UNSURE)
    is_met = alarms.rate <= _FALSE_ALARMS
    yield _line(f"{half}: harmless, flagged or unsure", alarms, f"at most {_FALSE_ALARMS}", is_met)


def _recalled(what: str, share: Share) -> Line:
    return _line(what, share, f"at least {_RECALL}", share.rate >= _RECALL)


def _line(what: str, share: Share, aim: str, is_met: bool) -> Line:
    return Line(what, str(share), "wanted", aim, aim=aim, met=is_met)


def _notes(half: str, judged: Sequence[Judged]) -> Iterator[str]:
    """One note for each part: its slices, by category and by form."""
    for part in _parts(judged):
        slices: dict[str, list[Judged]] = defaultdict(list)
        for one in judged:
            if one.part == part:
                slices[one.category].append(one)
                slices[one.form].append(one)
        slices.pop("", None)
        slices.pop("texts", None)
        tiers = (Tier.RED, Tier.AMBER) + ((Tier.UNSURE,) if part == "harmless" else ())
        shown = (f"{name} {_share(ones, *tiers)}" for name, ones in slices.items())
        unsure = _share([one for one in judged if one.part == part], Tier.UNSURE)
        yield f"{half}, {part}, flagged: {'; '.join(shown)}. Unsure: {unsure}."


def _parts(judged: Sequence[Judged]) -> list[str]:
    return sorted({one.part for one in judged})


async def _cost(folder: Path, texts: Sequence[str], people: int) -> Line:
    """Screening a text against storing an answer, in turn; the first round warms both up."""
    ours, theirs = [], []
    with mailroom.opened(folder) as office:
        for _ in range(_ROUNDS):
            ours.append(_seconds_for(texts))
            welcomed = await office.welcome(people)
            answers = sum(len(one.updates) for one in welcomed)
            theirs.append(await mailroom.answer_together(office, welcomed) / answers)
    found = ratio(ours[1:], theirs[1:])
    return Line(
        what="One text, screened",
        ours=milliseconds(min(ours)),
        against="one answer, stored",
        theirs=milliseconds(min(theirs)),
        ratio=found.middle,
        spread=found.spread,
        aim="below 1.0",
        met=found.middle < 1,
    )


def _seconds_for(texts: Sequence[str]) -> float:
    begun = perf_counter()
    for text in texts:
        screen(text)
    return (perf_counter() - begun) / len(texts)
