"""Real samples with something changed: letters, pieces, values of JSON, parts of a zip. Pure."""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST = 1_500_000
_MOST_PARTS = 200
_NOT_A_ZIP = (
    *(zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError),
    EOFError,
)

NASTY = (
    *("", " ", "\x00", "\ufeff", "\u202e", "\u2066", "\ud83d", "\U0001f469\u200d\U0001f467"),
    *("=1+1", "@SUM(A1)", "<script>", "{{ 7*7 }}", "{% for", "${", "../../etc/passwd", "C:\\NUL"),
    *("0", "-1", "1e999", "9" * 400, "NaN", "null", "true", "\\ud83d", "\\u0000", "%00", "%s"),
    *("(" * 300, "[" * 300, "<a>" * 100, '"' * 3, "'", "a" * 5000, "é" * 50, "٣", "²", "١/٢/٢٠٢٤"),
    *("\r\n\r\n", "\n.\n", "--", ";", ",", "\t", ":", "&amp;", "&#x110000;", "&#0;", "\x1b[2J"),
)
"""What has broken parsers before."""


class Kind(StrEnum):
    """What is done to a sample."""

    CUT = "cut"
    KEEP = "keep"
    PUT = "put"
    OVER = "over"
    FLIP = "flip"
    DOUBLE = "double"
    NODE = "node"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. `at` and `size` are shares of the whole, so that they fit any sample."""

    kind: Kind
    at: float
    size: float
    piece: str


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The sample with all changes, one after another; never longer than `LONGEST`."""
    for edit in edits:
        data = _EDITS[edit.kind](data, edit)[:LONGEST]
    return data


def _piece(edit: Edit) -> bytes:
    return edit.piece.encode("utf-8", "surrogatepass")


def _span(data: bytes, edit: Edit) -> tuple[int, int]:
    start = int(edit.at * len(data))
    return start, start + 1 + int(edit.size * 40)


def _cut(data: bytes, edit: Edit) -> bytes:
    start, end = _span(data, edit)
    return data[:start] + data[end:]


def _keep(data: bytes, edit: Edit) -> bytes:
    return data[: int(edit.at * len(data))]


def _put(data: bytes, edit: Edit) -> bytes:
    start, _ = _span(data, edit)
    return data[:start] + _piece(edit) + data[start:]


def _over(data: bytes, edit: Edit) -> bytes:
    start, end = _span(data, edit)
    return data[:start] + _piece(edit) + data[end:]


def _flip(data: bytes, edit: Edit) -> bytes:
    start = int(edit.at * len(data))
    if start >= len(data):
        return data
    return data[:start] + bytes([data[start] ^ (1 + int(edit.size * 254))]) + data[start + 1 :]


def _double(data: bytes, edit: Edit) -> bytes:
    start = int(edit.at * len(data))
    end = start + 1 + int(edit.size * len(data))
    return data[:end] + data[start:end] * 3 + data[end:]


def _node(data: bytes, edit: Edit) -> bytes:
    """Something else at one place of a JSON text; of any other text nothing is changed."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return _over(data, edit)
    places = list(_places(found))
    if not places:
        return data
    holder, key = places[min(int(edit.at * len(places)), len(places) - 1)]
    others: tuple[Any, ...] = (
        None,
        [],
        {},
        edit.piece,
        10**30,
        -1,
        1e308,
        True,
        [edit.piece],
        {"id": edit.piece},
    )
    if edit.size > 0.9 and isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = others[int(edit.size / 0.9 * len(others)) % len(others)]
    return json.dumps(found).encode()


def _places(found: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value that something else can stand at."""
    places: list[tuple[Any, Any]] = []
    waiting = [found]
    while waiting:
        one = waiting.pop()
        keys: Sequence[Any] = ()
        if isinstance(one, dict):
            keys = list(one)
        elif isinstance(one, list):
            keys = range(len(one))
        places += [(one, key) for key in keys]
        waiting += [one[key] for key in keys]
    return places


def _part(data: bytes, edit: Edit) -> bytes:
    """One file within a zip changed, so that what is beneath the wrapping is reached."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {one: packed.read(one) for one in packed.namelist()[:_MOST_PARTS]}
    except _NOT_A_ZIP:
        return _flip(data, edit)
    if not parts:
        return data
    name = sorted(parts)[min(int(edit.size * len(parts)), len(parts) - 1)]
    inner = (_over, _cut, _put)[int(edit.at * 1000) % 3]
    parts[name] = inner(parts[name], edit)
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


_EDITS: Mapping[Kind, Callable[[bytes, Edit], bytes]] = {
    Kind.CUT: _cut,
    Kind.KEEP: _keep,
    Kind.PUT: _put,
    Kind.OVER: _over,
    Kind.FLIP: _flip,
    Kind.DOUBLE: _double,
    Kind.NODE: _node,
    Kind.PART: _part,
}
