"""What pyxform, the standard's own reader, says of the same file: a second opinion."""

import re
import warnings
from collections.abc import Iterable, Mapping

from storage.issues import Issue, Severity, has_errors
from surveys.xlsform.sheets import Findings, Sheet, Where

_ROW = re.compile(r"\[row ?: ?(\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet")
_COLUMN = re.compile(r"the '([\w:]+)' value")
_SAID_BY_US = re.compile(
    r"is missing the|or_other and translations|is being skipped|machine-readable"
    r"|Choices should have a label|Column headers must not be empty|'disabled' column"
    r"|external_choices|no longer supported|has no label|google_metrics"
)
"""Hints that we give ourselves, at their cells and in plain words, or about other tools."""


def second_opinion(
    data: bytes, suffix: str, stem: str, sheets: Mapping[str, Sheet], findings: Findings
) -> None:
    """Passes on what pyxform objects to, and of its hints those that help here."""
    from pyxform.errors import PyXFormError  # heavy, and only needed to import a form
    from pyxform.xls2xform import convert

    plain = data.removeprefix(b"\xef\xbb\xbf") if suffix in (".csv", ".md") else data
    hints: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            convert(plain, hints, validate=False, file_type=suffix, form_name=_safe(stem))
    except PyXFormError as error:
        for message in _messages(str(error)):
            _object(message, sheets, suffix, findings)
    except Exception as error:  # noqa: BLE001 - it meets some odd workbooks with bare errors
        _object(f"it stopped with {type(error).__name__}", sheets, suffix, findings)
    for hint in () if has_errors(findings.issues) else _worth_saying(hints):
        where, said = _place(hint, sheets, suffix)
        findings.advise(
            where, "xlsform-hint", f"The XLSForm standard's own reader remarks: {said}", "Check it."
        )


def _safe(stem: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", f"f_{stem}")


def _messages(text: str) -> list[str]:
    """Several findings come as lines that each begin with their row."""
    lines = text.split("\n")
    return lines if all(_ROW.match(line) for line in lines) else [text]


def _object(message: str, sheets: Mapping[str, Sheet], suffix: str, findings: Findings) -> None:
    where, said = _place(message, sheets, suffix)
    row = where[1]
    errors = [issue for issue in findings.issues if issue.severity is Severity.ERROR]
    if errors and (row is None or any(_is_there(issue, where) for issue in errors)):
        return
    findings.add(
        where,
        "xlsform-standard",
        f"The XLSForm standard's own reader objects: {said}",
        "Change the row as it says." if row else "Change the form as it says.",
    )


def _is_there(issue: Issue, where: Where) -> bool:
    """Whether the same row has been reported already; the names of sheets may be left out."""
    return issue.place.row == where[1] and issue.place.sheet in (None, where[0])


def _place(message: str, sheets: Mapping[str, Sheet], suffix: str) -> tuple[Where, str]:
    said = " ".join(_ROW.sub("", message).split())
    row, sheet_name, column = (
        _ROW.search(message),
        _SHEET.search(message),
        _COLUMN.search(message),
    )
    sheet = sheets.get(sheet_name[1] if sheet_name else "survey")
    if row is None or sheet is None:
        return (None, None, None), said
    number = int(row[1])
    if suffix in (".csv", ".md"):
        number = sheet.lines[number - 1] if 1 <= number <= len(sheet.lines) else number
    letter = _letter(sheet, column[1]) if column else None
    return (sheet.name, number, letter), said


def _letter(sheet: Sheet, column: str) -> str | None:
    for heading, letter in sheet.columns.items():
        if heading.partition("::")[0] == column:
            return letter
    return None


def _worth_saying(hints: Iterable[str]) -> list[str]:
    return [hint for hint in dict.fromkeys(hints) if not _SAID_BY_US.search(hint)]
