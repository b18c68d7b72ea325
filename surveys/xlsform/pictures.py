"""How large a picture becomes where it is shown: read from its head, without opening it."""

import struct
from collections.abc import Callable, Mapping

MOST_PIXELS = 20_000_000
"""What an old telephone can still show; a file of a few kilobytes may unfold to much more."""

_NO_FRAME = frozenset({0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xDA)})
_MOST_SEGMENTS = 2_000


def pixels_of(data: bytes, media_type: str) -> int:
    """Width times height; 0 where the head does not say, so that nothing can show it either."""
    try:
        width, height = _HEADS[media_type](data)
    except (struct.error, ValueError, IndexError):
        return 0
    return width * height


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise ValueError("no head")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """The frame may stand behind any number of other segments."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        sign, kind = data[place], data[place + 1]
        if sign != 0xFF:
            raise ValueError("no segment")
        if kind == 0xFF or kind in _ALONE:
            place += 1 if kind == 0xFF else 2
            continue
        if 0xC0 <= kind <= 0xCF and kind not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + max(2, length)
    raise ValueError("no frame")


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return _three(data, 24) + 1, _three(data, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no head")


def _three(data: bytes, place: int) -> int:
    low, high = struct.unpack_from("<HB", data, place)
    return int(low) | int(high) << 16


_HEADS: Mapping[str, Callable[[bytes], tuple[int, int]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
