"""The partnership's calendar: working days, bank holidays, school terms, local time.

Pure: nothing here reads a clock, a file or the database. Deadlines are dates in Europe/London,
instants are UTC, and this is the only place where one becomes the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_DAY = timedelta(days=1)
_MONDAY, _WEDNESDAY, _FRIDAY, _SATURDAY = 0, 2, 4, 5

# Bank holidays are proclaimed, and some years differ from the rule: (moved from, moved to).
_MOVED: Mapping[date, date] = {
    date(1995, 5, 1): date(1995, 5, 8),
    date(2002, 5, 27): date(2002, 6, 4),
    date(2012, 5, 28): date(2012, 6, 4),
    date(2020, 5, 4): date(2020, 5, 8),
    date(2022, 5, 30): date(2022, 6, 2),
}
_EXTRA: Mapping[date, str] = {
    date(1981, 7, 29): "Royal Wedding",
    date(1999, 12, 31): "Millennium Eve",
    date(2002, 6, 3): "Golden Jubilee",
    date(2011, 4, 29): "Royal Wedding",
    date(2012, 6, 5): "Diamond Jubilee",
    date(2022, 6, 3): "Platinum Jubilee",
    date(2022, 9, 19): "State Funeral of Queen Elizabeth II",
    date(2023, 5, 8): "Coronation of King Charles III",
}


class TermName(StrEnum):
    """The three terms of an English school year."""

    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Term:
    """First and last school day of a term, and the days of its half-term break."""

    name: TermName
    start: date
    end: date
    half_term: tuple[date, date] | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end and not self.in_half_term(day)

    def in_half_term(self, day: date) -> bool:
        return self.half_term is not None and self.half_term[0] <= day <= self.half_term[1]


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the Meeus, Jones and Butcher method)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    shift = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def last_day_of_month(year: int, month: int) -> date:
    """The 28th to the 31st, as the month has it."""
    following = date(year, month, 28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def add_months(day: date, months: int) -> date:
    """The same day so many months on (or back), or the month's last day where it is shorter."""
    years, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = last_day_of_month(years, month0 + 1)
    return last.replace(day=min(day.day, last.day))


def financial_year(day: date) -> tuple[date, date]:
    """First and last day of the council's financial year (1 April to 31 March) around a day."""
    first = day.year if day.month >= 4 else day.year - 1
    return date(first, 4, 1), date(first + 1, 3, 31)


