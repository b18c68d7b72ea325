"""When each reader gets a digest that was approved, and when a manager's draft is due."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest_readers import after_approval, this_week
from bot.settings import DigestSettings
from storage.calendar import LONDON, Calendar
from storage.people import Preferences

USUAL, CALENDAR = DigestSettings(), Calendar()


def mine(day: int | None = None, hour: int | None = None) -> Preferences:
    return Preferences(person_id=1, digest_day=day, digest_hour=hour)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("chosen", "approved", "comes"),
    [
        (mine(), "2024-01-12T09:30", "2024-01-12T09:30"),
        (mine(), "2024-01-12T18:30", "2024-01-15T08:00"),
        (mine(), "2024-01-12T06:30", "2024-01-12T08:00"),
        (mine(), "2024-01-13T11:00", "2024-01-15T08:00"),
        (mine(), "2024-03-29T11:00", "2024-04-02T08:00"),
        (mine(day=0), "2024-01-12T09:30", "2024-01-15T08:00"),
        (mine(day=4), "2024-01-12T09:30", "2024-01-19T08:00"),
        (mine(day=4, hour=14), "2024-01-12T09:30", "2024-01-12T14:00"),
        (mine(hour=14), "2024-01-12T15:00", "2024-01-15T14:00"),
        (mine(day=5, hour=9), "2024-01-12T15:00", "2024-01-13T09:00"),
        (mine(day=0, hour=9), "2024-04-26T15:00", "2024-04-29T09:00"),
        (mine(day=4, hour=9), "2024-03-26T15:00", "2024-03-28T09:00"),
        (mine(hour=9), "2024-03-30T15:00", "2024-04-02T09:00"),
    ],
)
def test_an_approved_digest_comes_at_the_next_moment_that_was_chosen(
    chosen: Preferences, approved: str, comes: str
) -> None:
    found = after_approval(chosen, USUAL, local(approved).astimezone(UTC), CALENDAR)
    assert found == local(comes)


@given(
    day=st.none() | st.integers(0, 6),
    hour=st.none() | st.integers(0, 23),
    hours=st.integers(0, 4 * 365 * 24),
)
def test_nobody_waits_much_longer_than_a_week_and_nobody_gets_it_before_it_was_approved(
    day: int | None, hour: int | None, hours: int
) -> None:
    now = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    found = after_approval(mine(day, hour), USUAL, now, CALENDAR)
    assert timedelta(0) <= found - now <= timedelta(days=13)


@given(
    day=st.none() | st.integers(0, 6),
    hour=st.none() | st.integers(0, 23),
    today=st.dates(date(2023, 1, 1), date(2027, 1, 1)),
)
def test_the_draft_of_a_week_is_due_within_a_few_days_of_its_own_day(
    day: int | None, hour: int | None, today: date
) -> None:
    moment = this_week(mine(day, hour), USUAL, today, CALENDAR).astimezone(LONDON)
    wanted = today - timedelta(days=today.weekday()) + timedelta(days=4 if day is None else day)
    assert timedelta(0) <= wanted - moment.date() <= timedelta(days=5)
    assert moment.time() == (USUAL.hour if hour is None else time(hour))
