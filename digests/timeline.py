"""Deadlines as a picture: a timeline for each priority, with the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, select
from sqlmodel import func as sql

from digests.drawings import Moment, Timeline
from digests.plan_board import BoardRow, Wanted, board_rows, matching, priority_choices
from digests.plan_columns import Scope, has_date
from storage.calendar import add_months
from storage.plans import Action

MOST = 300
"""How many deadlines are drawn; the earliest of them."""
LEAST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One priority: its picture, and the actions in it by date."""

    title: str
    drawing: Timeline
    rows: tuple[BoardRow, ...]

    @property
    def count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All that is drawn. `undated`: actions that have no day; `left_out`: those beyond the most."""

    on: date
    parts: tuple[Part, ...]
    undated: int
    left_out: int


def deadlines(db: Session, scope: Scope, wanted: Wanted, *, today: date) -> Deadlines:
    """What somebody may see of the plans, as they want it, by date."""
    seen = matching(scope, wanted, today)
    count = select(sql.count()).select_from(Action)
    dated = db.exec(count.where(*seen, has_date())).one()
    found = board_rows(db, (*seen, has_date()), today=today, by_date=True, most=MOST)
    found = tuple(sorted(found, key=lambda row: (row.due_on or date.max, row.id)))
    starts, ends = _span(found, today)
    titles = [(one.id, one.name) for one in priority_choices(db, scope, wanted, today)]
    parts = []
    for priority_id, title in [*titles, (0, "")]:
        rows = tuple(row for row in found if row.priority_id == priority_id)
        if rows:
            moments = tuple(_moment(row) for row in rows)
            parts.append(Part(title, Timeline(starts, ends, today, moments), rows))
    return Deadlines(
        on=today,
        parts=tuple(parts),
        undated=db.exec(count.where(*seen, ~has_date())).one(),
        left_out=dated - len(found),
    )


def _moment(row: BoardRow) -> Moment:
    assert row.due_on is not None
    was = row.first_due_on if row.first_due_on != row.due_on else None
    return Moment(row.ref, row.due_on, row.colour.value, was)


def _span(found: Sequence[BoardRow], today: date) -> tuple[date, date]:
    """Whole months round all days and today; a few at the least."""
    days = [today, *(row.due_on for row in found if row.due_on is not None)]
    days += [row.first_due_on for row in found if row.first_due_on is not None]
    starts = min(days).replace(day=1)
    after = max(add_months(max(days).replace(day=1), 1), add_months(starts, LEAST_MONTHS))
    return starts, after - timedelta(days=1)
