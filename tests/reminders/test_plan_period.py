"""Tests of reading a plan's period as people write it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.plan_period import is_same_period, read_period, span_of, with_period
from reminders.plan_rows import PlanRows

TWO_YEARS = (date(2024, 4, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    "label",
    [
        "2024-26",
        "2024 - 2026",
        "2024–26",
        "2024 — 26",
        "2024\u00a0‑\u00a02026",
        "2024/26",
        "2024/2026",
        "2024 to 2026",
        "2024- 2026",
        "from 2024 until 2026",
        "April 2024 - March 2026",
        "1 April 2024 to 31st March 2026",
        "Apr 2024 – Mar 2026",
    ],
)
def test_one_period_is_read_however_it_is_written(label: str) -> None:
    assert read_period(label) == TWO_YEARS
    assert is_same_period(PlanRows(period_label=label), PlanRows(period_label="2024 - 2026"))


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2024/25", date(2024, 4, 1), date(2025, 3, 31)),
        ("1999-02", date(1999, 4, 1), date(2002, 3, 31)),
        ("April 2018 – June 2019", date(2018, 4, 1), date(2019, 6, 30)),
        ("September - February 2024", None, None),
        ("January to February 2024", date(2024, 1, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_has_its_first_and_its_last_day(
    label: str, start: date | None, end: date | None
) -> None:
    assert read_period(label) == ((start, end) if start and end else None)


@pytest.mark.parametrize(
    "label",
    ["", "2024", "2024-06", "2026-2024", "0000-00", "31 June 2024 - 30 July 2024", "Year 2 to 3"],
)
def test_what_is_no_period_is_not_read(label: str) -> None:
    assert read_period(label) is None
    assert with_period(PlanRows(period_label=label)).period_start is None


@given(st.text(max_size=40) | st.from_regex(r"\d{4} ?[-/] ?\d{2,4}", fullmatch=True))
def test_any_label_is_read_or_left(label: str) -> None:
    span = read_period(label)
    assert span is None or span[0] < span[1]


def test_what_a_label_means_is_assumed_and_days_that_are_given_stand() -> None:
    read = with_period(PlanRows(period_label="2024-26"))
    assert (read.period_start, read.period_end) == TWO_YEARS
    assert read.period_assumed
    told = PlanRows(
        period_label="2024-26", period_start=date(2024, 1, 1), period_end=date(2025, 12, 31)
    )
    assert with_period(told) == told
    assert span_of(told) == (date(2024, 1, 1), date(2025, 12, 31))
