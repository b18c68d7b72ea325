"""What a picture shows, before it is drawn: lines, bars, a timeline, a flow."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Wanted = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class Point:
    """One reading; `value` None where it is hidden or not there: the line has a gap."""

    label: str
    on: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A measure over time, with the value it started from and the one that is wanted."""

    points: tuple[Point, ...]
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    wanted: Wanted = "none"


@dataclass(frozen=True, slots=True)
class Bar:
    """`state` is a colour's name of the plan (red, amber, green, blue, grey), or ""."""

    label: str
    value: float
    shown: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A deadline on a timeline. `was`: the date that was promised first, where it moved."""

    label: str
    on: date
    state: str = ""
    was: date | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    starts: date
    ends: date
    today: date
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A station on the way; `shown` is its figure as text, hidden where it is small."""

    label: str
    shown: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """From said to told: stations one after another."""

    steps: tuple[Step, ...]


Drawing = Line | Bars | Timeline | Flow
