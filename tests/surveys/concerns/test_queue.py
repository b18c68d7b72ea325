"""The queue and its clocks."""

import pytest

from storage.database import Database
from surveys import concerns
from surveys.concerns import due_at
from surveys.review_clock import Clocks, in_hours, next_opening, out_of_hours
from surveys.screening import Tier
from tests.surveys.concerns.scene import CALENDAR, Scene, clock, local


@pytest.mark.parametrize(
    ("tier", "received", "due"),
    [
        ("red", "2023-12-04T10:00", "2023-12-04T10:15"),
        ("red", "2023-12-22T23:40", "2023-12-22T23:55"),  # never pauses, not at Christmas either
        ("red", "2024-03-31T00:50", "2024-03-31T02:05"),  # clocks go forward at one
        ("amber", "2023-12-04T10:00", "2023-12-04T17:00"),
        ("amber", "2023-12-04T17:30", "2023-12-05T17:00"),
        ("amber", "2023-12-22T16:59", "2023-12-22T17:00"),  # Friday, a minute before the close
        ("amber", "2023-12-22T18:00", "2023-12-27T17:00"),  # over a weekend and bank holidays
        ("amber", "2024-03-29T10:00", "2024-04-02T17:00"),  # Good Friday, and summer time begins
        ("none", "2023-12-04T10:00", "2023-12-05T10:00"),
        ("unsure", "2023-12-08T16:00", "2023-12-11T16:00"),
        ("none", "2023-12-09T12:00", "2023-12-11T17:00"),
        ("none", "2024-03-28T16:30", "2024-04-02T16:30"),  # Maundy Thursday, over Easter
        ("none", "2024-10-25T15:00", "2024-10-28T15:00"),  # clocks go back on the Sunday
    ],
)
def test_each_tier_has_its_clock(tier: str, received: str, due: str) -> None:
    assert due_at(tier, local(received), CALENDAR) == local(due)


def test_the_clocks_are_those_that_were_agreed() -> None:
    from datetime import time, timedelta

    agreed = Clocks(opens=time(8), closes=time(18), red=timedelta(minutes=5), amber_days=1)
    assert due_at("red", local("2023-12-04T10:00"), CALENDAR, agreed) == local("2023-12-04T10:05")
    assert due_at("amber", local("2023-12-22T10:00"), CALENDAR, agreed) == local("2023-12-27T18:00")
    assert in_hours(local("2023-12-04T17:30"), CALENDAR, agreed)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2023-12-04T10:00", "Mon 10:00"),
        ("2023-12-04T08:00", "Mon 09:00"),
        ("2023-12-04T17:00", "Tue 09:00"),
        ("2023-12-22T17:30", "Wed 09:00"),
        ("2024-03-28T23:00", "Tue 09:00"),
    ],
)
def test_hours_begin_again_on_the_next_working_day(now: str, opens: str) -> None:
    assert clock(next_opening(local(now), CALENDAR)) == opens


def test_closed_hours_are_nights_weekends_and_bank_holidays() -> None:
    found = out_of_hours(local("2023-12-21T12:00"), local("2023-12-28T12:00"), CALENDAR)
    assert [f"{clock(start)} - {clock(end)}" for start, end in found] == [
        "Thu 17:00 - Fri 09:00",
        "Fri 17:00 - Wed 09:00",
        "Wed 17:00 - Thu 09:00",
    ]
    night = out_of_hours(local("2023-12-21T20:00"), local("2023-12-21T23:00"), CALENDAR)
    assert night == [(local("2023-12-21T20:00"), local("2023-12-21T23:00"))]


def test_red_comes_first_whenever_it_came_and_the_rest_by_the_clock(database: Database) -> None:
    scene = Scene(database, "2023-12-04T10:00")
    late = scene.text(Tier.NONE)
    red = scene.text(Tier.RED)
    scene.now = local("2023-12-04T09:30")
    early = scene.text(Tier.NONE)
    with database.reading() as db:
        assert [item.ref for item in concerns.waiting(db)] == [red, early, late]
        found = concerns.find(db, f" {red.lower()} ")
        assert found is not None
        assert found.ref == red
        assert concerns.overdue(db, local("2023-12-05T09:45")) == 2
