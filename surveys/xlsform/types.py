"""What the `type` column can say, and what to use instead of what we do not ask for."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from surveys.definition import Kind


class Mark(Enum):
    """A row that groups others, or that only names a file."""

    BEGIN_GROUP = auto()
    END_GROUP = auto()
    BEGIN_REPEAT = auto()
    END_REPEAT = auto()
    CSV_FILE = auto()


@dataclass(frozen=True, slots=True)
class RowType:
    """A type that was understood, with the list of choices or the file that it names."""

    what: Kind | Mark
    choices: str = ""
    file: str = ""
    or_other: bool = False


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
    "range": Kind.RANGE,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "datetime": Kind.DATE_TIME,
    "date time": Kind.DATE_TIME,
    "acknowledge": Kind.ACKNOWLEDGE,
    "trigger": Kind.ACKNOWLEDGE,
    "calculate": Kind.CALCULATE,
    "hidden": Kind.HIDDEN,
    "today": Kind.TODAY,
    "csv-external": Mark.CSV_FILE,
    "begin group": Mark.BEGIN_GROUP,
    "end group": Mark.END_GROUP,
    "begin repeat": Mark.BEGIN_REPEAT,
    "end repeat": Mark.END_REPEAT,
}
TYPES = (
    "note, text, integer, decimal, range, date, time, dateTime, select_one LIST,"
    " select_multiple LIST, rank LIST, select_one_from_file FILE.csv,"
    " select_multiple_from_file FILE.csv, acknowledge, calculate, hidden, today,"
    " begin_group or end_group"
)
_ONE, _MANY = "select_one LIST", "select_multiple LIST"
_MEANT: Mapping[str, str] = {
    **{name.lower(): name for name in ("note", "text", "integer", "decimal", "range", "calculate")},
    **dict.fromkeys(("number", "numeric", "whole number"), "integer"),
    **dict.fromkeys(("free text", "open", "open question", "string", "paragraph"), "text"),
    **dict.fromkeys(("select one", "single choice", "dropdown", "radio", "yes/no", "likert"), _ONE),
    **dict.fromkeys(("select multiple", "checkbox", "checkboxes", "tick all"), _MANY),
    "multiple choice": f"{_ONE}' (one answer) or '{_MANY}",
    "ranking": "rank LIST",
    "slider": "range",
    "section": "begin_group",
}
_OLD_WORDS = re.compile(r"(?:add (.+) prompt|q (.+))")
_SELECT = re.compile(
    r"(?:(?P<one>select one(?: from)?|select1|add select one prompt using)"
    r"|(?P<many>select multiple(?: from)?|select all that apply(?: from)?"
    r"|add select multiple prompt using)"
    r"|(?P<rank>rank))(?P<list> .*)?"
)
_FROM_FILE = re.compile(r"select (?P<how>one|multiple) from file(?P<file> .*)?")
_OTHER = ("or_other", "or other", "or specify other", "or_specify_other")

_FILES = "No file is ever taken from anyone: it could show or place a child."
_ASK_IN_WORDS = "Ask for it in words with the type 'text'."
_PLACE = "Places are not collected: they could identify a person."
_TRACE = "It could identify the person or the device."
_MOMENT = "Exact times could identify a person."
_LEAVE_OUT = (
    "Remove the row (in KoboToolbox: Layout & Settings, Metadata); the day of each answer is kept"
    " anyway, and 'today' may be used."
)
_LISTS = ("The list is on a sheet or in a file of another kind.", "Use 'select_one_from_file'")
_REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("image", "photo", "audio", "video", "file", "osm"), (_FILES, _ASK_IN_WORDS)),
    **dict.fromkeys(("background-audio", "barcode"), (_FILES, "Remove the row.")),
    **dict.fromkeys(
        (
            "geopoint",
            "geotrace",
            "geoshape",
            "start-geopoint",
            "background-geopoint",
            "gps",
            "location",
        ),
        (_PLACE, "Offer areas to choose from with 'select_one'."),
    ),
    **dict.fromkeys(("start", "end", "audit", "start time", "end time"), (_MOMENT, _LEAVE_OUT)),
    **dict.fromkeys(
        (
            "deviceid",
            "device id",
            "imei",
            "username",
            "email",
            "phonenumber",
            "phone number",
            "subscriberid",
            "subscriber id",
            "simserial",
            "sim id",
        ),
        (_TRACE, "Remove the row (in KoboToolbox: Layout & Settings, Metadata)."),
    ),
    **dict.fromkeys(
        ("begin loop", "end loop", "begin looped group", "begin lgroup"),
        ("Loops are not supported.", "Write one group for each, one after the other."),
    ),
    **dict.fromkeys(
        ("select one external", "cascading select"),
        (
            _LISTS[0],
            f"{_LISTS[1]} FILE.csv with a 'choice_filter', or put the list on the sheet 'choices'.",
        ),
    ),
    "xml-external": (_LISTS[0], "Save the list as a CSV file and use 'csv-external'."),
    "begin score": (
        "Kobo's rating tables are not read.",
        "Write each row as a 'select_one' with the same list, in a group with the appearance"
        " 'field-list'.",
    ),
    "begin kobomatrix": (
        "Kobo's question tables are not read.",
        "Write each cell as a question of its own, in a group for each row.",
    ),
    "begin rank": ("Kobo's own ranking is not read.", "Use 'rank LIST'."),
    "percentage": (
        "It is an old word.",
        "Use 'integer' with the constraint '. >= 0 and . <= 100', or 'range'.",
    ),
}
_REFUSED_ENDS = ("end score", "end kobomatrix", "end rank", "score row", "rank level")


def read_type(printed: str) -> RowType | Refusal:
    """Understand a cell of the column `type`."""
    cell = " ".join(printed.split())
    words = _spaced(cell.lower())
    plain = words
    if match := _OLD_WORDS.fullmatch(words):
        plain = (match[1] or match[2]).strip()
    if plain in _PLAIN:
        return _as_printed(RowType(_PLAIN[plain]), cell, words)
    if (refused := _refused(plain)) is not None:
        problem, remedy = refused
        return Refusal("type-not-supported", f"'{printed}' is not supported. {problem}", remedy)
    if match := _FROM_FILE.fullmatch(words):
        return _from_file(cell, match)
    if match := _SELECT.fullmatch(words):
        return _select(cell, match)
    return Refusal("unknown-type", f"There is no type '{printed}'.", _what_instead(words))


def _what_instead(words: str) -> str:
    """The type that was most likely meant, else all there are."""
    if "type" in words.split():
        return "If this is a second row of headings, remove it: they stand in row 1 only."
    near = difflib.get_close_matches(words.partition(":")[0], _MEANT, n=1, cutoff=0.8)
    return f"Did you mean '{_MEANT[near[0]]}'?" if near else f"Use {TYPES}."


def _spaced(cell: str) -> str:
    """Underscores of the command as spaces; a list's name keeps its own."""
    command, space, rest = cell.partition(" ")
    return command.replace("_", " ") + space + rest


