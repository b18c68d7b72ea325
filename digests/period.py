"""The days a report is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storage.calendar import Calendar

_DAY = timedelta(days=1)
_APRIL, _SEPTEMBER = 4, 9


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

    @classmethod
    def quarter_of(cls, day: date) -> "Period":
        """The quarter that a day falls in; a year from April has the same ones."""
        first = day.month - (day.month - 1) % 3
        return cls._months(date(day.year, first, 1), 3)

    @classmethod
    def year_of(cls, day: date, first_month: int = 1) -> "Period":
        """The twelve months that a day falls in, counted from the first of `first_month`."""
        year = day.year if day.month >= first_month else day.year - 1
        return cls._months(date(year, first_month, 1), 12)

    @classmethod
    def financial_year_of(cls, day: date) -> "Period":
        """April to March."""
        return cls.year_of(day, _APRIL)

    @classmethod
    def school_year_of(cls, day: date) -> "Period":
        """September to August."""
        return cls.year_of(day, _SEPTEMBER)

    @classmethod
    def _months(cls, first: date, count: int) -> "Period":
        return cls(first, _months_on(first, count) - _DAY)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def before(self) -> "Period":
        """The period of the same length that ends the day before this one starts.

        Whole months come after as many whole months: before April to June stands January to March.
        """
        after = self.end + _DAY
        if self.start.day == after.day == 1:
            count = (after.year - self.start.year) * 12 + after.month - self.start.month
            return Period(_months_on(self.start, -count), self.start - _DAY)
        return Period(self.start - self.days * _DAY, self.start - _DAY)

    def after(self) -> "Period":
        """The period of the same length that starts the day after this one ends."""
        start = self.end + _DAY
        if self.start.day == start.day == 1:
            count = (start.year - self.start.year) * 12 + start.month - self.start.month
            return Period._months(start, count)
        return Period(start, start + (self.days - 1) * _DAY)

    def begins(self, calendar: Calendar) -> datetime:
        """The first instant of the period."""
        return calendar.at_local(self.start, time())

    def ends(self, calendar: Calendar) -> datetime:
        """The first instant after the period."""
        return calendar.at_local(self.end + _DAY, time())


def is_of_our_time(day: date) -> bool:
    """Whether a day that somebody gave can be meant; beyond these years it is a slip."""
    return 2000 <= day.year <= 2100


def _months_on(first: date, count: int) -> date:
    """The first of a month, so many months later or earlier."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
