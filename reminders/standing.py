"""How an action stands: what the dates say beside what the lead said, and the colours of both.

Pure. Two figures, never merged: a lead's "on track" does not hide an overdue date, and a date
does not overwrite what a lead said.
"""

from datetime import date, timedelta
from enum import StrEnum

from reminders.deadlines import DeadlineKind
from reminders.policy import FINISHED, Status

SOON = timedelta(days=30)


class DateStatus(StrEnum):
    """What the dates say of an action."""

    FINISHED = "finished"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    LATER = "later"
    ONGOING = "ongoing"
    WAITING = "waiting"
    NO_DATE = "no_date"
    TO_SETTLE = "to_settle"


class Colour(StrEnum):
    """Shown with its words, never alone."""

    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


_REPORTED = {
    Status.NOT_STARTED: Colour.GREY,
    Status.ON_TRACK: Colour.GREEN,
    Status.AT_RISK: Colour.AMBER,
    Status.OFF_TRACK: Colour.RED,
    Status.WAITING: Colour.GREY,
    Status.COMPLETE_AWAITING_EVIDENCE: Colour.GREEN,
    Status.COMPLETE: Colour.BLUE,
    Status.EMBEDDED: Colour.BLUE,
    Status.SUPERSEDED: Colour.GREY,
    Status.NEEDS_REVIEW: Colour.GREY,
}
_UNDATED = {
    DeadlineKind.ONGOING: DateStatus.ONGOING,
    DeadlineKind.RECURRING: DateStatus.ONGOING,
    DeadlineKind.CONDITIONAL: DateStatus.WAITING,
    DeadlineKind.MULTIPLE: DateStatus.TO_SETTLE,
    DeadlineKind.UNREADABLE: DateStatus.TO_SETTLE,
}


def computed_status(
    due_on: date | None, kind: DeadlineKind, status: Status, *, today: date
) -> DateStatus:
    """What the dates say. The last day itself is not late; 'ongoing' never is."""
    if status in FINISHED:
        return DateStatus.FINISHED
    if kind in _UNDATED:
        return _UNDATED[kind]
    if due_on is None:
        return DateStatus.NO_DATE
    if today > due_on:
        return DateStatus.OVERDUE
    return DateStatus.DUE_SOON if due_on - today <= SOON else DateStatus.LATER


def days_overdue(due_on: date | None, computed: DateStatus, *, today: date) -> int:
    """Days past the deadline, nought where nothing is late."""
    return (today - due_on).days if computed is DateStatus.OVERDUE and due_on else 0


def reported_colour(status: Status) -> Colour:
    """The colour of what the lead said."""
    return _REPORTED[status]


def colour(status: Status, computed: DateStatus) -> Colour:
    """The colour of a report: the lead's own, but red once a deadline has passed."""
    return Colour.RED if computed is DateStatus.OVERDUE else _REPORTED[status]
