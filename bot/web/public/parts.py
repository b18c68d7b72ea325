"""A page that is read from top to bottom: headings, each with what stands under it."""

from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[..., str]
"""A text of the bot's catalogue, by its key, in the language of the page."""


@dataclass(frozen=True, slots=True)
class Table:
    """Two columns with their headings."""

    caption: str
    headings: tuple[str, str]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and what is said under it. A link is an address of ours and its words."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    link: tuple[str, str] | None = None
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """Parts that belong together, under a heading of their own where it is not the page's."""

    parts: tuple[Part, ...]
    title: str = ""
    sentences: tuple[str, ...] = ()
