"""The cells of a form as its author sees them, from a workbook, a CSV file or a Markdown table."""

import csv
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from storage.issues import Issue, Place, Severity

MOST_BYTES = 10_000_000
MOST_BYTES_UNPACKED = 60_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 200

_SHEETS = ("survey", "choices", "settings")
_LANGUAGE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[|\s:-]+")

Grid = list[tuple[int, list[str]]]
"""Rows that hold something: the row's number in the file, and its cells from column A."""


@dataclass(slots=True)
class Findings:
    """Everything found in one file, in the order it was found."""

    file: str
    issues: list[Issue] = field(default_factory=list)

    def add(
        self,
        where: tuple[str | None, int | None, str | None],
        code: str,
        problem: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a finding at (sheet, row, column)."""
        self.issues.append(Issue(Place(self.file, *where), code, problem, remedy, severity))


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings; `cells` holds what is filled in, by heading."""

    sheet: "Sheet"
    number: int
    cells: Mapping[str, str]

    def get(self, heading: str) -> str:
        """The cell's text, "" when it is blank."""
        return self.cells.get(heading, "")

    def at(self, heading: str) -> tuple[str, int, str | None]:
        """Where the cell is, for a finding."""
        return self.sheet.name, self.number, self.sheet.columns.get(heading)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its headings: the column letter of each, in the order of the columns."""

    name: str
    row: int
    columns: Mapping[str, str]
    rows: list[Row]

    def at(self, heading: str) -> tuple[str, int, str | None]:
        """Where the heading is, for a finding."""
        return self.name, self.row, self.columns.get(heading)


def language_code(name: str) -> str | None:
    """`Polski (pl)` and `pl` are both "pl"; a name without a code is none."""
    if match := _LANGUAGE.search(name):
        return match[1]
    return name.strip() if _CODE.fullmatch(name.strip()) else None


def read_bytes(path: Path, findings: Findings) -> bytes | None:
    """The file's content, or a finding why not."""
    try:
        if path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except OSError:
        findings.add(
            (None, None, None),
            "unreadable",
            "The file cannot be read.",
            "Check its name and place.",
        )
        return None
    findings.add(
        (None, None, None),
        "too-big",
        "The file is larger than 10 MB.",
        "Remove pictures and sheets that do not belong to the form.",
    )
    return None


def read_sheets(data: bytes, suffix: str, findings: Findings) -> dict[str, Sheet]:
    """The form's sheets by name in lower case; empty with findings when there are none."""
    grids = _GRIDS[suffix](data, findings)
    if len(grids) == 1 and suffix != ".csv" and next(iter(grids)).lower() not in _SHEETS:
        ((name, grid),) = grids.items()
        return {"survey": _sheet(name, grid, findings)} if grid else {}
    return {
        name.lower(): _sheet(name, grid, findings)
        for name, grid in grids.items()
        if name.lower() in _SHEETS and grid
    }


def _sheet(name: str, grid: Grid, findings: Findings) -> Sheet:
    row, printed = grid[0]
    headings: dict[int, str] = {}
    for place, text in enumerate(printed[:MOST_COLUMNS]):
        heading = " ".join(text.split())
        if heading in headings.values():
            findings.add(
                (name, row, get_column_letter(place + 1)),
                "heading-twice",
                f"The heading '{heading}' is there twice.",
                "Rename or remove one of the two columns.",
            )
        elif heading:
            headings[place] = heading
    columns = {heading: get_column_letter(place + 1) for place, heading in headings.items()}
    sheet = Sheet(name, row, columns, [])
    for number, values in grid[1:]:
        filled = {headings[n]: text for n, text in enumerate(values) if text and n in headings}
        if filled:
            sheet.rows.append(Row(sheet, number, filled))
    return sheet


def _from_workbook(data: bytes, findings: Findings) -> dict[str, Grid]:
    where = (None, None, None)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > MOST_BYTES_UNPACKED:
            findings.add(
                where,
                "too-big",
                "The workbook unpacks to over 60 MB.",
                "Remove empty rows and pictures.",
            )
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _grids(data, findings)
    except Exception:  # noqa: BLE001 - a damaged workbook fails in any way at all
        findings.add(
            where,
            "not-a-workbook",
            "The file is not a readable Excel workbook, whatever its name says.",
            "Open it in Excel and save it as 'Excel Workbook (.xlsx)'.",
        )
        return {}


def _grids(data: bytes, findings: Findings) -> dict[str, Grid]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    grids: dict[str, Grid] = {}
    try:
        wanted = [sheet for sheet in book.worksheets if sheet.title.lower() in _SHEETS]
        for sheet in wanted or book.worksheets[:1]:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=MOST_COLUMNS)
            grids[sheet.title] = _grid(sheet.title, rows, findings)
    finally:
        book.close()
    return grids


def _grid(name: str, rows: Iterable[tuple[object, ...]], findings: Findings) -> Grid:
    grid: Grid = []
    for number, row in enumerate(rows, start=1):
        values = [_text(cell, (name, number), findings) for cell in row]
        if any(values):
            grid.append((number, values))
        if len(grid) > MOST_ROWS or number > 10 * MOST_ROWS:
            findings.add(
                (name, number, None),
                "too-long",
                f"The sheet has more than {MOST_ROWS:,} rows.",
                "Split the form.",
            )
            break
    return grid


def _text(cell: object, where: tuple[str, int], findings: Findings) -> str:
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind in ("f", "e"):
        column = get_column_letter(getattr(cell, "column", 1))
        what = "a formula" if kind == "f" else "an error value"
        findings.add(
            (*where, column),
            "formula-cell",
            f"The cell holds {what}, not a text.",
            "Type the text in, or copy the cell and paste it as a value.",
        )
        return ""
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return (value.date() if midnight else value).isoformat()
    return str(value).replace("\u00a0", " ").strip()


def _decoded(data: bytes, findings: Findings) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" not in text:
        return text
    findings.add(
        (None, None, None),
        "not-text",
        "The file is not text in UTF-8.",
        "Save it as 'CSV UTF-8', or send the Excel workbook itself.",
    )
    return None


def _from_csv(data: bytes, findings: Findings) -> dict[str, Grid]:
    text = _decoded(data, findings)
    if text is None:
        return {}
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[int, list[str]]] = []
    try:
        while (row := next(reader, None)) is not None:
            rows.append((reader.line_num, [_plain(value) for value in row]))
    except csv.Error:
        findings.add(
            (None, reader.line_num, None),
            "not-csv",
            "The line cannot be read as comma-separated values.",
            "Check its quotation marks.",
        )
    return _by_first_cell(rows)


def _from_markdown(data: bytes, findings: Findings) -> dict[str, Grid]:
    text = _decoded(data, findings)
    return {} if text is None else _by_first_cell(_table_lines(text))


def _table_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if plain.startswith("|") and not _RULE.fullmatch(plain):
            cells = _PIPE.split(plain[1:].removesuffix("|"))
            yield number, [cell.strip().replace(r"\|", "|") for cell in cells]


def _by_first_cell(rows: Iterable[tuple[int, list[str]]]) -> dict[str, Grid]:
    """A filled first cell names the sheet of the rows that follow."""
    grids: dict[str, Grid] = {}
    name = ""
    for number, cells in rows:
        name = (cells[0] if cells else "") or name
        if name:
            grid = grids.setdefault(name, [])
            if any(cells[1:]):
                grid.append((number, ["", *cells[1:]]))
    return grids


_GRIDS = {".xlsx": _from_workbook, ".csv": _from_csv, ".md": _from_markdown}
