"""A message as Slack takes it: one post or several, or the person's home. Pure; no SDK."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.messages import Button, Message
from bot.pieces import cut, turned, units
from bot.platforms.slack.blocks import DIVIDER, Block, actions, header, sections, small
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.texts import escaped
from surveys.matching import clean

MOST_BLOCKS = 50
MOST_IN_HOME = 100
MOST_IN_NOTICE = 150
MOST_IN_POST = 9_000
"""All text of one post: Slack refuses more than about 11,000 without saying where it begins."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message of Slack's. `text` is what a notification shows: nobody's words."""

    text: str
    blocks: tuple[Block, ...]

    @property
    def payload(self) -> dict[str, Any]:
        return {"text": self.text, "blocks": list(self.blocks)}


@dataclass(slots=True)
class _Sheet:
    """Groups of blocks that belong together, and how many buttons there are by now."""

    groups: list[list[Block]] = field(default_factory=list)
    buttons: int = 0

    def write(self, text: str) -> None:
        self.groups += [[block] for block in sections(text)]

    def press(self, buttons: Sequence[Button]) -> None:
        """Buttons stay with what stands right above them."""
        rows = actions(buttons, self.buttons)
        self.buttons += len(buttons)
        if self.groups and _fits_one(self.groups[-1] + rows):
            self.groups[-1] += rows
        else:
            self.groups += [[row] for row in rows]


def draw(message: Message, phrases: Phrases) -> tuple[Post, ...]:
    """The message in as many posts as it needs, with nothing cut off; buttons come last."""
    sheet = _opening(message, phrases)
    _closing(sheet, message)
    notice = notice_of(message, phrases)
    return tuple(Post(notice, tuple(blocks)) for blocks in _packed(sheet.groups))


def draw_home(message: Message, phrases: Phrases) -> dict[str, Any]:
    """The view of the home tab. What does not fit is said, and the buttons below it stay."""
    above, below = _opening(message, phrases), _Sheet()
    below.buttons = above.buttons
    _closing(below, message)
    tail = [block for group in below.groups for block in group]
    blocks = [block for group in above.groups for block in group]
    if len(blocks) + len(tail) > MOST_IN_HOME:
        note = small(phrases.more)
        tail = tail[-MOST_BLOCKS:]
        blocks = [*_first(above.groups, MOST_IN_HOME - len(tail) - len(note)), *note]
    return {"type": "home", "blocks": [*blocks, *tail] or sections(phrases.name)}


def notice_of(message: Message, phrases: Phrases) -> str:
    """The line of a notification, which others may see on a screen."""
    return escaped(cut(_in_one_line(message.title), MOST_IN_NOTICE) or phrases.notice)


def _in_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _opening(message: Message, phrases: Phrases) -> _Sheet:
    sheet, text = _Sheet(), turned(message.text, rtl=message.rtl)
    title = _in_one_line(message.title)
    if title and title not in _in_one_line(text.partition("\n")[0]):
        sheet.groups.append([header(title)])
    if message.picture is not None and message.picture.alt:
        sheet.write(f"[{phrases.picture}: {message.picture.alt}]")
    sheet.write(text)
    for part in message.parts:
        if sheet.groups and clean(part.text):
            sheet.groups.append([dict(DIVIDER)])
        sheet.write(turned(part.text, rtl=message.rtl))
        sheet.press(part.buttons)
    return sheet


def _closing(sheet: _Sheet, message: Message) -> None:
    sheet.groups += [[block] for block in small(turned(message.foot, rtl=message.rtl))]
    sheet.press(message.buttons)


def _packed(groups: Sequence[list[Block]]) -> Iterator[list[Block]]:
    """Posts that are as full as they may be; a line that would part nothing is left out."""
    post: list[Block] = []
    length = 0
    for group in groups or [sections("…")]:
        more = sum(map(_length, group))
        if post and (len(post) + len(group) > MOST_BLOCKS or length + more > MOST_IN_POST):
            yield _without_edge(post)
            post, length = [], 0
        if post or group != [DIVIDER]:
            post += group
            length += more
    if post:
        yield post


def _without_edge(post: list[Block]) -> list[Block]:
    return post[:-1] if len(post) > 1 and post[-1] == DIVIDER else post


def _fits_one(blocks: Sequence[Block]) -> bool:
    return len(blocks) <= MOST_BLOCKS and sum(map(_length, blocks)) <= MOST_IN_POST


def _first(groups: Sequence[list[Block]], most: int) -> list[Block]:
    blocks: list[Block] = []
    for group in groups:
        if len(blocks) + len(group) > most:
            break
        blocks += group
    return blocks


def _length(found: object) -> int:
    """All text that stands in a block."""
    if isinstance(found, dict):
        own = found.get("text")
        here = units(own) if isinstance(own, str) else 0
        return here + sum(_length(one) for one in found.values())
    return sum(_length(one) for one in found) if isinstance(found, list) else 0
