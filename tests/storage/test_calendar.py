"""The calendar against what was proclaimed, and against itself."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.calendar import (
    Calendar,
    Term,
    TermName,
    add_months,
    bank_holidays,
    easter,
    financial_year,
    last_day_of_month,
    quarter_end,
    week_of,
)

DAYS = st.dates(date(1980, 1, 1), date(2150, 12, 31))

# As published by the government for England and Wales.
PROCLAIMED = {
    2002: "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26",
    2011: "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
    2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@pytest.mark.parametrize(("year", "days"), PROCLAIMED.items())
def test_bank_holidays_are_those_that_were_proclaimed(year: int, days: str) -> None:
    assert [day.strftime("%m-%d") for day in bank_holidays(year)] == days.split()


def test_a_substitute_day_says_what_it_stands_for() -> None:
    assert bank_holidays(2022)[date(2022, 12, 27)] == "Christmas Day (substitute day)"


@pytest.mark.parametrize(
    "day",
    [date(1818, 3, 22), date(1943, 4, 25), date(2000, 4, 23), date(2024, 3, 31),
     date(2038, 4, 25), date(2285, 3, 22)],
)  # fmt: skip
def test_easter_falls_where_the_church_says(day: date) -> None:
    assert easter(day.year) == day


@given(st.integers(1583, 4099))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    sunday = easter(year)
    assert sunday.weekday() == 6
    assert date(year, 3, 22) <= sunday <= date(year, 4, 25)


def test_a_stage_on_easter_sunday_2024_goes_out_on_the_thursday_before() -> None:
    assert Calendar().working_day_before(date(2024, 3, 31)) == date(2024, 3, 28)
    assert Calendar().working_day_after(date(2024, 3, 31)) == date(2024, 4, 2)


def test_a_closed_day_of_the_partnership_is_no_working_day() -> None:
    calendar = Calendar(closed_days=frozenset({date(2023, 12, 27), date(2023, 12, 28)}))
    assert calendar.working_day_after(date(2023, 12, 25)) == date(2023, 12, 29)
    assert Calendar().working_day_after(date(2023, 12, 25)) == date(2023, 12, 27)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2023, 12, 22), 1, date(2023, 12, 27)),
        (date(2023, 12, 23), 1, date(2023, 12, 27)),
        (date(2023, 12, 27), -1, date(2023, 12, 22)),
        (date(2024, 3, 21), 10, date(2024, 4, 8)),
        (date(2024, 4, 8), -10, date(2024, 3, 21)),
        (date(2024, 3, 30), 0, date(2024, 4, 2)),
    ],
)
def test_working_days_are_counted_over_holidays(start: date, count: int, expected: date) -> None:
    assert Calendar().add_working_days(start, count) == expected


@given(DAYS)
def test_the_nearest_working_days_lie_on_either_side_with_nothing_between(day: date) -> None:
    calendar = Calendar()
    before, after = calendar.working_day_before(day), calendar.working_day_after(day)
    assert before <= day <= after
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    assert calendar.working_days_between(before, after) == (0 if before == after else 1)


@given(DAYS, st.integers(1, 60))
def test_counting_on_and_back_returns_to_the_same_working_day(day: date, count: int) -> None:
    calendar = Calendar()
    start = calendar.working_day_after(day)
    there = calendar.add_working_days(start, count)
    assert calendar.working_days_between(start, there) == count
    assert calendar.add_working_days(there, -count) == start


@pytest.mark.parametrize(
    ("name", "year", "start", "end"),
    [
        ("autumn", 2023, date(2023, 9, 4), date(2023, 12, 22)),
        ("spring", 2024, date(2024, 1, 8), date(2024, 3, 28)),
        ("summer", 2024, date(2024, 4, 15), date(2024, 7, 19)),
        ("autumn", 2024, date(2024, 9, 2), date(2024, 12, 20)),
        ("spring", 2025, date(2025, 1, 6), date(2025, 4, 4)),
        ("summer", 2025, date(2025, 4, 22), date(2025, 7, 18)),
    ],
)
def test_usual_terms_follow_the_english_pattern(
    name: str, year: int, start: date, end: date
) -> None:
    term = Calendar().term(name, year)
    assert (term.start, term.end) == (start, end)


def test_half_terms_fall_in_october_february_and_the_week_of_the_spring_bank_holiday() -> None:
    calendar = Calendar()
    assert calendar.term("autumn", 2024).half_term == (date(2024, 10, 28), date(2024, 11, 1))
    assert calendar.term("spring", 2024).half_term == (date(2024, 2, 12), date(2024, 2, 16))
    assert calendar.term("summer", 2024).half_term == (date(2024, 5, 27), date(2024, 5, 31))


@given(st.integers(1980, 2150))
def test_terms_of_a_year_begin_and_end_on_school_days_and_never_overlap(year: int) -> None:
    calendar = Calendar()
    terms = [calendar.term(name, year) for name in (TermName.SPRING, TermName.SUMMER,
                                                     TermName.AUTUMN)]  # fmt: skip
    for term in terms:
        assert calendar.is_school_day(term.start)
        assert calendar.is_school_day(term.end)
        assert term.half_term is not None
        assert term.start < term.half_term[0] <= term.half_term[1] < term.end
    assert terms[0].end < terms[1].start < terms[1].end < terms[2].start


def test_an_areas_own_term_replaces_the_usual_one_and_no_other() -> None:
    own = Term(TermName.AUTUMN, date(2024, 9, 4), date(2024, 12, 19))
    calendar = Calendar(terms=(own,))
    assert calendar.term("autumn", 2024) == own
    assert calendar.term("autumn", 2025) == Calendar().term("autumn", 2025)
    assert not calendar.is_school_day(date(2024, 9, 3))
    assert calendar.is_school_day(date(2024, 10, 29))


def test_schools_are_closed_at_half_term_weekends_holidays_and_in_august() -> None:
    closed = (date(2024, 2, 14), date(2024, 3, 2), date(2024, 5, 6), date(2024, 8, 14))
    assert [Calendar().is_school_day(day) for day in closed] == [False] * 4
    assert Calendar().is_school_day(date(2024, 3, 1))


@pytest.mark.parametrize(
    ("day", "hour_utc"),
    [(date(2024, 1, 15), 9), (date(2024, 7, 15), 8), (date(2024, 3, 30), 9), (date(2024, 4, 1), 8)],
)
def test_nine_in_london_is_an_hour_earlier_in_utc_in_summer(day: date, hour_utc: int) -> None:
    instant = Calendar().at_local(day, time(9))
    assert instant == datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)
    assert instant.tzinfo is UTC


@given(DAYS, st.times())
def test_the_local_date_of_a_local_time_is_its_day(day: date, at: time) -> None:
    calendar = Calendar()
    assert calendar.local_date(calendar.at_local(day, at)) == day


def test_late_evening_in_utc_is_the_next_day_in_a_london_summer() -> None:
    assert Calendar().local_date(datetime(2024, 6, 30, 23, 30, tzinfo=UTC)) == date(2024, 7, 1)
    elsewhere = datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=5)))
    assert Calendar().local_date(elsewhere) == date(2023, 12, 31)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Calendar().local_date(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2024, 3, 31), 2023), (date(2024, 4, 1), 2024), (date(2024, 12, 31), 2024)],
)
def test_the_financial_year_turns_on_1_april(day: date, first: int) -> None:
    assert financial_year(day) == (date(first, 4, 1), date(first + 1, 3, 31))


def test_months_quarters_and_weeks_end_where_they_should() -> None:
    assert last_day_of_month(2024, 2) == date(2024, 2, 29)
    assert last_day_of_month(2023, 12) == date(2023, 12, 31)
    assert quarter_end(date(2024, 2, 1)) == date(2024, 3, 31)
    assert quarter_end(date(2024, 12, 31)) == date(2024, 12, 31)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 31), -13) == date(2023, 2, 28)
    assert week_of(date(2024, 3, 31)) == (date(2024, 3, 25), date(2024, 3, 31))
