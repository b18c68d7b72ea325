"""The headings of a form under one name each, whatever spelling the author chose."""

import re
from dataclasses import dataclass

from surveys.expressions.values import STRAIGHT
from surveys.xlsform.columns import (
    ALIASES,
    IGNORED,
    READ,
    REFUSED,
    TRANSLATED,
    near_column,
    near_loop_column,
)
from surveys.xlsform.languages import language_code
from surveys.xlsform.sheets import Findings, Row, Sheet, Where

_SECTIONS = ("bind", "media", "control", "body")
_COLUMN = re.compile(r"[^\W\d][\w.-]*")
_SPACES = re.compile(" {2,}")
_LOOSE = re.compile(r"([A-Za-z_]+)[\s:(-]+([^\s:(-].*?)\)?")
_OWN_ROWS = re.compile(r"\$\w+|kobo--.*|kuid|_.*")
"""Headings that KoboToolbox keeps for itself, or that an author hid with a first underscore."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a printed heading means: our name for it, and its language if it has one."""

    name: str
    language: str | None


def _meaning(printed: str, kind: str, *, double: bool) -> _Heading:
    """As pyxform splits it: single colons only where no heading of the sheet has a double one."""
    parts = [part.strip() for part in printed.split("::" if double else ":")]
    if not double and "jr" in parts[:-1]:
        place = parts.index("jr")
        parts[place : place + 2] = [f"jr:{parts[place + 1]}"]
    if snake(parts[0]) in _SECTIONS and len(parts) > 1:
        parts = parts[1:]
    name = snake(parts[0])
    return _Heading(ALIASES[kind].get(name, name), "::".join(parts[1:]) or None)


def snake(text: str) -> str:
    """`Constraint Message` is `constraint_message`."""
    return "_".join(text.split()).lower()


def tidy(sheet: Sheet, kind: str, default: str, findings: Findings) -> Sheet:
    """The same sheet with headings such as `relevant` and `label::pl`; all others are reported."""
    names: dict[str, str] = {}
    double = any("::" in printed for printed in sheet.columns)
    for printed in sheet.columns:
        heading = _meaning(printed, kind, double=double)
        name = _tidy_name(sheet, kind, printed, heading, default, findings)
        if name is not None and name in names.values():
            findings.add(
                sheet.at(printed),
                "heading-twice",
                f"The column '{printed}' means the same as another one.",
                "Keep one of the two.",
            )
        elif name is not None:
            names[printed] = name
    columns = {name: sheet.columns[printed] for printed, name in names.items()}
    tidied = Sheet(sheet.name, sheet.row, columns, [], sheet.lines)
    for row in sheet.rows:
        cells = {
            names[printed]: _as_read(text, kind, names[printed])
            for printed, text in row.cells.items()
            if printed in names
        }
        tidied.rows.append(Row(tidied, row.number, cells))
    return tidied


def _as_read(text: str, kind: str, name: str) -> str:
    """As pyxform hands it on to every other reader; what people read keeps its typesetting."""
    if "::" in name:
        return text
    if kind == "survey":
        text = _SPACES.sub(" ", text)
    return text.translate(STRAIGHT) if kind == "choices" or name == "default" else text


def _tidy_name(
    sheet: Sheet, kind: str, printed: str, heading: _Heading, default: str, findings: Findings
) -> str | None:
    name = heading.name
    if name in TRANSLATED[kind]:
        return _translated(sheet, printed, heading, default, findings)
    if name in READ[kind]:
        if heading.language is None:
            return name
        findings.add(
            sheet.at(printed),
            "heading-with-language",
            f"'{name}' is the same in all languages, so '{printed}' means nothing.",
            f"Call the column '{name}'.",
        )
        return None
    if name.startswith("loop_"):
        _bad_loop_column(sheet, printed, name, findings)
    elif name in REFUSED:
        problem, remedy = REFUSED[name]
        _each_cell(sheet, printed, findings, "column-not-supported", problem, remedy)
    elif kind == "choices" and _COLUMN.fullmatch(printed) and printed[0] != "_":
        return printed
    else:
        _unread(sheet, kind, printed, name, findings)
    return None


