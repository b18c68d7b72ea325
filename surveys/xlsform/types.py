"""What the `type` column can say, and what to use instead of what we do not ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from surveys.definition import Kind


class Mark(Enum):
    """A row that groups others."""

    BEGIN_GROUP = auto()
    END_GROUP = auto()


@dataclass(frozen=True, slots=True)
class RowType:
    """A type that was understood, and the list of choices it names."""

    what: Kind | Mark
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A type that was not, with the reason and what to do."""

    code: str
    problem: str
    remedy: str


_PLAIN: Mapping[str, Kind | Mark] = {
    "note": Kind.NOTE,
    "text": Kind.TEXT,
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "calculate": Kind.CALCULATE,
    "begin group": Mark.BEGIN_GROUP,
    "end group": Mark.END_GROUP,
}
_SELECT = re.compile(
    r"(?:(?P<one>select[_ ]one(?: from)?|select1)"
    r"|select[_ ]multiple(?: from)?|select all that apply(?: from)?)(?P<list>\s.*)?",
    re.IGNORECASE,
)
_FILES = "No file is ever taken from anyone: it could show or place a child."
_ASK_IN_WORDS = "Ask for it in words with the type 'text'."
_PLACE = "Places are not collected: they could identify a person."
_TRACE = "It could identify the person or the device."
_REPEAT = ("Repeats are not supported.", "Write the questions out one by one.")
_CSV = ("Lists in other files are not read.", "Put the list on the sheet 'choices'.")
_LEAVE_OUT = "Remove the row; the day of each answer is kept anyway."
_MOMENT = "Exact times could identify a person."
_REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("image", "photo", "audio", "video", "file"), (_FILES, _ASK_IN_WORDS)),
    **dict.fromkeys(("background-audio", "barcode"), (_FILES, "Remove the row.")),
    **dict.fromkeys(
        ("geopoint", "geotrace", "geoshape", "start-geopoint"),
        (_PLACE, "Offer areas to choose from with 'select_one'."),
    ),
    **dict.fromkeys(("start", "end", "today", "audit"), (_MOMENT, _LEAVE_OUT)),
    **dict.fromkeys(
        ("deviceid", "imei", "username", "email", "phonenumber", "phone number", "subscriberid"),
        (_TRACE, "Remove the row."),
    ),
    **dict.fromkeys(
        ("time", "datetime"), (_MOMENT, "Use 'date', or offer times of day to choose.")
    ),
    **dict.fromkeys(("begin repeat", "end repeat", "begin loop", "end loop"), _REPEAT),
    **dict.fromkeys(("csv-external", "xml-external", "select one external"), _CSV),
    **dict.fromkeys(("select one from file", "select multiple from file"), _CSV),
    "range": ("Sliders are not supported.", "Use 'select_one' with a scale, or 'integer'."),
    "rank": ("Ranking is not supported.", "Ask which matters most, with 'select_one'."),
    "acknowledge": ("A single tick is not supported.", "Use 'select_one' with yes and no."),
    "trigger": ("A single tick is not supported.", "Use 'select_one' with yes and no."),
    "hidden": ("Hidden values are not supported.", "Use 'calculate'."),
}


def read_type(printed: str) -> RowType | Refusal:
    """Understand a cell of the column `type`."""
    words = " ".join(printed.replace("_", " ").split()).lower()
    if words in _PLAIN:
        return RowType(_PLAIN[words])
    if (refused := _refused(words)) is not None:
        problem, remedy = refused
        return Refusal("type-not-supported", f"'{printed}' is not supported. {problem}", remedy)
    if match := _SELECT.fullmatch(printed.strip()):
        kind = Kind.SELECT_ONE if match["one"] else Kind.SELECT_MULTIPLE
        return _select(kind, (match["list"] or "").split())
    return Refusal(
        "unknown-type",
        f"There is no type '{printed}'.",
        "Use note, text, integer, decimal, date, select_one LIST, select_multiple LIST,"
        " calculate, begin_group or end_group.",
    )


def _refused(words: str) -> tuple[str, str] | None:
    if words in _REFUSED:
        return _REFUSED[words]
    longest = sorted((name for name in _REFUSED if words.startswith(f"{name} ")), key=len)
    return _REFUSED[longest[-1]] if longest else None


def _select(kind: Kind, listed: list[str]) -> RowType | Refusal:
    if not listed:
        return Refusal("no-list", "The list of choices is not named.", f"Write '{kind} LIST'.")
    if listed[-1] in ("or_other", "or_specify_other"):
        return Refusal(
            "or-other",
            f"'{listed[-1]}' is not supported.",
            "Add a choice 'other' and a text question that is relevant when it is chosen.",
        )
    if len(listed) > 1:
        return Refusal(
            "unknown-type",
            f"'{' '.join(listed)}' is more than the name of one list.",
            f"Write '{kind} LIST'; put how it looks into the column 'appearance'.",
        )
    return RowType(kind, listed[0])