def _as_printed(found: RowType, cell: str, words: str) -> RowType | Refusal:
    """Other readers of forms tell capitals apart, so a `Text` that we take would not open there."""
    if cell == cell.lower() or cell == "dateTime":
        return found
    right = "dateTime" if found.what is Kind.DATE_TIME else words.replace(" ", "_")
    return Refusal(
        "type-spelling",
        f"'{cell}' is written with capitals; other readers of forms do not know it so.",
        f"Write '{right}'.",
    )


def _refused(words: str) -> tuple[str, str] | None:
    if words in _REFUSED:
        return _REFUSED[words]
    if words in _REFUSED_ENDS:
        return "It belongs to a table of Kobo's.", "Remove the row."
    longest = sorted((name for name in _REFUSED if words.startswith(f"{name} ")), key=len)
    return _REFUSED[longest[-1]] if longest else None


def _from_file(cell: str, match: re.Match[str]) -> RowType | Refusal:
    kind = Kind.SELECT_ONE if match["how"] == "one" else Kind.SELECT_MULTIPLE
    name = cell[match.start("file") :].strip() if match["file"] else ""
    stem, _, suffix = name.rpartition(".")
    if not name:
        return Refusal("no-list", "The file is not named.", f"Write '{kind}_from_file FILE.csv'.")
    if suffix.lower() in ("xml", "geojson"):
        return Refusal(
            "type-not-supported",
            f"Lists in .{suffix} files are not read.",
            "Save the list as a CSV file with the columns name and label.",
        )
    if suffix != "csv" or not stem:
        return Refusal(
            "no-list",
            f"'{name}' is not the name of a CSV file.",
            f"Write '{kind}_from_file FILE.csv', and put the file beside the form.",
        )
    return RowType(kind, stem, name)


def _select(cell: str, match: re.Match[str]) -> RowType | Refusal:
    kind = Kind.SELECT_ONE if match["one"] else Kind.RANK if match["rank"] else Kind.SELECT_MULTIPLE
    command = cell[: len(match[0]) - len(match["list"] or "")]
    listed = cell[len(command) :].strip()
    if not listed:
        return Refusal("no-list", "The list of choices is not named.", f"Write '{kind} LIST'.")
    if command != command.lower():
        return Refusal(
            "type-spelling",
            f"'{command}' is written with capitals; other readers of forms do not know it so.",
            f"Write '{kind} {listed}'.",
        )
    name, _, rest = listed.partition(" ")
    if "${" in name:
        return Refusal(
            "type-not-supported",
            "Choosing from earlier answers is not supported.",
            "Put the choices into a list on the sheet 'choices'.",
        )
    if rest.lower() in _OTHER:
        return _with_other(kind, name)
    if rest:
        return Refusal(
            "unknown-type",
            f"'{listed}' is more than the name of one list.",
            f"Write '{kind} LIST'; put how it looks into the column 'appearance'.",
        )
    return RowType(kind, name)


def _with_other(kind: Kind, name: str) -> RowType | Refusal:
    if kind is Kind.RANK:
        return Refusal(
            "or-other",
            "What is ranked must be on the list.",
            f"Write 'rank {name}', and ask for what is missing in a 'text' question.",
        )
    return RowType(kind, name, or_other=True)
