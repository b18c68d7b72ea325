"""When the messages of a campaign go out."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.calendar import LONDON, Calendar
from surveys.campaigns.pace import (
    REMIND_BEFORE_CLOSE,
    SendingHours,
    last_day_to_remind,
    plan_sends,
    reminder_on,
)

CALENDAR = Calendar(closed_days=frozenset({date(2023, 12, 27)}))
HOURS = SendingHours()
STARTS = st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


def _planned(count: int, start: datetime, cap: int) -> list[datetime]:
    return [at for _, at in plan_sends(range(count), start, cap, CALENDAR, HOURS)]


@given(STARTS, st.integers(1, 400), st.integers(1, 300))
def test_everybody_has_an_instant_within_the_hours_of_a_working_day(
    start: datetime, cap: int, count: int
) -> None:
    members = list(range(count))
    planned = list(plan_sends(members, start, cap, CALENDAR, HOURS))
    assert [member for member, _ in planned] == members
    for _, at in planned:
        local = at.astimezone(LONDON)
        assert at >= start
        assert CALENDAR.is_working_day(local.date())
        assert time(9) <= local.time() < time(17)


@given(STARTS, st.integers(1, 60), st.integers(1, 300))
def test_no_hour_has_more_than_the_cap(start: datetime, cap: int, count: int) -> None:
    planned = _planned(count, start, cap)
    for place, at in enumerate(planned):
        within = [one for one in planned[place:] if one < at + timedelta(hours=1)]
        assert len(within) <= cap
    assert all(later > earlier for earlier, later in pairwise(planned))


def test_a_campaign_begun_in_the_evening_waits_for_the_next_working_day() -> None:
    friday = datetime(2023, 12, 22, 18, tzinfo=UTC)
    assert _planned(2, friday, 2) == [
        datetime(2023, 12, 28, 9, tzinfo=UTC),
        datetime(2023, 12, 28, 9, 30, tzinfo=UTC),
    ]


def test_what_does_not_fit_into_a_day_goes_on_the_next_one() -> None:
    planned = _planned(9, datetime(2024, 3, 28, 9, tzinfo=UTC), 1)
    # Good Friday and Easter Monday are in between, and the clocks go forward.
    assert planned[7:] == [
        datetime(2024, 3, 28, 16, tzinfo=UTC),
        datetime(2024, 4, 2, 8, tzinfo=UTC),
    ]


def test_hours_that_end_before_they_begin_and_a_cap_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="begin before they end"):
        SendingHours(time(17), time(9))
    with pytest.raises(ValueError, match="at least one message"):
        _planned(1, datetime(2024, 1, 2, tzinfo=UTC), 0)


@pytest.mark.parametrize(
    ("sent", "closes", "after", "expected"),
    [
        ("2023-12-01", None, 5, "2023-12-08"),
        ("2023-12-01", "2023-12-20", 5, "2023-12-08"),
        ("2023-12-21", None, 5, "2024-01-03"),  # Christmas, and a day of our own
        ("2023-12-04", "2023-12-08", 5, "2023-12-06"),  # it closes soon: earlier
        ("2023-12-05", "2023-12-08", 5, None),  # the day after would be no reminder but a push
        ("2023-12-01", "2023-12-01", 5, None),
        ("2023-12-01", None, 0, None),
        ("2023-12-01", "2023-12-20", 1, "2023-12-04"),
    ],
)
def test_the_one_reminder_has_its_day(
    sent: str, closes: str | None, after: int, expected: str | None
) -> None:
    last = date.fromisoformat(closes) if closes else None
    found = reminder_on(date.fromisoformat(sent), last, after, CALENDAR)
    assert str(found) == str(expected)


@given(st.dates(date(2023, 1, 1), date(2026, 1, 1)), st.integers(0, 60), st.integers(0, 20))
def test_a_reminder_leaves_time_to_answer(sent: date, open_for: int, after: int) -> None:
    closes = sent + timedelta(days=open_for)
    day = reminder_on(sent, closes, after, CALENDAR)
    if day is not None:
        assert sent < day <= last_day_to_remind(closes, CALENDAR)
        assert CALENDAR.is_working_day(day)
        assert CALENDAR.working_days_between(day, closes) >= REMIND_BEFORE_CLOSE
