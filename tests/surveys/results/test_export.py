"""Exports on both databases: what a file holds, who may have it, and that no cell can run."""

import csv
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import col, select

from digests.reading import reviewed_answers
from storage.audit import AuditEntry
from storage.concerns import ReviewItem
from storage.database import Database
from storage.retention import remove_concern
from storage.surveys import Answer, Survey, SurveySession
from surveys.definition import Kind, Question
from surveys.export import Exported, ExportRefused, export_raw, export_tables
from surveys.export.files import Column, TableFile, Value, safe_cell, write_csv, write_xlsx
from surveys.export.rows import raw_columns
from surveys.results import Wanted, results_of
from surveys.reviewed import read_replies
from surveys.sessions import Forms
from tests.surveys.results.answered import (
    NOW,
    TODAY,
    add_survey,
    answer,
    form,
    many,
    practitioners,
    review,
)

REASON = "asked for by the board on 28 November"
WORDS = "words of person 0"


def filled(database: Database, people: int = 60) -> Survey:
    with database.writing() as db:
        survey = add_survey(db, form())
        answer(db, survey, practitioners(people), group="North")
    return survey


def tables(database: Database, out: Path, as_format: str = "csv") -> list[Path]:
    found = results_of(database, Forms(), Wanted("tool"), now=NOW, today=TODAY)
    return export_tables(found, out, as_format)


def raw(database: Database, out: Path, as_format: str = "csv", reason: str = REASON) -> Exported:
    return export_raw(
        database,
        Forms(),
        Wanted("tool"),
        out,
        as_format,
        reason=reason,
        person_id=_person(database),
        for_roles=("reviewer",),
        now=NOW,
    )


def _person(database: Database) -> int:
    from storage.people import Person

    with database.writing() as db:
        person = Person(name="Reviewer")
        db.add(person)
        db.flush()
        return person.id or 0


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_hold_labels_beside_codes_and_c_where_a_count_is_hidden(
    database: Database, tmp_path: Path
) -> None:
    filled(database, 90)
    written = tables(database, tmp_path / "out.csv")
    rows = [row for row in read(written[0]) if row["question"] == "agency" and not row["by"]]
    assert [(row["answer"], row["answer_label"], row["people"]) for row in rows] == [
        ("health", "Health", "36"),
        ("police", "Police", "c"),
        ("school", "School", "33"),
        ("housing", "Housing", "c"),
    ]
    assert {row["by"] for row in read(written[0])} == {"", "agency"}


def test_a_small_count_is_nowhere_in_the_tables(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form()), many(yes=47, no=3))
    written = tables(database, tmp_path / "out.csv")
    used = [row for row in read(written[0]) if row["question"] == "used"]
    assert [row["people"] for row in used] == ["c", "c"]
    assert [row["per_cent"] for row in used] == ["", ""]


