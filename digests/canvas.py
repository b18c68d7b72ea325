"""What pictures are drawn on: shapes as SVG, and labels beside them, at a width in pixels.

Labels are kept apart from shapes, so that a PDF can set them in its own fonts and shape Arabic.
Every mark carries the colours of a light page as attributes; a page's own style goes before them.
From right to left the whole picture is turned round, and its letters are not.
"""

import unicodedata
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from digests.escaping import one_line, shortened
from surveys.printable import plain

Anchor = Literal["start", "middle", "end"]

_TURNED: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}
_NARROW = frozenset("iljtfrI.,:;'|!()[] ")
_WIDE = frozenset("mwMW%@")

INK = {
    "ink": "#1d2733",
    "soft": "#4a5766",
    "line": "#d9d6cc",
    "axis": "#6b7683",
    "accent": "#0b5160",
    "card": "#ffffff",
    "tint": "#e6f1f2",
    "red": "#a3161f",
    "amber": "#8a4b00",
    "green": "#1d6b35",
    "blue": "#1b4f9c",
    "grey": "#55606c",
}
"""The colours of a light page, by the names that its style uses."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; `y` is the line that they stand on. `halo`: what they cross stays clear."""

    x: float
    y: float
    words: str
    ink: str
    anchor: Anchor
    size: float
    bold: bool
    halo: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that is ready: for a page as one SVG, for a PDF as shapes and labels."""

    width: float
    height: float
    shapes: str
    labels: tuple[Label, ...]


@dataclass(slots=True)
class Canvas:
    """Takes the marks one by one; `done` gives the picture."""

    width: float
    is_turned: bool = False
    _marks: list[str] = field(default_factory=list)
    _labels: list[Label] = field(default_factory=list)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        *,
        ink: str = "ink",
        anchor: Anchor = "start",
        size: float = 13,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        if self.is_turned:
            x, anchor = self.width - x, _TURNED[anchor]
        self._labels.append(Label(_short(x), _short(y), words, ink, anchor, size, bold, halo))

    def stroke(
        self,
        points: list[tuple[float, float]],
        *,
        ink: str = "axis",
        thick: float = 1,
        dashes: str = "",
    ) -> None:
        """A line through the points."""
        path = " ".join(f"{_n(self._across(x))},{_n(y)}" for x, y in points)
        self._mark(
            "polyline",
            points=path,
            fill="none",
            stroke=INK[ink],
            stroke_width=_n(thick),
            stroke_dasharray=dashes,
            stroke_linejoin="round",
            cls=f"s-{ink}",
        )

    def filled(
        self,
        points: list[tuple[float, float]],
        *,
        ink: str,
        edge: str = "",
        dashes: str = "",
    ) -> None:
        """A shape with corners. `edge`: the colour of its outline."""
        path = " ".join(f"{_n(self._across(x))},{_n(y)}" for x, y in points)
        self._mark("polygon", points=path, stroke_dasharray=dashes, **_paint(ink, edge))

    def round(
        self, x: float, y: float, radius: float, *, ink: str, edge: str = "", dashes: str = ""
    ) -> None:
        self._mark(
            "circle",
            cx=_n(self._across(x)),
            cy=_n(y),
            r=_n(radius),
            stroke_dasharray=dashes,
            **_paint(ink, edge),
        )

    def box(
        self, x: float, y: float, width: float, height: float, *, ink: str, edge: str = ""
    ) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.filled(corners, ink=ink, edge=edge)

    def _across(self, x: float) -> float:
        return self.width - x if self.is_turned else x

    def _mark(self, name: str, **attributes: str) -> None:
        written = "".join(
            f' {"class" if key == "cls" else key.replace("_", "-")}="{value}"'
            for key, value in attributes.items()
            if value
        )
        self._marks.append(f"<{name}{written}/>")

    def done(self, height: float) -> Drawn:
        return Drawn(self.width, round(height), "".join(self._marks), tuple(self._labels))


def _paint(ink: str, edge: str) -> dict[str, str]:
    paint = {"fill": INK[ink], "cls": f"f-{ink}"}
    if edge:
        paint |= {"stroke": INK[edge], "stroke_width": "1.5", "cls": f"f-{ink} s-{edge}"}
    return paint


def shapes_svg(drawn: Drawn) -> str:
    """The shapes alone, as a file that stands by itself."""
    return _svg(drawn, f'xmlns="http://www.w3.org/2000/svg" width="{_n(drawn.width)}"', "")


def page_svg(drawn: Drawn, alt: str, kind: str = "") -> str:
    """The whole picture for a page; `alt` is what it says to who cannot see it."""
    texts = "".join(_text(label) for label in drawn.labels)
    attributes = (
        f'class="drawing {kind}" role="img" aria-label="{escape(one_line(alt))}" '
        f'focusable="false" direction="ltr" width="{_n(drawn.width)}"'
    )
    return _svg(drawn, attributes.replace(' "', '"'), texts)


def _svg(drawn: Drawn, attributes: str, texts: str) -> str:
    width, height = _n(drawn.width), _n(drawn.height)
    box = f'height="{height}" viewBox="0 0 {width} {height}"'
    return f"<svg {attributes} {box}>{drawn.shapes}{texts}</svg>"


def _text(label: Label) -> str:
    weight = ' font-weight="700"' if label.bold else ""
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    place = f'x="{_n(label.x)}" y="{_n(label.y)}" font-size="{_n(label.size)}"'
    paint = f'fill="{INK[label.ink]}" class="f-{label.ink}"'
    if label.halo:
        paint = (
            f'fill="{INK[label.ink]}" stroke="{INK["card"]}" stroke-width="4" '
            f'stroke-linejoin="round" paint-order="stroke" class="f-{label.ink} s-card"'
        )
    return f"<text {place}{anchor}{weight} {paint}>{escape(label.words, quote=False)}</text>"


def breadth(words: str, size: float = 13) -> float:
    """About how wide the words are; rather a little too wide than too narrow."""
    return size * sum(map(_em, words))


def _em(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0
    if sign in _NARROW:
        return 0.33
    if sign in _WIDE or unicodedata.east_asian_width(sign) in ("W", "F"):
        return 0.95
    return 0.68 if sign.isupper() else 0.56


def fitted(words: str, width: float, *, size: float = 13, lines: int = 1) -> list[str]:
    """The words in at most so many lines of that width; what is too long ends with dots."""
    found, rest = [""], plain(one_line(words)).split(" ")
    for number, word in enumerate(rest):
        longer = f"{found[-1]} {word}".strip()
        if not found[-1] or breadth(longer, size) <= width:
            found[-1] = longer
        elif len(found) < lines:
            found.append(word)
        else:
            found[-1] = " ".join([found[-1], *rest[number:]])
            break
    return [_cut(line, width, size) for line in found]


def _cut(line: str, width: float, size: float) -> str:
    if breadth(line, size) <= width:
        return line
    most = len(line)
    while most > 1 and breadth(shortened(line, most), size) > width:
        most -= max(1, most // 16)
    return shortened(line, most)


def _short(number: float) -> float:
    return round(number, 1)


def _n(number: float) -> str:
    """A number as short as it can be, the same on every machine."""
    return f"{number:.1f}".removesuffix(".0")
