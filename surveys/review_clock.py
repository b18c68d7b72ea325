"""By when a person must have read a text: pure, counted in the hours agreed locally."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.calendar import LONDON, Calendar


@dataclass(frozen=True, slots=True)
class Clocks:
    """What was agreed locally; the defaults are those of the field (DOMAIN, Concerns 3).

    `opens` and `closes` are local, on working days. A red never pauses. An amber has until the
    close of its working day, or of as many working days later; every other text as many working
    days as are said here. Overdue and not acknowledged, the alert is repeated every so often.
    """

    opens: time = time(9, 0)
    closes: time = time(17, 0)
    red: timedelta = timedelta(minutes=15)
    amber_days: int = 0
    other_days: int = 1
    repeat_red: timedelta = timedelta(minutes=15)
    repeat_amber: timedelta = timedelta(hours=1)


USUAL = Clocks()


def due_at(
    tier: str, received_at: datetime, calendar: Calendar, clocks: Clocks = USUAL
) -> datetime:
    """The instant by which it must be read."""
    if tier == "red":
        return received_at + clocks.red
    first, came_in_hours = _first_day(received_at, calendar, clocks)
    days = clocks.amber_days if tier == "amber" else clocks.other_days
    if tier != "amber" and not came_in_hours:
        days -= 1
    day = first
    for _ in range(days):
        day = calendar.working_day_after(day + timedelta(days=1))
    is_whole_day = tier == "amber" or not came_in_hours
    hour = clocks.closes if is_whole_day else received_at.astimezone(LONDON).time()
    return calendar.at_local(day, hour)


def in_hours(now: datetime, calendar: Calendar, clocks: Clocks = USUAL) -> bool:
    """Whether reviewers are at work now; out of hours the on-call has it."""
    day = calendar.local_date(now)
    local = now.astimezone(LONDON).time()
    return calendar.is_working_day(day) and clocks.opens <= local < clocks.closes


def _first_day(received_at: datetime, calendar: Calendar, clocks: Clocks) -> tuple[date, bool]:
    """The working day on which it counts first, and whether it came before the close of that."""
    day = calendar.local_date(received_at)
    if calendar.is_working_day(day) and received_at < calendar.at_local(day, clocks.closes):
        return day, True
    return calendar.working_day_after(day + timedelta(days=1)), False


def next_opening(now: datetime, calendar: Calendar, clocks: Clocks = USUAL) -> datetime:
    """The instant at which reviewers are at work next, or `now` while they are."""
    if in_hours(now, calendar, clocks):
        return now
    day = calendar.local_date(now)
    if not calendar.is_working_day(day) or now >= calendar.at_local(day, clocks.opens):
        day = calendar.working_day_after(day + timedelta(days=1))
    return calendar.at_local(day, clocks.opens)


def close_of_day(now: datetime, calendar: Calendar, clocks: Clocks = USUAL) -> datetime | None:
    """When hours end on the local day of an instant; None on a closed day."""
    day = calendar.local_date(now)
    return calendar.at_local(day, clocks.closes) if calendar.is_working_day(day) else None


def out_of_hours(
    begins: datetime, ends: datetime, calendar: Calendar, clocks: Clocks = USUAL
) -> list[tuple[datetime, datetime]]:
    """The times between two instants at which nobody is at work, in order."""
    found, start, day = [], begins, calendar.local_date(begins)
    while start < ends:
        opens, closes = calendar.at_local(day, clocks.opens), calendar.at_local(day, clocks.closes)
        if calendar.is_working_day(day):
            if start < opens:
                found.append((start, min(opens, ends)))
            start = max(start, closes)
        day += timedelta(days=1)
        if day > calendar.local_date(ends):
            break
    if start < ends:
        found.append((start, ends))
    return found
