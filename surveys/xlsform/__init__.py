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
    sheets = sheets_of(grids_of(data, suffix, findings), suffix, findings)
    if "survey" not in sheets:
        _no_survey_sheet(findings)
        return FormRead(None, findings.in_order(), path.name)
    reader = FormReader(path, sheets, findings)
    survey = reader.read()
    second_opinion(data, suffix, path.stem, reader.sheets, findings)
    issues = findings.in_order()
    return FormRead(None if has_errors(issues) else survey, issues, path.name, reader.sheets)


def _no_survey_sheet(findings: Findings) -> None:
    if not has_errors(findings.issues):
        findings.add(
            NOWHERE,
            "no-survey-sheet",
            "There is no filled sheet 'survey'.",
            "Call the sheet of questions 'survey'; its first row holds type, name and label.",
        )
