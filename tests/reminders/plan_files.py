"""Files for the tests of plan reading: made in a line or two, as people would type them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reminders.plan_file import read_plan
from reminders.plan_rows import PlanRows
from storage.issues import Issue, Severity

HEADINGS = ("Ref", "Action", "Lead", "Timescale")


def sheet_of(rows: Sequence[Sequence[Any]], title: str = "Plan") -> Worksheet:
    """A sheet of a new workbook with these rows; its workbook is `.parent`."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return sheet


def save(sheet: Worksheet, folder: Path, name: str = "plan.xlsx") -> Path:
    """The sheet's workbook as a file."""
    path = folder / name
    workbook = sheet.parent
    assert isinstance(workbook, Workbook)
    workbook.save(path)
    return path


def read_rows(rows: Sequence[Sequence[Any]], folder: Path) -> tuple[PlanRows, list[Issue]]:
    """What is read from a single sheet with these rows."""
    return read_good(save(sheet_of(rows), folder))


def read_good(path: Path) -> tuple[PlanRows, list[Issue]]:
    """What is read from a file that gives rows."""
    plan, issues = read_plan(path)
    assert plan is not None, issues
    return plan, issues


def codes(issues: Sequence[Issue], severity: Severity | None = None) -> list[str]:
    """The codes of the findings, of one severity if asked."""
    return [issue.code for issue in issues if severity in {None, issue.severity}]


def only(issues: Sequence[Issue], code: str) -> Issue:
    """The one finding of this code."""
    found = [issue for issue in issues if issue.code == code]
    assert len(found) == 1, issues
    return found[0]
