"""Help lines in the reader's language: the well-known ones translated, others as written."""

import re
from typing import Protocol

from storage.language import Catalogue


class Named(Protocol):
    """What is read of a help line."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def note(self) -> str: ...


def name_in(line: Named, language: str) -> str:
    """What the line is called."""
    return known("name", line, language) or line.name


def note_in(line: Named, language: str) -> str:
    """What is said of it."""
    return known("note", line, language) or line.note


def known(part: str, line: Named, language: str) -> str:
    """The part in this language, where it is the one that the settings begin with; else nothing."""
    key = f"help_lines.{part}.{digits(line.number)}"
    words = Catalogue.load("surveys")
    written = " ".join(str(getattr(line, part)).split())
    is_ours = bool(written) and written == words.texts["en"].get(key)
    return words.say(key, language).strip() if is_ours else ""


def digits(number: str) -> str:
    """A number without its gaps."""
    return re.sub(r"\D", "", number)