def test_below_the_threshold_there_is_no_file(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        answer(db, add_survey(db, form()), many(yes=3))
    with pytest.raises(ExportRefused, match="fewer than 5"):
        tables(database, tmp_path / "out.csv")
    assert list(tmp_path.glob("out*")) == []


def test_the_package_describes_every_column_of_its_file(database: Database, tmp_path: Path) -> None:
    filled(database)
    written = raw(database, tmp_path / "raw.csv").written
    assert [path.name for path in written] == ["raw.csv", "raw.datapackage.json", "raw.README.txt"]
    package = json.loads(written[1].read_text("utf-8"))
    [resource] = package["resources"]
    with written[0].open(encoding="utf-8-sig", newline="") as file:
        headings = next(csv.reader(file))
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == headings
    agency = next(field for field in fields if field["name"] == "agency")
    assert {"value": "health", "label": "Health"} in agency["categories"]
    assert resource["path"] == "raw.csv"


def test_raw_rows_have_codes_labels_and_a_column_for_each_choice(
    database: Database, tmp_path: Path
) -> None:
    filled(database, 8)
    rows = read(raw(database, tmp_path / "raw.csv").written[0])
    assert len(rows) == 8
    two = next(row for row in rows if row["helps"] == "time place")
    assert two["helps_label"] == "Time; A place"
    assert (two["helps/time"], two["helps/place"], two["helps/trust"]) == ("1", "1", "0")
    assert two["agency_label"] == {"health": "Health", "school": "School"}[two["agency"]]
    assert two["first_label"].count(";") == 2
    assert "sum" in two


def test_raw_rows_carry_nothing_that_leads_back(database: Database, tmp_path: Path) -> None:
    filled(database)
    first = raw(database, tmp_path / "one.csv").written[0]
    second = raw(database, tmp_path / "two.csv").written[0]
    text = first.read_text("utf-8-sig")
    assert "tool1-0" not in text
    assert "North" not in text
    assert "words of person" not in text
    ids = [row["row"] for row in read(first)]
    assert len(set(ids)) == 60
    assert not set(ids) & {row["row"] for row in read(second)}


def test_words_are_in_it_only_when_every_text_was_read_and_none_held_back(
    database: Database, tmp_path: Path
) -> None:
    survey = filled(database, 6)
    names = [f"tool1-{number:06}" for number in range(6)]
    with database.writing() as db:
        review(db, survey, names[0])
        review(db, survey, names[1], decision="redact")
        review(db, survey, names[2], closed=False)
        review(db, survey, names[3])
        review(db, survey, names[3], decision="late", closed=False)
        review(db, survey, names[4], decision="mash")
    rows = read(raw(database, tmp_path / "raw.csv").written[0])
    assert sorted(row["more"] for row in rows if row["more"]) == [
        "words of person 0",
        "words of person 4",
    ]


def test_what_counts_as_read_is_the_same_for_themes_and_for_exports(database: Database) -> None:
    survey = filled(database, 6)
    with database.writing() as db:
        review(db, survey, "tool1-000000")
        review(db, survey, "tool1-000001", decision="redact")
        review(db, survey, "tool1-000002", closed=False)
    with database.reading() as db:
        read_ = read_replies(survey.id or 0)
        ours = {
            tuple(row)
            for row in db.connection().execute(select(read_.c.question, read_.c.pseudonym))
        }
        theirs = {tuple(one.handle.split(":")) for one in reviewed_answers(db, survey.id or 0)}
    assert ours == theirs


def test_raw_says_plainly_what_it_is_and_who_may_have_it(
    database: Database, tmp_path: Path
) -> None:
    filled(database)
    done = raw(database, tmp_path / "raw.xlsx", "xlsx")
    book = load_workbook(done.written[0], read_only=True)
    first = [str(row[0]) for row in book["Read first"].iter_rows(values_only=True)]
    assert first[0].startswith("RAW RESPONSES")
    assert "reviewer" in first[1]
    assert REASON in first[2]
    assert "RAW" in raw(database, tmp_path / "raw.csv").written[2].read_text("utf-8")
    assert (tmp_path / "raw.csv").stat().st_mode & 0o077 == 0
    assert done.written[0].stat().st_mode & 0o077 == 0


def test_a_raw_export_is_in_the_log_with_its_reason(database: Database, tmp_path: Path) -> None:
    filled(database)
    raw(database, tmp_path / "raw.csv")
    with database.reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.act == "answers.export_raw")).one()
    assert (entry.subject, entry.detail) == ("survey tool round 1", REASON)
    assert entry.person_id is not None


