"""A measure over time: its readings, where it started, and where it is wanted."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from digests.canvas import Canvas, Drawn, breadth, fitted
from digests.drawings import Line, Point
from storage.language import HOME, long_date

Say = Callable[..., str]
T = TypeVar("T")

_TOP, _PLOT, _KEY = 46, 150, 22
_BASE, _GOAL = "7 4", "2 3"


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where the readings stand: the place that there is, and what it is of."""

    line: Line
    left: float
    right: float
    low: float
    high: float
    step: float

    @property
    def bottom(self) -> float:
        return _TOP + _PLOT

    def y(self, value: float) -> float:
        return self.bottom - _PLOT * (value - self.low) / (self.high - self.low)

    def x(self, point: Point) -> float:
        first, last = self.line.points[0].on, self.line.points[-1].on
        if first == last:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * (point.on - first) / (last - first)

    def ticks(self) -> Iterator[float]:
        for number in range(round((self.high - self.low) / self.step) + 1):
            yield self.low + number * self.step


def figure(value: float, unit: str) -> str:
    """A reading as it is written: 12, 12.5, 40%."""
    written = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{written}%" if unit == "%" else written


def draw_line(line: Line, canvas: Canvas, say: Say) -> Drawn:
    """Where nothing may be shown, the picture says so."""
    line = Line(
        tuple(sorted(line.points, key=lambda point: point.on)),
        line.unit,
        line.baseline,
        line.target,
        line.wanted,
    )
    _heading(line, canvas, say)
    if not [value for value in _values(line) if value is not None]:
        canvas.write(0, _TOP + 4, say("drawing.nothing"), ink="soft")
        return canvas.done(_TOP + 14)
    plot = _plot(line, canvas)
    _grid(plot, canvas)
    _wanted(plot, canvas)
    _readings(plot, canvas)
    return canvas.done(_key(plot, canvas, say))


def _heading(line: Line, canvas: Canvas, say: Say) -> None:
    words = say(f"drawing.wanted.{line.wanted}")
    if line.unit and line.unit != "%":
        words = f"{words} {say('drawing.unit', unit=line.unit)}"
    (shown,) = fitted(words, canvas.width)
    canvas.write(0, 14, shown, ink="soft")


def _values(line: Line) -> list[float | None]:
    return [*(point.value for point in line.points), line.baseline, line.target]


def _plot(line: Line, canvas: Canvas) -> _Plot:
    values = [value for value in _values(line) if value is not None]
    low, high, step = scale(min(values), max(values), "%" if line.unit == "%" else "")
    most = max(breadth(figure(value, line.unit)) for value in (low, high, high - step))
    return _Plot(line, most + 18, canvas.width - 30, low, high, step)


def scale(low: float, high: float, unit: str) -> tuple[float, float, float]:
    """The ends of the scale and its step; from nought where that is not far off."""
    if low == high:
        low, high = (min(low, 0), max(high, 0)) if low else (0, 1)
    if 0 <= low <= 2 * (high - low):
        low = 0
    step = _round_step((high - low) / 4)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    if unit == "%" and high <= 100:
        top = min(top, 100) if 100 % step == 0 else top
    return bottom, top, step


def _round_step(rough: float) -> float:
    """The nearest of 1, 2, 5, 10 ... that is not smaller."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough * 0.999)


def _grid(plot: _Plot, canvas: Canvas) -> None:
    for value in plot.ticks():
        y = plot.y(value)
        canvas.stroke([(plot.left - 6, y), (canvas.width, y)], ink="line")
        words = figure(value, plot.line.unit)
        canvas.write(plot.left - 12, y + 4, words, ink="soft", anchor="end", size=12)


def name(point: Point) -> str:
    """What stands below a reading: its label; a date as people write it, in short."""
    if point.label != point.on.isoformat():
        return point.label
    day, month, year = long_date(point.on, HOME).split()
    return f"{day} {month[:3]} {year}"


def _wanted(plot: _Plot, canvas: Canvas) -> None:
    for value, ink, dashes in (
        (plot.line.baseline, "soft", _BASE),
        (plot.line.target, "green", _GOAL),
    ):
        if value is not None:
            y = plot.y(value)
            canvas.stroke([(plot.left - 6, y), (canvas.width, y)], ink=ink, thick=2, dashes=dashes)


def _readings(plot: _Plot, canvas: Canvas) -> None:
    points = plot.line.points
    for is_shown, run in groupby(points, key=lambda point: point.value is not None):
        places = [(plot.x(p), plot.y(p.value)) for p in run if p.value is not None]
        if is_shown and len(places) > 1:
            canvas.stroke(places, ink="accent", thick=2.5)
    for point in points:
        if point.value is None:
            canvas.round(plot.x(point), plot.bottom, 4, ink="card", edge="grey")
        else:
            canvas.round(plot.x(point), plot.y(point.value), 4.5, ink="accent", edge="card")
    shown = [(plot.x(p), p.value) for p in points if p.value is not None]
    for x, value in _apart([(x, figure(value, plot.line.unit), value) for x, value in shown]):
        words = figure(value, plot.line.unit)
        canvas.write(x, _beside(plot, value), words, anchor="middle", bold=True, halo=True)
    for x, words in _apart([(plot.x(p), name(p), name(p)) for p in points]):
        half = breadth(words, 12) / 2
        near = max(min(x, canvas.width - half), half)
        canvas.write(near, plot.bottom + 20, words, anchor="middle", size=12, ink="soft")


def _beside(plot: _Plot, value: float) -> float:
    """Where a figure stands: above its reading, or below where a line would go through it."""
    over, under = plot.y(value) - 10, plot.y(value) + 20
    lines = [plot.y(at) for at in (plot.line.baseline, plot.line.target) if at is not None]
    above, below = (all(not y - 12 < at < y + 3 for at in lines) for y in (over, under))
    return under if below and not above and under <= plot.bottom - 4 else over


def _apart(wanted: list[tuple[float, str, T]]) -> list[tuple[float, T]]:
    """Those that do not stand upon one another; the last always, then from the first on."""
    kept: list[tuple[float, float, T]] = []
    for x, words, thing in [*wanted[-1:], *wanted[:-1]]:
        half = breadth(words) / 2 + 5
        if all(abs(x - other) >= half + its for other, its, _ in kept):
            kept.append((x, half, thing))
    return [(x, thing) for x, _, thing in sorted(kept, key=lambda one: one[0])]


def _key(plot: _Plot, canvas: Canvas, say: Say) -> float:
    """What the lines mean, below the picture."""
    line, y = plot.line, plot.bottom + 46.0
    for value, ink, dashes, name in (
        (line.baseline, "soft", _BASE, "baseline"),
        (line.target, "green", _GOAL, "target"),
    ):
        if value is not None:
            canvas.stroke([(0, y - 4), (30, y - 4)], ink=ink, thick=2, dashes=dashes)
            words = say(f"drawing.{name}", value=figure(value, line.unit))
            canvas.write(38, y, fitted(words, canvas.width - 38)[0])
            y += _KEY
    if any(point.value is None for point in line.points):
        canvas.round(15, y - 4, 4, ink="card", edge="grey")
        canvas.write(38, y, fitted(say("drawing.hidden"), canvas.width - 38)[0])
        y += _KEY
    return y - 10
