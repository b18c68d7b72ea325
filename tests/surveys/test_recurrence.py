"""When a survey comes round, and what the round is called."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.calendar import Calendar, Term, TermName
from surveys.definition import Audience, Recurrence
from surveys.recurrence import (
    closing_day,
    next_opening,
    one_of_its_own,
    open_day,
    round_name,
    term_of,
)

CALENDAR = Calendar()
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
ADULTS, YOUTH = Audience.PRACTITIONERS, Audience.YOUTH


@pytest.mark.parametrize(
    ("first", "after", "recurs", "expected"),
    [
        ("2026-10-05", "2026-10-05", "monthly", "2026-11-05"),
        ("2026-01-31", "2026-01-31", "monthly", "2026-03-02"),  # 28 February is a Saturday
        ("2026-01-31", "2026-03-02", "monthly", "2026-03-31"),  # and nothing drifts
        ("2026-10-05", "2026-10-05", "quarterly", "2027-01-05"),
        ("2026-10-05", "2026-10-05", "twice_a_year", "2027-04-05"),
        ("2026-09-14", "2026-09-14", "termly", "2027-01-18"),
        ("2026-08-10", "2026-08-10", "termly", "2027-01-04"),  # in the holidays: the first day
    ],
)
def test_the_next_round_is_counted_from_the_first(
    first: str, after: str, recurs: str, expected: str
) -> None:
    found = next_opening(
        date.fromisoformat(first), date.fromisoformat(after), Recurrence(recurs), ADULTS, CALENDAR
    )
    assert found == date.fromisoformat(expected)


@given(DAYS, st.sampled_from(Recurrence), st.sampled_from([ADULTS, YOUTH]))
def test_rounds_follow_one_another_on_open_days(
    first: date, recurs: Recurrence, audience: Audience
) -> None:
    after = first
    for _ in range(6):
        day = next_opening(first, after, recurs, audience, CALENDAR)
        assert day > after
        assert CALENDAR.is_working_day(day)
        assert audience is ADULTS or CALENDAR.is_school_day(day)
        after = day


@given(DAYS)
def test_each_term_has_one_round(first: date) -> None:
    terms, day = [], first
    for _ in range(4):
        day = next_opening(first, day, Recurrence.TERMLY, ADULTS, CALENDAR)
        terms.append(term_of(day, CALENDAR).start)
    assert len(set(terms)) == len(terms)


def test_young_people_are_not_asked_in_the_holidays() -> None:
    assert open_day(date(2026, 7, 27), YOUTH, CALENDAR) == date(2026, 9, 1)
    assert open_day(date(2026, 7, 27), ADULTS, CALENDAR) == date(2026, 7, 27)


def test_the_areas_own_terms_count() -> None:
    late = Term(TermName.AUTUMN, date(2026, 9, 7), date(2026, 12, 18))
    assert open_day(date(2026, 8, 1), YOUTH, Calendar(terms=(late,))) == date(2026, 9, 7)


@pytest.mark.parametrize(
    ("recurs", "day", "name"),
    [
        (Recurrence.TERMLY, "2026-10-05", "Autumn term 2026"),
        (Recurrence.TERMLY, "2026-08-10", "Autumn term 2026"),
        (Recurrence.TERMLY, "2026-12-29", "Spring term 2027"),
        (Recurrence.MONTHLY, "2026-10-05", "October 2026"),
        (Recurrence.QUARTERLY, "2026-10-05", "Q3 2026/27"),
        (Recurrence.QUARTERLY, "2027-03-31", "Q4 2026/27"),
        (Recurrence.QUARTERLY, "2027-04-01", "Q1 2027/28"),
        (Recurrence.TWICE_A_YEAR, "2026-06-30", "2026/1"),
        (Recurrence.TWICE_A_YEAR, "2026-07-01", "2026/2"),
        (None, "2026-07-01", "July 2026"),
    ],
)
def test_rounds_are_named_in_peoples_words(recurs: Recurrence | None, day: str, name: str) -> None:
    assert round_name(recurs, date.fromisoformat(day), CALENDAR) == name


def test_a_second_round_of_the_same_name_is_numbered() -> None:
    assert one_of_its_own("2026/2", {"2026/1"}) == "2026/2"
    assert one_of_its_own("2026/2", {"2026/2", "2026/2 (2)"}) == "2026/2 (3)"


def test_a_round_is_as_long_as_the_one_before_and_ends_on_a_working_day() -> None:
    assert closing_day(date(2026, 10, 5), None, CALENDAR) is None
    assert closing_day(date(2026, 10, 5), 12, CALENDAR) == date(2026, 10, 19)
    assert closing_day(date(2026, 10, 5), 14, CALENDAR) == date(2026, 10, 5) + timedelta(days=14)
