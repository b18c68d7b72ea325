"""What the dates say, what the lead said, and the colours of both."""

from datetime import date

import pytest

from reminders.deadlines import DeadlineKind
from reminders.policy import Status
from reminders.standing import (
    Colour,
    DateStatus,
    colour,
    computed_status,
    days_overdue,
    reported_colour,
)

TODAY = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("due_on", "kind", "status", "expected"),
    [
        (date(2024, 2, 29), "date", Status.ON_TRACK, DateStatus.OVERDUE),
        (date(2024, 3, 1), "date", Status.ON_TRACK, DateStatus.DUE_SOON),
        (date(2024, 3, 31), "date", Status.NOT_STARTED, DateStatus.DUE_SOON),
        (date(2024, 4, 1), "date", Status.NOT_STARTED, DateStatus.LATER),
        (date(2020, 1, 1), "date", Status.COMPLETE, DateStatus.FINISHED),
        (date(2020, 1, 1), "date", Status.SUPERSEDED, DateStatus.FINISHED),
        (date(2024, 2, 1), "date", Status.COMPLETE_AWAITING_EVIDENCE, DateStatus.OVERDUE),
        (date(2020, 1, 1), "ongoing", Status.ON_TRACK, DateStatus.ONGOING),
        (None, "recurring", Status.ON_TRACK, DateStatus.ONGOING),
        (None, "conditional", Status.NOT_STARTED, DateStatus.WAITING),
        (None, "multiple", Status.NOT_STARTED, DateStatus.TO_SETTLE),
        (None, "none", Status.NOT_STARTED, DateStatus.NO_DATE),
        (date(2024, 2, 1), "none", Status.NOT_STARTED, DateStatus.OVERDUE),
    ],
)
def test_what_the_dates_say(
    due_on: date | None, kind: str, status: Status, expected: DateStatus
) -> None:
    assert computed_status(due_on, DeadlineKind(kind), status, today=TODAY) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.COMPLETE, Colour.BLUE),
        (Status.EMBEDDED, Colour.BLUE),
        (Status.COMPLETE_AWAITING_EVIDENCE, Colour.GREEN),
        (Status.ON_TRACK, Colour.GREEN),
        (Status.AT_RISK, Colour.AMBER),
        (Status.OFF_TRACK, Colour.RED),
        (Status.NOT_STARTED, Colour.GREY),
        (Status.WAITING, Colour.GREY),
        (Status.NEEDS_REVIEW, Colour.GREY),
    ],
)
def test_the_lead_s_word_has_its_colour(status: Status, expected: Colour) -> None:
    assert reported_colour(status) is expected
    assert colour(status, DateStatus.LATER) is expected


def test_every_status_has_a_colour() -> None:
    assert {reported_colour(status) for status in Status} == set(Colour)


def test_on_track_does_not_hide_an_overdue_date() -> None:
    assert reported_colour(Status.ON_TRACK) is Colour.GREEN
    assert colour(Status.ON_TRACK, DateStatus.OVERDUE) is Colour.RED


def test_days_overdue_are_counted_only_when_late() -> None:
    assert days_overdue(date(2024, 2, 20), DateStatus.OVERDUE, today=TODAY) == 10
    assert days_overdue(date(2024, 2, 20), DateStatus.FINISHED, today=TODAY) == 0
