"""Finding the dates in a text as people in the field write them: '31st Dec 23', 'Q2 2024/25'.

Pure. Each date found says what is wrong with it or why its reading is a judgement, so that a
caller never takes a guess for a fact. A period stands for its last day.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from storage.calendar import Calendar, last_day_of_month

EARLIEST_YEAR, LATEST_YEAR = 2000, 2099

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_PLAIN = str.maketrans(
    dict.fromkeys("‘’‛`´ʼ", "'") | dict.fromkeys("“”„", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)


@dataclass(frozen=True, slots=True)
class Found:
    """One date in a text. Without `due_on` it is impossible (`problem`) or lacks its year."""

    start: int
    end: int
    due_on: date | None = None
    problem: str = ""
    doubt: str = ""
    alternatives: tuple[date, ...] = ()
    whole_year: bool = False
    whole_month: bool = False
    in_year: Callable[[int], date | None] | None = None

    def candidates(self, first: date, last: date) -> tuple[date, ...]:
        """The days a date without a year can mean between two days."""
        if self.in_year is None:
            return ()
        days = (self.in_year(year) for year in range(first.year, last.year + 1))
        return tuple(day for day in days if day is not None and first <= day <= last)


def plain(text: str) -> str:
    """Lower case with plain quotes, dashes and spaces, one character for each of the text's own.

    Places in the result are places in the text, so what a person typed can be cut out unchanged.
    """
    return "".join(map(_plain_character, text.translate(_PLAIN)))


def _plain_character(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
        return " "
    lower = unicodedata.normalize("NFKC", character).lower()
    return lower if len(lower) == 1 else character


def find_dates(text: str, calendar: Calendar) -> tuple[Found, ...]:
    """The dates of a text made `plain`, from left to right; a longer form wins over a shorter."""
    return tuple(_scan(text, calendar))


def _scan(text: str, calendar: Calendar) -> Iterator[Found]:
    position = 0
    while position < len(text):
        found = _found_at(text, position, calendar) if _starts_word(text, position) else None
        if found is not None:
            yield found
        position = found.end if found is not None else position + 1


def _starts_word(text: str, position: int) -> bool:
    return text[position].isalnum() and (position == 0 or not text[position - 1].isalnum())


def _found_at(text: str, position: int, calendar: Calendar) -> Found | None:
    for pattern, read in _FORMS:
        match = pattern.match(text, position)
        if match is not None:
            found = read(match, calendar)
            if found is not None:
                return found
    return None


# -- the parts of a form

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_YEARS = r"(?P<year>\d{4}|\d{2})(?: ?[-/] ?(?P<second>\d{4}|\d{2}))?"
_END = r"(?![^\W_])"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + _END, re.ASCII)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(match: re.Match[str]) -> int:
    name = match["month"]
    if name.isdigit():
        return int(name)
    return next(n for n, full in enumerate(MONTH_NAMES, 1) if full.startswith(name[:3]))


def _at(match: re.Match[str]) -> Found:
    return Found(match.start(), match.end())


def _on(match: re.Match[str], due_on: date, doubt: str = "", *others: date) -> Found:
    return replace(_at(match), due_on=due_on, doubt=doubt, alternatives=others)


def _wrong_years(match: re.Match[str]) -> str:
    """What is wrong with a printed year, or with two that should follow each other."""
    first, second = _year(match["year"]), match["second"]
    if not EARLIEST_YEAR <= first < LATEST_YEAR:
        return f"The year {first} is outside {EARLIEST_YEAR} to {LATEST_YEAR - 1}."
    if second is not None and _first_year(match) is None:
        return "The two years do not follow each other."
    return ""


# -- the forms, each turned into what it found


def _read_day(match: re.Match[str], _: Calendar) -> Found | None:
    year, month, day = _year(match["year"]), _month(match), int(match["day"])
    problem = impossible_day(year, month, day)
    if problem and month > 12 and not impossible_day(year, day, month):
        american = (date(year, day, month),)
        return replace(_at(match), problem=f"{problem} Days come first.", alternatives=american)
    if problem:
        return replace(_at(match), problem=problem)
    due_on = date(year, month, day)
    return _on(match, due_on, _weekday_doubt(match.groupdict().get("weekday"), due_on))


def impossible_day(year: int | None, month: int, day: int) -> str:
    """What is wrong with a day, or nothing. Without a year February has 29 days."""
    if not 1 <= month <= 12:
        return f"There is no month {month}."
    if year is not None and not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return f"The year {year} is outside {EARLIEST_YEAR} to {LATEST_YEAR}."
    days = last_day_of_month(year or 2024, month).day
    if 1 <= day <= days:
        return ""
    named = MONTH_NAMES[month - 1].capitalize() + (f" {year}" if year else "")
    return f"{named} has {days} days, not {day}." if day else "There is no day 0."


def _weekday_doubt(printed: str | None, due_on: date) -> str:
    real = WEEKDAY_NAMES[due_on.weekday()]
    if printed is None or real.startswith(printed):
        return ""
    return f"The weekday does not fit: that day is a {real.capitalize()}."


def _read_month(match: re.Match[str], _: Calendar) -> Found | None:
    year, month = _year(match["year"]), _month(match)
    problem = impossible_day(year, month, 1)
    if problem:
        return replace(_at(match), problem=problem)
    return replace(_at(match), due_on=last_day_of_month(year, month), whole_month=True)


def _read_bare_day(match: re.Match[str], _: Calendar) -> Found | None:
    month, day = _month(match), int(match["day"])
    problem = impossible_day(None, month, day)
    if problem:
        return replace(_at(match), problem=problem)

    def in_year(year: int) -> date | None:
        return None if impossible_day(year, month, day) else date(year, month, day)

    return replace(_at(match), in_year=in_year)


_BEFORE_MAY = re.compile(r"\b(?:of|by|until|till|til|to|end|in|for|mid|early|late|next) $")
_AFTER_MAY = re.compile(rf" ?(?:and|or|to|&|/|-|,) ?{_MONTH}")


def _is_month_of_may(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    alone = end - start == len(text)
    before = _BEFORE_MAY.search(text[max(0, start - 8) : start])
    return alone or bool(before) or bool(_AFTER_MAY.match(text, end))


def _read_bare_month(match: re.Match[str], _: Calendar) -> Found | None:
    month = _month(match)
    if match["month"] == "may" and not _is_month_of_may(match):
        return None  # "may be late" is not a month
    return replace(
        _at(match), in_year=lambda year: last_day_of_month(year, month), whole_month=True
    )


def _first_year(match: re.Match[str]) -> int | None:
    """The first of two years that follow each other, such as 2024/25; else None."""
    first, second = match["year"], match["second"]
    if second is None:
        return None
    expected = _year(first) + 1
    return expected - 1 if int(second) in (expected, expected % 100) else None


def _read_quarter(match: re.Match[str], _: Calendar) -> Found | None:
    quarter = int(match["quarter"])

    def financial(year: int) -> date:
        # Q1 of a financial year is April to June, Q4 the January to March that follow.
        end = date(year + (quarter == 4), quarter * 3 % 12 + 3, 1)
        return last_day_of_month(end.year, end.month)

    if match["year"] is None:
        return replace(_at(match), in_year=lambda year: financial(year - (quarter == 4)))
    if problem := _wrong_years(match):
        return replace(_at(match), problem=problem)
    year = _year(match["year"])
    if match["second"] is not None:
        return _on(match, financial(year))
    doubt = "A quarter of one year can be of the financial or of the calendar year."
    return _on(match, financial(year), doubt, last_day_of_month(year, quarter * 3))


def _read_term(match: re.Match[str], calendar: Calendar) -> Found | None:
    name = match["season"]
    if match["year"] is None:
        return replace(_at(match), in_year=lambda year: calendar.term(name, year).end)
    if problem := _wrong_years(match):
        return replace(_at(match), problem=problem)
    year = _year(match["year"])
    if match["second"] is not None and name != "autumn":
        year += 1
    return _on(match, calendar.term(name, year).end)


_SEASON_END = {"spring": 5, "summer": 8, "autumn": 11, "winter": 2}


def _read_season(match: re.Match[str], calendar: Calendar) -> Found | None:
    if problem := _wrong_years(match):
        return replace(_at(match), problem=problem)
    name, year = match["season"], _year(match["year"])
    season = last_day_of_month(year, _SEASON_END[name])
    if name == "winter":
        following = last_day_of_month(year + 1, 2)
        return _on(match, following, "A winter spans two years.", season)
    doubt = f"'{name} {year}' can mean the school term or the season."
    return _on(match, calendar.term(name, year).end, doubt, season)


def _read_years(match: re.Match[str], _: Calendar) -> Found | None:
    labelled, second = match["label"] is not None, match["second"]
    if second is None and not labelled:
        return None
    if not labelled and second is not None and _could_be_months(match["year"], second):
        return None
    if problem := _wrong_years(match):
        return _read_span_of_years(match) or replace(_at(match), problem=problem)
    first = _year(match["year"])
    if second is None:
        doubt = "A financial year has two years; one is printed."
        return _on(match, date(first + 1, 3, 31), doubt, date(first, 3, 31))
    if labelled:
        doubt = "A whole financial year is printed; its last day is assumed."
        return replace(_on(match, date(first + 1, 3, 31), doubt), whole_year=True)
    doubt = "Read as a financial year; its last day is assumed."
    return _on(match, date(first + 1, 3, 31), doubt, date(first + 1, 12, 31))


def _could_be_months(first: str, second: str) -> bool:
    """2024-03 is March 2024, and 11/12 may be a day; neither is a pair of years."""
    follows = int(second) == (int(first) + 1) % 100
    return len(second) == 2 and 1 <= int(second) <= 12 and (len(first) == 2 or not follows)


def _read_span_of_years(match: re.Match[str]) -> Found | None:
    first, last = _year(match["year"]), _year(match["second"] or "0000")
    if len(match["year"]) != 4 or first < EARLIEST_YEAR or not first < last <= first + 10:
        return None
    return _on(match, date(last, 3, 31), "Several years are printed; their end is assumed.")


def _read_academic(match: re.Match[str], _: Calendar) -> Found | None:
    if match["second"] is None or _wrong_years(match):
        return None
    doubt = "A whole school year is printed; 31 August is assumed."
    return replace(_on(match, date(_year(match["year"]) + 1, 8, 31), doubt), whole_year=True)


def _read_year(match: re.Match[str], _: Calendar) -> Found | None:
    year = int(match["year"])
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None  # any other number of four digits is not a year
    doubt = "A whole year is printed; its last day is assumed."
    return replace(_on(match, date(year, 12, 31), doubt), whole_year=True)


_NUMBER_MONTH = r"(?P<month>\d{1,2})"
_FY = r"(?P<label>(?:fy|financial year)[ :]?)"

_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Calendar], Found | None]], ...] = (
    (
        _form(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
              r"(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?z?)?"),
        _read_day,
    ),
    (
        _form(rf"{_WEEKDAY}{_DAY} ?[/.-] ?{_NUMBER_MONTH} ?[/.-] ?{_YEAR}"
              r"(?: \d\d:\d\d(?::\d\d)?)?"),
        _read_day,
    ),
    (_form(rf"{_WEEKDAY}{_DAY}(?: of)?[ /.-]{{0,2}}{_MONTH}[ .,/'-]{{0,3}}{_YEAR}"), _read_day),
    (_form(rf"{_WEEKDAY}{_MONTH} ?{_DAY},? (?P<year>\d{{4}})"), _read_day),
    (_form(rf"q(?:uarter|tr)? ?(?P<quarter>[1-4])(?:[ ,/(-]{{1,3}}(?:of )?(?:fy ?)?{_YEARS})?"),
     _read_quarter),
    (_form(rf"(?:fy ?)?{_YEARS}[ ,/-]{{1,3}}q(?:uarter|tr)? ?(?P<quarter>[1-4])"), _read_quarter),
    (_form(rf"(?P<season>autumn|spring|summer)(?: school)? term"
           rf"(?:[ ,(/-]{{1,3}}(?:of )?{_YEARS})?"), _read_term),
    (_form(rf"(?P<season>spring|summer|autumn|winter)[ ,]{{1,2}}'?{_YEARS}"), _read_season),
    (_form(rf"{_MONTH}[ .,/'-]{{0,3}}{_YEAR}"), _read_month),
    (_form(rf"{_NUMBER_MONTH}[/.-](?P<year>\d{{4}})"), _read_month),
    (_form(rf"(?:academic|school) year[ :]?{_YEARS}"), _read_academic),
    (_form(rf"{_FY}?{_YEARS}"), _read_years),
    (_form(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])"), _read_month),
    (_form(rf"{_WEEKDAY}{_DAY}(?: of)?[ /.-]{{0,2}}{_MONTH}"), _read_bare_day),
    (_form(rf"{_MONTH} ?(?P<day>\d{{1,2}})(?:st|nd|rd|th)"), _read_bare_day),
    (_form(_MONTH), _read_bare_month),
    (_form(r"(?P<year>\d{4})"), _read_year),
)  # fmt: skip
