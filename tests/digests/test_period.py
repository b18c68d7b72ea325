from datetime import UTC, date, datetime

import pytest

from digests.period import Period
from storage.calendar import Calendar


def test_a_week_ends_with_the_day_it_is_asked_for() -> None:
    week = Period.week_to(date(2024, 1, 14))
    assert (week.start, week.days) == (date(2024, 1, 8), 7)


def test_the_period_before_touches_this_one_and_is_as_long() -> None:
    before = Period(date(2024, 1, 8), date(2024, 1, 14)).before()
    assert before == Period(date(2024, 1, 1), date(2024, 1, 7))


def test_a_period_runs_from_local_midnight_to_local_midnight() -> None:
    week = Period(date(2024, 3, 25), date(2024, 3, 31))
    assert week.begins(Calendar()) == datetime(2024, 3, 25, tzinfo=UTC)
    assert week.ends(Calendar()) == datetime(2024, 3, 31, 23, tzinfo=UTC)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="earlier day first"):
        Period(date(2024, 1, 2), date(2024, 1, 1))
