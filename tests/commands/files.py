"""The small files that the transcripts bring in: what people have on their desks."""

from pathlib import Path

from docx import Document
from openpyxl import Workbook

ROWS = (
    ("Ref", "Action", "Lead", "Timescale"),
    ("1.1", "Agree the neglect strategy", "Business manager", "Mar-24"),
    ("1.2", "Train the workforce", "Quality Assurance Sub-group", "31 Feb 2024"),
    ("1.3", "Tell young people what came of it", "Nobody we know", "ongoing"),
)


def made_in(folder: Path) -> None:
    """Writes all of them."""
    _text(folder / "plan.csv", ROWS)
    _text(folder / "twice.csv", (*ROWS[:2], ROWS[1]))
    _text(folder / "people.csv", _PEOPLE)
    _text(folder / "people_wrong.csv", (*_PEOPLE, ("no e-mail", "Kim", "", "lead")))
    reads_in(folder)
    _word(folder / "plan.docx")
    Workbook().save(folder / "empty.xlsx")
    (folder / "notes.xlsx").write_bytes(b"not a workbook at all")
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")


_PEOPLE = (
    ("E-mail", "Name", "Agency", "Roles"),
    ("sam@council.example", "Business manager", "Council", "manager"),
    ("kim@nhs.example", "Safeguarding reviewer", "NHS", "reviewer"),
)


def reads_in(folder: Path) -> None:
    """Which languages the reviewer and the deputy read."""
    (folder / "reads.csv").write_text(_READS)


_READS = """e-mail,post,reads
reviewer@rochdale.example,Safeguarding reviewer,"en, pl, ro"
deputy@rochdale.example,Deputy safeguarding reviewer,"en, ur, ar"
"""


def _text(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")


def _word(path: Path) -> None:
    document = Document()
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for cells, row in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(path))
