"""XLSForm in: a survey, or everything that is wrong with the file, each at its cell.

We read the cells ourselves, so that every finding has its place, and then let pyxform, the
standard's own reader, judge the same file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.issues import Issue, has_errors
from surveys.definition import Survey
from surveys.xlsform.files import SUFFIXES, grids_of, read_file
from surveys.xlsform.form import FormReader
from surveys.xlsform.sheets import NOWHERE, Findings, Sheet, sheets_of
from surveys.xlsform.standard import second_opinion

__all__ = ["SUFFIXES", "FormRead", "read_form", "read_xlsform"]


@dataclass(frozen=True, slots=True)
class FormRead:
    """A form that was read: the survey unless there are errors, all findings, and its sheets."""

    survey: Survey | None
    issues: list[Issue]
    file: str
    sheets: Mapping[str, Sheet] = field(default_factory=dict)


def read_xlsform(path: Path) -> tuple[Survey | None, list[Issue]]:
    """Read a form. Any file whatever gives findings, never an exception; an error, no survey."""
    read = read_form(path)
    return read.survey, read.issues


def read_form(path: Path) -> FormRead:
    """The same with its sheets, for whoever has more to say about their cells."""
    findings = Findings(path.name)
    content = read_file(path, findings)
    if content is None:
        return FormRead(None, findings.issues, path.name)
    data, suffix = content
    grids = grids_of(data, suffix, findings)
    sheets = sheets_of(grids, suffix, findings)
    if "survey" not in sheets:
        _no_survey_sheet(suffix, data, tuple(grids), findings)
        return FormRead(None, findings.in_order(), path.name)
    reader = FormReader(path, sheets, findings)
    survey = reader.read()
    second_opinion(data, suffix, path.stem, reader.sheets, findings)
    issues = findings.in_order()
    return FormRead(None if has_errors(issues) else survey, issues, path.name, reader.sheets)


def _no_survey_sheet(suffix: str, data: bytes, names: tuple[str, ...], findings: Findings) -> None:
    if has_errors(findings.issues):
        return
    problem = "There is no filled sheet 'survey'."
    remedy = "Call the sheet of questions 'survey'; its first row holds type, name and label."
    near = findings.nearest("survey", names)
    if suffix == ".csv":
        problem, remedy = _no_survey_rows(data)
    elif near is not None and near.lower() != "survey":
        remedy = f"Call the sheet '{near}' just 'survey'; its first row holds type, name and label."
    findings.add(NOWHERE, "no-survey-sheet", problem, remedy)


def _no_survey_rows(data: bytes) -> tuple[str, str]:
    """Excel writes semicolons in many countries; pyxform, and so we, read commas only."""
    first = data.partition(b"\n")[0]
    for sign, name in ((b";", "semicolons"), (b"\t", "tabs")):
        if first.count(sign) > first.count(b","):
            return (
                f"The cells are set apart by {name}; commas are read.",
                "Save the form as 'Excel Workbook (.xlsx)', which has no such signs.",
            )
    return (
        "No first cell of a row says 'survey'.",
        "In a CSV file the first column names the sheet: survey, choices or settings, each above "
        "its rows. It is easier to give the Excel workbook.",
    )
