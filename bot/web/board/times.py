"""Instants and clocks as the board says them: pure, in local time, in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.calendar import LONDON
from storage.language import HOME, long_date

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Left:
    """A clock in words; `is_late` where it has run out, `is_close` where it soon will."""

    text: str
    is_late: bool
    is_close: bool


@dataclass(frozen=True, slots=True)
class Times:
    """What is said of an instant, seen from now."""

    now: datetime

    def hour(self, instant: datetime) -> str:
        """ "23:55" today, "09:00 tomorrow", else with the day."""
        local, here = instant.astimezone(LONDON), self.now.astimezone(LONDON)
        if local.date() == here.date():
            return f"{local:%H:%M}"
        if local.date() == here.date() + timedelta(days=1):
            return f"{local:%H:%M} tomorrow"
        return f"{local:%H:%M} on {self.day(instant)}"

    def day(self, instant: datetime) -> str:
        """ "Monday 4 December 2023"."""
        local = instant.astimezone(LONDON).date()
        return f"{local:%A} {long_date(local, HOME)}"

    def whole(self, instant: datetime) -> str:
        """Hour and day, always both."""
        return f"{instant.astimezone(LONDON):%H:%M}, {self.day(instant)}"

    def within_an_hour(self, instant: datetime) -> str:
        """No finer than the hour, for texts of which no more is kept."""
        local = instant.astimezone(LONDON)
        return f"between {local:%H}:00 and {local:%H}:59, {self.day(instant)}"

    def iso(self, instant: datetime) -> str:
        return instant.astimezone(UTC).isoformat()

    def left(self, due: datetime) -> Left:
        """By when something is to be read, and how far that is."""
        far = due - self.now
        if far <= timedelta(0):
            return Left(f"overdue by {span(-far)}", is_late=True, is_close=True)
        return Left(
            f"read by {self.hour(due)}, {span(far)} left",
            is_late=False,
            is_close=far <= timedelta(minutes=30),
        )


def span(far: timedelta) -> str:
    """ "9 minutes", "3 hours", "2 days": one number, rounded down, as people say it."""
    minutes = max(0, far // _MINUTE)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return _counted(minutes, "minute")
    if minutes < 48 * 60:
        return _counted(minutes // 60, "hour")
    return _counted(minutes // (24 * 60), "day")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
