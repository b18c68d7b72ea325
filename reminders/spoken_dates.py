"""Dates as people say them in a message: 'end of May', 'next Friday', 'in 2 weeks'. Pure.

A date without a year is the coming one. What can mean two days says so.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reminders.date_words import WEEKDAY_NAMES, Found, find_dates
from storage.calendar import (
    Calendar,
    TermName,
    add_months,
    last_day_of_month,
    quarter_end,
    week_of,
)

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "another": 1, "two": 2, "couple of": 2, "a couple of": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """A span of days named in a text, one day long where `first` is `last`.

    `relative` marks a length of time ('2 weeks'), which may count from today or from a deadline.
    """

    start: int
    end: int
    first: date
    last: date
    clear: bool = True
    relative: bool = False


def find_spoken(text: str, *, today: date, calendar: Calendar) -> tuple[Spoken, ...]:
    """The dates in a text made `plain`, from left to right; impossible ones are left out."""
    dated = [
        spoken
        for found in find_dates(text, calendar)
        if (spoken := _from_found(text, found, today)) is not None
    ]
    taken = [range(spoken.start, spoken.end) for spoken in dated]
    loose = (
        spoken
        for spoken in _relative(text, today, calendar)
        if not any(place in span for span in taken for place in (spoken.start, spoken.end - 1))
    )
    return tuple(sorted([*dated, *loose], key=lambda spoken: spoken.start))


_END_OF = re.compile(r"\bend (?:of )?(?:the )?$")


def _from_found(text: str, found: Found, today: date) -> Spoken | None:
    on = found.due_on or _coming(found, today)
    if on is None:
        return None
    to_the_end = _END_OF.search(text[max(0, found.start - 12) : found.start]) is not None
    if found.whole_month and not to_the_end:
        return Spoken(found.start, found.end, on.replace(day=1), on, clear=False)
    clear = not found.doubt or (found.whole_year and to_the_end)
    return Spoken(found.start, found.end, on, on, clear=clear)


def _coming(found: Found, today: date) -> date | None:
    """The first such day from today on; a leap day may be years away."""
    horizon = add_months(today, 12 * 8)
    return next(iter(found.candidates(today, horizon)), None)


def _relative(text: str, today: date, calendar: Calendar) -> Iterator[Spoken]:
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            spoken = read(match, today, calendar)
            if spoken is not None:
                yield spoken


def _span(match: re.Match[str], first: date, last: date, *, clear: bool = True) -> Spoken:
    return Spoken(match.start(), match.end(), first, last, clear=clear)


def _read_near(match: re.Match[str], today: date, _: Calendar) -> Spoken:
    on = today + timedelta(days=1 if match[1] == "tomorrow" else 0)
    return _span(match, on, on)


def _read_weekday(match: re.Match[str], today: date, _: Calendar) -> Spoken:
    wanted = next(n for n, name in enumerate(WEEKDAY_NAMES) if name.startswith(match["name"][:3]))
    if match["next"]:
        # On a Monday "next Friday" is this week's to some and next week's to others.
        on = week_of(today)[0] + timedelta(days=7 + wanted)
        return _span(match, on, on, clear=wanted <= today.weekday())
    on = today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    return _span(match, on, on)


def _read_period(match: re.Match[str], today: date, calendar: Calendar) -> Spoken | None:
    following = match["which"] == "next"
    first, last = _period(match["unit"], today, calendar, following=following)
    if last < today or not (match["end"] or match["which"]):
        return None  # the working week is over, or "the week" alone, which names no day
    if match["end"]:
        return _span(match, last, last)
    return _span(match, max(first, today), last, clear=match["unit"] == "week")


def _period(unit: str, today: date, calendar: Calendar, *, following: bool) -> tuple[date, date]:
    if unit == "week":
        monday = week_of(today)[0] + timedelta(days=7 * following)
        return monday, monday + timedelta(days=4)
    if unit == "month":
        first = add_months(today.replace(day=1), int(following))
        return first, last_day_of_month(first.year, first.month)
    if unit == "quarter":
        end = quarter_end(add_months(quarter_end(today), 3) if following else today)
        return add_months(end.replace(day=1), -2), end
    if unit == "term":
        return _term(today, calendar, following=following)
    year = today.year + following
    return date(year, 1, 1), date(year, 12, 31)


def _term(today: date, calendar: Calendar, *, following: bool) -> tuple[date, date]:
    years = (today.year, today.year + 1)
    terms = sorted((calendar.term(name, year) for year in years for name in TermName),
                   key=lambda term: term.start)  # fmt: skip
    left = [term for term in terms if term.end >= today]
    running = left[0].start <= today
    term = left[1] if following and running else left[0]
    return term.start, term.end


def _read_length(match: re.Match[str], today: date, _: Calendar) -> Spoken | None:
    count = int(match["n"]) if match["n"].isdigit() else _COUNTS[match["n"]]
    days = {"day": 1, "week": 7, "fortnight": 14}.get(match["unit"])
    if days is not None:
        on = today + timedelta(days=days * count)
    else:
        on = add_months(today, count * (12 if match["unit"] == "year" else 1))
    return Spoken(match.start(), match.end(), on, on, relative=True)


_NUMBER = "|".join(sorted(_COUNTS, key=len, reverse=True))
_WEEKDAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|satur?day|sunday"
)

_FORMS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], date, Calendar], Spoken | None]], ...
] = (
    (re.compile(r"\b(tomorrow|today)\b"), _read_near),
    (
        re.compile(
            r"\b(?P<end>end of )?(?:the )?(?:(?P<which>this|next) )?"
            r"(?P<unit>week|month|quarter|year|term)\b"
        ),
        _read_period,
    ),
    (re.compile(rf"\b(?P<next>next )?(?P<name>{_WEEKDAYS})\b"), _read_weekday),
    (
        re.compile(
            rf"\b(?P<n>\d{{1,2}}|{_NUMBER}) (?:more |extra |further )?"
            r"(?P<unit>day|week|fortnight|month|year)s?\b",
            re.ASCII,
        ),
        _read_length,
    ),
)
