"""What a poster shows, in the order in which it is read, and what it is printed for."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Protocol

from surveys.help_lines import Named
from surveys.links import Links


class Layout(StrEnum):
    """One A4 poster, four cards on an A4 sheet to cut apart, or an A4 page for a youth worker."""

    POSTER = "poster"
    CARDS = "cards"
    WORKER = "worker"


class HelpLine(Named, Protocol):
    """Where somebody can get help, and between which local times; without times, always."""

    @property
    def opens(self) -> time | None: ...
    @property
    def closes(self) -> time | None: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a poster is printed for: the links that its token makes, the group, the last day.

    `tablet` is the link for a tablet that is passed round, `home` the address of all pages.
    """

    web: str = ""
    telegram: str = ""
    group: str = ""
    until: date | None = None
    tablet: str = ""
    home: str = ""

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
        """A card has one link: the web page, where there is one."""
        web, telegram = links.web_link(token), links.telegram_link(token)
        is_one_enough = layout is not Layout.POSTER and bool(web)
        tablet, home = links.tablet_link(token), links.web
        return cls(web, "" if is_one_enough else telegram, group, until, tablet, home)


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


@dataclass(frozen=True, slots=True)
class TabletPages:
    """What the card has to know of the pages: two buttons, two times."""

    next_person: str
    later: str
    cleared_after_seconds: int
    good_for_days: int


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """What a youth worker has in hand beside the tablet, in one language, in reading order."""

    language: str
    direction: str
    document_title: str
    title: str
    survey: str
    invited_by: str
    way: Way
    start: Panel
    told: Panel
    unseen: Panel
    disclosure: Panel
    lead: str
    emergency: tuple[str, str]
    two_codes: Panel
    help_title: str
    help_lines: tuple[Help, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """Every link that is printed on it."""
        return (self.way.link,)
