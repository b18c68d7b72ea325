"""The tables of a Word document as grids of cells."""

from collections.abc import Iterator
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from reminders.plan_cells import UNREADABLE, damaged
from reminders.plan_grid import Cell, Grid, clean, grid_of, too_large
from reminders.plan_priorities import is_title
from storage.issues import Issue

_DEEPEST = 4
_LONGEST_HEADING = 200


def document_grids(file: str, data: bytes) -> tuple[list[Grid], list[Issue]]:
    """Every table of the document's body as a grid, called by its number.

    The text above a table is its caption; merged cells are one cell; a table inside a cell counts
    as that cell's text.
    """
    try:
        return _read(file, Document(BytesIO(data)))
    except UNREADABLE:
        return [], [damaged(file)]


def _read(file: str, document: WordDocument) -> tuple[list[Grid], list[Issue]]:
    grids: list[Grid] = []
    issues: list[Issue] = []
    caption = ""
    for item in document.iter_inner_content():
        if isinstance(item, Paragraph):
            caption = _heading(item) or caption
            continue
        found = _grid(file, f"table {len(grids) + len(issues) + 1}", item, caption)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            grids.append(found)
        caption = ""
    return grids, issues


def _heading(paragraph: Paragraph) -> str:
    """The text of a paragraph that is a heading, by its style or by what it says."""
    text = clean(paragraph.text)
    style = paragraph.style.name if paragraph.style else ""
    styled = bool(style) and style.casefold().startswith("heading")
    return text if len(text) <= _LONGEST_HEADING and (styled or is_title(text)) else ""


def _grid(file: str, name: str, table: Table, caption: str) -> Grid | Issue:
    cells: dict[tuple[int, int], Cell] = {}
    merged: list[tuple[int, int, int, int]] = []
    starts: dict[int, tuple[int, int]] = {}
    widest = 0
    for at, row in enumerate(table.rows):
        for left, span, cell, goes_on in _cells(row):
            widest = max(widest, left + span)
            if goes_on and left in starts:
                top, width = starts[left]
                merged.append((top, left, at, left + width - 1))
                continue
            starts[left] = (at, span)
            cells[at, left] = Cell(_text(cell))
            merged.append((at, left, at, left + span - 1))
    return too_large(file, name, len(table.rows), widest) or grid_of(
        file, name, cells, merged, caption=caption
    )


def _cells(row: _Row) -> Iterator[tuple[int, int, _Cell, bool]]:
    """First column, columns spanned, the cell, and whether it goes on from the row above."""
    left = row.grid_cols_before
    for element in row._tr.tc_lst:
        yield left, element.grid_span, _Cell(element, row.table), element.vMerge == "continue"
        left += element.grid_span


def _text(cell: _Cell, depth: int = _DEEPEST) -> str:
    """A cell's paragraphs, one a line, and the cells of a table in it, in reading order."""
    lines: list[str] = []
    for item in cell.iter_inner_content():
        if isinstance(item, Paragraph):
            lines.append(item.text)
        elif depth:
            inner = (_Cell(tc, item) for row in item.rows for tc in row._tr.tc_lst)
            lines.extend(_text(each, depth - 1) for each in inner)
    return "\n".join(filter(None, map(clean, lines)))
