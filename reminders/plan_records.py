"""The sheets of a plan workbook beside its actions, row by row into their dataclasses."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reminders.plan_doubts import Doubt, not_a_date, unknown_lead
from reminders.plan_grid import Cell, Grid, faults
from reminders.plan_headings import field_of, heading_key, index
from reminders.plan_leads import LeadBook, body_key
from reminders.plan_rows import Figure
from reminders.plan_sheets import PLAN_FACTS, PLAN_NOTE, Column, Holds, Sheet
from reminders.plan_table import Heading, blank_row, find_heading, joined, unread_columns
from storage.issues import Issue, Place, Severity, has_errors

_MAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+$")
_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$|^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
_YES = {"yes", "y", "true", "1", "x", "ja"}


def read_day(cell: Cell) -> date | None:
    """A whole date in a cell: a real one, or text such as 2024-03-31 or 31/03/2024."""
    if cell.day or not (match := _DATE.match(cell.text)):
        return cell.day
    year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def lines(text: str) -> tuple[str, ...]:
    """The texts of a cell that holds one a line."""
    return tuple(part for line in text.split("\n") if (part := line.strip()))


def chosen(text: str, column: Column) -> str:
    """The choice that a text means, whatever its case and spacing, or `""`."""
    key = heading_key(text)
    choices = {heading_key(choice): choice for choice in column.choices}
    return choices.get(key) or (column.words or {}).get(key, "")


def value_of(column: Column, cell: Cell, book: LeadBook) -> tuple[Any, Doubt | None]:
    """What a cell holds for its column, and what is doubtful about it."""
    if column.holds is Holds.TEXT:
        return _text(column, cell)
    if column.holds is Holds.LINES and column.choices:
        return tuple(chosen(line, column) or line for line in lines(cell.text)), None
    value, doubt = _READERS[column.holds](cell, book)
    if column.holds is Holds.LEAD and not column.strict:
        return value, None
    return value, doubt


def _text(column: Column, cell: Cell) -> tuple[Any, Doubt | None]:
    if not cell.text or not column.choices:
        return cell.text, None
    choice = chosen(cell.text, column)
    if choice or not column.strict:
        return choice or cell.text, None
    near = difflib.get_close_matches(cell.text.lower()[:80], column.choices, n=1)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    return None, Doubt(
        "not-a-choice",
        f'"{cell.text[:60]}" is not one of the words for "{column.heading}".',
        f"{hint}Use one of: {', '.join(map(column.shown, column.choices))}.",
    )


def _leads(cell: Cell, book: LeadBook) -> tuple[tuple[str, ...], Doubt | None]:
    found = book.read(cell.text)
    return found.leads, unknown_lead(found.unknown, book) if found.unknown else None


def _lead(cell: Cell, book: LeadBook) -> tuple[str, Doubt | None]:
    if not cell.text:
        return "", None
    known = book.find(cell.text)
    return known or cell.text, None if known else unknown_lead((cell.text,), book)


def _day(cell: Cell, _book: LeadBook) -> tuple[date | None, Doubt | None]:
    day = read_day(cell)
    if day or not cell.text or cell.fault:
        return day, None
    return None, not_a_date(cell.text)


def _count(cell: Cell, _book: LeadBook) -> tuple[int | None, Doubt | None]:
    digits = cell.text.replace(",", "").replace(" ", "")
    if not cell.text or (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return int(digits) if digits else None, None
    return None, Doubt("not-a-number", f'"{cell.text[:60]}" is not a whole number.', "Type digits.")


def _mail(cell: Cell, _book: LeadBook) -> tuple[str, Doubt | None]:
    address = cell.text.removeprefix("mailto:")
    if not address or _MAIL.match(address):
        return address, None
    return "", Doubt(
        "not-an-e-mail",
        f'"{address[:60]}" is not an e-mail address, and was left out.',
        "Type one address, such as qa@example.org.",
    )


_READERS: dict[Holds, Callable[[Cell, LeadBook], tuple[Any, Doubt | None]]] = {
    Holds.LINES: lambda cell, _: (lines(cell.text), None),
    Holds.LEAD: _lead,
    Holds.LEADS: _leads,
    Holds.DAY: _day,
    Holds.FLAG: lambda cell, _: (cell.text.casefold() in _YES, None),
    Holds.COUNT: _count,
    Holds.MAIL: _mail,
    Holds.VALUE: lambda cell, _: (cell.text, None),
}


@dataclass(slots=True)
class SheetReader:
    """Reads one sheet by its description; what it finds wrong gathers in `issues`."""

    sheet: Sheet
    grid: Grid
    book: LeadBook
    issues: list[Issue] = field(default_factory=list)

    def rows(self) -> tuple[Any, ...]:
        """The rows that can be used."""
        if self.grid.empty:
            return ()
        fields = index({c.field: (c.heading, *c.also) for c in self.sheet.columns})
        heading = find_heading(
            self.grid,
            lambda text: field_of(text, fields),
            lambda found: self.sheet.needs in found and len(found) > 1,
        )
        if heading is None:
            self.issues.append(_no_heading(self.grid, self.sheet))
            return ()
        self.issues.extend(unread_columns(self.grid, heading))
        return self._read(heading)

    def _read(self, heading: Heading) -> tuple[Any, ...]:
        rows: list[Any] = []
        seen: dict[str, Place] = {}
        for at in range(heading.row + 1, len(self.grid.rows)):
            if blank_row(self.grid, at):
                continue
            row = self._row(at, heading)
            if row is not None and self._is_new(row, seen):
                rows.append(row)
        return tuple(rows)

    def _row(self, at: int, heading: Heading) -> Any:
        found = list(faults(self.grid, at, heading.used))
        values = {
            column.field: self._value(at, column, heading.columns[column.field])
            for column in self.sheet.columns
            if column.field in heading.columns
        }
        values = {name: value for name, value in values.items() if value not in {None, ""}}
        if self.sheet.needs not in values and not has_errors(found):
            found.append(self._lacks(at, heading))
        self.issues.extend(found)
        if has_errors(found):
            return None
        if self.sheet.key and self.sheet.key not in values:
            values[self.sheet.key] = self._made_key(at, values)
        return self.sheet.row(**_nested(values), place=self.grid.place(at))

    def _value(self, at: int, column: Column, columns: tuple[int, ...]) -> Any:
        value, doubt = value_of(column, joined(self.grid, at, columns), self.book)
        if doubt:
            self.issues.append(doubt.at(self.grid.place(at, columns[0])))
        return value

    def _lacks(self, at: int, heading: Heading) -> Issue:
        column = next(c for c in self.sheet.columns if c.field == self.sheet.needs)
        return Issue(
            self.grid.place(at, heading.columns[self.sheet.needs][0]),
            "cell-missing",
            f'The row has no "{column.heading}".',
            "Fill it in, or clear the whole row.",
        )

    def _made_key(self, at: int, values: dict[str, Any]) -> str:
        if self.sheet.key == "id":
            return slug(str(values.get("email") or values[self.sheet.needs]))
        made = f"x-{at + 1}"
        self.issues.append(
            Issue(
                self.grid.place(at),
                "ref-missing",
                f'The row has no ref; it is called "{made}" for now.',
                "Give it a ref of its own, so that it is known again at the next import.",
                Severity.REVIEW,
            )
        )
        return made

    def _is_new(self, row: Any, seen: dict[str, Place]) -> bool:
        key = getattr(row, self.sheet.key) if self.sheet.key else ""
        first = seen.setdefault(key, row.place) if key else row.place
        if first is row.place:
            return True
        self.issues.append(
            Issue(
                row.place,
                "written-twice",
                f'"{key[:60]}" stands already in row {first.row}.',
                "Give one of them another, or delete the row that is too many.",
            )
        )
        return False


def slug(name: str) -> str:
    """A short id made from a name."""
    return "-".join(body_key(name.split("@")[0] if "@" in name else name).split())[:40].strip("-")


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    """Gather "baseline.value", "baseline.unit" and so on into figures."""
    flat = {name: value for name, value in values.items() if "." not in name}
    figures: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        if "." in name:
            figure, _, part = name.partition(".")
            figures.setdefault(figure, {})[part] = value
    return flat | {name: Figure(**parts) for name, parts in figures.items()}


def _no_heading(grid: Grid, sheet: Sheet) -> Issue:
    wanted = ", ".join(f'"{column.heading}"' for column in sheet.columns[:4])
    return Issue(
        Place(grid.file, grid.sheet),
        "no-heading-row",
        f"No heading row was found; looked for {wanted}.",
        "Give the first row these headings.",
    )


def read_facts(grid: Grid) -> tuple[dict[str, Any], list[Issue]]:
    """The sheet `plan`: one fact a row, and any number of notes."""
    by_name = index({column.field: (column.heading, *column.also) for column in PLAN_FACTS})
    columns = {column.field: column for column in PLAN_FACTS}
    facts: dict[str, Any] = {}
    notes: list[str] = []
    issues: list[Issue] = []
    for at in range(len(grid.rows)):
        name, cell = grid.cell(at, 0).text, grid.cell(at, 1)
        issues.extend(faults(grid, at, (1,)))
        if name.casefold() == PLAN_NOTE and cell.text:
            notes.append(cell.text)
        elif found := by_name.get(" ".join(name.casefold().split())):
            facts[found], doubt = value_of(columns[found], cell, LeadBook())
            if doubt:
                issues.append(doubt.at(grid.place(at, 1)))
    return facts | {"notes": tuple(notes)}, issues
