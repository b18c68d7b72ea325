"""Values in expressions and how they turn into one another, as ODK does it (XPath 1.0 and dates).

A date's number is wall-clock days since 1970-01-01, its text is ISO; text that looks like an ISO
date becomes days wherever a number is wanted; "not a number" reads as blank.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Value = str | float | bool | date
ZONE = ZoneInfo("Europe/London")

_EPOCH = date(1970, 1, 1)
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TIME = r"T[0-9:.]{5,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATE = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME})?")
_SPACE = " \t\r\n"


class ExpressionError(Exception):
    """An expression that cannot be read or worked out: where in it, what is wrong, what to do."""

    def __init__(self, position: int, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.position = position
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression can see: values by question name, the moment, and `.`."""

    values: Mapping[str, str]
    now: datetime
    dot: str = ""

    def local_now(self) -> datetime:
        """The respondent's wall clock, without a zone."""
        return self.now.astimezone(ZONE).replace(tzinfo=None)


Node = Callable[[Context], Value]


def to_number(value: Value) -> float:
    """NaN for what is no number."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, date):
        return _days(value)
    text = value.strip(_SPACE)
    if _NUMBER.fullmatch(text):
        return float(text)
    day = to_date(text)
    return math.nan if day is None else _days(day)


def to_text(value: Value) -> str:
    """Numbers as JavaScript prints them; NaN as blank."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat()


def to_boolean(value: Value) -> bool:
    """Blank, zero and NaN are false; every other text is true, also the text "false"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, str):
        return value != ""
    return True


def to_date(text: str) -> date | None:
    """The ISO date or date and time in a text, if it is a real one."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        if match[1] is None:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZONE).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def from_days(days: float) -> date | None:
    """The date that this many days after 1970-01-01 is."""
    try:
        return _EPOCH + timedelta(days=math.floor(days))
    except (ValueError, OverflowError):
        return None


def equal(left: Value, right: Value) -> bool:
    """XPath's `=`: as booleans, else as numbers or dates, else as text."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    return to_number(left) == to_number(right)


def _days(value: date) -> float:
    if isinstance(value, datetime):
        into = value - datetime.combine(value.date(), time.min)
        return (value.date() - _EPOCH).days + into / timedelta(days=1)
    return float((value - _EPOCH).days)


def _number_text(value: float) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    if -7 < power < 0:
        return f"{value:.{len(mantissa.replace('-', '').replace('.', '')) - 1 - power}f}"
    return f"{mantissa}e{'+' if power > 0 else ''}{power}"
