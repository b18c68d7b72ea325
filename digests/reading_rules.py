"""Rules of figures: how they are read and shown, when one moved, and when one is hidden.

Pure: no database, no clock.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from digests.drawings import Wanted
from storage.calendar import last_day_of_month
from surveys.suppression import safe_to_publish_change

PER_CENT = "%"
MOST = 1_000_000_000_000
"""No measure of a partnership is larger; what is, was mistyped."""

DIRECTIONS = ("increase", "reduce", "maintain", "monitor", "none")
_ARROWS: dict[str, Wanted] = {"increase": "up", "reduce": "down"}
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_OF = re.compile(r"\s+(?:of|out of)\s+|\s*/\s*")
_YEARS = re.compile(r"\b(20\d\d|19\d\d)\s*[-/–]\s*(\d{4}|\d{2})\b")
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+(20\d\d|19\d\d)\b"
)
_YEAR = re.compile(r"\b(20\d\d|19\d\d)\b")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SAYS_NOTHING = frozenset({"count", "number", "value", "%"})
_POUNDS = frozenset({"gbp", "£"})
_PEOPLE = re.compile(
    r"\b(children|child|boys?|girls?|young (?:people|men|women|person)|infants?|bab(?:y|ies)"
    r"|pupils?|families|famil(?:y|ies)|people|persons?|parents?|carers?|learners?|users"
    r"|practitioners?|professionals?|delegates?|admissions?|(?:cp|child protection) plans?"
    r"|care plans?|plans for neglect|prosecutions?|medicals|referrals?|re-referrals?)\b",
    re.IGNORECASE,
)


class Judgement(StrEnum):
    """What a change means, by the wanted direction alone. `NONE`: nothing to compare with;

    `CONTEXT`: the measure has no wanted direction, so that no change is good or bad.
    """

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NONE = "none"
    CONTEXT = "context"


class Aim(StrEnum):
    """How a figure stands to its target; `LATE`: not met, and the target's day is over."""

    MET = "met"
    NOT_YET = "not_yet"
    LATE = "late"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entered:
    """A reading as somebody typed it. `part` of `whole`, where those were given."""

    value: float | None
    part: float | None = None
    whole: float | None = None
    is_per_cent: bool = False


class NotANumber(ValueError):
    """What was typed is no figure; the message says how to write one."""


# -- reading


def read_number(text: str) -> float:
    """ "1,328", "62%", "£1,200" as a number."""
    written = text.strip().removeprefix("£").removesuffix(PER_CENT).strip()
    if not _NUMBER.fullmatch(written):
        raise NotANumber(f'"{_cut(text)}" is not a number. Write one such as 62, 62.5 or 1,328.')
    number = float(written.replace(",", ""))
    if abs(number) > MOST:
        raise NotANumber(f'"{_cut(text)}" is too large to be a reading. Check the figure.')
    return number


def read_entered(text: str) -> Entered:
    """ "62%", "1,328 of 1,719", "74% (1328 of 1719)": a value, a part of a whole, or both."""
    head, bracket, rest = text.strip().partition("(")
    if bracket:
        inner = _part_of(rest.strip().removesuffix(")"))
        if inner is None:
            raise NotANumber(
                f'"{_cut(text)}" cannot be read. Write it such as "74% (1,328 of 1,719)".'
            )
        return Entered(read_number(head), *inner, is_per_cent=PER_CENT in head)
    parts = _part_of(text)
    if parts is not None:
        return Entered(None, *parts, is_per_cent=True)
    return Entered(read_number(text), is_per_cent=PER_CENT in text)


def _part_of(text: str) -> tuple[float, float] | None:
    found = _OF.split(text.strip())
    if len(found) != 2:
        return None
    part, whole = (read_number(one) for one in found)
    wrong = why_no_part(part, whole)
    if wrong:
        raise NotANumber(wrong)
    return part, whole


def why_no_part(part: float | None, whole: float | None) -> str:
    """What is wrong with a part and a whole, and what to do; empty where nothing is."""
    if (part is None) != (whole is None):
        return "Give both the part and the whole, or neither."
    if part is None or whole is None:
        return ""
    if part < 0 or whole <= 0:
        return "A part cannot be below 0, and a whole has to be above it."
    if part > whole:
        return f"{plain_number(part)} cannot be a part of {plain_number(whole)}. Check both."
    return ""


def period_end(printed: str) -> date | None:
    """The last day of a period as plans print it: "2022", "2021-22", "April 2021 - March 2022"."""
    text = printed.casefold().split("(")[0]
    if text.strip().startswith("not "):
        return None
    if months := _MONTH.findall(text):
        month, year = months[-1]
        return last_day_of_month(int(year), _MONTHS.index(month) + 1)
    if years := _YEARS.search(text):
        first, second = years[1], years[2]
        last = int(second) if len(second) == 4 else int(first[:2] + second)
        return date(last, 3, 31) if last == int(first) + 1 else None
    year = _YEAR.search(text)
    return date(int(year[1]), 12, 31) if year else None


