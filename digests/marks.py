"""Marks that mean the same on every picture: a shape and a pattern for each colour of the plan."""

from digests.canvas import Canvas

STATES = ("red", "amber", "green", "blue", "grey")
_STEP = 7


def ink_of(state: str) -> str:
    """The colour that a state is drawn in; what has none is drawn in the page's own."""
    return state if state in STATES else "accent"


def mark(canvas: Canvas, state: str, x: float, y: float, half: float = 6) -> None:
    """Red is a square, amber a triangle, green a disc, blue a diamond, grey a ring."""
    ink = ink_of(state)
    corners = _corners(state, x, y, half)
    if corners:
        canvas.filled(corners, ink=ink)
    elif state == "grey":
        canvas.round(x, y, half - 0.8, ink="card", edge=ink)
    else:
        canvas.round(x, y, half, ink=ink)


def ghost(canvas: Canvas, state: str, x: float, y: float, half: float = 5) -> None:
    """The same shape where it stood first: its outline only."""
    ink = ink_of(state)
    corners = _corners(state, x, y, half)
    if corners:
        canvas.filled(corners, ink="card", edge=ink, dashes="2 2")
    else:
        canvas.round(x, y, half, ink="card", edge=ink, dashes="2 2")


def _corners(state: str, x: float, y: float, half: float) -> list[tuple[float, float]]:
    if state == "red":
        side = half * 0.9
        ways = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return [(x + across * side, y + down * side) for across, down in ways]
    if state == "amber":
        return [(x, y - half), (x + half * 1.1, y + half * 0.9), (x - half * 1.1, y + half * 0.9)]
    if state == "blue":
        far = half * 1.2
        return [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
    return []


def bar(canvas: Canvas, state: str, y: float, width: float, height: float) -> None:
    """A bar from the edge on: red and the page's own are plain, each other has its pattern."""
    canvas.box(0, y, width, height, ink=ink_of(state))
    for line in _pattern(state, y, width, height):
        canvas.stroke(line, ink="card", thick=1.6)


def _pattern(state: str, y: float, width: float, height: float) -> list[list[tuple[float, float]]]:
    steps = [_STEP * number for number in range(1, int((width + height) / _STEP) + 1)]
    if state == "amber":
        return [_slope(x, y, width, height) for x in steps]
    if state == "green":
        return [[(x, y), (x, y + height)] for x in steps if x < width]
    if state == "grey":
        return [[(0, y + part), (width, y + part)] for part in (height / 3, height * 2 / 3)]
    if state == "blue":
        return [
            [(x - 3.5, y + part), (x - 1.5, y + part)]
            for x in steps
            if x < width
            for part in (height / 4, height / 2, height * 3 / 4)
        ]
    return []


def _slope(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    """A line that leans, cut where the bar ends."""
    low, high = (x - height, y + height), (x, y)
    if low[0] < 0:
        low = (0, y + x)
    if high[0] > width:
        high = (width, y + x - width)
    return [low, high]
