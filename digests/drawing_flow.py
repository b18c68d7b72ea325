"""Stations one after another: side by side where there is room, below one another where not."""

from digests.canvas import Canvas, Drawn, breadth, fitted
from digests.drawings import Flow, Step

_NARROWEST, _ARROW, _PAD, _LINE = 112, 26, 10, 17


def draw_flow(flow: Flow, canvas: Canvas) -> Drawn:
    count = len(flow.steps)
    width = (canvas.width - _ARROW * (count - 1)) / max(count, 1)
    if count > 1 and width >= _NARROWEST:
        return _across(flow, canvas, width)
    return _down(flow, canvas)


def _across(flow: Flow, canvas: Canvas, width: float) -> Drawn:
    height = max(_height(step, width) for step in flow.steps)
    for number, step in enumerate(flow.steps):
        left = number * (width + _ARROW)
        _station(canvas, step, left, 1, width, height)
        if number:
            _arrow(canvas, (left - _ARROW + 4, height / 2), (left - 4, height / 2))
    return canvas.done(height + 2)


def _down(flow: Flow, canvas: Canvas) -> Drawn:
    top, width = 1.0, canvas.width
    for number, step in enumerate(flow.steps):
        if number:
            _arrow(canvas, (width / 2, top + 3), (width / 2, top + _ARROW - 4))
            top += _ARROW
        height = _height(step, width)
        _station(canvas, step, 1, top, width - 2, height)
        top += height
    return canvas.done(top + 1)


def _height(step: Step, width: float) -> float:
    shown = len(_shown(step, width)[1])
    lines = len(fitted(step.label, width - 2 * _PAD, lines=3))
    notes = len(fitted(step.note, width - 2 * _PAD, size=12, lines=3)) if step.note else 0
    return _PAD + 6 + 22 * shown + _LINE * (lines + notes) + _PAD


def _shown(step: Step, width: float) -> tuple[float, list[str]]:
    """The figure in large letters; words in its place, such as "fewer than 10", in smaller ones."""
    if breadth(step.shown, 24) <= width - 2 * _PAD:
        return 22, [step.shown]
    return 16, fitted(step.shown, width - 2 * _PAD, size=16, lines=2)


def _station(
    canvas: Canvas, step: Step, left: float, top: float, width: float, height: float
) -> None:
    canvas.box(left, top, width, height, ink="tint", edge="accent")
    size, shown = _shown(step, width)
    y = top + _PAD - 4
    for line in shown:
        y += 22
        canvas.write(left + _PAD, y, line, size=size, bold=True, ink="accent")
    y += 4
    for line in fitted(step.label, width - 2 * _PAD, lines=3):
        y += _LINE
        canvas.write(left + _PAD, y, line)
    for line in fitted(step.note, width - 2 * _PAD, size=12, lines=3) if step.note else ():
        y += _LINE
        canvas.write(left + _PAD, y, line, size=12, ink="soft")


def _arrow(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas.stroke([start, end], ink="accent", thick=2)
    x, y = end
    if start[1] == y:
        canvas.filled([(x + 3, y), (x - 5, y - 5), (x - 5, y + 5)], ink="accent")
    else:
        canvas.filled([(x, y + 3), (x - 5, y - 5), (x + 5, y - 5)], ink="accent")
