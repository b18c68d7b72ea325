"""When a survey that comes round is next open, and what people call that round. Pure."""

from datetime import date, timedelta

from storage.calendar import Calendar, Term, TermName, add_months, financial_year
from surveys.definition import Audience, Recurrence

_MONTHS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.TWICE_A_YEAR: 6}
_DAY = timedelta(days=1)
_LONGEST_BREAK = 100


def next_opening(
    first: date, after: date, recurs: Recurrence, audience: Audience, calendar: Calendar
) -> date:
    """The first opening day later than `after`, counted from the `first` round.

    It is counted from the first, so that rounds which moved to a working day do not drift.
    """
    if recurs is Recurrence.TERMLY:
        return _next_term_day(first, after, audience, calendar)
    months = _MONTHS[recurs]
    count = 1
    while True:
        day = open_day(add_months(first, count * months), audience, calendar)
        if day > after:
            return day
        count += 1


def open_day(day: date, audience: Audience, calendar: Calendar) -> date:
    """The day itself or the next working day; for young people one on which schools are open."""
    for _ in range(_LONGEST_BREAK):
        fits = calendar.is_working_day(day)
        if fits and (audience is not Audience.YOUTH or calendar.is_school_day(day)):
            return day
        day += _DAY
    return calendar.working_day_after(day)


def _next_term_day(first: date, after: date, audience: Audience, calendar: Calendar) -> date:
    """As many days into the next term as the first round was into its own, and within it."""
    home = term_of(first, calendar)
    offset = max((first - home.start).days, 0)
    term = following(term_of(after, calendar), calendar)
    while True:
        last = term.end - timedelta(days=7)
        day = open_day(
            max(min(term.start + timedelta(days=offset), last), term.start), audience, calendar
        )
        if day > after:
            return day
        term = following(term, calendar)


def term_of(day: date, calendar: Calendar) -> Term:
    """The term that a day is in, or in the holidays the one that comes next."""
    terms = [calendar.term(name, year) for year in (day.year, day.year + 1) for name in TermName]
    return min((term for term in terms if term.end >= day), key=lambda term: term.start)


def following(term: Term, calendar: Calendar) -> Term:
    """The term after this one."""
    return term_of(term.end + _DAY, calendar)


def round_name(recurs: Recurrence | None, day: date, calendar: Calendar) -> str:
    """What people call the round that opens on a day, such as "Autumn term 2026"."""
    match recurs:
        case Recurrence.MONTHLY:
            return f"{day:%B %Y}"
        case Recurrence.TERMLY:
            term = term_of(day, calendar)
            return f"{term.name.capitalize()} term {term.start.year}"
        case Recurrence.QUARTERLY:
            return _quarter(day)
        case Recurrence.TWICE_A_YEAR:
            return f"{day.year}/{1 if day.month <= 6 else 2}"
        case None:
            return f"{day:%B %Y}"


def _quarter(day: date) -> str:
    """Quarters of the council's year: April to June is the first."""
    start, end = financial_year(day)
    quarter = (day.month - 4) % 12 // 3 + 1
    return f"Q{quarter} {start.year}/{end.year % 100:02}"


def one_of_its_own(name: str, taken: set[str]) -> str:
    """The name, numbered where an earlier round of the survey has it already."""
    count, free = 1, name
    while free in taken:
        count += 1
        free = f"{name} ({count})"
    return free


def closing_day(opened_on: date, length: int | None, calendar: Calendar) -> date | None:
    """The last day of a round that is as long as the one before it, on a working day."""
    if length is None:
        return None
    return calendar.working_day_after(opened_on + timedelta(days=length))
