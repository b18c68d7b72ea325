"""Turns an intent of the outbox into a message, at the moment it is sent.

Each intent has one function. It gives None where its moment has passed: the question was
answered, the deadline moved, the form was left.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session as Db

from bot.circumstances import Circumstances
from bot.messages import SLACK, Button, Message
from bot.outgoing.outbox import Claimed
from bot.settings import HelpLine
from storage.calendar import LONDON
from storage.language import Catalogue, direction, long_date, steadied
from storage.people import Person
from surveys.help_lines import name_in, note_in


@dataclass(frozen=True, slots=True)
class Writing:
    """What a rendering function works with."""

    db: Db
    row: Claimed
    around: Circumstances
    words: Catalogue

    def say(self, key: str, **params: Any) -> str:
        params.setdefault("status_words", _Named(self, "status"))
        params.setdefault("step_words", _Named(self, "step"))
        text = self.words.say(key, self.row.language, **params).strip()
        is_shared = key.partition(".")[0] in _SHARED
        return on_slack(text) if is_shared and self.row.to.platform == SLACK else text

    def hour(self, instant: datetime) -> str:
        """Local time and date, for clocks."""
        local = instant.astimezone(LONDON)
        return f"{local:%H:%M}, {long_date(local.date(), self.row.language)}"

    def message(self, text: str, *buttons: Button) -> Message:
        return Message(self.steadied(text), buttons, rtl=direction(self.row.language) == "rtl")

    def steadied(self, text: str) -> str:
        """Numbers and commands keep their place in a text that runs from right to left."""
        return steadied(text, self.row.language)

    def param(self, name: str) -> Any:
        return self.row.params.get(name)

    def help_lines(self) -> str:
        """Those that are open now, one a line."""
        lines = (line for line in self.around.settings.help_lines if line.is_open(self.around.now))
        return "\n".join(_help_line(line, self.row.language) for line in lines)


@dataclass(frozen=True, slots=True)
class _Named:
    """Words for a stored code, looked up only where a text uses them."""

    writing: Writing
    table: str

    def __getitem__(self, code: str) -> str:
        return self.writing.say(f"{self.table}.{code}")


_SHARED = frozenset({"stale", "ask", "survey", "young"})
"""Texts in which commands stand with a stroke, since most of their readers write them so."""
_STROKE = re.compile(r"(?<![\w/:])/(?=(?:help|keep|delete|replies|back|skip|language)\b)")


def on_slack(text: str) -> str:
    """With commands as Slack takes them: it sends "/help" to nobody, and "/loop help" to us."""
    return _STROKE.sub("/loop ", text)


_FOR_ANYBODY = frozenset({"say", "stranger", "code_unknown"})
"""What is answered to somebody unknown, who may have worked with us before; it tells nothing."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Intent = Callable[[Writing], Message | None]


class Wording:
    """The table of intents; `render` is what delivery calls."""

    def __init__(self, around: Circumstances, intents: dict[str, Intent]) -> None:
        self._around = around
        self._intents = {"say": _say, **intents}
        self._words = Catalogue.load("bot")

    def render(self, db: Db, row: Claimed) -> Message | None:
        """KeyError for an intent that nobody writes: that is our fault, and shows as such.

        None for whoever does not work with us any more, whatever waited for them.
        """
        if row.to.is_staffed and row.person_id is not None and row.intent not in _FOR_ANYBODY:
            person = db.get(Person, row.person_id)
            if person is None or not person.active:
                return None
        message = self._intents[row.intent](Writing(db, row, self._around, self._words))
        return None if message is None else _placed(message, row.params)


def _placed(message: Message, params: Mapping[str, Any]) -> Message:
    """In place of another message, or in its thread, where the intent says so."""
    return replace(
        message,
        replaces=params.get("at") or message.replaces,
        follows=params.get("follows") or message.follows,
    )


def _say(writing: Writing) -> Message:
    words = {name: _dated(value) for name, value in (writing.param("words") or {}).items()}
    return writing.message(writing.say(writing.param("wording"), **words))


def _dated(value: Any) -> Any:
    """A date that went through the outbox as text is a date again."""
    is_date = isinstance(value, str) and _ISO_DATE.fullmatch(value)
    return date.fromisoformat(value) if is_date else value


def _help_line(line: HelpLine, language: str) -> str:
    note = note_in(line, language)
    return f"- {name_in(line, language)}: {line.number}" + (f" ({note})" if note else "")
