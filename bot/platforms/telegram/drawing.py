"""A message as Telegram takes it: parts of text, rows of buttons, a picture. Pure; no SDK.

There is no markup: words are data. Telegram counts lengths in UTF-16 units.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.messages import Button, Message, Picture
from bot.numbered import as_list
from bot.pieces import split, turned, units
from surveys.matching import clean

MOST_UNITS = 4096
MOST_IN_CAPTION = 1024
MOST_BUTTONS = 100
MOST_IN_TOKEN = 64
MOST_IN_ROW = 8
MOST_IN_LABEL = 38
_SHORT = 14
_NUMBER = 3
_ROOM = ((MOST_IN_ROW, 3), (7, 3), (6, 4), (5, 5), (4, 7), (3, 10), (2, 16))
"""So many buttons fit beside one another on a phone when no label is longer than this."""
_PHOTOS = frozenset(("image/png", "image/jpeg"))
_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Key:
    """One button as it is drawn."""

    label: str
    token: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Parts of text in their order, and the keyboard below the last.

    With a photo the first part is its caption.
    """

    parts: tuple[str, ...]
    rows: tuple[tuple[Key, ...], ...] = ()
    photo: bytes = b""


def draw(message: Message) -> Drawing:
    """The message within Telegram's limits, with nothing cut off."""
    controls = [one for one in message.buttons if one.command]
    ends = [one for one in message.buttons if one.tap_only and not one.command]
    choices = [one for one in message.buttons if not one.tap_only and not one.command]
    listed, rows = _choices(message, choices, MOST_BUTTONS - len(controls) - len(ends))
    text = "\n\n".join(part for part in (clean(message.text), listed) if part)
    rows += [[_key(one)] for one in ends]
    rows += _spread([_key(one) for one in controls], _fitting([one.label for one in controls]))
    keys = [tuple(reversed(row)) if message.rtl else tuple(row) for row in rows]
    parts, photo = _with_picture(message.picture, text, rtl=message.rtl)
    return Drawing(parts, tuple(keys), photo)


def in_words(message: Message) -> Message:
    """The same message with the words of its picture in place of it."""
    picture = message.picture
    return message if picture is None else replace(message, picture=Picture(picture.alt))


def _with_picture(
    picture: Picture | None, text: str, *, rtl: bool
) -> tuple[tuple[str, ...], bytes]:
    """The picture is seen by some and read by others: its words are always there."""
    if picture is None:
        return split(turned(text, rtl=rtl) or "…", MOST_UNITS), b""
    words = f"[Picture: {clean(picture.alt)}]" if picture.alt else ""
    whole = turned("\n\n".join(part for part in (words, text) if part), rtl=rtl)
    photo = _photo(picture)
    if not photo:
        return split(whole or "…", MOST_UNITS), b""
    if units(whole) <= MOST_IN_CAPTION:
        return (whole,), photo
    alone = turned(words, rtl=rtl)
    if units(alone) <= MOST_IN_CAPTION:
        return (alone, *split(turned(text, rtl=rtl), MOST_UNITS)), photo
    return ("", *split(whole, MOST_UNITS)), photo


def _photo(picture: Picture) -> bytes:
    if picture.media_type not in _PHOTOS or not picture.content:
        return b""
    try:
        content = base64.b64decode(picture.content, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if len(content) <= _MOST_BYTES else b""


def _choices(message: Message, choices: Sequence[Button], most: int) -> tuple[str, list[list[Key]]]:
    """What is listed in the text, and the rows of keys."""
    if len(choices) > most:
        return as_list(replace(message, buttons=tuple(choices))), []
    if any(len(one.label) > MOST_IN_LABEL for one in choices):
        return _numbered(choices)
    keys = [_key(one) for one in choices]
    labels = [key.label for key in keys]
    return "", _spread(keys, _steps(labels) if message.scale else _beside(labels))


def _numbered(choices: Sequence[Button]) -> tuple[str, list[list[Key]]]:
    """Labels too long for a phone: they stand in the text, and their numbers on the keys.

    A tick stands on the key, where it changes; a place in an order, a number too, in the text.
    """
    lines, keys = [], []
    for number, one in enumerate(choices, 1):
        is_place = one.mark[:1].isdigit()
        lines.append(f"{number}) {clean(one.label)}" + (f" [{one.mark}]" if is_place else ""))
        keys.append(_key(replace(one, label=str(number), mark="" if is_place else one.mark)))
    return "\n".join(lines), _spread(keys, _fitting([key.label for key in keys]))


def _beside(labels: Sequence[str]) -> int:
    """Two short answers stand side by side, and so do many short ones; else one below another."""
    is_short = all(len(label) <= _SHORT for label in labels)
    return 2 if is_short and (len(labels) == 2 or len(labels) >= 4) else 1


def _steps(labels: Sequence[str]) -> int:
    """A scale in one row where it fits; longer words of one would mislead in two columns."""
    count, longest = _fitting(labels), max((len(label) for label in labels), default=0)
    return count if count >= len(labels) or longest <= _NUMBER else 1


def _fitting(labels: Sequence[str]) -> int:
    """How many of these fit into one row."""
    longest = max((len(label) for label in labels), default=0)
    return next((count for count, room in _ROOM if longest <= room), 1)


def _spread(keys: Sequence[Key], most: int) -> list[list[Key]]:
    """Rows of at most `most`, as even as they can be."""
    rows = -(-len(keys) // most)
    if not rows:
        return []
    size, longer = divmod(len(keys), rows)
    found, start = [], 0
    for row in range(rows):
        end = start + size + (row < longer)
        found.append(list(keys[start:end]))
        start = end
    return found


def _key(button: Button) -> Key:
    """ValueError for a token that Telegram would refuse: it would be our mistake."""
    if not 0 < len(button.token.encode()) <= MOST_IN_TOKEN:
        raise ValueError("a button's token is empty or too long")
    return Key(_marked(button) or "…", button.token)


def _marked(button: Button) -> str:
    return " ".join(part for part in (button.mark, clean(button.label)) if part)
