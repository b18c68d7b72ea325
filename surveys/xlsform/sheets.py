"""The cells of a form as its author sees them: findings, rows and sheets."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from openpyxl.utils import column_index_from_string, get_column_letter

from storage.issues import Issue, Place, Severity

MOST_COLUMNS = 200
MOST_GUESSES = 100
MOST_LOOKED_AT = 1_000
SHEETS = ("survey", "choices", "settings")
_WORKBOOKS = (".xlsx", ".xls")
_HEADINGS = {"survey": {"type", "name"}, "choices": {"list_name", "name"}, "settings": {"form_id"}}
_MOST_ABOVE = 6
_KNOWN = (*SHEETS, "external_choices", "entities", "osm")

Where = tuple[str | None, int | None, str | None]
"""Sheet, row and column letter of a finding; what is not known is None."""

NOWHERE: Where = (None, None, None)

Grid = list[tuple[int, list[str]]]
"""Rows that hold something: the row's number in the file, and its cells from column A."""


@dataclass(slots=True)
class Findings:
    """Everything found in one file."""

    file: str
    issues: list[Issue] = field(default_factory=list)
    _guesses: int = MOST_GUESSES

    def add(
        self,
        where: Where,
        code: str,
        problem: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a finding at (sheet, row, column)."""
        issue = Issue(Place(self.file, *where), code, problem, remedy, severity)
        if issue not in self.issues[-20:]:
            self.issues.append(issue)

    def advise(self, where: Where, code: str, problem: str, remedy: str) -> None:
        """Add a hint that keeps nothing out."""
        self.add(where, code, problem, remedy, Severity.ADVICE)

    def nearest(self, name: str, names: Iterable[str]) -> str | None:
        """The name that was most likely meant. A file full of slips is not guessed at for ever."""
        if self._guesses == 0:
            return None
        self._guesses -= 1
        alike = (other for other in names if other and abs(len(other) - len(name)) <= 3)
        found = difflib.get_close_matches(name, islice(alike, MOST_LOOKED_AT), n=1)
        return found[0] if found else None

    def in_order(self) -> list[Issue]:
        """Sheet by sheet, row by row, from left to right."""
        return sorted(self.issues, key=_position)


def _position(issue: Issue) -> tuple[int, int, int]:
    place = issue.place
    sheet = (place.sheet or "").lower()
    rank = SHEETS.index(sheet) + 1 if sheet in SHEETS else len(SHEETS) + 1 if sheet else 0
    column = column_index_from_string(place.column) if place.column else 0
    return rank, place.row or 0, column


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings; `cells` holds what is filled in, by heading."""

    sheet: "Sheet"
    number: int
    cells: Mapping[str, str]

    def get(self, heading: str) -> str:
        """The cell's text, "" when it is blank."""
        return self.cells.get(heading, "")

    def at(self, heading: str) -> Where:
        """Where the cell is, for a finding."""
        return self.sheet.name, self.number, self.sheet.columns.get(heading)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its headings: the column letter of each, in the order of the columns.

    `lines` are the numbers of all filled rows in the file, the headings' first.
    """

    name: str
    row: int
    columns: Mapping[str, str]
    rows: list[Row]
    lines: Sequence[int] = ()

    def at(self, heading: str) -> Where:
        """Where the heading is, for a finding."""
        return self.name, self.row, self.columns.get(heading)


def sheets_of(grids: Mapping[str, Grid], suffix: str, findings: Findings) -> dict[str, Sheet]:
    """The form's sheets by name in lower case; empty with findings when there are none."""
    if len(grids) == 1 and suffix != ".csv" and next(iter(grids)).lower() not in SHEETS:
        ((name, grid),) = grids.items()
        return {"survey": sheet_of(name, grid, findings)} if grid else {}
    found: dict[str, Sheet] = {}
    if suffix in _WORKBOOKS:
        grids = {name: _from_headings(name.lower(), grid) for name, grid in grids.items()}
    for name, grid in grids.items():
        if name.lower() in SHEETS and grid:
            found[name.lower()] = sheet_of(name, grid, findings)
        elif name.lower() in _KNOWN and grid:
            findings.advise(
                (name, None, None),
                "sheet-not-read",
                f"The sheet '{name}' is not read.",
                "Nothing in it has an effect here.",
            )
    if suffix in _WORKBOOKS:
        _check_first_rows(found, findings)
    return found


def _from_headings(name: str, grid: Grid) -> Grid:
    """Without a title that stands above the headings, so that all else is found in one go."""
    wanted = _HEADINGS.get(name)
    for start, (_, cells) in enumerate(grid[:_MOST_ABOVE] if wanted else ()):
        if wanted and wanted <= {"_".join(cell.lower().split()) for cell in cells}:
            return grid[start:]
    return grid


def _check_first_rows(sheets: Mapping[str, Sheet], findings: Findings) -> None:
    for sheet in sheets.values():
        if sheet.row != 1:
            findings.add(
                (sheet.name, sheet.row, None),
                "headings-not-first",
                f"The headings are in row {sheet.row}; other readers of forms look in row 1 only.",
                "Delete the rows above the headings.",
            )


def sheet_of(name: str, grid: Grid, findings: Findings) -> Sheet:
    """A grid with its first row as headings."""
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
    sheet = Sheet(name, row, columns, [], [number for number, _ in grid])
    for number, values in grid[1:]:
        filled = {headings[n]: text for n, text in enumerate(values) if text and n in headings}
        if filled:
            sheet.rows.append(Row(sheet, number, filled))
    return sheet
