"""A value that was worked out or handed in, as a question of this kind can hold it.

As in ODK a whole number is cut off, a date takes the day, and what does not fit is blank: a number
in a field of dates, a word that is no choice of the list, a place off the scale.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal

from surveys.definition import Kind, Question
from surveys.expressions.values import to_date, to_number

MOST_WHOLE = 10**15
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def fitted(question: Question, value: str) -> str:
    """The value as it is stored here; "" where it does not fit."""
    fit = _FITS.get(question.kind)
    return fit(question, value) if fit is not None and value else value


def _number(value: str) -> float | None:
    if to_date(value) is not None:
        return None
    number = to_number(value)
    return number if math.isfinite(number) else None


def _whole(_: Question, value: str) -> str:
    number = _number(value)
    return "" if number is None or abs(number) >= MOST_WHOLE else str(math.trunc(number))


def _decimal(_: Question, value: str) -> str:
    number = _number(value)
    if not number:
        return "" if number is None else "0"
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _on_scale(question: Question, value: str) -> str:
    scale = question.scale
    if scale is None:
        return _decimal(question, value)
    is_whole = all("." not in end for end in (scale.low, scale.high, scale.step))
    found = _whole(question, value) if is_whole else _decimal(question, value)
    if not found:
        return ""
    return found if Decimal(scale.low) <= Decimal(found) <= Decimal(scale.high) else ""


def _day(_: Question, value: str) -> str:
    day = to_date(value)
    if isinstance(day, datetime):
        day = day.date()
    return "" if day is None else day.isoformat()


def _moment(_: Question, value: str) -> str:
    return value if isinstance(to_date(value), datetime) else ""


def _clock(_: Question, value: str) -> str:
    match = _TIME.fullmatch(value)
    try:
        time.fromisoformat(value)
    except ValueError:
        return ""
    if match is None:
        return ""
    return value if match[1] else f"{value[:5]}:00{value[5:]}"


def _chosen(question: Question, value: str) -> str:
    return value if question.choice(value) is not None else ""


def _all_chosen(question: Question, value: str) -> str:
    return " ".join(name for name in value.split() if question.choice(name) is not None)


def in_order(question: Question, value: str) -> str:
    """Several choices as they are stored: in the order of the form, however they were shown."""
    names = value.split()
    return " ".join(dict.fromkeys(one.name for one in question.choices if one.name in names))


def _ranked(question: Question, value: str) -> str:
    """What is not ranked comes last, so that a ranking names everything."""
    on_offer = [choice.name for choice in question.choices]
    ranked = [name for name in value.split() if name in on_offer]
    return " ".join(dict.fromkeys((*ranked, *on_offer)))


def _acknowledged(_: Question, value: str) -> str:
    return "OK" if value.upper() == "OK" else ""


_FITS: dict[Kind, Callable[[Question, str], str]] = {
    Kind.INTEGER: _whole,
    Kind.DECIMAL: _decimal,
    Kind.RANGE: _on_scale,
    Kind.DATE: _day,
    Kind.TIME: _clock,
    Kind.DATE_TIME: _moment,
    Kind.SELECT_ONE: _chosen,
    Kind.SELECT_MULTIPLE: _all_chosen,
    Kind.RANK: _ranked,
    Kind.ACKNOWLEDGE: _acknowledged,
}
