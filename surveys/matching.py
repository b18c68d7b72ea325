"""What a person wrote, read as an answer: the value that is stored, or the reason it does not fit.

Values are stored as XLSForm stores them: names joined by spaces, ISO dates, plain digits.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from surveys.definition import Kind, Question, text_in
from surveys.turns import Reason

MOST_LETTERS = 4_000

_MARKED = re.compile(r"[(#]?([0-9]{1,4})[).:]?")
_LEADING = re.compile(r"([0-9]{1,4})(?![0-9.,])")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{0,15})?|[.,][0-9]{1,15})")
_LISTED = re.compile(r"[,;\n]+")
_JOINED = re.compile(r"[,;\n&+]+|\s(?:and|oraz|i)\s", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?,? ([0-9]{4})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def understand(question: Question, text: str, language: str) -> str | Reason:
    """Read typed words at this question."""
    if len(text) > MOST_LETTERS:
        return Reason.TOO_LONG
    written = clean(text)
    if not written:
        return Reason.EMPTY
    if question.kind is Kind.TEXT:
        return written
    return _READERS[question.kind](question, written, language)


def choose(question: Question, names: tuple[str, ...]) -> str | Reason:
    """Read pressed or ticked choices, in the order of the form."""
    if not question.kind.is_select:
        return Reason.NOT_A_CHOICE
    on_offer = [choice.name for choice in question.choices]
    chosen = set(names)
    if not chosen or not chosen.issubset(on_offer):
        return Reason.NOT_A_CHOICE
    if question.kind is Kind.SELECT_ONE and len(chosen) > 1:
        return Reason.ONE_ONLY
    return " ".join(name for name in on_offer if name in chosen)


def is_scale(question: Question, language: str) -> bool:
    """Whether every label begins with a number of its own, so that lists need no numbers."""
    return _scale(question, language) is not None


def read_date(text: str) -> date | None:
    """A date as people in Britain write it, day before month; None if it is no real date."""
    plain = " ".join(_plain_digits(text).casefold().split())
    found = _numbers_of(plain)
    try:
        return None if found is None else date(*found)
    except ValueError:
        return None


def clean(text: str) -> str:
    """Without outer spaces and without what no database can store."""
    if "\x00" in text or not text.isascii():
        text = "".join(letter for letter in text if letter != "\x00" and not _is_half(letter))
    return text.strip()


def _is_half(letter: str) -> bool:
    return "\ud800" <= letter <= "\udfff"


def _plain_digits(text: str) -> str:
    """Digits of any script as 0-9: a person writes numbers as their keyboard does."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text
    )


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _label(question: Question, place: int, language: str) -> str:
    return text_in(question.choices[place].labels, language)


def _scale(question: Question, language: str) -> dict[str, str] | None:
    keys: dict[str, str] = {}
    for place, choice in enumerate(question.choices):
        match = _LEADING.match(_label(question, place, language).strip())
        if match is None or match[1] in keys:
            return None
        keys[match[1]] = choice.name
    return keys


def _find(question: Question, written: str, language: str) -> str | None:
    """One choice by its label, else its number in the list, else its name."""
    folded = _fold(written)
    for place, choice in enumerate(question.choices):
        if _fold(_label(question, place, language)) == folded:
            return choice.name
    marked = _MARKED.fullmatch(_plain_digits(written.strip()))
    if marked and (by_number := _by_number(question, str(int(marked[1])), language)):
        return by_number
    return next((choice.name for choice in question.choices if _fold(choice.name) == folded), None)


def _by_number(question: Question, number: str, language: str) -> str | None:
    scale = _scale(question, language)
    if scale is not None:
        return scale.get(number)
    place = int(number)
    return question.choices[place - 1].name if 1 <= place <= len(question.choices) else None


def _read_one(question: Question, written: str, language: str) -> str | Reason:
    found = _find(question, written, language)
    if found is not None:
        return found
    several = _read_several(question, written, language)
    if isinstance(several, Reason):
        return Reason.NOT_A_CHOICE
    return Reason.ONE_ONLY if " " in several else several


def _read_several(question: Question, written: str, language: str) -> str | Reason:
    """Split as little as possible, because labels have commas and "and" in them too."""
    for parts in ([written], _LISTED.split(written), _JOINED.split(written), written.split()):
        found = [_find(question, part, language) for part in parts if part.strip()]
        names = {name for name in found if name is not None}
        if found and None not in found:
            return " ".join(choice.name for choice in question.choices if choice.name in names)
    return Reason.NOT_A_CHOICE


def _read_integer(_: Question, written: str, __: str) -> str | Reason:
    digits = _plain_digits(written)
    return str(int(digits)) if _INTEGER.fullmatch(digits) else Reason.NOT_A_NUMBER


def _read_decimal(_: Question, written: str, __: str) -> str | Reason:
    digits = _plain_digits(written)
    if not _DECIMAL.fullmatch(digits):
        return Reason.NOT_A_NUMBER
    sign = "-" if digits.startswith("-") else ""
    whole, _point, part = digits.lstrip("+-").replace(",", ".").partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    plain = f"{whole}.{part}" if part else whole
    return plain if plain == "0" else sign + plain


def _read_date(_: Question, written: str, __: str) -> str | Reason:
    found = read_date(written)
    return Reason.NOT_A_DATE if found is None else found.isoformat()


def _numbers_of(text: str) -> tuple[int, int, int] | None:
    if match := _ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    if match := _DAY_MONTH.fullmatch(text):
        return int(match[3]), _month(match[2]), int(match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return int(match[3]), _month(match[1]), int(match[2])
    return None


def _month(word: str) -> int:
    """1 to 12, or 0, which is no month."""
    start = "sep" if word == "sept" else word
    return next((n for n, month in enumerate(_MONTHS, start=1) if month.startswith(start)), 0)


_READERS: dict[Kind, Callable[[Question, str, str], str | Reason]] = {
    Kind.SELECT_ONE: _read_one,
    Kind.SELECT_MULTIPLE: _read_several,
    Kind.INTEGER: _read_integer,
    Kind.DECIMAL: _read_decimal,
    Kind.DATE: _read_date,
}
