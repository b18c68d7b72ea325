"""What a poster shows, in the order in which it is read, and what it is printed for."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Protocol

from surveys.links import Links


class Layout(StrEnum):
    """One A4 poster, or four cards on an A4 sheet to cut apart."""

    POSTER = "poster"
    CARDS = "cards"


class HelpLine(Protocol):
    """Where somebody can get help, and between which local times; without times, always."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def opens(self) -> time | None: ...
    @property
    def closes(self) -> time | None: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a poster is printed for: the links that its token makes, the group, the last day."""

    web: str = ""
    telegram: str = ""
    group: str = ""
    until: date | None = None

    @classmethod
    def of(
        cls,
        links: Links,
        token: str,
        *,
        group: str = "",
        until: date | None = None,
        layout: Layout = Layout.POSTER,
    ) -> "Occasion":
        """A card has room for one link: the web page, where there is one."""
        web, telegram = links.web_link(token), links.telegram_link(token)
        is_one_enough = layout is Layout.CARDS and bool(web)
        return cls(web, "" if is_one_enough else telegram, group, until)


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: the whole link for the code, what is printed of it, and the words around it."""

    link: str
    shown: str
    alt: str
    words: str


@dataclass(frozen=True, slots=True)
class Help:
    """One line of the help panel."""

    name: str
    number: str
    note: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A heading and its sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything that a poster says, in one language, in the order in which it is read."""

    language: str
    direction: str
    document_title: str
    hello: str
    title: str
    invited_by: str
    about: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    how: Panel
    way: Way
    second_way: Way | None
    choice: Panel
    privacy: Panel
    help: Panel
    emergency: tuple[str, str]
    talk: str
    help_lines: tuple[Help, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """Every link that is printed on it."""
        return tuple(way.link for way in (self.way, self.second_way) if way is not None)