# -- showing


def base_unit(unit: str) -> str:
    """ "% of 210 children" is "%", "people ('over')" is "people"."""
    text = unit.strip()
    if text.startswith(PER_CENT):
        return PER_CENT
    word = text.split("(")[0].strip()
    return "" if word.casefold() in _SAYS_NOTHING else word


def plain_number(value: float) -> str:
    """As people write it: no nought behind the point, thousands set apart."""
    return f"{value:,.{decimals(value)}f}"


def decimals(value: float) -> int:
    """How many places behind the point it was written with."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def with_unit(number: str, unit: str) -> str:
    """ "62%", "144 referrals", "£170,000", "400 people ('over')"."""
    text = unit.strip()
    if text.casefold() in _POUNDS:
        return f"£{number}"
    if text.startswith(PER_CENT):
        return number + text
    return number if text.casefold() in _SAYS_NOTHING else f"{number} {text}".strip()


def share(part: float, whole: float) -> float:
    """A per cent to one place, as it is printed."""
    exact = Decimal(repr(part)) * 100 / Decimal(repr(whole))
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def disagree(value: float, part: float, whole: float) -> bool:
    """Whether a share as entered is not what its own numbers give, rounded as it was."""
    return not same(value, share(part, whole))


# -- judging


def wanted(direction: str) -> Wanted:
    """Which way it should go; what is kept, watched or told for context goes neither way."""
    return _ARROWS.get(direction, "none")


def same(one: float, other: float) -> bool:
    """Whether two figures are one, as far as the less exact of them tells."""
    places = min(decimals(one), decimals(other))
    return _rounded(one, places) == _rounded(other, places)


def judged(
    direction: str, current: float | None, before: float | None, target: float | None
) -> Judgement:
    """Better or worse, by the wanted direction alone. What is to be maintained stays or falls."""
    if direction == "maintain":
        floor = target if target is not None else before
        if current is None or floor is None:
            return Judgement.NONE
        held = current >= floor or same(current, floor)
        return Judgement.SAME if held else Judgement.WORSE
    if wanted(direction) == "none":
        return Judgement.CONTEXT
    if current is None or before is None:
        return Judgement.NONE
    if same(current, before):
        return Judgement.SAME
    rose = current > before
    return Judgement.BETTER if rose == (wanted(direction) == "up") else Judgement.WORSE


def aimed(
    direction: str, current: float | None, target: float | None, by: date | None, today: date
) -> Aim:
    """Whether the target is met; where it is not, whether there is time left."""
    if current is None or target is None or direction in ("monitor", "none"):
        return Aim.NONE
    good = current <= target if direction == "reduce" else current >= target
    if good or same(current, target):
        return Aim.MET
    return Aim.LATE if by is not None and by < today else Aim.NOT_YET


# -- hiding


@dataclass(frozen=True, slots=True)
class People:
    """The groups of single people behind a figure: those counted, and those left over."""

    counted: int
    rest: int | None = None


def people_behind(
    text: str,
    unit: str,
    *,
    value: float | None,
    part: float | None,
    whole: float | None,
    people: int | None,
) -> People | None:
    """Of whom a figure speaks; None where it speaks of nobody, or of how many is not known.

    Who enters a reading may say of how many people it speaks. Where nobody did, a count of
    children, plans or referrals is taken as people: rather hidden than told.
    """
    of_people = people is not None or bool(_PEOPLE.search(f"{text} {unit}"))
    if part is not None and whole is not None:
        return People(int(part), int(whole - part)) if of_people else None
    if people is not None:
        return _from_share(people, unit, value)
    is_count = base_unit(unit) != PER_CENT and value is not None and value == int(value)
    says = bool(_PEOPLE.search(unit or text))
    return People(int(value)) if is_count and says and value is not None else None


def _from_share(people: int, unit: str, value: float | None) -> People:
    """A per cent of so many people tells how many they are."""
    if base_unit(unit) != PER_CENT or value is None or not 0 <= value <= 100:
        return People(people)
    counted = int(people * value / 100 + 0.5)
    return People(counted, people - counted)


def is_small(now: People | None, threshold: int) -> bool:
    """Whether a figure is hidden for its size alone, whatever was shown before it."""
    return not may_show(None, now, threshold)


def may_show(before: People | None, now: People | None, threshold: int) -> bool:
    """Whether a figure may follow the last one that was shown, both of them of people.

    Small groups are hidden, those left over too, and a step that would be a small group itself.
    """
    if now is None:
        return True
    groups = [(before.counted if before else None, now.counted)]
    if now.rest is not None:
        groups.append((before.rest if before else None, now.rest))
    return all(safe_to_publish_change(was, count, threshold) for was, count in groups)


def whole_number(text: str) -> int | None:
    """A count as typed; None where it is none."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    is_count = number.is_finite() and number == int(number) and 0 <= number <= MOST
    return int(number) if is_count else None


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
