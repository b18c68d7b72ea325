"""A plan as a workbook that people like to open, edit and give back."""

import io
import math
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reminders.plan_grid import clean
from reminders.plan_leads import LeadBook
from reminders.plan_read_me import Line, read_me
from reminders.plan_rows import Figure, PlanRows
from reminders.plan_sheets import (
    BODIES,
    PLAN_FACTS,
    PLAN_NOTE,
    SHEETS,
    Column,
    Holds,
    Sheet,
)

_LONGEST_CELL = 32_767
_SPARE_ROWS = 300
_EMPTY_WIDTH = 14
_TALLEST = 409  # points; no row may be higher
_EXACT = 1e15  # beyond this a spreadsheet rounds
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")

_HEAD = PatternFill("solid", fgColor="1F3A4D")
_FACE = "Calibri"
_HEAD_FONT = Font(_FACE, 11, bold=True, color="FFFFFF")
_REVIEW = PatternFill("solid", fgColor="FFF1CC")
_DISAGREES = PatternFill("solid", fgColor="FFE0B2")
_QUIET = Font(_FACE, 11, color="6B7780")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_TYPED = Alignment(horizontal="left", vertical="top")
_RULE = Border(bottom=Side("thin", color="D5DCE1"))
_TITLE = Font(_FACE, 16, bold=True, color="1F3A4D")
_PART = Font(_FACE, 12, bold=True, color="1F3A4D")
_NAME = Font(_FACE, 11, bold=True)
_QUIET_FIELDS = {"source_lines", "lead_printed", "deadline_printed", "deadline_kind"}
# Cells that Excel would turn into numbers or dates as soon as somebody types in them.
_KEPT_AS_TEXT = {"ref", "priority", "follows", "action", "deadline_printed"}


def write_plan(rows: PlanRows, path: Path) -> None:
    """Write the plan workbook. The same rows give the same bytes, whenever they are written."""
    path.write_bytes(plan_bytes(rows))


def plan_bytes(rows: PlanRows) -> bytes:
    """The plan workbook as a file's content."""
    workbook = Workbook()
    first = workbook.active
    if not isinstance(first, Worksheet):  # a new workbook always has one
        raise TypeError("The new workbook has no sheet.")
    book = LeadBook.of(rows.bodies, rows.people)
    _write_read_me(first, read_me(rows))
    _write_facts(workbook.create_sheet("plan"), rows)
    for sheet in SHEETS:
        _write_rows(workbook.create_sheet(sheet.name), sheet, rows, book)
    workbook.properties.creator = rows.name or "Listening Loop"
    workbook.properties.title = clean(f"{rows.short_name} {rows.title}")
    stream = io.BytesIO()
    workbook.save(stream)
    return _without_clock(stream.getvalue())


def _write_read_me(sheet: Worksheet, lines: tuple[Line, ...]) -> None:
    sheet.title = "read me"
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 96
    for at, line in enumerate(lines, start=1):
        _put(sheet, at, 1, line.name)
        _tall(sheet, at, [(line.text, 96)], least=24 if line.level == 1 else 15)
        _put(sheet, at, 2, line.text)
        if line.level:
            sheet.cell(at, 1).font = _TITLE if line.level == 1 else _PART
            sheet.cell(at, 1).alignment = Alignment(vertical="top")
        elif line.name:
            sheet.cell(at, 1).font = _NAME
    _page(sheet)


def _write_facts(sheet: Worksheet, rows: PlanRows) -> None:
    _head(sheet, ("what", "value"))
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 110
    sheet.print_title_rows = "1:1"
    for at, column in enumerate(PLAN_FACTS, start=2):
        _put(sheet, at, 1, column.heading)
        _put_value(sheet, at, 2, column, getattr(rows, column.field), LeadBook())
    for at, note in enumerate(rows.notes, start=len(PLAN_FACTS) + 2):
        _put(sheet, at, 1, PLAN_NOTE)
        _put(sheet, at, 2, note)
        _tall(sheet, at, [(note, 110)])
    _page(sheet)


def _write_rows(sheet: Worksheet, spec: Sheet, rows: PlanRows, book: LeadBook) -> None:
    _head(sheet, tuple(column.heading for column in spec.columns))
    sheet.print_title_rows = "1:1"
    found = getattr(rows, spec.name)
    widths = [_width(column, found) for column in spec.columns]
    for at, row in enumerate(found, start=2):
        for number, column in enumerate(spec.columns, start=1):
            _put_value(sheet, at, number, column, _part(row, column.field), book)
            sheet.cell(at, number).border = _RULE
            if column.field in _QUIET_FIELDS:
                sheet.cell(at, number).font = _QUIET
        _tint(sheet, at, spec, row)
        shown = [str(sheet.cell(at, n).value or "") for n in range(1, len(widths) + 1)]
        _tall(sheet, at, list(zip(shown, widths, strict=True)))
    for number, column in enumerate(spec.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = widths[number - 1]
        _shape(sheet, number, column, len(found) + _SPARE_ROWS, len(rows.bodies))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(spec.columns))}{max(2, len(found) + 1)}"
    _page(sheet)


