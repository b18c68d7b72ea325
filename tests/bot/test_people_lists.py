"""Lists of e-mails and of a course's delegates: by cell, and never a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.people_lists import read_attendees, read_emails
from storage.issues import Issue, Severity
from surveys.follow_up import Attendee


def _csv(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _said(issues: list[Issue]) -> list[tuple[str, str]]:
    return [(f"{issue.place.column or ''}{issue.place.row or ''}", issue.code) for issue in issues]


def test_delegates_are_read_from_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Training: neglect", None, None],
        ["Delegate", "E-mail address", "Attendance", "Organisation", "Language"],
        ["Rose Bell", "rose@school.example", "Yes", "A school", "pl"],
        ["Amy Hill", "amy@health.example", "DNA", None, None],
        ["Kit Ash", "kit@police.example", True, None, None],
    ):
        sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    rows, issues = read_attendees(path)
    assert issues == []
    assert rows == (
        Attendee("rose@school.example", "Rose Bell", True, "A school", "pl"),
        Attendee("amy@health.example", "Amy Hill", attended=False),
        Attendee("kit@police.example", "Kit Ash", attended=True),
    )


def test_what_is_wrong_is_said_by_cell_and_stops_no_other_row(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "name,e-mail,attended,language\n"
        "A,a@x.example,yes,en\n"
        "B,not an address,yes,\n"
        "C,,no,\n"
        "D,d@x.example,maybe,\n"
        "E,e@x.example,,\n"
        "F,A@X.example,no,\n"
        "G,g@x.example,no,the language of the house\n",
    )
    rows, issues = read_attendees(path)
    assert [row.name for row in rows] == ["A", "G"]
    assert rows[1].language == "en"
    assert _said(issues) == [
        ("B3", "not-an-e-mail"),
        ("B4", "cell-missing"),
        ("C5", "not-a-choice"),
        ("7", "written-twice"),
        ("6", "cell-missing"),
        ("8", "language-unknown"),
    ]
    assert all(issue.remedy for issue in issues)
    assert {issue.severity for issue in issues if issue.code == "written-twice"} == {
        Severity.ADVICE
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        ("name,phone\nA,1\n", "no-heading-row"),
        ("e-mail,attended\n", "nobody-in-it"),
        ("e-mail\na@x.example\n", "no-heading-row"),  # attended is missing
    ],
)
def test_a_file_without_delegates_says_what_it_needs(tmp_path: Path, text: str, code: str) -> None:
    rows, issues = read_attendees(_csv(tmp_path, text))
    assert rows == ()
    assert code in [issue.code for issue in issues]


def test_a_list_of_e_mails_needs_no_other_column(tmp_path: Path) -> None:
    rows, issues = read_emails(_csv(tmp_path, "e-mail\na@x.example\nb@x.example\na@x.example\n"))
    assert [row.email for row in rows] == ["a@x.example", "b@x.example"]
    assert [issue.code for issue in issues] == ["written-twice"]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_file_gives_rows_or_findings(tmp_path: Path, data: bytes) -> None:
    for name in ("list.csv", "list.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        rows, issues = read_attendees(path)
        assert rows or issues
