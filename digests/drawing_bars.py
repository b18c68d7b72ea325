"""Bars below one another, each with its label above it and its value after it."""

from digests.canvas import Canvas, Drawn, breadth, fitted
from digests.drawings import Bar, Bars
from digests.marks import bar

_LABEL, _BAR, _GAP = 18, 16, 12


def draw_bars(bars: Bars, canvas: Canvas) -> Drawn:
    top = 4.0
    most = max((one.value for one in bars.bars), default=0) or 1
    room = canvas.width - max((breadth(one.shown) for one in bars.bars), default=0) - 16
    for one in bars.bars:
        top = _draw(canvas, one, top, max(room, canvas.width / 3) * max(one.value, 0) / most)
    return canvas.done(top)


def _draw(canvas: Canvas, one: Bar, top: float, width: float) -> float:
    for line in fitted(one.label, canvas.width, lines=2):
        canvas.write(0, top + 13, line)
        top += _LABEL
    if width:
        bar(canvas, one.state, top, width, _BAR)
    canvas.write(width + 6 if width else 0, top + 13, one.shown, bold=True)
    return top + _BAR + _GAP
