"""Excel workbooks and CSV files as grids of cells."""

import csv
import io
import warnings
import zipfile
import zlib
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from reminders.plan_grid import MOST_ROWS, Cell, Grid, from_value, grid_of, grid_of_texts, too_large
from reminders.plan_headings import field_of
from storage.issues import Issue, Place, Severity

# What the parsers raise on files that are broken inside; there is no common base.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
)
_SAMPLE_ROWS = 40


def damaged(file: str) -> Issue:
    """The finding for a file that its own format's parser cannot read."""
    return Issue(
        Place(file),
        "file-damaged",
        "The file is damaged inside and cannot be read.",
        "Open it in Excel or Word, let it be repaired, and save it again.",
    )


def workbook_grids(file: str, data: bytes) -> tuple[list[Grid], list[Issue]]:
    """Every visible sheet as a grid. A formula counts as its last result."""
    try:
        workbook = _load(data, results=False)
        grids, issues = _visible(file, workbook)
        if any(cell.fault == "formula" for grid in grids for row in grid.rows for cell in row):
            grids, issues = _visible(file, workbook, results=_load(data, results=True))
    except UNREADABLE:
        return [], [damaged(file)]
    return grids, issues


def _load(data: bytes, *, results: bool) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl warns of drawings and extensions that it leaves out; a plan has none.
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), data_only=results)


def _visible(
    file: str, workbook: Workbook, results: Workbook | None = None
) -> tuple[list[Grid], list[Issue]]:
    grids: list[Grid] = []
    issues: list[Issue] = []
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            issues.append(_hidden(file, sheet.title))
            continue
        shown = results[sheet.title] if results else None
        found = _sheet_grid(file, sheet, shown if isinstance(shown, Worksheet) else None)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            grids.append(found)
    return grids, issues


def _hidden(file: str, title: str) -> Issue:
    return Issue(
        Place(file, title),
        "sheet-hidden",
        "The sheet is hidden and was not read.",
        "Unhide it if it belongs to the plan.",
        Severity.ADVICE,
    )


def _sheet_grid(file: str, sheet: Worksheet, results: Worksheet | None) -> Grid | Issue:
    # The mapping, not iter_rows: that would make a million cells for one stray entry far below.
    stored: dict[tuple[int, int], Any] = sheet._cells
    shown = results._cells if results is not None else None
    cells: dict[tuple[int, int], Cell] = {}
    for (row, column), cell in stored.items():
        if cell.value is not None:
            key = (row, column)
            cells[row - 1, column - 1] = _cell(cell, shown and shown.get(key))
    rows = max((row for row, _ in cells), default=0) + 1
    columns = max((column for _, column in cells), default=0) + 1
    merged = (
        (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
        for area in sheet.merged_cells.ranges
    )
    return too_large(file, sheet.title, rows, columns) or grid_of(file, sheet.title, cells, merged)


def _cell(cell: Any, result: Any) -> Cell:
    if cell.data_type == "f":
        if result is None:
            return Cell(fault="formula")
        if result.value is None:
            return Cell(fault="formula-without-value")
        return _cell(result, None)
    if cell.data_type == "e":
        return Cell(fault="error-cell")
    return from_value(cell.value, cell.number_format)


def text_grid(file: str, data: bytes) -> Grid | Issue:
    """A CSV file as a grid: UTF-8 or Windows letters; comma, semicolon or tab."""
    text = _decode(data)
    if text is None:
        return damaged(file)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):
        delimiter, text = first.strip()[4:5] or ",", "\n" + rest
    else:
        delimiter = max(",;\t", key=lambda mark: _fits(text, mark))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return damaged(file)
    width = max(map(len, rows), default=0)
    return too_large(file, None, len(rows), width) or grid_of_texts(file, None, rows)


def _decode(data: bytes) -> str | None:
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _fits(text: str, delimiter: str) -> tuple[int, int]:
    """How well a delimiter explains the first rows: headings recognised, then columns."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    best = (0, 0)
    try:
        for row, _ in zip(reader, range(min(_SAMPLE_ROWS, MOST_ROWS)), strict=False):
            fields = {field_of(cell) for cell in row} - {""}
            best = max(best, (len(fields), len(row)))
    except csv.Error:
        return (0, 0)
    return best
