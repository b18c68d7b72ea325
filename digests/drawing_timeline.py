"""Deadlines along the months: each with the shape of its colour, those close together bundled."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digests.canvas import Canvas, Drawn, breadth, fitted
from digests.drawing_line import Say
from digests.drawings import Moment, Timeline
from digests.marks import STATES, ghost, ink_of, mark
from storage.language import long_date

_TOP, _LANE, _MOST_LANES, _KEY = 26, 24, 9, 22
_LABEL = 110
_SPANS = (1, 3, 6, 12)
"""How many months one bundle may hold, the fewest first."""


@dataclass(frozen=True, slots=True)
class _Axis:
    line: Timeline
    width: float
    language: str

    def x(self, day: date) -> float:
        line = self.line
        whole = max((line.ends - line.starts).days, 1)
        near = min(max(day, line.starts), line.ends)
        return 8 + (self.width - 16) * (near - line.starts).days / whole

    def spans(self, months: int) -> Iterator[tuple[date, date]]:
        """The stretches of so many months that lie in the picture: first day, and day after."""
        starts = self.line.starts
        first = starts.replace(day=1, month=(starts.month - 1) // months * months + 1)
        while first <= self.line.ends:
            after = _months_on(first, months)
            yield first, after
            first = after

    def room(self, months: int) -> float:
        """About how wide such a stretch is."""
        return self.width * months * 30.4 / max((self.line.ends - self.line.starts).days, 1)


@dataclass(frozen=True, slots=True)
class _Placed:
    moment: Moment
    lane: int
    words: str
    is_before: bool


@dataclass(frozen=True, slots=True)
class _Bundle:
    """So many deadlines of one colour in one stretch of time."""

    x: float
    lane: int
    state: str
    count: int


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def draw_timeline(line: Timeline, canvas: Canvas, say: Say, language: str) -> Drawn:
    """A mark for each deadline with its label; where they have no room, a mark for each bundle."""
    axis = _Axis(line, canvas.width, language)
    inside = sorted(
        (one for one in line.moments if line.starts <= one.on <= line.ends),
        key=lambda one: (one.on, one.label),
    )
    placed = _placed(inside, axis)
    bundles = () if placed is not None else tuple(_bundles(inside, axis))
    lanes = max((one.lane for one in (*(placed or ()), *bundles)), default=0) + 1
    bottom = _TOP + _LANE * lanes
    _months(axis, canvas, bottom)
    _today(axis, canvas, bottom, say)
    for one in placed or ():
        _draw_one(one, axis, canvas)
    for bundle in bundles:
        _draw_bundle(bundle, canvas)
    return canvas.done(_key(axis, inside, canvas, say, bottom + 58))


def _placed(inside: Sequence[Moment], axis: _Axis) -> list[_Placed] | None:
    """Each in the first lane that has room for it; None where there are too many."""
    ends: list[float] = []
    found = []
    for moment in inside:
        (words,) = fitted(moment.label, _LABEL)
        x, wide = axis.x(moment.on), breadth(words) + 12
        is_before = x + wide > axis.width
        left = min(x - (wide if is_before else 8), axis.x(moment.was or moment.on) - 8)
        lane = next((n for n, end in enumerate(ends) if end <= left), len(ends))
        if lane >= _MOST_LANES:
            return None
        ends[lane : lane + 1] = [max(x + 8, axis.x(moment.was or moment.on) + 8) + 4]
        if not is_before:
            ends[lane] = max(ends[lane], x + wide + 6)
        found.append(_Placed(moment, lane, words, is_before))
    return found


def _bundles(inside: Sequence[Moment], axis: _Axis) -> Iterator[_Bundle]:
    months = next((some for some in _SPANS if axis.room(some) >= 44), _SPANS[-1])
    for first, after in axis.spans(months):
        counts = Counter(one.state for one in inside if first <= one.on < after)
        middle = (axis.x(first) + axis.x(after)) / 2
        for lane, state in enumerate(one for one in (*STATES, "") if counts[one]):
            yield _Bundle(middle, lane, state, counts[state])


def _months(axis: _Axis, canvas: Canvas, bottom: float) -> None:
    months = next((some for some in _SPANS if axis.room(some) >= 40), _SPANS[-1])
    canvas.stroke([(0, bottom), (canvas.width, bottom)])
    for first, after in axis.spans(months):
        x = axis.x(first)
        if first >= axis.line.starts:
            canvas.stroke([(x, _TOP - 8), (x, bottom + 6)], ink="line")
        if months < 12 and axis.x(after) - x >= 30:
            name = long_date(first, axis.language).split()[1]
            canvas.write(x + 4, bottom + 18, _month(name), size=12, ink="soft")
        is_new = first.month == 1 or months == 12 or first <= axis.line.starts
        if is_new and axis.x(after) - x >= 30:
            canvas.write(x + 4, bottom + 34, str(first.year), size=12, ink="soft", bold=True)


def _month(name: str) -> str:
    """Its first three letters; where letters join, the whole name."""
    return name[:3] if name.isascii() else name


def _today(axis: _Axis, canvas: Canvas, bottom: float, say: Say) -> None:
    if not axis.line.starts <= axis.line.today <= axis.line.ends:
        return
    x, words = axis.x(axis.line.today), say("drawing.today")
    canvas.stroke([(x, _TOP - 10), (x, bottom)], ink="ink", thick=1.5, dashes="5 3")
    half = breadth(words, 12) / 2
    near = min(max(x, half), canvas.width - half)
    canvas.write(near, 12, words, size=12, bold=True, anchor="middle")


def _draw_one(one: _Placed, axis: _Axis, canvas: Canvas) -> None:
    moment, y = one.moment, _TOP + _LANE * one.lane + _LANE / 2
    x = axis.x(moment.on)
    if moment.was is not None and moment.was != moment.on:
        before = axis.x(moment.was)
        canvas.stroke([(before, y), (x, y)], ink=ink_of(moment.state), dashes="2 3")
        ghost(canvas, moment.state, before, y)
    mark(canvas, moment.state, x, y)
    if one.is_before:
        canvas.write(x - 11, y + 4.5, one.words, anchor="end")
    else:
        canvas.write(x + 11, y + 4.5, one.words)


def _draw_bundle(bundle: _Bundle, canvas: Canvas) -> None:
    y = _TOP + _LANE * bundle.lane + _LANE / 2
    mark(canvas, bundle.state, bundle.x - 10, y)
    canvas.write(bundle.x + 2, y + 4.5, str(bundle.count), bold=True)


def _key(axis: _Axis, inside: Sequence[Moment], canvas: Canvas, say: Say, y: float) -> float:
    """What the shapes mean, how many moved, and how many lie outside the picture."""
    counts = Counter(one.state for one in inside)
    for state in (one for one in STATES if counts[one]):
        mark(canvas, state, 8, y - 4)
        words = say("drawing.state", colour=say(f"colour.{state}"), meaning=say(f"meaning.{state}"))
        canvas.write(24, y, fitted(words, canvas.width - 24)[0])
        y += _KEY
    moved = sum(one.was is not None and one.was != one.on for one in inside)
    if moved:
        ghost(canvas, "", 8, y - 4)
        canvas.write(24, y, fitted(say("drawing.moved", n=moved), canvas.width - 24)[0])
        y += _KEY
    if outside := len(axis.line.moments) - len(inside):
        canvas.write(0, y, fitted(say("drawing.outside", n=outside), canvas.width)[0], ink="soft")
        y += _KEY
    return y - 12
