"""Files that are no plan, are damaged or far too large: an issue each, quickly, never an error."""

import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reminders.plan_container import LARGEST_FILE
from reminders.plan_file import read_plan
from reminders.plan_rows import ActionRow
from tests.reminders.plan_files import HEADINGS, codes, read_good, read_rows, save, sheet_of

BAD_FILES: list[tuple[str, bytes, str]] = [
    ("empty.xlsx", b"", "file-empty"),
    ("blank.csv", b" \n \n", "file-empty"),
    ("cut.xlsx", b"PK\x03\x04 and then nothing", "file-damaged"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-format"),
    (
        "locked.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password-protected",
    ),
    ("plan.xlsx", b"%PDF-1.7 ...", "not-a-plan-file"),
    ("plan.xls", b"<html><table></table></html>", "not-a-plan-file"),
    ("junk.csv", b"\x00\x01\x02" * 100, "not-a-plan-file"),
    ("text.xlsx", b"Ref,Action,Lead\n1,Audit,QA\n", "not-what-its-name-says"),
    ("words.csv", b"These are words, only words.\n", "no-heading-row"),
    ("commas.csv", b",,,\n,,,\n", "nothing-in-it"),
    ("long.csv", b"Ref,Action,Lead\n" + b"x" * 300_000, "file-damaged"),
]


@pytest.mark.parametrize(("name", "content", "code"), BAD_FILES)
def test_a_file_that_is_no_plan_says_why_and_what_to_do(
    name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    plan, issues = read_plan(path)
    assert plan is None
    assert codes(issues) == [code]
    assert issues[0].place.file == name
    assert issues[0].remedy.endswith(".")


def test_a_file_that_is_not_there_or_is_a_folder_is_an_issue(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        assert codes(read_plan(path)[1]) == ["file-not-readable"]


def test_a_sheet_with_nothing_in_it_is_said(tmp_path: Path) -> None:
    plan, issues = read_plan(save(sheet_of([]), tmp_path))
    assert plan is None
    assert codes(issues) == ["nothing-in-it"]


def test_headings_without_a_row_below_are_said(tmp_path: Path) -> None:
    assert codes(read_rows([HEADINGS], tmp_path)[1]) == ["no-actions"]


def test_a_missing_heading_row_names_what_was_looked_for(tmp_path: Path) -> None:
    plan, issues = read_plan(save(sheet_of([("a", "b"), ("c", "d")]), tmp_path))
    assert plan is None
    assert '"Action"' in issues[0].remedy
    assert '"Timescale"' in issues[0].remedy


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.txt", "sun")
    assert codes(read_plan(path)[1]) == ["not-a-plan-file"]


def test_a_workbook_with_broken_insides_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    assert codes(read_plan(path)[1]) == ["file-damaged"]


def test_ten_megabytes_of_junk_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"PK" + b"x" * LARGEST_FILE)
    assert codes(read_plan(path)[1]) == ["file-too-large"]


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 100_000_001)
    assert path.stat().st_size < 1_000_000
    started = time.thread_time()
    assert codes(read_plan(path)[1]) == ["file-too-large"]
    assert time.thread_time() - started < 1


def test_one_stray_cell_far_away_is_refused_quickly(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, ("1", "A", "QA", "x")])
    sheet["XFD1048576"] = "stray"
    started = time.thread_time()
    plan, issues = read_plan(save(sheet, tmp_path))
    assert time.thread_time() - started < 2
    assert (plan, codes(issues)) == (None, ["sheet-too-large"])


def test_five_thousand_rows_are_read_in_a_moment(tmp_path: Path) -> None:
    rows = [(f"1.{n}", f"Action {n}", f"Team {n % 40} lead", "Mar-24") for n in range(5_000)]
    path = save(sheet_of([HEADINGS, *rows]), tmp_path)
    started = time.thread_time()
    plan, _ = read_good(path)
    assert len(plan.actions) == 5_000
    assert time.thread_time() - started < 6


def test_thousands_of_different_leads_do_not_hold_it_up(tmp_path: Path) -> None:
    rows = [(f"1.{n}", "A", f"Officer {n:05d} of the borough", "x") for n in range(3_000)]
    path = tmp_path / "plan.csv"
    path.write_text("\n".join(",".join(row) for row in [HEADINGS, *rows]), encoding="utf-8")
    started = time.thread_time()
    assert len(read_good(path)[0].actions) == 3_000
    assert time.thread_time() - started < 10


@settings(
    max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx", "a.docx", "a"]))
def test_no_bytes_at_all_raise(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    plan, issues = read_plan(path)
    assert plan is not None or issues


_TEXTS = st.one_of(
    st.just(""), st.sampled_from(["Action", "Lead", "1.1", "QA"]), st.text(max_size=8)
)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rows=st.lists(st.lists(_TEXTS, max_size=5), max_size=8))
def test_no_table_raises_and_refs_never_repeat(rows: list[list[str]], tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    quoted = [",".join('"' + text.replace('"', '""') + '"' for text in row) for row in rows]
    path.write_text("\n".join(["Ref,Action,Lead", *quoted]), encoding="utf-8", errors="replace")
    plan, _ = read_plan(path)
    actions: tuple[ActionRow, ...] = plan.actions if plan else ()
    assert len({row.ref for row in actions}) == len(actions)
    assert all(row.text and row.ref for row in actions)