def test_without_a_reason_nothing_raw_is_written(database: Database, tmp_path: Path) -> None:
    filled(database)
    with pytest.raises(ExportRefused, match="need a reason"):
        raw(database, tmp_path / "raw.csv", reason="  no ")
    assert not (tmp_path / "raw.csv").exists()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44 161", "'+44 161"),
        ("-SUM(A1)", "'-SUM(A1)"),
        ("@here", "'@here"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-5", "-5"),
        ("3.5", "3.5"),
        ("plain = text", "plain = text"),
        ("bell\x07", "bell"),
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


@given(st.text(max_size=40))
def test_no_text_whatsoever_begins_a_formula(text: str) -> None:
    cell = str(safe_cell(text))
    assert not cell.lstrip().startswith(("=", "+", "@"))
    assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit()


def test_a_workbook_takes_any_text_and_keeps_it_text(tmp_path: Path) -> None:
    table = TableFile("t", "T", (Column("=a", "A"), Column("b", "B")), ("=notice",))
    strange = ["=cmd()", "a\x00b", "x" * 40_000, "\ud800", "007", "12", ""]
    write_xlsx(table, [(text, 1) for text in strange], tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    cells = [row[0] for row in book["Data"].iter_rows()]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert [cells[0].value, cells[1].value, cells[5].value] == ["'=a", "'=cmd()", "007"]
    assert cells[6].value == 12


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    table = TableFile("t", "T", (Column("a", "A"), Column("b", "B")))

    def rows(count: int) -> Iterator[Sequence[Value]]:
        return ((f"r{number}", "some words") for number in range(count))

    def most(count: int, write: object) -> int:
        tracemalloc.start()
        write(table, rows(count), tmp_path / "big")  # type: ignore[operator]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    for write in (write_csv, write_xlsx):
        most(100, write)
        assert most(20_000, write) < most(2_000, write) + 1_000_000


def test_raw_rows_do_not_tell_when_somebody_answered() -> None:
    made = form(
        questions=(
            Question("begun", Kind.CALCULATE, calculation="once(now ())"),
            Question("hour", Kind.CALCULATE, calculation="format-date-time(${begun}, '%H')"),
            Question("score", Kind.CALCULATE, calculation="${times} * 2"),
            Question("times", Kind.INTEGER, labels={"en": "How many?"}),
        )
    )
    names = [column.name for column in raw_columns(made, ()).columns]
    assert names == ["score", "times"]


def _texts(database: Database, survey: Survey, *texts: tuple[str, str, str]) -> None:
    """Texts of the first person at one question: words, decision, what others read instead."""
    with database.writing() as db:
        for number, (words, decision, instead) in enumerate(texts):
            review(db, survey, "tool1-000000", decision=decision)
            db.flush()
            item = db.exec(select(ReviewItem).where(col(ReviewItem.ref).startswith("R"))).one()
            item.ref, item.words, item.redacted_words = f"T{number}", words, instead


def _read_by_others(database: Database, survey: Survey, out: Path) -> list[list[str]]:
    with database.reading() as db:
        themes = [row.words for row in reviewed_answers(db, survey.id or 0)]
    file = [row["more"] for row in read(raw(database, out).written[0]) if row["more"]]
    return [themes, file]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([(WORDS, "none", "words of [name]")], ["words of [name]"]),
        ([(WORDS, "redact", "words of [name]")], ["words of [name]"]),
        ([(WORDS, "mash", "words of [name]")], ["words of [name]"]),
        ([(WORDS, "redact", "")], []),
        # What was said before and taken back: the answer that stands is read by itself.
        ([("before", "none", "[name]"), (WORDS, "none", "")], [WORDS]),
        ([("before", "redact", ""), (WORDS, "none", "")], []),
        # The same words twice, in an order that says nothing: without the name counts.
        ([(WORDS, "none", "words of [name]"), (WORDS, "none", "")], ["words of [name]"]),
        ([(WORDS, "none", ""), (WORDS, "none", "words of [name]")], ["words of [name]"]),
        # The queue has emptied the text already, the answer is still there.
        ([("", "none", "")], []),
        ([("", "mash", "")], []),
    ],
)
def test_what_others_read_is_what_the_reviewer_left_of_it_on_every_way_out(
    database: Database,
    tmp_path: Path,
    texts: list[tuple[str, str, str]],
    expected: list[str],
) -> None:
    survey = filled(database, 6)
    _texts(database, survey, *texts)
    assert _read_by_others(database, survey, tmp_path / "raw.csv") == [expected, expected]


def test_what_went_to_the_case_system_is_read_nowhere_even_beside_another_text(
    database: Database, tmp_path: Path
) -> None:
    survey = filled(database, 6)
    _texts(database, survey, ("before", "none", ""), (WORDS, "mash", "words of [name]"))
    with database.writing() as db:
        item = db.exec(select(ReviewItem).where(ReviewItem.ref == "T1")).one()
        remove_concern(db, item_id=item.id or 0, now=NOW)
    assert _read_by_others(database, survey, tmp_path / "raw.csv") == [[], []]
    with database.reading() as db:
        kept = [*db.exec(select(Answer.words)), *db.exec(select(SurveySession.progress))]
    assert WORDS not in kept
