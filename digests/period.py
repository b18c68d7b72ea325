"""The days a report is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.calendar import Calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included. A document is dated with its period's end."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(
                f"The period ends on {self.end} before it starts on {self.start}. "
                "Give the earlier day first."
            )

    @classmethod
    def week_to(cls, day: date) -> "Period":
        """The seven days that end with `day`."""
        return cls(day - 6 * _DAY, day)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def before(self) -> "Period":
        """The period of the same length that ends the day before this one starts."""
        return Period(self.start - self.days * _DAY, self.start - _DAY)

    def begins(self, calendar: Calendar) -> datetime:
        """The first instant of the period."""
        return calendar.at_local(self.start, time())

    def ends(self, calendar: Calendar) -> datetime:
        """The first instant after the period."""
        return calendar.at_local(self.end + _DAY, time())
