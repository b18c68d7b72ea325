"""The pieces of an Adaptive Card 1.5: words shown as they were typed, buttons, cards. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from surveys.matching import clean

Element = dict[str, Any]
Card = dict[str, Any]

VERSION = "1.5"
MOST_BYTES = 25_000
"""Teams takes 28 KB; what stands around the card needs some of it."""
MOST_IN_SET = 6
"""Buttons beyond these Teams hides behind three dots."""
_MOST_IN_LINE = 2500
_MARKUP = re.compile(
    r"[*_\[\]\\`~<>&|]|\{\{|^\s*(?:[-+•#]|\d+[.)])(?:\s|$)|https?://", re.IGNORECASE
)
_BRACES = re.compile(r"\{(?=\{)")
_BREAK = re.compile(r"\s+")


def size(value: object) -> int:
    """The bytes of it on its way."""
    return len(_json(value).encode("utf-8", "surrogatepass"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def card(body: Sequence[Element], *, rtl: bool = False, summary: str = "") -> Card:
    """A card of these elements. `summary` stands where cards cannot be shown."""
    found: Card = {"type": "AdaptiveCard", "version": VERSION}
    if rtl:
        found["rtl"] = True
    if summary:
        found["fallbackText"] = summary
    found["body"] = list(body) or [_line("…", {})]
    return found


def lines(text: str, **look: str | bool) -> list[Element]:
    """The text, each line an element of its own: Teams' apps break lines in different ways."""
    found: list[Element] = []
    is_new = True
    for line in clean(text).split("\n"):
        if not line.strip():
            is_new = True
            continue
        for piece in _pieces(line.rstrip()):
            spacing: Mapping[str, str] = {} if is_new else {"spacing": "None"}
            found.append(_line(piece, {**look, **spacing}))
            is_new = False
    return found


def _pieces(line: str) -> list[str]:
    """A line that is longer than any should be, in several."""
    found = []
    while len(line) > _MOST_IN_LINE:
        gaps = [gap.end() for gap in _BREAK.finditer(line, 0, _MOST_IN_LINE)]
        at = gaps[-1] if gaps and gaps[-1] > _MOST_IN_LINE // 2 else _MOST_IN_LINE
        found.append(line[:at].rstrip())
        line = line[at:].lstrip()
    return [piece for piece in [*found, line] if piece.strip()]


def _line(text: str, look: Mapping[str, str | bool]) -> Element:
    """One line. Where it could be read as markup it is a run of rich text, which has none."""
    if not _MARKUP.search(text):
        return {"type": "TextBlock", "text": text, "wrap": True, **look}
    run = {name: look[name] for name in ("color", "isSubtle", "size", "weight") if name in look}
    block: Element = {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": literal(text), **run}],
    }
    if "spacing" in look:
        block["spacing"] = look["spacing"]
    return block


def literal(text: str) -> str:
    """Without what Teams fills in by itself, such as {{DATE(...)}}: the braces are parted."""
    return _BRACES.sub("{\u2060", text)


def press(title: str, verb: str, data: Mapping[str, Any], **more: Any) -> Element:
    """A button that is answered at once; an older app sends the same as a message."""
    named = {"title": literal(title) or "…", "data": dict(data), **more}
    return {
        "type": "Action.Execute",
        "verb": verb,
        **named,
        "fallback": {"type": "Action.Submit", **named},
    }


def link(title: str, url: str) -> Element:
    """A button that leads to a page."""
    return {"type": "Action.OpenUrl", "title": literal(title) or "…", "url": url}


def sets(actions: Sequence[Element]) -> list[Element]:
    """The buttons in rows of which Teams hides none, as even as they can be."""
    rows = -(-len(actions) // MOST_IN_SET)
    if not rows:
        return []
    length, longer = divmod(len(actions), rows)
    found, start = [], 0
    for row in range(rows):
        end = start + length + (row < longer)
        found.append({"type": "ActionSet", "actions": list(actions[start:end])})
        start = end
    return found


def brief(text: str, most: int = 120) -> str:
    """The first line of it, for where only one is shown."""
    first = next((line.strip() for line in clean(text).split("\n") if line.strip()), "")
    return first if len(first) <= most else first[: most - 1].rstrip() + "…"
