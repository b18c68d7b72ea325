"""A partnership's plan from whatever file it is kept in, with what is wrong with it, by cell.

A file never raises: what cannot be read is an issue, and the rows that can be are still given.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reminders.plan_actions import (
    ActionReader,
    find_action_heading,
    lead_cells,
    no_heading,
)
from reminders.plan_cells import text_grid, workbook_grids
from reminders.plan_container import Container, Kind, open_container
from reminders.plan_grid import Grid
from reminders.plan_leads import LeadBook, body_key, single_leads
from reminders.plan_priorities import Priorities
from reminders.plan_records import SheetReader, read_facts, slug
from reminders.plan_rows import BodyRow, PersonRow, PlanRows
from reminders.plan_sheets import (
    ACTIONS,
    BODIES,
    CONTACTS,
    CYCLES,
    INDICATORS,
    PEOPLE,
    PRIORITIES,
    SHEETS,
    SURVEYS,
    Sheet,
)
from storage.issues import Issue, Place, Severity

_READ_ME = {"read me", "readme"}
_KNOWN_SHEETS = {"plan", *(sheet.name for sheet in SHEETS)}


def read_plan(
    path: Path, *, bodies: Sequence[BodyRow] = (), people: Sequence[PersonRow] = ()
) -> tuple[PlanRows | None, list[Issue]]:
    """The plan in a file, and everything to be said about it; no plan if nothing could be read.

    `bodies` and `people` are those the partnership has already: a lead may be any of them, or of
    the file's own. Where there are none at all, the leads of a plain table become bodies.
    """
    container = open_container(path)
    if isinstance(container, Issue):
        return None, [container]
    grids, issues = _grids(path.name, container)
    grids = [grid for grid in grids if not grid.empty]
    if not grids:
        return None, issues or [_nothing(path.name)]
    known = _Known(tuple(bodies), tuple(people))
    goes_on = container.kind is Kind.WORD
    plan: PlanRows | None
    sheets = {(grid.sheet or "").strip().casefold(): grid for grid in grids}
    if not goes_on and ACTIONS.name in sheets and {"plan", PRIORITIES.name} & set(sheets):
        plan, found = _Workbook(path.name, sheets, known).read()
    else:
        plan, found = _tables(path.name, grids, known, goes_on=goes_on)
    return plan, [*issues, *found]


def _grids(file: str, container: Container) -> tuple[list[Grid], list[Issue]]:
    if container.kind is Kind.WORKBOOK:
        return workbook_grids(file, container.data)
    if container.kind is Kind.WORD:
        from reminders.plan_word import document_grids  # heavy, and seldom needed

        return document_grids(file, container.data)
    grid = text_grid(file, container.data)
    return ([], [grid]) if isinstance(grid, Issue) else ([grid], [])


def _nothing(file: str) -> Issue:
    return Issue(
        Place(file),
        "nothing-in-it",
        "There is nothing in the file: no sheet or table has any text.",
        "Give the file that has the plan.",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    bodies: tuple[BodyRow, ...]
    people: tuple[PersonRow, ...]


@dataclass(slots=True)
class _Workbook:
    """A plan workbook: a sheet for each kind of row."""

    file: str
    sheets: dict[str, Grid]
    known: _Known
    issues: list[Issue] = field(default_factory=list)

    def read(self) -> tuple[PlanRows, list[Issue]]:
        facts: dict[str, Any] = {}
        if "plan" in self.sheets:
            facts, self.issues = read_facts(self.sheets["plan"])
        bodies = self._rows(BODIES, LeadBook())
        book = LeadBook.of((*bodies, *self.known.bodies), ())
        people = self._rows(PEOPLE, book)
        grid = self.sheets[ACTIONS.name]
        if not (bodies or people or self.known.bodies or self.known.people):
            bodies = bodies_made([grid], goes_on=False)
        book = LeadBook.of((*bodies, *self.known.bodies), (*people, *self.known.people))
        priorities = self._rows(PRIORITIES, book)
        reader = ActionReader(book, Priorities(priorities), PRIORITIES.name in self.sheets)
        reader.read(grid)
        actions = reader.finish()
        self.issues.extend(reader.issues)
        rows = PlanRows(
            **facts,
            bodies=bodies,
            people=people,
            priorities=reader.priorities.rows(),
            actions=actions,
            indicators=self._rows(INDICATORS, book),
            cycles=self._rows(CYCLES, book),
            surveys=self._rows(SURVEYS, book),
            contacts=self._rows(CONTACTS, book),
            place=Place(self.file),
        )
        self.issues.extend(self._other_sheets())
        return rows, self.issues

    def _rows(self, sheet: Sheet, book: LeadBook) -> tuple[Any, ...]:
        if sheet.name not in self.sheets:
            return ()
        reader = SheetReader(sheet, self.sheets[sheet.name], book)
        rows = reader.rows()
        self.issues.extend(reader.issues)
        return rows

    def _other_sheets(self) -> list[Issue]:
        others = [name for name in self.sheets if name not in _KNOWN_SHEETS | _READ_ME]
        return [_sheet_not_read(self.sheets[name]) for name in others]


def _tables(
    file: str, grids: list[Grid], known: _Known, *, goes_on: bool
) -> tuple[PlanRows | None, list[Issue]]:
    """The action tables of a plain workbook, a CSV or a document."""
    first = next((at for at, grid in enumerate(grids) if find_action_heading(grid)), None)
    if first is None:
        return None, [no_heading(grid) for grid in grids[:3]]
    used, unused = _sorted_out(grids, first, goes_on=goes_on)
    made: tuple[BodyRow, ...] = ()
    if not (known.bodies or known.people):
        made = bodies_made(used, goes_on=goes_on)
    book = LeadBook.of((*made, *known.bodies), known.people)
    reader = ActionReader(book, Priorities(), whole=False)
    for grid in used:
        reader.read(grid, goes_on=goes_on)
    actions = reader.finish()
    rows = PlanRows(
        title=_title(grids[first]),
        bodies=made,
        priorities=reader.priorities.rows(),
        actions=actions,
        place=Place(file),
    )
    advice = [_sheet_not_read(grid) for grid in unused]
    return rows, [*reader.issues, *(() if actions else (_no_actions(used[0]),)), *advice]


def _sorted_out(grids: list[Grid], first: int, *, goes_on: bool) -> tuple[list[Grid], list[Grid]]:
    """The tables to read, and those to leave. In a document a table may go on without headings."""
    width = max(map(len, grids[first].rows))
    used: list[Grid] = []
    unused: list[Grid] = []
    for at, grid in enumerate(grids):
        same = goes_on and at > first and max(map(len, grid.rows)) == width
        (used if find_action_heading(grid) or same else unused).append(grid)
    return used, unused


def _sheet_not_read(grid: Grid) -> Issue:
    return Issue(
        Place(grid.file, grid.sheet),
        "sheet-not-read",
        "Nothing here is read as part of the plan.",
        "If it is an action table, head its columns; see the sheets of the plan workbook.",
        Severity.ADVICE,
    )


def _no_actions(grid: Grid) -> Issue:
    return Issue(
        Place(grid.file, grid.sheet),
        "no-actions",
        "There are headings but no action below them that could be read.",
        "Write one action in each row below the headings.",
    )


def _title(grid: Grid) -> str:
    heading = find_action_heading(grid)
    above = grid.rows[: heading.row] if heading else ()
    return next((cell.text for row in above for cell in row if cell.text), "")


def bodies_made(grids: list[Grid], *, goes_on: bool) -> tuple[BodyRow, ...]:
    """Bodies for the leads of a table that comes without any: each name once, however spelt.

    The commonest names come first; a rare one that looks like a slip of the pen for one of them
    is not made a body, so that it will be asked about.
    """
    cells: list[str] = []
    heading = None
    for grid in grids:
        cells.extend(lead_cells(grid, heading))
        heading = (find_action_heading(grid) or heading) if goes_on else None
    names = [name for cell in cells for name in single_leads(cell)]
    count = Counter(map(body_key, names))
    book = LeadBook()
    made: dict[str, BodyRow] = {}
    for name in sorted(names, key=lambda name: (_is_joint(name), -count[body_key(name)])):
        if not book.read(name).unknown or book.is_slip(name):
            continue
        id_ = _free(slug(name) or "lead", made)
        made[id_] = BodyRow(id_, name, "subgroup" if "subgroup" in body_key(name) else "")
        book.add(id_, name)
    return tuple(made.values())


def _is_joint(name: str) -> bool:
    return " and " in name.casefold() or "," in name or "&" in name or "/" in name


def _free(id_: str, taken: dict[str, BodyRow]) -> str:
    number = 2
    free = id_
    while free in taken:
        free, number = f"{id_}-{number}", number + 1
    return free
