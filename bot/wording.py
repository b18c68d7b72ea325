"""Turns an intent of the outbox into a message, at the moment it is sent.

Each intent has one function. It gives None where its moment has passed: the question was
answered, the deadline moved, the form was left.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session as Db

from bot.circumstances import Circumstances
from bot.messages import Button, Message
from bot.outgoing.outbox import Claimed
from bot.settings import HelpLine
from storage.calendar import LONDON
from storage.language import Catalogue, direction, long_date, steadied
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
        return self.words.say(key, self.row.language, **params).strip()

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


_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Intent = Callable[[Writing], Message | None]


class Wording:
    """The table of intents; `render` is what delivery calls."""

    def __init__(self, around: Circumstances, intents: dict[str, Intent]) -> None:
        self._around = around
        self._intents = {"say": _say, **intents}
        self._words = Catalogue.load("bot")

    def render(self, db: Db, row: Claimed) -> Message | None:
        """KeyError for an intent that nobody writes: that is our fault, and shows as such."""
        writing = Writing(db, row, self._around, self._words)
        return self._intents[row.intent](writing)


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
