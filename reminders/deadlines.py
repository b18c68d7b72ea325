"""Reading the deadline that a plan prints: 'Mar-24', 'ongoing', 'Q2 2024/25', two dates in a cell.

Pure. A reading that is a judgement says so (`certain` is false, `reason` says why), and what
cannot be read says what to write instead.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from reminders.date_words import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    MONTH_NAMES,
    Found,
    find_dates,
    impossible_day,
    plain,
)
from reminders.recurrence import Recurrence, recurrence_in
from storage.calendar import Calendar, add_months, last_day_of_month

REMEDY = "Write a date such as 31/03/2024, a month such as Mar-24, or 'ongoing'."
_LONGEST = 200
_DAY = timedelta(days=1)

Period = tuple[date, date]


class DeadlineKind(StrEnum):
    """What sort of deadline a plan prints."""

    DATE = "date"
    ONGOING = "ongoing"
    RECURRING = "recurring"
    MULTIPLE = "multiple"
    CONDITIONAL = "conditional"
    NONE = "none"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a printed deadline means. `alternatives` are other days that it can mean."""

    kind: DeadlineKind
    due_on: date | None = None
    alternatives: tuple[date, ...] = ()
    recurrence: Recurrence | None = None
    reason: str = ""
    remedy: str = ""
    certain: bool = True

    @property
    def needs_review(self) -> bool:
        """Whether a person must settle it before anybody is nudged."""
        return not self.certain


def read_deadline(
    printed: str | date | datetime | float | None,
    *,
    period: Period | None,
    calendar: Calendar,
    number_format: str | None = None,
) -> Deadline:
    """Read one cell, whatever is in it; never raises.

    `period` is the plan's own, for words that count from it ('end of plan', 'next year').
    `number_format` is how the workbook shows a real date: Excel stores a typed 'Mar-24' as
    1 March 2024, and only the format tells that a month was meant.
    """
    if printed is None:
        return Deadline(DeadlineKind.NONE)
    if isinstance(printed, bool):
        return _unreadable("The cell holds yes or no, not a deadline.")
    if isinstance(printed, date):
        return _within(_from_date(printed, number_format, calendar), period)
    if isinstance(printed, int | float):
        return _within(_from_number(printed), period)
    return _within(_from_text(printed, period, calendar), period)


def _unreadable(
    reason: str, *, remedy: str = REMEDY, alternatives: tuple[date, ...] = ()
) -> Deadline:
    return Deadline(
        DeadlineKind.UNREADABLE,
        alternatives=alternatives,
        reason=reason,
        remedy=remedy,
        certain=False,
    )


def _assumed(due_on: date, reason: str, *others: date) -> Deadline:
    remedy = "Confirm the date, or give another."
    return Deadline(DeadlineKind.DATE, due_on, others, reason=reason, remedy=remedy, certain=False)


def _within(deadline: Deadline, period: Period | None) -> Deadline:
    """Doubt a date far outside the plan's own years: it is nearly always a mistyped year."""
    due_on = deadline.due_on
    if due_on is None or period is None or not deadline.certain:
        return deadline
    if (period[0] - due_on).days <= 366 and (due_on - period[1]).days <= 731:
        return deadline
    return _assumed(due_on, "The date is far outside the period of the plan.")


# -- cells that hold a real date or a number


def _from_date(cell: date, number_format: str | None, calendar: Calendar) -> Deadline:
    if isinstance(cell, datetime):
        day = calendar.local_date(cell) if cell.tzinfo else cell.date()
    else:
        day = cell
    problem = impossible_day(day.year, day.month, day.day)
    if problem:
        return _unreadable(problem)
    month_end = last_day_of_month(day.year, day.month)
    shown = _parts_shown(number_format)
    if shown == "my" and day.day == 1:
        return Deadline(DeadlineKind.DATE, month_end)
    if shown == "my" and day != month_end:
        return _assumed(day, "The cell shows a month, but holds a day inside it.", month_end)
    if shown == "dm":
        # Excel takes a typed 'Mar-24' for 24 March of the year in which it was typed.
        other = last_day_of_month(2000 + day.day, day.month)
        return _assumed(day, "The cell shows no year; a month and a year may be meant.", other)
    return Deadline(DeadlineKind.DATE, day)


