"""The functions on dates and times, all by the respondent's wall clock.

The names of months and days are English in every language, as in ODK's own engine: a calculated
value is stored, and must not depend on the language that somebody answers in.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time

from surveys.expressions.parts import Call, Gives, Part
from surveys.expressions.values import (
    Context,
    Run,
    Value,
    from_days,
    moment_of,
    to_date,
    to_number,
    to_text,
)

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_UNPADDED = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(T.*)?", re.DOTALL)
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)

_SIGNS: dict[str, Callable[[datetime], str]] = {
    "%Y": lambda moment: f"{moment.year:04}",
    "%y": lambda moment: f"{moment.year:04}"[2:],
    "%m": lambda moment: f"{moment.month:02}",
    "%n": lambda moment: str(moment.month),
    "%b": lambda moment: _MONTHS[moment.month - 1],
    "%d": lambda moment: f"{moment.day:02}",
    "%e": lambda moment: str(moment.day),
    "%a": lambda moment: _DAYS[moment.weekday()],
    "%H": lambda moment: f"{moment.hour:02}",
    "%h": lambda moment: str(moment.hour),
    "%M": lambda moment: f"{moment.minute:02}",
    "%S": lambda moment: f"{moment.second:02}",
    "%3": lambda moment: f"{moment.microsecond // 1000:03}",
}
_SIGN = re.compile("|".join(_SIGNS))
_ANY_SIGN = re.compile("%.")


def day_of(value: Value) -> date | None:
    """The date, or date and time, that a value is; a number counts days since 1970-01-01."""
    if isinstance(value, bool):
        return None
    if isinstance(value, date):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return from_days(value) if value == math.floor(value) else moment_of(value)
    text = value.strip()
    return to_date(text) or to_date(_padded(text))


def _padded(text: str) -> str:
    match = _UNPADDED.fullmatch(text)
    if match is None:
        return ""
    year, month, day, rest = match.groups(default="")
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}{rest}"


def date_call(call: Call) -> Part:
    """`date(...)` and `date-time(...)`: what is no real date is blank."""
    literal = call.parts[0].literal
    if literal and day_of(literal) is None:
        call.setting.warn(f"'{literal}' is no date of the calendar, so it reads as blank.")
    run = call.run(0)
    return Part(lambda c: day_of(run(c)) or "", call.position, Gives.DATE)


def _moment(value: Value) -> datetime | None:
    """For printing; unlike for date() a text that only looks like a number is no date."""
    day = day_of(value)
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time.min)


def format_call(call: Call) -> Part:
    """`format-date(date, '%e %b %Y')`; signs that are not known stay as they are."""
    known = call.parts[1].literal
    for sign in _ANY_SIGN.findall(known or ""):
        if sign not in _SIGNS:
            call.setting.warn(f"{sign} is not known in {call.name}(); it is printed as it is.")
    run, shape = call.run(0), call.run(1)

    def value(c: Context) -> str:
        moment = _moment(run(c))
        if moment is None:
            return ""
        return _SIGN.sub(lambda match: _SIGNS[match[0]](moment), to_text(shape(c)))

    return Part(value, call.position, Gives.TEXT)


def decimal_date_time(run: Run) -> Run:
    """Days since 1970-01-01, with the time as a fraction."""

    def value(c: Context) -> float:
        found = run(c)
        if isinstance(found, bool):
            return math.nan
        if isinstance(found, str):
            day = to_date(found.strip())
            return math.nan if day is None else to_number(day)
        return to_number(found)

    return value


def decimal_time(run: Run) -> Run:
    """A time as a fraction of the day."""

    def value(c: Context) -> float:
        found = run(c)
        match = _TIME.fullmatch(found.strip()) if isinstance(found, str) else None
        if match is None:
            return math.nan
        hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3))
        if hour > 23 or minute > 59 or second > 59:
            return math.nan
        fraction = float(f"0.{match[4] or 0}")
        return (hour * 3600 + minute * 60 + second + fraction) / 86_400

    return value
