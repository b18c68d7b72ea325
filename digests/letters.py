"""Which letters the fonts have that we print with, so that one strange sign stops no document.

Read from the fonts' own tables (`cmap`, formats 4 and 12); nothing of them is run.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache

from surveys.typesetting import font_files

_STEERING = frozenset("\u2066\u2067\u2068\u2069\u200c\u200d")
_INSTEAD = "?"


def printable(text: str) -> str:
    """The text with a question mark for every sign that cannot be printed."""
    return "".join(_printed(sign) for sign in unicodedata.normalize("NFC", text))


def _printed(sign: str) -> str:
    if ord(sign) in _covered() or sign in _STEERING or sign == "\n":
        return sign
    # Marks and signs without a shape leave no gap of their own.
    return "" if unicodedata.category(sign) in ("Mn", "Me", "Cf") else _INSTEAD


@cache
def _covered() -> frozenset[int]:
    """What any of the fonts can show."""
    return frozenset(code for file in font_files() for code in _codes(file.read_bytes()))


def _codes(font: bytes) -> Iterator[int]:
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for place in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * place + 4)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 4:
            yield from _segments(font, start + offset)
        elif kind == 12:
            yield from _groups(font, start + offset)


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * place)
        if tag == name:
            return int(offset)
    raise ValueError("a font without a table of letters")


def _segments(font: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", font, offsets_at)
    for place, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[place]:
                where = offsets_at + 2 * place + offsets[place] + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", font, where)
            if (glyph + deltas[place]) & 0xFFFF and (glyph or not offsets[place]):
                yield code


def _groups(font: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    for place in range(count):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * place)
        yield from range(first, last + 1)
