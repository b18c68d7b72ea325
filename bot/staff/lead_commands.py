"""The words that are commands: "/date 1.2 31 May", or the same without the stroke.

Without it they count where nothing else can be meant: alone, or before a ref of theirs.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.access import Who
from bot.replies import Replies
from bot.staff import lead_handing, settings_words, stopping
from storage.plans import Action

PLAIN = frozenset({"actions", "help", "settings", "survey", "stop", "start"})
_ON_ACTION = frozenset({"update", "history", "correct", "snooze", "date", "hand", "help-with"})
_ALSO = {
    "surveys": "survey",
    "handover": "hand",
    "hand-over": "hand",
    "helpwith": "help-with",
    "need-help": "help-with",
}
_TWO_WORDS = 2
_YES = ("correct",)
"""Alone it is a yes to what was read back."""
_REF = re.compile(r"[A-Za-z]{0,3}\d{1,2}\.\d{1,2}[a-z]?")


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `ref` and `rest` are empty where nothing was written behind it."""

    name: str
    ref: str = ""
    rest: str = ""

    @property
    def written(self) -> str:
        """As it could be written again."""
        return " ".join(filter(None, (f"/{self.name}", self.ref, self.rest)))


def read(text: str, own_refs: Callable[[], Collection[str]]) -> Command | None:
    """The command that a text is, if it is one."""
    words = text.strip().split(maxsplit=2)
    slash = text.strip().startswith("/")
    name = words[0].casefold().removeprefix("/") if words else ""
    name = _ALSO.get(name, name)
    if name in PLAIN:
        is_one = slash or len(words) == 1 or name == "settings"
        return Command(name, rest=" ".join(words[1:])) if is_one else None
    if name not in _ON_ACTION:
        return Command("settings", rest=text.strip()) if settings_words.is_setting(text) else None
    ref = words[1].removeprefix("#").rstrip(":,;") if len(words) > 1 else ""
    rest = words[2] if len(words) > _TWO_WORDS else ""
    is_alone = len(words) == 1 and name not in _YES
    is_short = is_alone or (len(words) == _TWO_WORDS and _has_figure(ref))
    if slash or is_short or _REF.fullmatch(ref) or ref in own_refs():
        return Command(name, ref, rest)
    return None


def _has_figure(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def carry_out(replies: Replies, who: Who, command: Command) -> None:
    """A command that is about no action."""
    match command.name:
        case "actions":
            replies.queue("actions", person=who.person_id)
        case "survey":
            replies.queue("surveys", person=who.person_id)
        case "settings":
            settings_words.said(replies, who, command.rest)
        case "help":
            replies.queue("help_staff")
        case _:
            stopping.pressed(replies, who, command.name)


def hand(replies: Replies, who: Who, action: Action, words: str) -> None:
    """ "hand 1.2 to Sam Lee", "hand 1.2 over to sam@council.example"."""
    lead_handing.by_words(replies, who, action, words.strip().removeprefix("over ").strip())
