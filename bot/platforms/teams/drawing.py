"""A message as Teams takes it: one Adaptive Card, or several where one would be too big. Pure.

Cards carry no `refresh`: nobody else sees them. Whoever pressed gets the new card in the answer,
and the message itself is put again in its place.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.messages import Attachment, Button, Message, Part, Picture
from bot.platforms.teams.cards import (
    MOST_BYTES,
    Card,
    Element,
    brief,
    card,
    lines,
    link,
    press,
    sets,
    size,
)
from bot.platforms.teams.marks import OURS, PRESS
from surveys.matching import clean

MOST_IN_LABEL = 60
MOST_IN_TOKEN = 64
_MOST_IN_GROUP = 8_000
_FRAME = 500
_MOST_IN_PICTURE = 12_000
_PICTURES = frozenset(("image/png", "image/jpeg", "image/gif"))


def draw(message: Message) -> tuple[Card, ...]:
    """The message in as few cards as hold it, with nothing cut off; the first has its beginning."""
    summary = summary_of(message)
    pages = _packed(_elements(message), MOST_BYTES - _FRAME - size(summary))
    return tuple(
        card([*page, *_place(number, len(pages))], rtl=message.rtl, summary=summary)
        for number, page in enumerate(pages, 1)
    )


def summary_of(message: Message) -> str:
    """What a notification says: the title, else how the message begins."""
    return brief(message.title or message.text)


def _place(number: int, of: int) -> list[Element]:
    if of == 1:
        return []
    return lines(f"({number}/{of})", isSubtle=True, size="Small")


def _packed(elements: Iterable[Element], most: int) -> list[list[Element]]:
    pages: list[list[Element]] = [[]]
    room = most
    for element in elements:
        needed = size(element) + 1
        if needed > room and pages[-1]:
            pages.append([])
            room = most
        pages[-1].append(element)
        room -= needed
    return pages


def _elements(message: Message) -> Iterator[Element]:
    if message.picture is not None:
        yield from _picture(message.picture)
    yield from lines(message.text)
    for part in message.parts:
        yield from _part(part)
    yield from lines(message.foot, isSubtle=True)
    yield from lines("\n".join(_named(one) for one in message.attachments if not one.link))
    links = [Button(clean(one.name), "", link=one.link) for one in message.attachments if one.link]
    yield from _with_buttons((*message.buttons, *links))


def _part(part: Part) -> Iterator[Element]:
    """A part and its buttons, set off from the others; a very long one in several pieces."""
    items = [*lines(part.text), *_with_buttons(part.buttons)]
    for number, some in enumerate(_packed(items, _MOST_IN_GROUP)):
        if some:
            more = {"separator": True, "spacing": "Medium"} if number == 0 else {}
            yield {"type": "Container", **more, "items": some}


def _with_buttons(buttons: Sequence[Button]) -> Iterator[Element]:
    """Buttons; those with labels too long for a phone stand in the text, their numbers below."""
    if any(len(_label(one)) > MOST_IN_LABEL for one in buttons if not one.command):
        buttons = list(_numbered(buttons))
        yield from lines("\n".join(one.mark for one in buttons if one.mark))
        buttons = [replace(one, mark="") for one in buttons]
    yield from sets([_action(one) for one in buttons])


def _numbered(buttons: Sequence[Button]) -> Iterator[Button]:
    """With the number as the label, and the line that explains it as the mark."""
    number = 0
    for one in buttons:
        if one.command or one.tap_only:
            yield replace(one, mark="")
            continue
        number += 1
        yield replace(one, label=str(number), mark=f"{number}) {_label(one)}")


def _label(button: Button) -> str:
    return " ".join(filter(None, (button.mark, clean(button.label))))


def _action(button: Button) -> Element:
    """ValueError for a token that could not come back: it would be our mistake."""
    if button.link:
        return link(_label(button), button.link)
    if not 0 < len(button.token.encode()) <= MOST_IN_TOKEN:
        raise ValueError("a button's token is empty or too long")
    return press(_label(button), PRESS, {OURS: {"t": button.token}})


def _named(file: Attachment) -> str:
    return f"[{clean(file.name)}]"


def _picture(picture: Picture) -> Iterator[Element]:
    """The picture where it is small enough to go with the card, else its words."""
    words = clean(picture.alt)
    if _is_shown(picture):
        url = f"data:{picture.media_type};base64,{picture.content}"
        yield {"type": "Image", "url": url, "altText": words}
    elif words:
        yield from lines(f"[Picture: {words}]")


def _is_shown(picture: Picture) -> bool:
    if picture.media_type not in _PICTURES or not 0 < len(picture.content) <= _MOST_IN_PICTURE:
        return False
    try:
        base64.b64decode(picture.content, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
