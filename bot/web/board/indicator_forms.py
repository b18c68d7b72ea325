"""The forms of a measure: what was typed as a reading, or as what it is held against."""

from datetime import date
from typing import Any

from bot.web.forms import Sent
from digests.indicator_acts import New, NotTaken
from digests.reading_rules import read_entered, read_number, whole_number

_FIELDS = ("unit", "direction", "baseline", "baseline_on", "target", "target_on", "keeper")


def new_of(sent: Sent) -> New:
    """The reading that a form brings. Raises NotTaken and NotANumber."""
    typed = sent.one("people").strip()
    people = whole_number(typed) if typed else None
    if typed and people is None:
        raise NotTaken("The number of people is not a whole number. Write one, or leave it empty.")
    figure = sent.one("figure").strip()
    if not figure:
        raise NotTaken("There is no figure. Write one, such as 62%, 1,328 or 31 of 50.")
    day = _day(sent.one("on"), "the figure")
    if day is None:
        raise NotTaken("There is no day. Give the day that the figure is of.")
    return New(
        day,
        read_entered(figure),
        people,
        sent.one("narrative").strip(),
        sent.one("quality").strip(),
    )


def values_of(sent: Sent) -> dict[str, Any]:
    """What a form sets; what was left empty is taken away."""
    keeper = sent.one("keeper")
    return {
        "unit": sent.one("unit").strip(),
        "direction": sent.one("direction"),
        "baseline": _number(sent.one("baseline")),
        "baseline_on": _day(sent.one("baseline_on"), "the baseline"),
        "target": _number(sent.one("target")),
        "target_on": _day(sent.one("target_on"), "the target"),
        "keeper_id": whole_number(keeper) if keeper else None,
    }


def given_of(sent: Sent) -> dict[str, str]:
    """What was typed, as it was typed."""
    return {name: sent.one(name) for name in _FIELDS}


def _number(text: str) -> float | None:
    return read_number(text) if text.strip() else None


def _day(text: str, of: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotTaken(f"The day of {of} cannot be read. Write one such as 2023-03-31.") from None
    if not 2000 <= day.year <= 2100:
        raise NotTaken(f"The day of {of} is not between 2000 and 2100. Check the year.")
    return day
