"""One figure of a measure, ready to be shown: of a plan as printed, or of a reading."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from digests.reading_rules import (
    PER_CENT,
    NotANumber,
    People,
    base_unit,
    disagree,
    is_small,
    may_show,
    people_behind,
    period_end,
    plain_number,
    read_number,
    same,
    share,
    with_unit,
)
from storage.calendar import Calendar
from storage.plans import Indicator, IndicatorReading
from surveys.suppression import SYMBOL

PRINTED, SET = "printed", "set"
_NAMES = ("current", "previous", "baseline", "target")


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it may be shown. `number` is None where it is hidden, or none ("4 / 2").

    `on`: its day, the last of a period; `period` as printed. `computed`: what its own numbers give
    where they say another thing; `parts`: those numbers. `hidden`: "small", or "step" where it
    moved too little to be told, so that the figure of `as_of` still stands. `corrected`: it took
    the place of another. `id`: of the reading, 0 for what was printed or set.
    """

    shown: str
    number: float | None
    unit: str
    on: date | None
    how: str
    period: str = ""
    computed: str = ""
    parts: str = ""
    quality: str = ""
    narrative: str = ""
    hidden: str = ""
    as_of: date | None = None
    corrected: bool = False
    id: int = 0

    @property
    def is_step(self) -> bool:
        return self.hidden == "step"

    @property
    def is_printed(self) -> bool:
        return self.how == PRINTED

    def is_like(self, other: "Value") -> bool:
        """Whether the two can be compared: the same sort of figure, and neither is hidden.

        A count that a plan prints is of its own period, often a year; a reading is of a day or a
        quarter. Only a per cent means the same in both.
        """
        if self.number is None or other.number is None:
            return False
        if base_unit(self.unit) != base_unit(other.unit):
            return False
        return base_unit(self.unit) == PER_CENT or self.is_printed == other.is_printed


def figure(number: float, unit: str, *, on: date | None, how: str) -> Value:
    """A plain figure with its unit."""
    return Value(with_unit(plain_number(number), unit), number, unit, on, how)


def unit_of(row: Indicator) -> str:
    """What a measure is counted in: as somebody set it, else as its plan prints it."""
    if row.unit:
        return row.unit
    for name in _NAMES:
        unit = _printed_of(row, name).get("unit", "")
        if unit:
            return base_unit(unit)
    return ""


def printed(row: Indicator, name: str) -> Value | None:
    """A figure as the plan prints it, and what the plan's own numbers give beside it."""
    told = _printed_of(row, name)
    text = told.get("value", "")
    if not text:
        return None
    number = _number(text)
    unit = told.get("unit", "")
    shown = plain_number(number) if number is not None else text
    value = Value(
        with_unit(shown, unit),
        number,
        unit or unit_of(row),
        period_end(told.get("period", "")),
        PRINTED,
        period=told.get("period", ""),
    )
    return _with_computed(row, value) if name == "current" else value


def readings_of(
    row: Indicator, kept: Sequence[IndicatorReading], *, calendar: Calendar, threshold: int
) -> tuple[Value, ...]:
    """What the plan prints and what was read since, oldest first; one figure for each day."""
    told = [printed(row, name) for name in ("previous", "current")]
    values = [one for one in told if one is not None]
    entered = _entered(row, kept, calendar, threshold)
    days = {one.on for one in entered}
    first = [one for one in values if one.on is None or one.on not in days]
    return tuple(sorted([*first, *entered], key=lambda one: one.on or date.min))


def raw_value(row: Indicator, reading: IndicatorReading) -> Value:
    """A reading as it was entered, for those who keep it: nothing is hidden from them."""
    return _raw(reading, unit_of(row))


def _raw(reading: IndicatorReading, unit: str) -> Value:
    part, whole = reading.part, reading.whole
    given = share(part, whole) if part is not None and whole else None
    number = reading.value if reading.value is not None else given
    parts = f"{plain_number(part)} of {plain_number(whole)}" if part is not None and whole else ""
    differs = given is not None and number is not None and not same(number, given)
    computed = with_unit(plain_number(given), PER_CENT) if differs and given is not None else ""
    return Value(
        with_unit(plain_number(number), unit) if number is not None else "",
        number,
        unit,
        reading.on,
        reading.how,
        computed=computed,
        parts=parts,
        quality=reading.quality,
        narrative=reading.narrative,
        corrected=reading.corrects_id is not None,
        id=reading.id or 0,
    )


def _entered(
    row: Indicator, kept: Sequence[IndicatorReading], calendar: Calendar, threshold: int
) -> list[Value]:
    """Readings that stand, each hidden where it or its step from the last shown one is small."""
    replaced = {one.corrects_id: one for one in kept if one.corrects_id is not None}
    shown, last = _from_baseline(row)
    unit = unit_of(row)
    found: list[Value] = []
    for one in sorted(kept, key=lambda each: (each.on, each.id or 0)):
        later = replaced.get(one.id or 0)
        if later is not None and _same_day(one, later, calendar):
            continue  # mended before anybody had it in a report
        raw, people = _raw(one, unit), _people(row, one, unit)
        if may_show(shown, people, threshold):
            value, last = raw, raw
            shown = people if people is not None else shown
        else:
            value = _hidden(raw, last, small=is_small(people, threshold))
        if later is None:
            found.append(value)
    return found


def _from_baseline(row: Indicator) -> tuple[People | None, Value | None]:
    """A baseline that was set stands beside the readings, so the first step is taken from it."""
    if row.baseline is None:
        return None, None
    unit = unit_of(row)
    people = people_behind(row.text, unit, value=row.baseline, part=None, whole=None, people=None)
    return people, figure(row.baseline, unit, on=row.baseline_on, how=SET)


def _hidden(raw: Value, last: Value | None, *, small: bool) -> Value:
    """Without its number and parts; the words of the keeper stay, as they name nobody."""
    bare = replace(raw, computed="", parts="")
    if small or last is None:
        return replace(bare, shown=SYMBOL, number=None, hidden="small")
    return replace(bare, shown=last.shown, number=last.number, hidden="step", as_of=last.on)


def _same_day(one: IndicatorReading, later: IndicatorReading, calendar: Calendar) -> bool:
    return calendar.local_date(one.recorded_at) == calendar.local_date(later.recorded_at)


def _people(row: Indicator, one: IndicatorReading, unit: str) -> People | None:
    return people_behind(
        row.text,
        unit,
        value=one.value,
        part=one.part,
        whole=one.whole,
        people=one.people,
    )


def _printed_of(row: Indicator, name: str) -> dict[str, str]:
    told: Any = row.figures.get(name) or {}
    return {key: str(text) for key, text in told.items()} if isinstance(told, dict) else {}


def _with_computed(row: Indicator, value: Value) -> Value:
    told = row.figures
    numbers = _number(str(told.get("numerator", ""))), _number(str(told.get("denominator", "")))
    part, whole = numbers
    if part is not None and whole:
        parts = f"{plain_number(part)} of {plain_number(whole)}"
        differs = value.number is None or disagree(value.number, part, whole)
        computed = with_unit(plain_number(share(part, whole)), PER_CENT) if differs else ""
        return replace(value, computed=computed, parts=parts)
    told_number = _number(str(told.get("computed_value", "")))
    if told_number is None:
        return value
    computed = with_unit(plain_number(told_number), base_unit(value.unit))
    return replace(value, computed=computed, parts=str(told.get("computed_from", "")))


def _number(text: str) -> float | None:
    try:
        return read_number(text)
    except NotANumber:
        return None
