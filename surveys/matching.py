"""What a person wrote, read as an answer: the value that is stored, or the reason it does not fit.

Values are stored as XLSForm stores them: names joined by spaces, ISO dates, plain digits.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from surveys.clock_words import read_moment, read_time
from surveys.definition import Kind, Question, text_in
from surveys.turns import Reason

MOST_LETTERS = 4_000
ACKNOWLEDGED = "OK"

_MARKED = re.compile(r"[(#]?([0-9]{1,4})[).:]?")
_LEADING = re.compile(r"([0-9]{1,4})(?![0-9.,])")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{0,15})?|[.,][0-9]{1,15})")
_LISTED = re.compile(r"[,;،\n]+")
_JOINED = re.compile(r"[,;،\n&+]+|\s(?:and|oraz|i|și|si|اور)\s|\sو", re.IGNORECASE)
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?,? ([0-9]{4})")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_AGREED = frozenset(
    (
        *("ok", "okay", "yes", "y", "done", "agreed", "i agree", "tak", "dobrze", "da", "bine"),
        *("نعم", "حسنا", "موافق", "ہاں", "جی", "جی ہاں", "ٹھیک ہے", "✓", "✔", "👍"),
    )
)
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
    """Read pressed or ticked choices: in the order of the form, or of the ranking."""
    if question.kind is Kind.ACKNOWLEDGE:
        return ACKNOWLEDGED if names == (ACKNOWLEDGED,) else Reason.NOT_A_CHOICE
    if not question.kind.is_select:
        return Reason.NOT_A_CHOICE
    on_offer = [choice.name for choice in question.choices]
    chosen = set(names)
    if not chosen or not chosen.issubset(on_offer):
        return Reason.NOT_A_CHOICE
    if question.kind is Kind.RANK:
        return _ranked(on_offer, names)
    if question.kind is Kind.SELECT_ONE and len(chosen) > 1:
        return Reason.ONE_ONLY
    return " ".join(name for name in dict.fromkeys(on_offer) if name in chosen)


def _ranked(on_offer: list[str], names: tuple[str, ...]) -> str | Reason:
    """A ranking names everything on offer once."""
    return " ".join(names) if sorted(names) == sorted(on_offer) else Reason.RANK_ALL


def limits(question: Question, reason: Reason) -> Mapping[str, str]:
    """What fills the wording of a reason: the most letters, the ends of a range."""
    if reason is Reason.TOO_LONG:
        return {"limit": f"{MOST_LETTERS:,}"}
    if reason is Reason.OUT_OF_RANGE and question.scale is not None:
        scale = question.scale
        return {"low": scale.low, "high": scale.high, "step": scale.step}
    return {}


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
    """Without outer spaces and without what no database, workbook or page can hold."""
    return (text if text.isprintable() else _UNHOLDABLE.sub("", text)).strip()


def _plain_digits(text: str) -> str:
    """Digits of any script as 0-9: a person writes numbers as their keyboard does."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text
    )


def _fold(text: str) -> str:
    """Without case, accents and vowel signs: on a telephone few people type them."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


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


def _read_rank(question: Question, written: str, language: str) -> str | Reason:
    """Everything on offer, the first the most important: by number, by label or by name."""
    for parts in (_LISTED.split(written), _JOINED.split(written), written.split()):
        found = [_find(question, part, language) for part in parts if part.strip()]
        names = tuple(name for name in found if name is not None)
        if len(names) == len(found) > 1 or (names and len(question.choices) == 1):
            return _ranked([choice.name for choice in question.choices], names)
    return Reason.RANK_ALL


def _read_acknowledged(_: Question, written: str, __: str) -> str | Reason:
    return ACKNOWLEDGED if _fold(written).strip(".! ") in _AGREED else Reason.NOT_A_CHOICE


def _read_range(question: Question, written: str, language: str) -> str | Reason:
    """A number between the ends, a whole number of steps from the lower one."""
    digits = _read_decimal(question, written, language)
    if isinstance(digits, Reason) or question.scale is None:
        return digits
    low, high, step = (
        Decimal(end) for end in (question.scale.low, question.scale.high, question.scale.step)
    )
    number = Decimal(digits)
    is_inside = min(low, high) <= number <= max(low, high)
    return digits if is_inside and (number - low) % abs(step) == 0 else Reason.OUT_OF_RANGE


def _read_time(_: Question, written: str, __: str) -> str | Reason:
    found = read_time(_plain_digits(written))
    return Reason.NOT_A_TIME if found is None else found.isoformat()


def _read_moment(_: Question, written: str, __: str) -> str | Reason:
    found = read_moment(_plain_digits(written), read_date)
    return Reason.NOT_A_DATE_TIME if found is None else found.isoformat()


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
    Kind.RANK: _read_rank,
    Kind.ACKNOWLEDGE: _read_acknowledged,
    Kind.RANGE: _read_range,
    Kind.TIME: _read_time,
    Kind.DATE_TIME: _read_moment,
}