def _parts_shown(number_format: str | None) -> str:
    """Which of day, month and year a workbook's format shows: 'my' for mmm-yy."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", (number_format or "").lower().split(";")[0])
    return "".join(part for part in "dmy" if part in bare)


_EXCEL_START = date(1899, 12, 30)


def _from_number(number: float) -> Deadline:
    first = (date(EARLIEST_YEAR, 1, 1) - _EXCEL_START).days
    last = (date(LATEST_YEAR, 12, 31) - _EXCEL_START).days
    if first <= number < last + 1:
        day = _EXCEL_START + timedelta(days=int(number))
        return _assumed(day, "The cell holds a bare number, read as a day of Excel's calendar.")
    if EARLIEST_YEAR <= number <= LATEST_YEAR and number == int(number):
        return _assumed(
            date(int(number), 12, 31), "A whole year is printed; its last day is assumed."
        )
    return _unreadable("The cell holds a number that is not a date.")


# -- cells that hold words

_NOTHING = frozenset({
    "", "-", "--", "---", "/", "n/a", "na", "n.a", "none", "nil", "no date", "not set", "null", "x",
})  # fmt: skip
_LATER = re.compile(
    r"\??(?:tb[cads]|to be (?:confirmed|agreed|decided|determined|set|arranged)|"
    r"not yet (?:agreed|set))\??"
)
_ONGOING = re.compile(
    r"\b(?:on-? ?going|continuous(?:ly)?|continuing|continual(?:ly)?|throughout|rolling|"
    r"business as usual|bau|permanent(?:ly)?)\b"
)
_CONDITIONAL = re.compile(
    r"(?:when|once|after|following|upon|on completion|on receipt|subject to|depend(?:s|ent|ing)|"
    r"pending|awaiting|as (?:and when|required|needed)|if|until|waiting)\b"
)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d{1,9})?", re.ASCII)
_STATUS = frozenset({"complete", "completed", "done", "achieved", "finished", "closed"})


def _from_text(printed: str, period: Period | None, calendar: Calendar) -> Deadline:
    text = " ".join(plain(printed[: _LONGEST * 5]).split()).strip(" '\".;,:*")
    if len(text) > _LONGEST:
        return _unreadable(f"The cell holds more than {_LONGEST} characters.")
    if _SERIAL.fullmatch(text):
        return _from_number(float(text))
    found = find_dates(text, calendar)
    return (
        _read_nothing(text)
        or _read_ongoing(text, found)
        or _read_recurring(text, found)
        or _read_conditional(text, found)
        or _read_plan_words(text, period)
        or _read_dates(text, found, period)
        or _explain(text)
    )


def _read_nothing(text: str) -> Deadline | None:
    if text in _NOTHING:
        return Deadline(DeadlineKind.NONE)
    if _LATER.fullmatch(text) or text == "?":
        return Deadline(DeadlineKind.NONE, reason="The plan says that the date is still to be set.")
    return None


def _dates_of(found: tuple[Found, ...]) -> tuple[date, ...]:
    return tuple(dict.fromkeys(one.due_on for one in found if one.due_on is not None))


def _doubted_beside(deadline: Deadline, found: tuple[Found, ...]) -> Deadline:
    """The same reading, in doubt where a date is printed beside the words."""
    if not found:
        return deadline
    return replace(
        deadline,
        alternatives=_dates_of(found),
        certain=False,
        reason="A date is printed beside the words; it is not clear which counts.",
        remedy="Keep either the words or the date.",
    )


def _read_ongoing(text: str, found: tuple[Found, ...]) -> Deadline | None:
    if not _ONGOING.search(text):
        return None
    return _doubted_beside(Deadline(DeadlineKind.ONGOING, recurrence=recurrence_in(text)), found)


def _read_recurring(text: str, found: tuple[Found, ...]) -> Deadline | None:
    recurrence = recurrence_in(text)
    if recurrence is None:
        return None
    return _doubted_beside(Deadline(DeadlineKind.RECURRING, recurrence=recurrence), found)


def _read_conditional(text: str, found: tuple[Found, ...]) -> Deadline | None:
    if not _CONDITIONAL.match(text) or (text.startswith("until") and found):
        return None
    reason = "The deadline waits on something else; nobody is overdue until it has happened."
    return _doubted_beside(Deadline(DeadlineKind.CONDITIONAL, reason=reason), found)


# -- words that count from the plan's own period

_LEADING = re.compile(r"(?:(?:by|in|at|for|the|over|during|within|before|until|due|to) )+")
_PLAN_END = re.compile(
    r"(?:(?:end|life|lifetime|duration) of (?:the |this )?)?"
    r"(?:business |action |work )?(?:plan|strategy)(?: period)?(?: end)?|end of (?:the )?period"
)
_YEAR_NUMBER = re.compile(r"(?:end of )?year ([1-9])")
_SPELL = re.compile(r"([1-9]\d?) (day|week|month|year)s?")


def _read_plan_words(text: str, period: Period | None) -> Deadline | None:
    words = _LEADING.sub("", text + " ", count=1).strip() if _LEADING.match(text) else text
    read = _plan_day(words, period or (date(2000, 1, 1), date(2000, 12, 31)))
    if read is None or period is not None:
        return read
    reason = "The words count from the plan's period, which is not known."
    return _unreadable(reason, remedy="Give the period of the plan, or write a date.")


def _plan_day(words: str, period: Period) -> Deadline | None:
    start, end = period
    first_year = add_months(start, 12) - _DAY
    if _PLAN_END.fullmatch(words):
        return _assumed(end, "The end of the plan's period is assumed.")
    if words in ("coming year", "next year", "following year", "year ahead"):
        following = add_months(end, 12)
        return _assumed(following, "The year after the plan's period is assumed.", first_year)
    if words in ("this year", "current year", "year", "in year", "end of year", "end of the year"):
        return _assumed(min(first_year, end), "The plan's first year is assumed.")
    if match := _YEAR_NUMBER.fullmatch(words):
        day = add_months(start, 12 * int(match[1])) - _DAY
        return _assumed(day, f"Year {match[1]} is counted from the start of the plan.")
    if match := _SPELL.fullmatch(words):
        return _assumed(
            _after(start, int(match[1]), match[2]), "Counted from the start of the plan."
        )
    return None


def _after(start: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    return add_months(start, count * (12 if unit == "year" else 1)) - _DAY


# -- dates among words

_PLAIN_WORDS = frozenset(
    ("by", "the", "end", "of", "at", "in", "on", "due", "date", "deadline", "target", "no", "later",
     "than", "until", "till", "to", "for", "and", "during", "complete", "completed", "completion")
)  # fmt: skip
_RANGE = re.compile(r" ?(?:-|to|until|till|through) ?")


def _read_dates(text: str, found: tuple[Found, ...], period: Period | None) -> Deadline | None:
    if not found:
        return None
    broken = next((one for one in found if one.problem), None)
    if broken is not None:
        return _unreadable(broken.problem, alternatives=broken.alternatives)
    if len(found) == 1:
        return _read_one(text, found[0], period)
    return _read_several(text, found)


def _read_several(text: str, found: tuple[Found, ...]) -> Deadline:
    days = tuple(dict.fromkeys(_with_years_of_the_next(found)))
    if len(days) == 1:
        return _assumed(days[0], "The date is printed more than once.")
    between = text[found[0].end : found[1].start]
    if len(found) == 2 and len(days) == 2 and _RANGE.fullmatch(between):
        return _assumed(max(days), "A span is printed; its last day is assumed.", min(days))
    return Deadline(
        DeadlineKind.MULTIPLE,
        alternatives=days,
        reason="More than one date stands in the cell.",
        remedy="Choose one date, or make one action for each.",
        certain=False,
    )


def _with_years_of_the_next(found: tuple[Found, ...]) -> list[date]:
    """Days from left to right; 'May and October 2024' lends its year to May."""
    days: list[date] = []
    year: int | None = None
    for one in reversed(found):
        day = one.due_on or (one.in_year(year) if one.in_year and year else None)
        if day is not None:
            days.insert(0, day)
            year = day.year
    return days


def _read_one(text: str, found: Found, period: Period | None) -> Deadline:
    if found.due_on is None:
        return _read_without_year(found, period)
    beside = re.findall(r"[^\W_]+|\?", text[: found.start] + " " + text[found.end :])
    if any(word not in _PLAIN_WORDS for word in beside):
        reason = found.doubt or "Other words stand beside the date."
        return _assumed(found.due_on, reason, *found.alternatives)
    if found.doubt and not (found.whole_year and "end" in beside):
        return _assumed(found.due_on, found.doubt, *found.alternatives)
    return Deadline(DeadlineKind.DATE, found.due_on)


def _read_without_year(found: Found, period: Period | None) -> Deadline:
    days = found.candidates(*period) if period else ()
    if len(days) == 1:
        return _assumed(days[0], "No year is printed; the one in the plan's period is assumed.")
    return _unreadable("No year is printed.", remedy="Add the year.", alternatives=days)


def _explain(text: str) -> Deadline:
    if text in _STATUS:
        reason = "The cell says how the action stands, not when it is due."
        return _unreadable(reason, remedy="Move the word to the status and write the date here.")
    words = re.findall(r"[a-z]{3,12}", text)[:8]
    near = next((near for word in words for near in _near_months(word)), None)
    if near is not None:
        return _unreadable(
            "The month is not spelt in a way that can be read.",
            remedy=f"If {near.capitalize()} is meant, write {near[:3].capitalize()} and the year.",
        )
    return _unreadable("This cannot be read as a deadline.")


def _near_months(word: str) -> list[str]:
    return get_close_matches(word, MONTH_NAMES, n=1, cutoff=0.7)
