"""The headings of a form under one name each, whatever spelling the author chose."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.issues import Severity
from surveys.xlsform_sheets import Findings, Row, Sheet, language_code

TRANSLATED = ("label", "hint", "required_message", "constraint_message")

_ALIASES = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "read_only": "readonly",
    "repeat_count": "count",
    "jr:count": "count",
    "list_name": "list_name",
    "set_form_id": "form_id",
    "set_form_title": "form_title",
}
_READ: Mapping[str, tuple[str, ...]] = {
    "survey": (
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "calculation",
        "appearance",
        "loop_sensitive",
    ),
    "choices": ("list_name", "name"),
}
_MEDIA = ("Pictures, sounds and films are not sent.", "Say it in words in the label.")
_REFUSED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("image", "big-image", "audio", "video"), _MEDIA),
    "choice_filter": (
        "Lists that depend on an answer are not supported.",
        "Ask a question of its own for each list, with a 'relevant' to choose between them.",
    ),
    "default": (
        "A question starts empty: a ready answer leads people.",
        "Clear the cell; say in the hint what is usual.",
    ),
    "readonly": ("A question that cannot be answered is a note.", "Use the type 'note'."),
    "trigger": ("Triggers are not supported.", "Use a row of the type 'calculate'."),
    "parameters": ("Parameters are not supported.", "Clear the cell."),
    "count": ("Repeats are not supported.", "Write the questions out one by one."),
}


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a printed heading means: our name for it, and its language if it has one."""

    name: str
    language: str | None


def _meaning(printed: str) -> _Heading:
    separator = "::" if "::" in printed else ":"
    first, _, rest = printed.partition(separator)
    name = _snake(first)
    if name in ("bind", "media", "control", "body", "jr") and rest:
        return _Heading(_canonical(f"jr:{rest}" if name == "jr" else rest), None)
    return _Heading(_canonical(name), rest.strip() or None)


def _snake(text: str) -> str:
    return "_".join(text.split()).lower()


def _canonical(text: str) -> str:
    name = _snake(text)
    return _ALIASES.get(name, name)


def tidy(sheet: Sheet, kind: str, default: str, findings: Findings) -> Sheet:
    """The same sheet with headings such as `relevant` and `label::pl`; all others are reported."""
    names: dict[str, str] = {}
    for printed in sheet.columns:
        name = _tidy_name(sheet, kind, printed, default, findings)
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
    tidied = Sheet(sheet.name, sheet.row, columns, [])
    for row in sheet.rows:
        cells = {names[printed]: text for printed, text in row.cells.items() if printed in names}
        tidied.rows.append(Row(tidied, row.number, cells))
    return tidied


def _tidy_name(
    sheet: Sheet, kind: str, printed: str, default: str, findings: Findings
) -> str | None:
    heading = _meaning(printed)
    if heading.name in TRANSLATED:
        return _translated(sheet, printed, heading, default, findings)
    if heading.name in _READ[kind]:
        return heading.name
    if heading.name in _REFUSED:
        _refuse_cells(sheet, printed, heading.name, findings)
    elif heading.name.startswith("loop_"):
        findings.add(
            sheet.at(printed),
            "unknown-column",
            f"There is no column '{printed}'.",
            "On this sheet only 'loop_sensitive' starts with loop_; the others are settings.",
        )
    elif kind == "survey":
        findings.add(
            sheet.at(printed),
            "column-not-read",
            f"The column '{printed}' is not read.",
            "Keep it for yourselves, or check its spelling.",
            Severity.ADVICE,
        )
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


def _refuse_cells(sheet: Sheet, printed: str, name: str, findings: Findings) -> None:
    problem, remedy = _REFUSED[name]
    for row in sheet.rows:
        if row.get(printed):
            findings.add(row.at(printed), "column-not-supported", problem, remedy)


def languages_of(*sheets: Sheet) -> tuple[str, ...]:
    """The languages of the labels, in the order of the columns."""
    found = [
        heading.partition("::")[2]
        for sheet in sheets
        for heading in sheet.columns
        if heading.startswith("label::")
    ]
    return tuple(dict.fromkeys(found))


def texts(row: Row, column: str) -> dict[str, str]:
    """A row's text in each language in which it is filled in."""
    prefix = f"{column}::"
    return {
        heading.removeprefix(prefix): text
        for heading, text in row.cells.items()
        if heading.startswith(prefix)
    }
