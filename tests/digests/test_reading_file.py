"""Readings from a sheet: shown by row with a remedy, kept whole or not at all, once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlmodel import Session, select

from digests.reading_file import Preview, keep, preview
from storage.database import Database
from storage.plans import IndicatorReading
from tests.digests.measured import NEXT, NOW, TODAY, indicator, plan, put

HEAD = "ref,reading,date,part,whole,people,narrative,data quality\n"


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """Files are read alike whatever the database."""
    with sqlite_database.writing() as opened:
        yield opened


def look(session: Session, folder: Path, text: str) -> Preview:
    file = folder / "readings.csv"
    file.write_text(text, encoding="utf-8")
    return preview(session, file, today=TODAY)


def kept(session: Session) -> list[IndicatorReading]:
    return list(session.exec(select(IndicatorReading)))


def test_a_workbook_with_real_dates_and_per_cents_is_kept_as_it_reads(
    session: Session, tmp_path: Path
) -> None:
    plan(session, "bolton")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "readings"
    sheet.append(["Ref", "Reading", "Date", "Numerator", "Denominator", "Comment"])
    sheet.append(["BOL-I1", 0.81, NEXT, 1200, 1500, "Better weather"])
    sheet.append(["BOL-I3", 40, "31/03/2023", None, None, "=HYPERLINK(1)"])
    sheet["F3"].data_type = "s"
    sheet["B2"].number_format = "0%"
    book.save(tmp_path / "readings.xlsx")
    found = preview(session, tmp_path / "readings.xlsx", today=TODAY)
    assert [str(issue) for issue in found.issues] == []
    assert keep(session, found, now=NOW, today=TODAY, person_id=None) == 2
    rows = [(one.value, one.part, one.on, one.narrative) for one in kept(session)]
    assert rows == [(81, 1200, NEXT, "Better weather"), (40, None, NEXT, "=HYPERLINK(1)")]


def test_the_same_file_twice_changes_nothing(session: Session, tmp_path: Path) -> None:
    plan(session, "bristol")
    text = f"{HEAD}BRI-I6,92%,2023-03-31,,,,=1+1 & <b>,two schools missing\n"
    found = look(session, tmp_path, text)
    assert keep(session, found, now=NOW, today=TODAY, person_id=None) == 1
    again = look(session, tmp_path, text)
    assert (again.added, again.corrected, again.known) == (0, 0, 1)
    assert keep(session, again, now=NOW, today=TODAY, person_id=None) == 0
    assert len(kept(session)) == 1


def test_another_figure_for_a_day_is_shown_as_a_correction(
    session: Session, tmp_path: Path
) -> None:
    plan(session, "bristol")
    put(session, "BRI-I1", NEXT, "40")
    (row,) = look(session, tmp_path, f"{HEAD}bri-i1,52,31 March 2023\n").rows
    assert (row.before, row.shown, row.is_known) == ("40", "52", False)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("NO-1,4,2023-03-31", "no-such-measure"),
        ("BRI-I1,plenty,2023-03-31", "not-a-number"),
        ("BRI-I1,,2023-03-31", "not-a-number"),
        ("BRI-I1,4,", "no-date"),
        ("BRI-I1,4,yesterday", "not-a-date"),
        ("BRI-I1,4,2030-03-31", "not-a-reading"),
        ("BRI-I1,50%,2023-03-31,5,3", "not-a-reading"),
        ("BRI-I1,4,2023-03-31,,,few", "not-a-number"),
        ("BRI-I6,90%,2023-03-31", "twice"),
    ],
)
def test_a_bad_row_is_named_with_a_remedy_and_keeps_all_out(
    session: Session, tmp_path: Path, row: str, code: str
) -> None:
    plan(session, "bristol")
    found = look(session, tmp_path, f"{HEAD}BRI-I6,92%,2023-03-31\n{row}\n")
    assert not found.is_whole
    (issue,) = found.issues
    assert (issue.code, issue.place.row) == (code, 3)
    assert issue.problem
    assert issue.remedy


def test_a_measure_of_two_plans_and_one_kept_by_somebody_else_are_refused(
    session: Session, tmp_path: Path
) -> None:
    plan(session, "bristol")
    file = tmp_path / "readings.csv"
    file.write_text(f"{HEAD}BRI-I6,92%,2023-03-31\n", encoding="utf-8")
    only = frozenset({indicator(session, "BRI-I1").id or 0})
    (issue,) = preview(session, file, today=TODAY, only=only).issues
    assert issue.code == "not-yours"


@pytest.mark.parametrize("text", ["", HEAD, "hello\nworld\n"])
def test_a_file_without_readings_says_how_to_write_one(
    session: Session, tmp_path: Path, text: str
) -> None:
    found = look(session, tmp_path, text)
    assert not found.is_whole
    assert found.issues


def test_no_file_whatever_ends_in_anything_but_findings(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "readings.xlsx"
    file.write_bytes(b"PK\x03\x04 no workbook")
    assert not preview(session, file, today=date(2023, 4, 5)).is_whole
