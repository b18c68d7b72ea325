"""Plans from the tables of Word documents."""

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.table import Table

from reminders.plan_file import read_plan
from reminders.plan_rows import PlanRows
from storage.issues import Issue, Severity
from tests.reminders.plan_files import codes, read_good

HEADINGS = ("Ref", "Action", "Lead", "Timescale")


def table(document: WordDocument, rows: Sequence[Sequence[str]]) -> Table:
    made: Table = document.add_table(len(rows), max(map(len, rows)))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            made.cell(at, column).text = text
    return made


def read(document: WordDocument, folder: Path) -> tuple[PlanRows, list[Issue]]:
    path = folder / "plan.docx"
    document.save(str(path))
    return read_good(path)


def test_a_table_is_read_like_a_sheet_and_points_at_its_row(tmp_path: Path) -> None:
    document = Document()
    table(document, [("1", "2"), ("no", "plan")])
    table(
        document,
        [HEADINGS, ("1.1", "Audit\nof neglect", "QA Sub- group", "Mar-24"), ("", "", "QA", "")],
    )
    plan, issues = read(document, tmp_path)
    row = plan.actions[0]
    assert (row.ref, row.text, row.leads) == ("1.1", "Audit\nof neglect", ("qa-subgroup",))
    assert str(row.place_of("leads")) == "plan.docx [table 2] C2"
    assert codes(issues, Severity.ERROR) == ["action-without-text"]
    assert codes(issues, Severity.ADVICE) == ["sheet-not-read"]


def test_a_table_split_over_pages_is_one_whether_or_not_headings_repeat(tmp_path: Path) -> None:
    document = Document()
    table(document, [HEADINGS, ("1.1", "A", "QA", "x"), HEADINGS, ("1.2", "B", "QA", "x")])
    document.add_paragraph("")
    table(document, [HEADINGS, ("1.3", "C", "QA", "x")])
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    table(document, [("1.4", "D", "QA", "x"), ("1.5", "E", "QA", "x")])
    plan, issues = read(document, tmp_path)
    assert [(row.ref, row.leads) for row in plan.actions] == [
        (f"1.{n}", ("qa",)) for n in range(1, 6)
    ]
    assert issues == []


def test_a_heading_above_a_table_is_the_priority_of_its_actions(tmp_path: Path) -> None:
    document = Document()
    for number, title in enumerate(("Neglect", "Babies"), start=1):
        if number == 1:
            document.add_heading(f"Priority 1: {title}", 2)
        else:
            document.add_paragraph(f"Priority {number} - {title}")
        document.add_paragraph("The table shows what we will do.")
        table(document, [HEADINGS, (f"{number}.1", "A", "QA", "x")])
    plan, issues = read(document, tmp_path)
    assert [(row.ref, row.title) for row in plan.priorities] == [("1", "Neglect"), ("2", "Babies")]
    assert [row.priority for row in plan.actions] == ["1", "2"]
    assert issues == []


def test_merged_cells_are_one_cell(tmp_path: Path) -> None:
    document = Document()
    made = table(
        document,
        [
            HEADINGS,
            ("", "", "", ""),
            ("1.1", "A", "QA", "x"),
            ("1.2", "B", "", "y"),
            ("1.3", "C", "Police", "z"),
        ],
    )
    made.cell(1, 0).merge(made.cell(1, 3)).text = "Keeping babies safe"
    made.cell(2, 2).merge(made.cell(3, 2)).text = "QA"
    plan, issues = read(document, tmp_path)
    assert [row.title for row in plan.priorities] == ["Keeping babies safe"]
    assert [row.leads for row in plan.actions] == [("qa",), ("qa",), ("police",)]
    assert [row.deadline_printed for row in plan.actions] == ["x", "y", "z"]
    assert issues == []


def test_a_table_inside_a_cell_counts_as_the_text_of_the_cell(tmp_path: Path) -> None:
    document = Document()
    made = table(document, [HEADINGS, ("1.1", "Do both:", "QA", "x")])
    inner = made.cell(1, 1).add_table(2, 1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "audit", "train"
    plan, _ = read(document, tmp_path)
    assert plan.actions[0].text == "Do both:\naudit\ntrain"


def test_a_document_without_an_action_table_says_so(tmp_path: Path) -> None:
    document = Document()
    path = tmp_path / "plan.docx"
    document.add_paragraph("Only words.")
    document.save(str(path))
    assert codes(read_plan(path)[1]) == ["nothing-in-it"]
    table(document, [("a", "b"), ("c", "d")])
    document.save(str(path))
    assert codes(read_plan(path)[1]) == ["no-heading-row"]


def test_a_document_named_as_a_workbook_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    document = Document()
    table(document, [HEADINGS, ("1", "A", "QA", "x")])
    document.save(str(tmp_path / "plan.docx"))
    (tmp_path / "plan.docx").rename(path)
    plan, issues = read_plan(path)
    assert plan is None
    assert codes(issues) == ["not-what-its-name-says"]
    assert "Word document" in issues[0].problem
    assert ".docx" in issues[0].remedy