def quarter_end(day: date) -> date:
    """Last day of the quarter; calendar and financial quarters end on the same days."""
    return last_day_of_month(day.year, (day.month + 2) // 3 * 3)


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the ISO week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


@lru_cache(maxsize=512)
def bank_holidays(year: int) -> Mapping[date, str]:
    """Bank holidays of England and Wales by the rule in force since 1978, and its exceptions."""
    days = _moveable(year) | {day: name for day, name in _EXTRA.items() if day.year == year}
    fixed = (
        (date(year, 1, 1), "New Year's Day"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "Boxing Day"),
    )
    days |= {day: name for day, name in fixed if day.weekday() < _SATURDAY}
    for day, name in fixed:
        if day.weekday() >= _SATURDAY:
            days[_free_weekday(day, days)] = f"{name} (substitute day)"
    return MappingProxyType(dict(sorted(days.items())))


def _moveable(year: int) -> dict[date, str]:
    sunday = easter(year)
    by_rule = {
        sunday - timedelta(days=2): "Good Friday",
        sunday + _DAY: "Easter Monday",
        _on_or_after(date(year, 5, 1), _MONDAY): "Early May bank holiday",
        _on_or_before(date(year, 5, 31), _MONDAY): "Spring bank holiday",
        _on_or_before(date(year, 8, 31), _MONDAY): "Summer bank holiday",
    }
    return {_MOVED.get(day, day): name for day, name in by_rule.items()}


def _free_weekday(day: date, taken: Mapping[date, str]) -> date:
    while day.weekday() >= _SATURDAY or day in taken:
        day += _DAY
    return day


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What counts as a working day and a school day for one partnership.

    `closed_days` come on top of weekends and bank holidays; a newly proclaimed bank holiday can
    be put there until it is built in. `terms` are the area's own dates; a term that is not given
    follows the usual English pattern.
    """

    closed_days: frozenset[date] = frozenset()
    terms: tuple[Term, ...] = ()

    def is_working_day(self, day: date) -> bool:
        return (
            day.weekday() < _SATURDAY
            and day not in self.closed_days
            and day not in bank_holidays(day.year)
        )

    def working_day_before(self, day: date) -> date:
        """The day itself if it is a working day, else the nearest one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def working_day_after(self, day: date) -> date:
        """The day itself if it is a working day, else the nearest one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """So many working days on, or back when `count` is negative.

        Counting starts on the next day, so one working day after a Saturday is the Monday.
        Nought working days on from a closed day is the next working day.
        """
        if count == 0:
            return self.working_day_after(day)
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start`, up to and including `end`."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def term(self, name: TermName | str, year: int) -> Term:
        """The term that starts in a calendar year: the area's own dates, else the usual ones."""
        wanted = TermName(name)
        for term in self.terms:
            if term.name is wanted and term.start.year == year:
                return term
        return _usual_term(wanted, year)

    def is_school_day(self, day: date) -> bool:
        """Whether schools are open: a weekday in term, outside half-term and bank holidays."""
        if day.weekday() >= _SATURDAY or day in bank_holidays(day.year):
            return False
        return any(day in self.term(name, day.year) for name in TermName)

    def at_local(self, day: date, at: time) -> datetime:
        """The instant, in UTC, at which clocks in London show a time on a day."""
        return datetime.combine(day, at.replace(tzinfo=None), LONDON).astimezone(UTC)

    def local_date(self, instant: datetime) -> date:
        """The date in London at an instant; a naive datetime is refused."""
        if instant.tzinfo is None:
            raise ValueError("An instant needs a time zone; this one has none.")
        return instant.astimezone(LONDON).date()


_NATIONAL = Calendar()


def _usual_term(name: TermName, year: int) -> Term:
    match name:
        case TermName.AUTUMN:
            return _usual_autumn(year)
        case TermName.SPRING:
            return _usual_spring(year)
        case TermName.SUMMER:
            return _usual_summer(year)


def _usual_autumn(year: int) -> Term:
    first = date(year, 9, 1)
    if first.weekday() > _WEDNESDAY:  # few schools open for the last days of a week
        first = _on_or_after(first, _MONDAY)
    return Term(TermName.AUTUMN, first, _autumn_end(year), _school_week(date(year, 10, 28)))


def _usual_spring(year: int) -> Term:
    # Two full weeks of Christmas holiday, then the next working day.
    start = _NATIONAL.working_day_after(_autumn_end(year - 1) + timedelta(days=17))
    end = _NATIONAL.working_day_before(_spring_holiday(year) - timedelta(days=3))
    return Term(TermName.SPRING, start, end, _school_week(date(year, 2, 17)))


def _usual_summer(year: int) -> Term:
    start = _NATIONAL.working_day_after(_spring_holiday(year) + timedelta(days=14))
    end = _on_or_before(date(year, 7, 24), _FRIDAY)
    return Term(TermName.SUMMER, start, end, _school_week(date(year, 5, 31)))


def _autumn_end(year: int) -> date:
    return _on_or_before(date(year, 12, 22), _FRIDAY)


def _spring_holiday(year: int) -> date:
    """Monday of the first of two full weeks in April, wherever Easter falls."""
    return _on_or_after(date(year, 4, 1), _MONDAY)


def _school_week(day: date) -> tuple[date, date]:
    monday = _on_or_before(day, _MONDAY)
    return monday, monday + timedelta(days=4)
