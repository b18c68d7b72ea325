"""A page of a form as fields of HTML, and what was sent as the values of its fields. Pure.

The names on the page are places ("f0", "f1-day"): what a field is called within is nobody's
business there, and two forms cannot be mixed up.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.forms import Field, FieldKind, Form

MOST_SHOWN = 10
"""More options than that are a list to open, not boxes to read through."""

_DATE = ("day", "month", "year")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
_LOOKS = {
    FieldKind.WORDS: "words",
    FieldKind.TEXT: "text",
    FieldKind.SEVERAL: "checkbox",
    FieldKind.NUMBER: "number",
    FieldKind.DATE: "parts",
    FieldKind.TIME: "time",
    FieldKind.NOTE: "note",
}

One = Callable[[str], str]
Several = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Box:
    """One option to tick, or one of the small fields of a date."""

    id: str
    name: str
    value: str
    label: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """One field as a page shows it. `look` names its drawing; `id` is where an error leads."""

    name: str
    id: str
    look: str
    label: str
    hint: str = ""
    boxes: tuple[Box, ...] = ()
    typed: str = ""
    needed: bool = False
    most: int = 0
    error: str = ""

    @property
    def is_group(self) -> bool:
        """Several boxes with one label above them."""
        return self.look in ("radio", "checkbox", "parts")

    @property
    def may_be_empty(self) -> bool:
        """Whether it is worth saying so: nobody thinks that every box has to be ticked."""
        return not self.needed and self.look not in ("radio", "checkbox", "select")

    @property
    def described_by(self) -> str:
        """The ids of what is said about the field besides its label."""
        said = (("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.name}-{what}" for what, is_there in said if is_there)


def drawn(
    form: Form, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> tuple[Drawn, ...]:
    """The fields of a form, with what they start with or, once it was sent, what was filled in."""
    return tuple(
        _drawn(
            f"f{n}",
            field,
            field.value if values is None else values.get(field.name, ""),
            (errors or {}).get(field.name, ""),
        )
        for n, field in enumerate(form.fields)
    )


def _drawn(name: str, field: Field, value: str, error: str) -> Drawn:
    look = _look(field)
    boxes = _boxes(name, look, field, value)
    return Drawn(
        name=name,
        id=boxes[0].id if boxes and look != "select" else name,
        look=look,
        label=field.label,
        hint=field.hint,
        boxes=boxes,
        typed="" if boxes else value,
        needed=field.needed,
        most=field.most,
        error=error,
    )


def _look(field: Field) -> str:
    if field.kind is FieldKind.ONE:
        return "select" if len(field.options) > MOST_SHOWN else "radio"
    return _LOOKS[field.kind]


def _boxes(name: str, look: str, field: Field, value: str) -> tuple[Box, ...]:
    if look == "parts":
        return _parts(name, value)
    chosen = value.split() if field.kind is FieldKind.SEVERAL else [value]
    return tuple(
        Box(f"{name}-{n}", name, option.value, option.label, option.value in chosen)
        for n, option in enumerate(field.options)
        if look in ("radio", "checkbox", "select")
    )


def _parts(name: str, value: str) -> tuple[Box, ...]:
    """Day, month and year; a date that was refused as it was typed."""
    if value.count("-") == 2:
        year, month, day = value.split("-")
    else:
        day, month, year = (*value.split("/"), "", "", "")[:3]
    shown = {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
    return tuple(Box(f"{name}-{part}", f"{name}-{part}", shown[part], part) for part in _DATE)


# what was sent


def values_of(form: Form, one: One, several: Several) -> dict[str, str]:
    """What was filled in, by the names of the fields; what does not fit as it was typed.

    `one` and `several` give what was sent under a name of the page.
    """
    return {
        field.name: _value(f"f{n}", field, one, several)
        for n, field in enumerate(form.fields)
        if field.kind is not FieldKind.NOTE
    }


def _value(name: str, field: Field, one: One, several: Several) -> str:
    if field.kind is FieldKind.DATE:
        return _date(*(one(f"{name}-{part}").strip() for part in _DATE))
    if field.kind in (FieldKind.ONE, FieldKind.SEVERAL):
        sent = several(name) if field.kind is FieldKind.SEVERAL else (one(name),)
        return " ".join(option.value for option in field.options if option.value in sent)
    typed = one(name).strip()
    return _clock(typed) if field.kind is FieldKind.TIME else typed


def _date(day: str, month: str, year: str) -> str:
    if not (day or month or year):
        return ""
    if all(part.isascii() and part.isdigit() for part in (day, month, year)) and len(year) == 4:
        return f"{year}-{month:0>2}-{day:0>2}"
    return "/".join(part.replace("/", "") for part in (day, month, year))


def _clock(typed: str) -> str:
    found = _CLOCK.fullmatch(typed)
    return f"{found[1]:0>2}:{found[2]}" if found is not None else typed


# what the page itself can see


def problems(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong before anybody is asked, by field: a key below `desk.error`."""
    found = {field.name: _problem(field, values.get(field.name, "")) for field in form.fields}
    return {name: problem for name, problem in found.items() if problem}


def _problem(field: Field, value: str) -> str:
    if field.kind is FieldKind.NOTE:
        return ""
    if not value:
        return _missing(field.kind) if field.needed else ""
    if field.kind is FieldKind.DATE and not _is_date(value):
        return "date"
    if field.kind is FieldKind.TIME and not _is_time(value):
        return "time"
    is_typed = field.kind in (FieldKind.WORDS, FieldKind.TEXT, FieldKind.NUMBER)
    return "long" if is_typed and len(value) > field.most else ""


def _missing(kind: FieldKind) -> str:
    if kind in (FieldKind.ONE, FieldKind.SEVERAL):
        return "choose"
    return "write" if kind in (FieldKind.WORDS, FieldKind.TEXT) else "fill"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    hours, _, minutes = value.partition(":")
    is_clock = len(value) == 5 and hours.isdecimal() and minutes.isdecimal()
    return is_clock and int(hours) < 24 and int(minutes) < 60
