"""Pieces of Block Kit within their limits. Pure; plain JSON, no SDK.

Words are data: they stand in plain text, and only where there is an address to be pressed in
Slack's markup, with everything escaped.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.messages import Button
from bot.pieces import cut, split, units
from bot.platforms.slack.reading import FORM_PRESS, LINK_PRESS, PLAIN_PRESS
from bot.platforms.slack.texts import has_link, linked
from surveys.matching import clean

Block = dict[str, Any]

MOST_IN_SECTION = 3000
MOST_IN_HEADER = 150
MOST_IN_CONTEXT = 2000
MOST_IN_LABEL = 75
MOST_IN_TOKEN = 64
MOST_BUTTONS = 25
_MOST_IN_LINK = 3000
_SURE_TO_FIT = 550  # every sign of it may become five
_EMPTY = "…"


def plain(text: str, most: int) -> Block:
    """A text that is read letter by letter."""
    return {"type": "plain_text", "text": cut(clean(text), most) or _EMPTY, "emoji": False}


def sections(text: str) -> list[Block]:
    """The whole text, in as many pieces as it needs."""
    return [
        {"type": "section", "text": body}
        for piece in split(clean(text), MOST_IN_SECTION)
        for body in _bodies(piece)
    ]


def _bodies(piece: str) -> Iterator[Block]:
    if not has_link(piece):
        yield plain(piece, MOST_IN_SECTION)
        return
    fits = units(linked(piece)) <= MOST_IN_SECTION
    for part in (piece,) if fits else split(piece, _SURE_TO_FIT):
        yield {"type": "mrkdwn", "text": linked(part), "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, MOST_IN_HEADER)}


def small(text: str) -> list[Block]:
    """Words below the rest; a long text is as large as any other."""
    words = clean(text)
    if not words:
        return []
    if units(words) > MOST_IN_CONTEXT or has_link(words):
        return sections(words)
    return [{"type": "context", "elements": [plain(words, MOST_IN_CONTEXT)]}]


DIVIDER: Block = {"type": "divider"}


def actions(buttons: Sequence[Button], start: int) -> list[Block]:
    """Buttons in their order, the first with this number; long labels are listed above them."""
    if not buttons:
        return []
    is_long = any(units(_label(one)) > MOST_IN_LABEL for one in buttons)
    listed = "\n".join(f"{n}. {_label(one)}" for n, one in enumerate(buttons, 1))
    drawn = [
        _button(one, start + place, str(place + 1) if is_long else "")
        for place, one in enumerate(buttons)
    ]
    rows = [drawn[at : at + MOST_BUTTONS] for at in range(0, len(drawn), MOST_BUTTONS)]
    found: list[Block] = [{"type": "actions", "elements": row} for row in rows]
    return [*(sections(listed) if is_long else []), *found]


def _label(button: Button) -> str:
    return " ".join(part for part in (button.mark, clean(button.label)) if part)


def _button(button: Button, number: int, short: str) -> Block:
    """ValueError for a token or link that Slack would refuse: it would be our mistake."""
    kind = LINK_PRESS if button.link else FORM_PRESS if button.form else PLAIN_PRESS
    drawn: Block = {
        "type": "button",
        "action_id": f"{kind}:{number}",
        "text": plain(short or _label(button), MOST_IN_LABEL),
    }
    if short:
        drawn["accessibility_label"] = plain(_label(button), MOST_IN_LABEL)["text"]
    if button.link:
        if not 0 < len(button.link) <= _MOST_IN_LINK:
            raise ValueError("a button's link is too long")
        return drawn | {"url": button.link}
    if not 0 < len(button.token.encode()) <= MOST_IN_TOKEN:
        raise ValueError("a button's token is empty or too long")
    return drawn | {"value": button.token}
