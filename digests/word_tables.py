"""Columns of a Word table as wide as what stands in them, and figures at the edge."""

import re
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Twips

from digests.paper_data import widths_of

_FIGURE = re.compile(r"[-+±£~]?[\d][\d,. ]*%?|c|–|-|")

_CELL = "Cell"
"""The style of cells in the body of a table."""


def fitted(document: Any) -> None:
    """Every table, over the width that it has."""
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows:
            _widen(table, rows)
            _align(table, rows[1:])


def _widen(table: Any, rows: list[list[str]]) -> None:
    parts = widths_of(rows[0], rows[1:])
    grid = table._tbl.tblGrid.findall(qn("w:gridCol"))
    whole = sum(int(column.get(qn("w:w"))) for column in grid)
    for column, part in zip(grid, parts, strict=True):
        column.set(qn("w:w"), str(round(whole * part / sum(parts))))
    for row in table._tbl.tr_lst:
        for cell, column in zip(row.tc_lst, grid, strict=True):
            cell.width = Twips(int(column.get(qn("w:w"))))


def _align(table: Any, rows: list[list[str]]) -> None:
    """Columns after the first in which there are only figures."""
    for place in range(1, len(rows[0]) if rows else 0):
        cells = [row[place].strip() for row in rows]
        first = [row.cells[place].paragraphs[0] for row in table.rows]
        is_body = first[-1].style.name == _CELL
        if is_body and any(cells) and all(_FIGURE.fullmatch(cell) for cell in cells):
            for paragraph in first:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
