"""Charts as geometry; `templates/charts.html.j2` draws them as inline SVG.

Widths are per cent of the place there is and heights are pixels, so that letters keep their size
on a narrow screen. Every bar has its value beside it and every series a pattern of its own: colour
is never needed to read one.
"""

from dataclasses import dataclass

from digests.escaping import one_line, shortened
from digests.results_shown import HIDDEN, Section
from surveys.printable import FSI, PDI

PATTERNS = 6
_ROOM = 62
_LABEL, _BAR, _GAP = 20, 16, 6
_LETTERS = 46
_NARROW = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it is, how wide in per cent of the whole, and what stands after it."""

    top: int
    width: float
    value: str
    series: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class BarGroup:
    """A label with the bars that belong to it."""

    label: str
    baseline: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """A whole chart of bars."""

    height: int
    groups: tuple[BarGroup, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar that is a whole scale; its number is the row of the table."""

    left: float
    width: float
    number: int
    shade: int
    has_room: bool

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def bar_chart(section: Section) -> BarChart:
    """Bars below one another, those of one line together."""
    top, groups = 0, []
    for row in section.rows:
        if all(cell.per_cent is None and cell.count != HIDDEN for cell in row.cells):
            continue
        baseline, bars = top + 14, []
        top += _LABEL
        for series, cell in enumerate(row.cells):
            if cell.count:
                width = round((cell.per_cent or 0) * _ROOM / 100, 2)
                after = f"{cell.share or cell.count}"
                if section.series:
                    after += f" {_cut(section.series[series], 20)}"
                bars.append(Bar(top, width, after, series % PATTERNS, cell.count == HIDDEN))
                top += _BAR + 4
        groups.append(BarGroup(_cut(row.label, _LETTERS), baseline, tuple(bars)))
        top += _GAP
    return BarChart(top, tuple(groups))


def stack(section: Section) -> tuple[Piece, ...]:
    """All of a scale as one bar, from its first point to its last."""
    shares = [row.cells[0].per_cent or 0 for row in section.rows]
    whole, left, found = sum(shares) or 1, 0.0, []
    for number, (one, shade) in enumerate(zip(shares, section.shades, strict=True), 1):
        width = round(100 * one / whole, 3)
        if shade >= 0:
            found.append(Piece(round(left, 3), width, number, shade, has_room=width >= _NARROW))
        left += width
    return tuple(found)


def _cut(text: str, most: int) -> str:
    """Cutting takes off the sign that ends what runs from right to left, so it is set anew."""
    return one_line(shortened(text.strip(FSI + PDI), most))
