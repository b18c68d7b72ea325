"""A table as a grid of cells, whatever file it came from: text, dates, faults, merged spans."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from storage.issues import Issue, Place, Severity

MOST_ROWS = 20_000
MOST_COLUMNS = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufffe\uffff\u200b\ufeff]|_x000[dD]_")
_FIXED = re.compile(r"^[#,]*0(?:\.(0+))?(%?)$")
_UNSEEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_SPACES = str.maketrans({"\xa0": " ", "\u2007": " ", "\u202f": " ", "\t": " "})


def clean(text: str) -> str:
    """Text without control characters, odd spaces, and space around lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    plain = _CONTROL.sub("", plain).translate(_SPACES)
    return "\n".join(line.strip() for line in plain.split("\n")).strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a reader of the file sees it.

    `day` is set where the cell holds a whole date; `general` where it holds a number that shows no
    fixed decimals (1.10 was typed, 1.1 is kept); `fault` is the code of what makes it unusable or
    doubtful; `carried` where a merged cell above gives the text; `span` counts merged columns.
    """

    text: str = ""
    day: date | None = None
    general: bool = False
    fault: str = ""
    carried: bool = False
    span: int = 1


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet or table; rows and columns count from nought.

    `caption` is the title that stands before a table in a document.
    """

    file: str
    sheet: str | None
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def place(self, row: int, column: int | None = None) -> Place:
        """Where that is, as the file's author sees it."""
        return Place(self.file, self.sheet, row + 1, None if column is None else letters(column))

    def cell(self, row: int, column: int) -> Cell:
        """The cell, blank beyond the edge."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else BLANK

    @property
    def empty(self) -> bool:
        """Whether nothing at all stands in it."""
        return not any(cell.text or cell.fault for row in self.rows for cell in row)


def letters(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def from_value(value: object, number_format: str = "General") -> Cell:
    """What a typed cell shows. A month typed as 'Dec-22' is a date to Excel, and stays a month."""
    if value is None:
        return BLANK
    if isinstance(value, datetime | date):
        return _from_date(value, number_format)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return _from_number(value, number_format)
    if isinstance(value, time | timedelta):
        return Cell(str(value))
    return Cell(clean(str(value)))


def _from_date(value: date, number_format: str) -> Cell:
    shown = _UNSEEN.sub("", number_format.lower())
    if "y" in shown and "d" not in shown:
        return Cell(f"{value:%b-%y}")
    if "d" in shown and "y" not in shown:
        return Cell(f"{value.day} {value:%b}", fault="date-without-year")
    day = value.date() if isinstance(value, datetime) else value
    return Cell(f"{day.day} {day:%B} {day.year}", day=day)


def _from_number(value: float, number_format: str) -> Cell:
    fixed = _FIXED.match(_UNSEEN.sub("", number_format))
    if fixed and fixed[2]:
        return Cell(f"{value * 100:.{len(fixed[1] or '')}f}%")
    if fixed and fixed[1]:
        return Cell(f"{value:.{len(fixed[1])}f}")
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return Cell(str(int(value)))
    return Cell(repr(value), general=True)


def grid_of(
    file: str,
    sheet: str | None,
    cells: dict[tuple[int, int], Cell],
    merged: Iterable[tuple[int, int, int, int]] = (),
    caption: str = "",
) -> Grid:
    """A grid from scattered cells; `merged` are first row, first column, last row, last column."""
    filled = dict(cells)
    last = max((row for row, _ in cells), default=-1)
    for top, left, bottom, right in merged:
        _spread(filled, top, left, min(bottom, last), right)
    by_row: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in filled.items():
        by_row.setdefault(row, {})[column] = cell
    rows = tuple(_row(by_row.get(row, {})) for row in range(last + 1))
    return Grid(file, sheet, rows, caption)


def _spread(
    cells: dict[tuple[int, int], Cell], top: int, left: int, bottom: int, right: int
) -> None:
    origin = cells.get((top, left))
    if origin is None or not (origin.text or origin.fault):
        return
    span = right - left + 1
    cells[top, left] = replace(origin, span=span)
    for row in range(top + 1, bottom + 1):
        cells[row, left] = replace(origin, span=span, carried=True)


def _row(cells: dict[int, Cell]) -> tuple[Cell, ...]:
    return tuple(cells.get(column, BLANK) for column in range(max(cells, default=-1) + 1))


def grid_of_texts(file: str, sheet: str | None, rows: Sequence[Sequence[str]]) -> Grid:
    """A grid from plain texts."""
    return Grid(file, sheet, tuple(tuple(Cell(clean(text)) for text in row) for row in rows))


def too_large(file: str, sheet: str | None, rows: int, columns: int) -> Issue | None:
    """The finding for a sheet beyond what any plan needs."""
    if rows <= MOST_ROWS and columns <= MOST_COLUMNS:
        return None
    return Issue(
        Place(file, sheet),
        "sheet-too-large",
        f"The sheet reaches to row {rows} and column {letters(columns - 1)}; a plan has at most "
        f"{MOST_ROWS} rows and {MOST_COLUMNS} columns.",
        "Delete what stands far below or right of the plan, or give the right file.",
    )


FAULTS = {
    "formula-without-value": (
        "The cell holds a formula and the file does not say its result.",
        "Open the file in Excel and save it, or type the value.",
        Severity.ERROR,
    ),
    "error-cell": (
        "The cell shows an error instead of a value.",
        "Mend the formula or type the value.",
        Severity.ERROR,
    ),
    "date-without-year": (
        "The cell holds a day without a year; Excel often makes that of a month such as Dec-22.",
        "Type the whole date, or the month as text with an apostrophe first: 'Dec-22.",
        Severity.REVIEW,
    ),
}


def faults(grid: Grid, row: int, columns: Iterable[int]) -> Iterator[Issue]:
    """What is wrong with these cells of a row."""
    for column in columns:
        cell = grid.cell(row, column)
        if cell.fault and not cell.carried:
            problem, remedy, severity = FAULTS[cell.fault]
            yield Issue(grid.place(row, column), cell.fault, problem, remedy, severity)
