from datetime import date

import pytest

from digests.period import Period


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2024, 1, 1), date(2024, 1, 1), date(2024, 3, 31)),
        (date(2024, 6, 30), date(2024, 4, 1), date(2024, 6, 30)),
        (date(2023, 12, 31), date(2023, 10, 1), date(2023, 12, 31)),
    ],
)
def test_a_day_falls_in_one_quarter(day: date, first: date, last: date) -> None:
    assert Period.quarter_of(day) == Period(first, last)


def test_a_year_begins_where_the_partnership_says() -> None:
    day = date(2024, 2, 1)
    assert Period.year_of(day) == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert Period.financial_year_of(day) == Period(date(2023, 4, 1), date(2024, 3, 31))
    assert Period.school_year_of(day) == Period(date(2023, 9, 1), date(2024, 8, 31))


def test_before_and_after_whole_months_stand_as_many_whole_months() -> None:
    spring = Period.quarter_of(date(2024, 5, 1))
    assert spring.before() == Period(date(2024, 1, 1), date(2024, 3, 31))
    assert spring.after() == Period(date(2024, 7, 1), date(2024, 9, 30))
    leap = Period.year_of(date(2024, 5, 1))
    assert leap.before() == Period(date(2023, 1, 1), date(2023, 12, 31))


def test_before_a_week_stands_a_week() -> None:
    week = Period(date(2024, 3, 4), date(2024, 3, 10))
    assert week.before() == Period(date(2024, 2, 26), date(2024, 3, 3))
    assert week.after() == Period(date(2024, 3, 11), date(2024, 3, 17))
