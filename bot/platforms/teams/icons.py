"""The two icons of the app's package, drawn here: a loop with a word in it. Pure.

Teams wants one of 192 by 192 in full colour, and a white outline of 32 by 32 on nothing.
"""

import math
import struct
import zlib
from collections.abc import Callable

GREEN = (0x1D, 0x70, 0x5C)
WHITE = (255, 255, 255)
COLOUR_SIZE, OUTLINE_SIZE = 192, 32
_RING, _WIDTH = 0.30, 0.055
_DOTS = ((-0.13, 0.0), (0.0, 0.0), (0.13, 0.0))
_DOT = 0.042
_TAIL = (-0.27, 0.36)

Shade = Callable[[float], tuple[int, int, int, int]]
"""The colour of a pixel, of which this share is drawn on."""


def colour() -> bytes:
    """White on green, to the edges: Teams rounds the corners itself."""
    return _png(COLOUR_SIZE, lambda share: (*_mixed(share), 255))


def outline() -> bytes:
    """White on nothing."""
    return _png(OUTLINE_SIZE, lambda share: (*WHITE, round(255 * share)))


def _mixed(share: float) -> tuple[int, int, int]:
    red, green, blue = (
        round(under + (over - under) * share) for under, over in zip(GREEN, WHITE, strict=True)
    )
    return red, green, blue


def _share(x: float, y: float, pixel: float) -> float:
    """How much of a pixel is inside the drawing; the picture is one wide, its middle at nought."""
    ring = abs(math.hypot(x, y) - _RING) - _WIDTH / 2
    dots = min(math.hypot(x - left, y - top) for left, top in _DOTS) - _DOT
    tail = _from_line(x, y, (-0.19, 0.25), _TAIL) - _WIDTH / 2
    return min(max(0.5 - min(ring, dots, tail) / pixel, 0.0), 1.0)


def _from_line(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """How far a point is from a line."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length
    share = min(max(share, 0.0), 1.0)
    return math.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])


def _png(size: int, shade: Shade) -> bytes:
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            x, y = (column + 0.5) / size - 0.5, (row + 0.5) / size - 0.5
            rows += bytes(shade(_share(x, y, 1 / size)))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