def _translated(
    sheet: Sheet, printed: str, heading: _Heading, default: str, findings: Findings
) -> str | None:
    if heading.language is None:
        return f"{heading.name}::{default}"
    code = language_code(heading.language)
    if code is None:
        findings.add(
            sheet.at(printed),
            "language-without-code",
            f"The language '{heading.language}' has no code.",
            f"Write it as in '{heading.name}::Polski (pl)'.",
        )
        return None
    return f"{heading.name}::{code}"


def _bad_loop_column(sheet: Sheet, printed: str, name: str, findings: Findings) -> None:
    if ":" in printed:
        findings.add(
            sheet.at(printed),
            "colon-in-loop-column",
            f"'{printed}' has a colon: other readers of forms would take it for one of theirs.",
            "Columns that start with loop_ have no colon; a language is added as in 'loop_why_pl'.",
        )
        return
    findings.add(
        sheet.at(printed),
        "unknown-column",
        f"There is no column '{printed}' on this sheet.",
        near_loop_column(name),
    )


def _unread(sheet: Sheet, kind: str, printed: str, name: str, findings: Findings) -> None:
    if _OWN_ROWS.fullmatch(printed):
        return
    if name in IGNORED:
        problem, remedy = IGNORED[name]
        if any(row.get(printed) for row in sheet.rows):
            findings.advise(sheet.at(printed), "column-not-read", problem.format(printed), remedy)
        return
    if near := _loosely_translated(printed, kind) or near_column(name, kind):
        findings.add(
            sheet.at(printed),
            "column-misspelled",
            f"There is no column '{printed}'.",
            f"Did you mean '{near}'? A column for yourselves starts with an underscore.",
        )
        return
    findings.advise(
        sheet.at(printed),
        "column-not-read",
        f"The column '{printed}' is not read.",
        "Keep it for yourselves, or check its spelling.",
    )


def _loosely_translated(printed: str, kind: str) -> str | None:
    """`label (Urdu)` and `label:Urdu` as they have to be written; a text is not left out unsaid."""
    match = _LOOSE.fullmatch(printed)
    name = snake(match[1]) if match else ""
    if match is None or name not in TRANSLATED[kind] or language_code(match[2]) is None:
        return None
    return f"{name}::{match[2]}"


def _each_cell(
    sheet: Sheet, printed: str, findings: Findings, code: str, problem: str, remedy: str
) -> None:
    for row in sheet.rows:
        if row.get(printed):
            findings.add(row.at(printed), code, problem, remedy)


def languages_of(*sheets: Sheet) -> tuple[str, ...]:
    """The languages of the labels, in the order of the columns."""
    found = [
        heading.partition("::")[2]
        for sheet in sheets
        for heading in sheet.columns
        if heading.startswith("label::")
    ]
    return tuple(dict.fromkeys(found))


def spellings(sheet: Sheet, kind: str) -> list[tuple[str, str, Where]]:
    """Each language as the headings spell it: its code, the words, and where they stand first."""
    double = any("::" in printed for printed in sheet.columns)
    found: dict[str, tuple[str, str, Where]] = {}
    for printed in sheet.columns:
        heading = _meaning(printed, kind, double=double)
        code = language_code(heading.language) if heading.language else None
        if code and heading.language and heading.name in TRANSLATED[kind]:
            found.setdefault(heading.language, (code, heading.language, sheet.at(printed)))
    return list(found.values())


def texts(row: Row, column: str) -> dict[str, str]:
    """A row's text in each language in which it is filled in."""
    prefix = f"{column}::"
    return {
        heading.removeprefix(prefix): text
        for heading, text in row.cells.items()
        if heading.startswith(prefix)
    }


def first_column(sheet: Sheet, column: str) -> str:
    """The heading of the first column of this name, for a finding where none is filled in."""
    prefix = f"{column}::"
    return next((heading for heading in sheet.columns if heading.startswith(prefix)), column)
