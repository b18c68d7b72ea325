"""Action tables into action rows: the same logic for a workbook's sheet, a CSV and a Word table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reminders import plan_doubts as doubts
from reminders.plan_doubts import Doubt
from reminders.plan_grid import BLANK, Cell, Grid, faults, letters
from reminders.plan_headings import field_of, looked_for
from reminders.plan_leads import NOBODY, LeadBook
from reminders.plan_priorities import Priorities, settle_columns, title_row
from reminders.plan_records import lines, read_day, value_of
from reminders.plan_rows import ActionRow
from reminders.plan_sheets import ACTIONS
from reminders.plan_table import Heading, blank_row, find_heading, joined, repeats, unread_columns
from storage.issues import Issue, Place, Severity, has_errors

_ABOVE = re.compile(r"\b(?:of|as|see|the|with|from)\s+(?:the\s+)?above\b", re.IGNORECASE)
_TEN_LONG = re.compile(r"^(?P<stem>.*\d\.)\d$")
_COLUMNS = {column.field: column for column in ACTIONS.columns}


def _enough(found: set[str]) -> bool:
    return bool(found & {"text", "objective"}) and len(found) > 1


def find_action_heading(grid: Grid) -> Heading | None:
    """The heading row of an action table, its doubtful columns settled."""
    heading = find_heading(grid, field_of, _enough)
    return settle_columns(grid, heading) if heading else None


def no_heading(grid: Grid) -> Issue:
    """The finding for a sheet without a heading row."""
    return Issue(
        Place(grid.file, grid.sheet),
        "no-heading-row",
        "No heading row of an action table was found.",
        f"Head the columns; looked for, in any case and order: {looked_for()}.",
    )


def lead_cells(grid: Grid, heading: Heading | None) -> Iterator[str]:
    """Every lead cell of a table, to learn who there is."""
    if heading := find_action_heading(grid) or heading:
        for row in range(len(grid.rows)):
            if row > heading.row and not repeats(grid, row, heading):
                yield joined(grid, row, heading.columns.get("lead", ())).text


@dataclass(slots=True)
class _Row:
    """One row of a table while it is read. `reasons` gather why a person has to look at it."""

    grid: Grid
    at: int
    heading: Heading
    issues: list[Issue]
    cells: dict[str, Cell]
    reasons: list[str] = field(default_factory=list)

    def cell(self, name: str) -> Cell:
        return self.cells.get(name, BLANK)

    def text(self, name: str) -> str:
        return self.cell(name).text

    def place(self, name: str) -> Place:
        columns = self.heading.columns.get(name)
        return self.grid.place(self.at, columns[0] if columns else None)

    def say(self, name: str, doubt: Doubt) -> None:
        self.issues.append(doubt.at(self.place(name)))
        if doubt.severity is Severity.REVIEW:
            self.reasons.append(doubt.problem)

    def value(self, name: str) -> Any:
        value, doubt = value_of(_COLUMNS[name], self.cell(name), LeadBook())
        if doubt:
            self.say(name, doubt)
        return value

    def columns(self) -> tuple[tuple[str, str], ...]:
        found = {name: letters(at[0]) for name, at in self.heading.columns.items()}
        found["leads"] = found.get("lead", "")
        found.setdefault("deadline_printed", found.get("deadline", ""))
        return tuple((name, column) for name, column in found.items() if column)


@dataclass(slots=True)
class ActionReader:
    """Reads the action tables of one plan; what it finds wrong gathers in `issues`.

    `whole` says that the file has its own bodies and priorities: then a priority that is not
    among them is doubtful, and a blank one stays blank.
    """

    book: LeadBook
    priorities: Priorities
    whole: bool
    issues: list[Issue] = field(default_factory=list)
    actions: list[ActionRow] = field(default_factory=list)
    _section: str = ""
    _heading: Heading | None = None
    _refs: dict[str, Place] = field(default_factory=dict)
    _printed: set[str] = field(default_factory=set)
    _numbers: list[tuple[str, Place]] = field(default_factory=list)

    def read(self, grid: Grid, *, goes_on: bool = False) -> None:
        """Read one table. With `goes_on`, one without headings continues the table before it."""
        heading = find_action_heading(grid)
        if heading is not None:
            self.issues.extend(unread_columns(grid, heading))
            self._heading = heading
        elif goes_on and self._heading is not None:
            heading = replace(self._heading, row=-1)
        else:
            self.issues.append(no_heading(grid))
            return
        self._section = grid.caption or (self._section if goes_on else "")
        rows = range(heading.row + 1, len(grid.rows))
        ref_columns = heading.columns.get("ref", ())
        self._printed.update(joined(grid, row, ref_columns).text for row in rows)
        for row in rows:
            self._row(grid, row, heading)

    def finish(self) -> tuple[ActionRow, ...]:
        """The actions, once all tables have been read."""
        for ref, place in self._numbers:
            match = _TEN_LONG.match(ref)
            if match and f"{match['stem']}9" in self._printed:
                self.issues.append(doubts.lost_nought(ref).at(place))
        return tuple(self.actions)

    def _row(self, grid: Grid, at: int, heading: Heading) -> None:
        if blank_row(grid, at) or (heading.row >= 0 and repeats(grid, at, heading)):
            return
        if not self.whole and (title := title_row(grid, at, heading)):
            self._section = title
            return
        found = list(faults(grid, at, heading.used))
        self.issues.extend(found)
        if has_errors(found):
            return
        cells = {name: joined(grid, at, columns) for name, columns in heading.columns.items()}
        row = _Row(grid, at, heading, self.issues, cells, [issue.problem for issue in found])
        ref = row.cell("ref")
        if row.cell("text").carried and (ref.carried or not ref.text) and self.actions:
            self._add_to_last(row)
        elif row.text("text"):
            self._action(row)
        else:
            row.say("text", doubts.NO_TEXT)

    def _add_to_last(self, row: _Row) -> None:
        """A row under a merged action: its own lead and outcome belong to that action."""
        last = self.actions[-1]
        lead, outcome = (
            "" if row.cell(name).carried else row.text(name) for name in ("lead", "outcome")
        )
        self.actions[-1] = replace(
            last,
            leads=tuple(dict.fromkeys((*last.leads, *self.book.read(lead).leads))),
            lead_printed="\n".join(filter(None, (last.lead_printed, lead))),
            outcome="\n".join(filter(None, (last.outcome, outcome))),
        )

    def _action(self, row: _Row) -> None:
        priority = self._priority(row)
        ref = self._ref(row, priority)
        first = self._refs.get(ref)
        if first is not None:
            row.say("ref", doubts.ref_twice(ref, first))
            return
        self._refs[ref] = row.place("ref")
        day, printed = _deadline(row)
        self.actions.append(
            _reviewed(
                row,
                ActionRow(
                    ref=ref,
                    priority=priority,
                    text=row.text("text"),
                    leads=self._leads(row),
                    lead_printed=row.text(
                        "lead_printed" if "lead_printed" in row.cells else "lead"
                    ),
                    outcome=row.text("outcome"),
                    deadline_printed=printed,
                    deadline=day,
                    deadline_kind=row.value("deadline_kind") or "",
                    alternatives=row.value("alternatives"),
                    status=row.value("status"),
                    follows=self._follows(row, priority),
                    note=row.text("note"),
                    source_lines=row.text("source_lines"),
                    place=row.grid.place(row.at),
                    columns=row.columns(),
                ),
            )
        )

    def _priority(self, row: _Row) -> str:
        text = row.text("priority")
        if not self.whole:
            self._section = text or self._section
            if not self._section:
                return ""
            return self.priorities.enter(self._section, row.place("priority"))
        known = self.priorities.known(text) if text else ""
        if text and not known:
            row.say("priority", doubts.unknown_priority(text))
        return known or text

    def _ref(self, row: _Row, priority: str) -> str:
        cell = row.cell("ref")
        if not cell.text or cell.carried:
            made = self._made_ref(priority)
            row.say("ref", doubts.no_ref(made))
            return made
        if cell.day:
            row.say("ref", doubts.REF_IS_DATE)
        elif cell.general:
            self._numbers.append((cell.text, row.place("ref")))
        return cell.text

    def _made_ref(self, priority: str) -> str:
        stem = f"x-{priority.removesuffix('.0')}." if priority else "x-"
        number = 1
        while f"{stem}{number}" in self._printed or f"{stem}{number}" in self._refs:
            number += 1
        return f"{stem}{number}"

    def _leads(self, row: _Row) -> tuple[str, ...]:
        text = row.text("lead")
        if text.casefold() in NOBODY:
            return ()
        found = self.book.read(text)
        if found.unknown:
            row.say("lead", doubts.unknown_lead(found.unknown, self.book))
        return found.leads

    def _follows(self, row: _Row, priority: str) -> str:
        if "follows" in row.cells:
            return row.text("follows")
        last = self.actions[-1] if self.actions else None
        if last is None or last.priority != priority or not _ABOVE.search(row.text("text")[:200]):
            return ""
        row.say("text", doubts.follows_above(last.ref))
        return last.ref


def _deadline(row: _Row) -> tuple[date | None, str]:
    """The day a cell holds, and what is printed. Text that is no day is left to be read later."""
    cell = row.cell("deadline")
    day = read_day(cell)
    if "deadline_printed" not in row.cells:
        return day, cell.text
    printed = row.text("deadline_printed")
    if cell.text and day is None:
        if printed:
            row.say("deadline", doubts.not_a_date(cell.text))
        return None, printed or cell.text
    return day, printed


def _reviewed(row: _Row, action: ActionRow) -> ActionRow:
    """The action with every reason to look at it: what the file says, and what reading found."""
    reasons = dict.fromkeys((*lines(row.text("review_reasons")), *row.reasons))
    review = bool(row.value("review")) or bool(row.reasons)
    return replace(action, review=review, review_reasons=tuple(reasons))
