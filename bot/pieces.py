"""A long text in pieces that a platform takes, and lines that run the right way round. Pure.

Lengths are counted in UTF-16 units, as Telegram and Slack count them.
"""

import re

_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"\s"))
_RIGHT_TO_LEFT = "\u200f"


def units(text: str) -> int:
    """How long a platform takes a text to be."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def cut(text: str, most: int) -> str:
    """The text, or its beginning and a sign that there is more."""
    return text if units(text) <= most else f"{_prefix(text, most - 1).rstrip()}…"


def split(text: str, most: int) -> tuple[str, ...]:
    """The text in pieces of at most `most` units.

    Broken between paragraphs where it can be, else between lines, else between words.
    """
    pieces: list[str] = []
    rest = text.strip()
    while units(rest) > most:
        piece = _prefix(rest, most)
        at = _break(piece, rest)
        pieces.append(piece[:at].rstrip())
        rest = rest[at:].lstrip()
    return tuple(piece for piece in [*pieces, rest] if piece)


def turned(text: str, *, rtl: bool) -> str:
    """Lines that begin with a number or a Latin name would else run the wrong way."""
    if not rtl:
        return text
    return "\n".join(
        f"{_RIGHT_TO_LEFT}{line}" if line.strip() else line for line in text.split("\n")
    )


def _prefix(text: str, room: int) -> str:
    """As much of the text as there is room for; no letter is torn apart."""
    piece = text[:room]
    while (over := units(piece) - room) > 0:
        piece = piece[: -((over + 1) // 2)]
    return piece


def _break(piece: str, text: str) -> int:
    """Where to break: late enough that the piece is not left half empty for it."""
    if text[len(piece) : len(piece) + 1].isspace():
        return len(piece)
    for pattern in _BREAKS:
        found = [one.end() for one in pattern.finditer(piece)]
        if found and found[-1] > len(piece) // 2 and piece[: found[-1]].strip():
            return found[-1]
    return len(piece)
