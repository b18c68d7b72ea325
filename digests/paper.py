"""A report as a paper: headings, text, tables and pictures. Every format is drawn of this.

All texts are data: each format makes them safe for itself.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from digests.drawings import Drawing
from storage.language import HOME

Tone = Literal["plain", "soft", "remark", "missing", "decide"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `missing`: something that is not there, said plainly; `decide`: what is asked

    of the reader; `remark`: a person's own words; `soft`: sources and notes. `opens`: what it
    leads to, the key of a section of this paper or a whole address (https://...).
    """

    words: str
    tone: Tone = "plain"
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text, each as long as `columns`. `numeric`: places of columns that are figures."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A few numbers at a glance: what, and how much."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, what it says to who cannot see it, and its figures as a table."""

    title: str
    alt: str
    drawing: Drawing
    table: Table


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said, and what came of it. `label`: the kind of reply in words ("We did").

    `opens`: its evidence, the key of a section of this paper or a whole address (https://...).
    """

    said: str
    figure: str
    label: str
    reply: str
    because: str = ""
    details: tuple[str, ...] = ()
    opens: str = ""


Block = Text | Bullets | Table | Facts | Picture | Exchange


@dataclass(frozen=True, slots=True)
class Section:
    """`key` names it for remarks and for a partnership's own Word template."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report. `name`: of its file, without the ending; `dated`: the end of its period.

    `of`: which plans or which survey; `source`: where its figures come from, with their period.
    `is_compact`: it is for a table full of people, on as few sheets as can be read.
    """

    kind: str
    name: str
    title: str
    period: str
    of: str
    dated: date
    sections: tuple[Section, ...]
    opening: tuple[str, ...] = ()
    whose: str = ""
    as_at: str = ""
    source: str = ""
    language: str = HOME
    is_compact: bool = False
    remarks: dict[str, str] = field(default_factory=dict)
