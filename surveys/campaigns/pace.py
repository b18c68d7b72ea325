"""When the messages of a campaign go out: spread over working hours, under a cap. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import TypeVar

from storage.calendar import Calendar

_T = TypeVar("_T")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

REMIND_BEFORE_CLOSE = 2
"""A reminder leaves at least so many working days to answer."""
REMIND_AFTER_SENT = 2
"""It never comes on the heels of the invitation: at least so many working days later."""


@dataclass(frozen=True, slots=True)
class SendingHours:
    """The hours of a working day, in London time, outside which nobody is written to."""

    opens: time = time(9, 0)
    closes: time = time(17, 0)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("the sending hours must begin before they end")

    def on(self, day: date, calendar: Calendar) -> tuple[datetime, datetime]:
        """From when until when on a day."""
        return calendar.at_local(day, self.opens), calendar.at_local(day, self.closes)

    def are_now(self, now: datetime, calendar: Calendar) -> bool:
        """Whether people may be written to at this instant."""
        day = calendar.local_date(now)
        begins, ends = self.on(day, calendar)
        return calendar.is_working_day(day) and begins <= now < ends

    def next_from(self, instant: datetime, calendar: Calendar) -> datetime:
        """The instant itself within the hours, else when they next begin."""
        day = calendar.local_date(instant)
        begins, ends = self.on(day, calendar)
        if calendar.is_working_day(day) and instant < ends:
            return max(begins, instant)
        return self.on(calendar.working_day_after(day + _DAY), calendar)[0]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a campaign goes, and after how many working days it reminds, once (0: never)."""

    cap_per_hour: int = 500
    remind_after: int = 5
    hours: SendingHours = field(default_factory=SendingHours)


def plan_sends(
    members: Iterable[_T],
    start: datetime,
    cap_per_hour: int,
    calendar: Calendar,
    hours: SendingHours,
) -> Iterator[tuple[_T, datetime]]:
    """Each member with their instant: evenly spread, never more than the cap within an hour."""
    if cap_per_hour < 1:
        raise ValueError("at least one message an hour must be allowed")
    # Rounded up: rounded down, one more than the cap would fit into an hour.
    step = timedelta(microseconds=ceil(_HOUR / timedelta(microseconds=1) / cap_per_hour))
    at = hours.next_from(start, calendar)
    ends = hours.on(calendar.local_date(at), calendar)[1]
    for member in members:
        if at >= ends:
            at = hours.next_from(at, calendar)
            ends = hours.on(calendar.local_date(at), calendar)[1]
        yield member, at
        at += step


def last_day_to_remind(closes_on: date, calendar: Calendar) -> date:
    """After this day a reminder would come too late to be of use."""
    last = calendar.working_day_before(closes_on)
    return calendar.add_working_days(last, -REMIND_BEFORE_CLOSE)


def reminder_on(
    sent_on: date, closes_on: date | None, after_days: int, calendar: Calendar
) -> date | None:
    """The day of the one reminder: so many working days after the invitation, or earlier where

    the survey closes soon; None where there is no time for one, or none is wanted.
    """
    if after_days < 1:
        return None
    day = calendar.add_working_days(sent_on, after_days)
    if closes_on is None:
        return day
    day = min(day, last_day_to_remind(closes_on, calendar))
    soonest = calendar.add_working_days(sent_on, min(after_days, REMIND_AFTER_SENT))
    return day if day >= soonest else None