def _part(row: Any, field: str) -> Any:
    name, _, part = field.partition(".")
    value = getattr(row, name)
    return getattr(value, part) if isinstance(value, Figure) else value


def _head(sheet: Worksheet, headings: tuple[str, ...]) -> None:
    for at, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, at, heading)
        cell.fill, cell.font, cell.alignment = _HEAD, _HEAD_FONT, _WRAPPED
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "B2"


def _page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(0.4, 0.4, 0.5, 0.5)


def _width(column: Column, rows: tuple[Any, ...]) -> int:
    """A column as wide as its kind of text wants, but narrow while nothing stands in it."""
    empty = not any(_part(row, column.field) for row in rows)
    return min(column.width, _EMPTY_WIDTH) if empty else column.width


def _tall(sheet: Worksheet, at: int, texts: list[tuple[str, int]], least: float = 15) -> None:
    """Make a row high enough for its wrapped text; not every program does so by itself."""
    lines = max(
        sum(math.ceil((len(line) + 1) / (width - 1)) for line in text.split("\n"))
        for text, width in texts
    )
    sheet.row_dimensions[at].height = min(max(least, 15 * lines), _TALLEST)


def _shape(sheet: Worksheet, number: int, column: Column, last: int, bodies: int) -> None:
    letter = get_column_letter(number)
    if column.field in _KEPT_AS_TEXT:
        sheet.column_dimensions[letter].number_format = "@"
    if column.choices:
        choices = '"' + ",".join(map(column.shown, column.choices)) + '"'
    elif column.holds in {Holds.LEAD, Holds.LEADS} and bodies:
        choices = f"{BODIES.name}!$B$2:$B${bodies + 1}"
    else:
        return
    strict = column.strict or column.holds is Holds.FLAG
    rule = DataValidation("list", formula1=choices, allow_blank=True, showErrorMessage=strict)
    rule.error = f"Choose one of the words offered for {column.heading}."
    rule.errorTitle = "Not a word of this list"
    rule.add(f"{letter}2:{letter}{last + 1}")
    sheet.add_data_validation(rule)


def _tint(sheet: Worksheet, at: int, spec: Sheet, row: Any) -> None:
    """Rows that wait for a person, and figures where the source disagrees with itself."""
    review = getattr(row, "review", False)
    disagrees = bool(getattr(row, "computed_value", ""))
    for number, column in enumerate(spec.columns, start=1):
        if disagrees and column.field in {"current.value", "computed_value", "computed_from"}:
            sheet.cell(at, number).fill = _DISAGREES
        elif review:
            sheet.cell(at, number).fill = _REVIEW


def _put_value(
    sheet: Worksheet, at: int, number: int, column: Column, value: Any, book: LeadBook
) -> None:
    match column.holds:
        case Holds.DAY | Holds.COUNT:
            _put_typed(sheet, at, number, value)
        case Holds.VALUE if (figure := _number(value)) is not None:
            _put_typed(sheet, at, number, figure)
        case Holds.FLAG:
            _put(sheet, at, number, "yes" if value else "")
        case Holds.LINES:
            _put(sheet, at, number, "\n".join(map(column.shown, value)))
        case Holds.LEAD:
            _put(sheet, at, number, book.name_for(value))
        case Holds.LEADS:
            _put(sheet, at, number, "\n".join(map(book.name_for, value)))
        case _:
            _put(sheet, at, number, column.shown(value), as_text=column.field in _KEPT_AS_TEXT)


def _number(text: str) -> int | float | None:
    """A figure as a number, if the number is written back as exactly this text."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not abs(number) < _EXACT:
        return None
    whole = int(number)
    if text == str(whole):
        return whole
    return number if text == repr(number) and not number.is_integer() else None


def _put_typed(sheet: Worksheet, at: int, number: int, value: date | float | None) -> None:
    cell = sheet.cell(at, number, value)
    cell.alignment = _TYPED
    if isinstance(value, date):
        cell.number_format = "d mmm yyyy"


def _put(sheet: Worksheet, at: int, number: int, text: str, *, as_text: bool = False) -> None:
    """Write text as text: what looks like a formula, an error or a number stays what it is."""
    shown = clean(text)
    if len(shown) > _LONGEST_CELL:
        raise ValueError(f"A text of {len(shown)} letters does not fit into a cell.")
    cell = sheet.cell(at, number)
    cell.alignment = _WRAPPED
    if not shown:
        return
    cell.value = shown
    cell.data_type = "s"
    cell.quotePrefix = shown[0] in "=+-@"
    if as_text:
        cell.number_format = "@"


def _without_clock(data: bytes) -> bytes:
    """The same file without the time of its making, so that equal plans are equal files."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as made,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name, content in _parts(made):
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(info, content)
    return stream.getvalue()


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in archive.namelist():
        content = archive.read(name)
        if name == "docProps/core.xml":
            content = _STAMPS.sub(rb"\g<1>2020-01-01T00:00:00Z\g<3>", content)
        yield name, content
