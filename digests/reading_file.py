"""Readings from a sheet (.xlsx or .csv): read, shown before anything is kept, then kept whole.

Text that looks like a formula is text. The same file twice changes nothing the second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from digests.indicator_acts import (
    SHEET,
    New,
    enter,
    standing,
    values_of,
    wanted_of,
    why_not,
)
from digests.indicator_values import unit_of
from digests.reading_rules import (
    PER_CENT,
    Entered,
    NotANumber,
    plain_number,
    read_entered,
    read_number,
    with_unit,
)
from reminders.date_words import find_dates, plain
from reminders.people_import import grids_of
from reminders.plan_container import open_container
from reminders.plan_grid import Grid
from reminders.plan_leads import LeadBook
from reminders.plan_records import SheetReader
from reminders.plan_rows import NOWHERE
from reminders.plan_sheets import Column, Holds, Sheet
from storage.calendar import Calendar
from storage.issues import Issue, Place, Severity, has_errors
from storage.plans import Indicator, IndicatorReading, Plan


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One row as it stands in the file."""

    ref: str
    value: str = ""
    on: str = ""
    part: str = ""
    whole: str = ""
    people: int | None = None
    narrative: str = ""
    quality: str = ""
    place: Place = NOWHERE


READINGS = Sheet(
    "readings",
    "What the measures stood at: one row for each measure and day.",
    ReadingRow,
    "",
    "ref",
    (
        Column("ref", "ref", width=10, also=("indicator", "measure", "reference")),
        Column("reading", "value", Holds.VALUE, 12, also=("value", "current", "figure")),
        Column("date", "on", Holds.VALUE, 14, also=("on", "day", "as at")),
        Column("part", "part", Holds.VALUE, 10, also=("numerator",)),
        Column("whole", "whole", Holds.VALUE, 10, also=("denominator", "of")),
        Column("people", "people", Holds.COUNT, 10, also=("number of people",)),
        Column("narrative", "narrative", width=60, also=("what it means", "comment")),
        Column("data quality", "quality", width=30, also=("quality", "about the data")),
    ),
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that could be kept: `before` is the figure of the same day that it would replace."""

    indicator_id: int
    ref: str
    text: str
    new: New
    shown: str
    before: str = ""
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change. With an error in any row nothing of it can be kept."""

    rows: tuple[Incoming, ...]
    issues: tuple[Issue, ...]

    @property
    def is_whole(self) -> bool:
        return bool(self.rows) and not has_errors(self.issues)

    @property
    def added(self) -> int:
        return sum(not row.is_known and not row.before for row in self.rows)

    @property
    def corrected(self) -> int:
        return sum(bool(row.before) and not row.is_known for row in self.rows)

    @property
    def known(self) -> int:
        return sum(row.is_known for row in self.rows)


def preview(
    session: Session, path: Path, *, today: date, only: frozenset[int] | None = None
) -> Preview:
    """Reads a file and says what each row would do. `only`: the measures that one may enter."""
    container = open_container(path)
    if isinstance(container, Issue):
        return Preview((), (container,))
    grids, issues = grids_of(path, container)
    grid = _grid(grids)
    if grid is None:
        return Preview((), tuple(issues) or (_nothing(path),))
    reader = SheetReader(READINGS, grid, LeadBook.of((), ()))
    rows = list(reader.rows())
    found = [*issues, *map(_as_error, reader.issues)]
    known = _known(session, {row.ref.strip().casefold() for row in rows})
    kept: dict[tuple[int, date], Incoming] = {}
    doubted = {issue.place.row for issue in found if issue.severity is Severity.ERROR}
    for row in rows:
        if row.place.row in doubted:
            continue  # what is wrong with it was said already
        one = _incoming(session, row, known, today, only)
        if isinstance(one, Issue):
            found.append(one)
        elif (one.indicator_id, one.new.on) in kept:
            found.append(_twice(row, one))
        else:
            kept[one.indicator_id, one.new.on] = one
    if not rows and not has_errors(found):
        found.append(_nothing(path))
    return Preview(tuple(kept.values()), tuple(found))


def keep(
    session: Session, found: Preview, *, now: datetime, today: date, person_id: int | None
) -> int:
    """Keeps all rows of a preview that is whole, in the caller's transaction; how many were new."""
    assert found.is_whole
    count = 0
    for one in found.rows:
        row = session.get_one(Indicator, one.indicator_id)
        kept = enter(session, row, one.new, now=now, today=today, how=SHEET, person_id=person_id)
        count += kept is not None
    return count


def _grid(grids: Sequence[Grid]) -> Grid | None:
    """The sheet called readings, else the first that has anything in it."""
    filled = [grid for grid in grids if not grid.empty]
    called = [grid for grid in filled if (grid.sheet or "").strip().casefold() == READINGS.name]
    return next(iter(called or filled), None)


def _known(session: Session, refs: set[str]) -> Mapping[str, list[Indicator]]:
    query = (
        select(Indicator)
        .join(Plan, col(Plan.id) == col(Indicator.plan_id))
        .where(col(Indicator.retired_on).is_(None))
        .order_by(col(Indicator.id))
    )
    found: dict[str, list[Indicator]] = {}
    for row in session.exec(query):
        if row.ref.casefold() in refs:
            found.setdefault(row.ref.casefold(), []).append(row)
    return found


def _incoming(
    session: Session,
    row: ReadingRow,
    known: Mapping[str, list[Indicator]],
    today: date,
    only: frozenset[int] | None,
) -> Incoming | Issue:
    measures = known.get(row.ref.strip().casefold(), [])
    if len(measures) != 1:
        return _unknown(row, len(measures))
    measure = measures[0]
    if only is not None and measure.id not in only:
        return _issue(
            row,
            "not-yours",
            f"{measure.ref} is kept by somebody else.",
            "Leave the row out, or ask the business manager to name you as its keeper.",
        )
    read = _read(row)
    if isinstance(read, Issue):
        return read
    if wrong := why_not(measure, read, today=today):
        problem, _, remedy = wrong.partition(". ")
        return _issue(row, "not-a-reading", f"{problem}.", remedy or "Mend the row.")
    return _compared(session, measure, read)


def _compared(session: Session, measure: Indicator, new: New) -> Incoming:
    there = [one for one in standing(session, measure.id or 0) if one.on == new.on]
    unit = unit_of(measure)
    return Incoming(
        indicator_id=measure.id or 0,
        ref=measure.ref,
        text=measure.text,
        new=new,
        shown=shown(new.entered, unit),
        before=shown(_entered(there[-1]), unit) if there else "",
        is_known=bool(there) and values_of(there[-1]) == wanted_of(new),
    )


def shown(entered: Entered, unit: str) -> str:
    """A figure in what its measure is counted in, so that 84 is seen to be taken as 84%."""
    value = "" if entered.value is None else plain_number(entered.value)
    if value:
        value = with_unit(value, unit or (PER_CENT if entered.is_per_cent else ""))
    if entered.part is None or entered.whole is None:
        return value
    parts = f"{plain_number(entered.part)} of {plain_number(entered.whole)}"
    return f"{value} ({parts})" if value else parts


def _entered(row: IndicatorReading) -> Entered:
    return Entered(row.value, row.part, row.whole)


def _read(row: ReadingRow) -> New | Issue:
    day = _day(row.on)
    if day is None:
        return _issue(
            row,
            "not-a-date" if row.on else "no-date",
            f'"{row.on[:40]}" is no day.' if row.on else "The row has no date.",
            "Give the day that the figure is of, such as 31/03/2023.",
        )
    try:
        entered = _figures(row)
    except NotANumber as error:
        problem, _, remedy = str(error).partition(". ")
        return _issue(row, "not-a-number", f"{problem}.", remedy or "Mend the figure.")
    return New(day, entered, row.people, row.narrative, row.quality)


def _day(text: str) -> date | None:
    """The one day that a cell names, whether a date or written out."""
    found = find_dates(plain(text), Calendar())
    return found[0].due_on if len(found) == 1 and not found[0].doubt else None


def _figures(row: ReadingRow) -> Entered:
    if not row.part and not row.whole:
        return read_entered(row.value)
    part = read_number(row.part) if row.part else None
    whole = read_number(row.whole) if row.whole else None
    if not row.value:
        return Entered(None, part, whole, is_per_cent=True)
    value = read_entered(row.value)
    return Entered(value.value, part, whole, is_per_cent=True)


# -- findings


def _issue(row: ReadingRow, code: str, problem: str, remedy: str) -> Issue:
    return Issue(row.place, code, problem, remedy)


def _as_error(issue: Issue) -> Issue:
    """What a plan takes in for somebody to settle, a reading cannot be."""
    if issue.severity is Severity.REVIEW:
        return replace(issue, severity=Severity.ERROR)
    return issue


def _unknown(row: ReadingRow, count: int) -> Issue:
    ref = row.ref[:40]
    if count:
        return _issue(
            row,
            "several-measures",
            f"{count} plans have a measure {ref}.",
            "Give the measures refs of their own in their plans, or enter this one by itself.",
        )
    return _issue(
        row,
        "no-such-measure",
        f"No plan has a measure {ref}.",
        "Check the ref; `listening-loop indicator list` and the page Indicators show them all.",
    )


def _twice(row: ReadingRow, one: Incoming) -> Issue:
    return _issue(
        row,
        "twice",
        f"{one.ref} stands in the file twice for {one.new.on.isoformat()}.",
        "Leave one of the two rows out.",
    )


def _nothing(path: Path) -> Issue:
    return Issue(
        Place(path.name),
        "no-readings",
        "There is no reading in the file.",
        'Head the columns "ref", "reading" and "date" (and, where you have them, "part", "whole", '
        '"people", "narrative", "data quality"), and write one reading in each row.',
    )
