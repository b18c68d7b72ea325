"""Values in expressions and how they turn into one another, as ODK does it (XPath 1.0 and dates).

A date's number is wall-clock days since 1970-01-01, its text is ISO; text that looks like an ISO
date becomes days wherever a number is wanted; "not a number" reads as blank.
"""

import math
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from surveys.definition import Choice

if TYPE_CHECKING:
    from surveys.expressions.places import Meter, Place

Value = str | float | bool | date
MOST_TEXT = 100_000
ZONE = ZoneInfo("Europe/London")

STRAIGHT = str.maketrans("‘’“”", "''\"\"")
"""Quotation marks as pyxform writes them, so that values are the same in every reader of forms."""

_EPOCH = date(1970, 1, 1)
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?|Infinity)", re.ASCII
)
_OTHER_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]{1,250}|[oO][0-7]{1,300}|[bB][01]{1,1000})")
_TIME = r"T[0-9:.]{5,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATE = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME})?")
_SPACE = " \t\r\n"
_NOBODY: frozenset[str] = frozenset()


class ExpressionError(Exception):
    """An expression that cannot be read or worked out: where in it, what is wrong, what to do."""

    def __init__(self, position: int, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.position = position
        self.problem = problem
        self.remedy = remedy


@dataclass(slots=True)
class Context:
    """What an expression can see.

    `values` are the answers by row name, blank where a row does not apply; `hidden` the rows that
    do not apply, which count() passes over. `dot` is the answer to the row itself, `own` what it
    holds already (for once()), `item` the choice that a filter looks at. `seed` and `key` make
    random() the same each time. Not frozen: one is made for every row, and the walk along a path
    keeps its place in it.
    """

    values: Mapping[str, str]
    now: datetime
    dot: str = ""
    own: str = ""
    seed: int = 0
    key: str = ""
    language: str = "en"
    item: Choice | None = None
    hidden: Set[str] = _NOBODY
    node: "Place | None" = field(default=None, init=False, repr=False, compare=False)
    position: int = field(default=0, init=False, repr=False, compare=False)
    size: int = field(default=0, init=False, repr=False, compare=False)
    meter: "Meter | None" = field(default=None, init=False, repr=False, compare=False)

    def local_now(self) -> datetime:
        """The respondent's wall clock, without a zone."""
        return self.now.astimezone(ZONE).replace(tzinfo=None)


Run = Callable[[Context], Value]


def to_number(value: Value) -> float:
    """NaN for what is no number."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return _number_in(value)
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return _days(value)


def _number_in(text: str) -> float:
    if text.isdigit() and text.isascii():
        return float(text)
    text = text.strip(_SPACE)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _OTHER_BASE.fullmatch(text):
        return float(int(text, 0))
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
        return _moment_text(value)
    return value.isoformat()


def _moment_text(moment: datetime) -> str:
    """With the zone's offset, as ODK writes it; midnight is written as the day alone."""
    if moment.time() == time.min:
        return moment.date().isoformat()
    fraction = f"{moment.microsecond // 1000:03}".rstrip("0") or "000"
    offset = moment.replace(tzinfo=ZONE).isoformat(timespec="seconds")[19:]
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}{offset}"


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


def moment_of(days: float) -> datetime | None:
    """The date and time that this many days after 1970-01-01 is, to the millisecond."""
    try:
        milliseconds = math.floor(days * 86_400_000 + 0.5)
        return datetime.combine(_EPOCH, time.min) + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return None


def bounded(text: str) -> str:
    """A text that calculations may not grow without end."""
    if len(text) > MOST_TEXT:
        raise ExpressionError(0, "The text grows too long.", "Join fewer texts.")
    return text


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
    if value == 0:
        return "0"
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = repr(value)
    if "e" not in text:
        return text.removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    if -7 < power < 21:
        return f"{Decimal(text):f}"
    return f"{mantissa}e{'+' if power > 0 else ''}{power}"
