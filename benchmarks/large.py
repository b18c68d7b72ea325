"""A reminder round and a weekly digest over far more than one partnership has."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.filled import fill
from benchmarks.measuring import Ratio, measured, milliseconds, ratio
from benchmarks.report import Finding, Line

ACTIONS = 10_000
REPORTED = 1_000
SURVEYS = 50
ANSWERS = 1_000_000
_BARE = "the same statements, sent by the bare driver"
_BARE_NOTE = (
    "Bare: every statement that ours sent, with its values, sent again through Python's sqlite3 "
    "to a copy of the database as it was before, all rows fetched; what is above it is ours."
)


@dataclass(slots=True)
class Runs:
    """What the children reported, ours and bare, in the order in which they ran."""

    ours: list[dict[str, Any]] = field(default_factory=list)
    bare: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ratio(self) -> Ratio:
        return ratio(_seconds(self.ours), _seconds(self.bare))

    def line(self, what: str) -> Line:
        """Seconds and memory of both."""
        return Line(
            what=what,
            ours=_shown(self.ours),
            against=_BARE,
            theirs=_shown(self.bare),
            ratio=self.ratio.middle,
            spread=self.ratio.spread,
        )


def run_round(folder: Path, *, quick: bool = False) -> Finding:
    """The first round ever, when everything overdue is asked at once, and the next one."""
    actions, times = (100, 1) if quick else (ACTIONS, 5)
    before = folder / "before.db"
    fill(before, actions=actions, answers=0)
    first, following = Runs(), Runs()
    for _ in range(times):
        after = _in_turn(first, "round", before, folder)
        _in_turn(following, "round", after, folder, days_later=3)
    counts, later = first.ours[0], following.ours[0]
    return Finding(
        "round",
        "A reminder round",
        (
            first.line(f"{counts['actions']:,} open actions, {counts['nudges']:,} asked about"),
            following.line(f"The next working day, {later['nudges']:,} asked about"),
        ),
        (_BARE_NOTE,),
    )


def run_digest(folder: Path, *, quick: bool = False) -> Finding:
    """The weekly digest and the scorecard of a partnership that asked very many people."""
    actions, surveys, answers, times = (20, 2, 160, 1) if quick else (REPORTED, SURVEYS, ANSWERS, 3)
    before = folder / "before.db"
    fill(before, actions=actions, answers=answers, surveys=surveys)
    over = f"{actions:,} actions, {surveys:,} surveys, {answers:,} answers"
    weekly, scorecard = Runs(), Runs()
    for _ in range(times):
        _in_turn(weekly, "digest", before, folder)
        _in_turn(scorecard, "scorecard", before, folder)
    return Finding(
        "digest",
        "A weekly digest and a scorecard",
        (weekly.line(f"The weekly digest: {over}"), scorecard.line(f"The scorecard: {over}")),
        (_BARE_NOTE,),
    )


def _in_turn(runs: Runs, name: str, before: Path, folder: Path, *, days_later: int = 0) -> Path:
    """Ours and the bare driver once each, on copies; the copy that ours has changed."""
    statements = folder / "statements"
    ours = _copy(before, folder / f"{name}{days_later}.db")
    runs.ours.append(measured(name, ours, statements, days_later))
    bare = _copy(before, folder / "bare.db")
    runs.bare.append(measured("bare", bare, statements))
    return ours


def _copy(database: Path, to: Path) -> Path:
    for ending in ("-wal", "-shm"):
        to.with_name(to.name + ending).unlink(missing_ok=True)
    return Path(shutil.copyfile(database, to))


def _seconds(runs: Sequence[dict[str, Any]]) -> list[float]:
    return [run["seconds"] for run in runs]


def _shown(runs: Sequence[dict[str, Any]]) -> str:
    most = median(run["most"] for run in runs)
    more = median(run["most"] - run["before"] for run in runs)
    took = milliseconds(median(_seconds(runs)))
    return f"{took}, {most:,.0f} MB at most, {more:,.0f} MB of them for this"
