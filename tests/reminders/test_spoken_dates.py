"""Dates as people say them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.date_words import plain
from reminders.spoken_dates import find_spoken
from storage.calendar import Calendar

FRIDAY = date(2023, 12, 1)
SATURDAY = date(2023, 12, 2)


@pytest.mark.parametrize(
    ("text", "today", "first", "last", "clear"),
    [
        ("end of May", FRIDAY, date(2024, 5, 31), date(2024, 5, 31), True),
        ("until May", FRIDAY, date(2024, 5, 1), date(2024, 5, 31), False),
        ("on Friday", FRIDAY, date(2023, 12, 8), date(2023, 12, 8), True),
        ("on Monday", FRIDAY, date(2023, 12, 4), date(2023, 12, 4), True),
        ("next Friday", date(2023, 11, 27), date(2023, 12, 8), date(2023, 12, 8), False),
        ("tomorrow", FRIDAY, SATURDAY, SATURDAY, True),
        ("next week", FRIDAY, date(2023, 12, 4), date(2023, 12, 8), True),
        ("end of next month", FRIDAY, date(2024, 1, 31), date(2024, 1, 31), True),
        ("end of the quarter", FRIDAY, date(2023, 12, 31), date(2023, 12, 31), True),
        ("end of term", FRIDAY, date(2023, 12, 22), date(2023, 12, 22), True),
        ("end of next term", FRIDAY, date(2024, 3, 28), date(2024, 3, 28), True),
        ("in 2 weeks", FRIDAY, date(2023, 12, 15), date(2023, 12, 15), True),
        ("a couple of months", FRIDAY, date(2024, 2, 1), date(2024, 2, 1), True),
        ("30 November", FRIDAY, date(2024, 11, 30), date(2024, 11, 30), True),
        ("29 February", FRIDAY, date(2024, 2, 29), date(2024, 2, 29), True),
    ],
)
def test_a_spoken_date_is_the_coming_one(
    text: str, today: date, first: date, last: date, clear: bool
) -> None:
    (spoken,) = find_spoken(plain(text), today=today, calendar=Calendar())
    assert (spoken.first, spoken.last, spoken.clear) == (first, last, clear)


@pytest.mark.parametrize(
    "text", ["it may be late", "this week", "the week", "31 February", "trained 43 staff", "later"]
)
def test_what_names_no_day_to_come_is_no_date(text: str) -> None:
    assert find_spoken(plain(text), today=SATURDAY, calendar=Calendar()) == ()


@given(st.text(max_size=60))
def test_plain_text_keeps_every_character_in_its_place(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(st.lists(st.sampled_from(["next ", "end of ", "term", "may", "2 ", "weeks", "friday", "31 ",
                                 "year", "99 years", "q1 ", " "]), max_size=8),
       st.dates(date(2000, 1, 1), date(2090, 12, 31)))  # fmt: skip
def test_any_mixture_of_date_words_is_read(words: list[str], today: date) -> None:
    found = find_spoken("".join(words), today=today, calendar=Calendar())
    assert all(spoken.first <= spoken.last for spoken in found)
