"""A page of a form as every platform that shows forms draws it: a modal, a card, a web page."""

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What is filled in, and how its value is written in `Submitted.values`.

    words: one line. text: several lines. one: the value of an option. several: values joined by
    spaces. number: as typed. date: ISO, 2024-05-31. time: 14:30. note: nothing is filled in; its
    label is read.
    """

    WORDS = "words"
    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several to choose from; `value` has no space in it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `value` is what it starts with, written as it is sent back.

    `most`: the longest text. `name` is unique on the page: at most 64 letters, digits, . _ -.
    """

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    value: str = ""
    needed: bool = False
    most: int = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """A page of a form. `id` comes back in `Submitted.form`: opaque, at most 64 characters.

    `title`: a few words; `text`: what is said above the fields; `send`: the label of its button;
    `place`: how far along it is ("2 of 3"), empty on a form of one page.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    send: str
    text: str = ""
    place: str = ""
    rtl: bool = False
