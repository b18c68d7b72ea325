"""The cells of Excel workbooks, of today's kind and of the one before 2007."""

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from typing import Protocol

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from surveys.xlsform.sheets import MOST_COLUMNS, NOWHERE, SHEETS, Findings, Grid

MOST_BYTES_UNPACKED = 60_000_000
MOST_PARTS = 2_000
MOST_ROWS = 5_000

_MACROS = "vbaproject.bin"


class _OldCell(Protocol):
    """A cell of the old kind; `ctype` says what the value is."""

    ctype: int
    value: str | float


class _OldSheet(Protocol):
    """A sheet of the old kind."""

    nrows: int

    def row(self, rowx: int) -> Sequence[_OldCell]:
        """The cells of a row that hold something, counted from 0."""


def from_xlsx(data: bytes, findings: Findings) -> dict[str, Grid]:
    """The cells of each sheet of a form; a workbook that cannot be read is one finding."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
        if not _may_be_opened(parts, findings):
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _new_grids(data, findings)
    except Exception:  # noqa: BLE001 - a damaged workbook fails in any way at all
        return _damaged(findings)


def from_xls(data: bytes, findings: Findings) -> dict[str, Grid]:
    """The same for a workbook from before 2007, which keeps values but not formulas."""
    try:
        return _old_grids(data, findings)
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in any way at all
        if "encrypted" in str(error).lower():
            findings.add(
                NOWHERE,
                "password-protected",
                "The workbook is protected by a password.",
                "Open it, take the password off and save it again.",
            )
            return {}
        return _damaged(findings)


def _damaged(findings: Findings) -> dict[str, Grid]:
    findings.add(
        NOWHERE,
        "not-a-workbook",
        "The file is not a readable Excel workbook, whatever its name says.",
        "Open it in Excel and save it as 'Excel Workbook (.xlsx)'.",
    )
    return {}


def _may_be_opened(parts: list[zipfile.ZipInfo], findings: Findings) -> bool:
    if sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED or len(parts) > MOST_PARTS:
        findings.add(
            NOWHERE,
            "too-big",
            f"Unpacked, the workbook has over {MOST_BYTES_UNPACKED // 10**6} MB.",
            "Remove empty rows, pictures and sheets that do not belong to the form.",
        )
        return False
    if any(part.filename.lower().endswith(_MACROS) for part in parts):
        findings.add(
            NOWHERE,
            "has-macros",
            "The workbook has macros in it; a form needs none.",
            "Save it as 'Excel Workbook (.xlsx)', without macros.",
        )
        return False
    return True


def _new_grids(data: bytes, findings: Findings) -> dict[str, Grid]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    grids: dict[str, Grid] = {}
    try:
        wanted = [sheet for sheet in book.worksheets if sheet.title.lower() in SHEETS]
        for sheet in wanted or book.worksheets[: len(book.worksheets) == 1]:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=MOST_COLUMNS)
            grids[sheet.title] = _new_grid(sheet.title, rows, findings)
        for sheet in book.worksheets:
            grids.setdefault(sheet.title, [(1, [sheet.title])])
    finally:
        book.close()
    return grids


def _new_grid(name: str, rows: Iterable[tuple[object, ...]], findings: Findings) -> Grid:
    grid: Grid = []
    for number, row in enumerate(rows, start=1):
        values = [_new_text(cell, (name, number), findings) for cell in row]
        if any(values):
            grid.append((number, values))
        if len(grid) > MOST_ROWS or number > 10 * MOST_ROWS:
            too_long(name, number, findings)
            break
    return grid


def too_long(name: str, number: int, findings: Findings) -> None:
    """Says that a sheet goes on for longer than any survey."""
    findings.add(
        (name, number, None),
        "too-long",
        f"The sheet has more than {MOST_ROWS:,} rows.",
        "Split the form.",
    )


def _new_text(cell: object, where: tuple[str, int], findings: Findings) -> str:
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind in ("f", "e"):
        _not_text(where, getattr(cell, "column", 1), kind == "f", findings)
        return ""
    return cell_text(value)


def _not_text(where: tuple[str, int], column: int, is_formula: bool, findings: Findings) -> None:
    what = "a formula" if is_formula else "an error value"
    findings.add(
        (*where, get_column_letter(column)),
        "formula-cell",
        f"The cell holds {what}, not a text.",
        "Type the text in, or copy the cell and paste it as a value.",
    )


def cell_text(value: object) -> str:
    """A value of any type as text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return (value.date() if midnight else value).isoformat()
    return str(value).replace("\u00a0", " ").strip()


def _old_grids(data: bytes, findings: Findings) -> dict[str, Grid]:
    import xlrd  # type: ignore[import-untyped]  # as pyxform reads it; has no types

    silent = io.StringIO()
    with xlrd.open_workbook(file_contents=data, logfile=silent, ragged_rows=True) as book:
        names = book.sheet_names()
        wanted = [name for name in names if name.lower() in SHEETS]
        grids = {
            name: _old_grid(name, book.sheet_by_name(name), book.datemode, findings)
            for name in wanted or names[: len(names) == 1]
        }
        for name in names:
            grids.setdefault(name, [(1, [name])])
    return grids


def _old_grid(name: str, sheet: _OldSheet, datemode: int, findings: Findings) -> Grid:
    grid: Grid = []
    for number in range(1, sheet.nrows + 1):
        cells = sheet.row(number - 1)[:MOST_COLUMNS]
        values = [
            _old_text(cell, datemode, (name, number, place), findings)
            for place, cell in enumerate(cells, start=1)
        ]
        if any(values):
            grid.append((number, values))
        if len(grid) > MOST_ROWS:
            too_long(name, number, findings)
            break
    return grid


def _old_text(
    cell: _OldCell, datemode: int, where: tuple[str, int, int], findings: Findings
) -> str:
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR
    from xlrd.xldate import xldate_as_datetime  # type: ignore[import-untyped]

    if cell.ctype == XL_CELL_ERROR:
        _not_text(where[:2], where[2], False, findings)
        return ""
    if cell.ctype == XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value))
    if cell.ctype == XL_CELL_DATE and isinstance(cell.value, float):
        if cell.value < 1:
            seconds = round(cell.value * 86_400)
            return str(datetime.timedelta(seconds=seconds)).rjust(8, "0")
        return cell_text(xldate_as_datetime(cell.value, datemode))
    return cell_text(cell.value)
