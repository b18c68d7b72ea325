"""What people do to measures: enter a reading, correct it, set a target, say who keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from digests.indicator_values import unit_of
from digests.reading_rules import (
    DIRECTIONS,
    MOST,
    PER_CENT,
    Entered,
    base_unit,
    why_no_part,
)
from storage.audit import record
from storage.plans import Indicator, IndicatorReading, Plan

LONGEST_NARRATIVE = 1000
LONGEST_QUALITY = 200
LONGEST_UNIT = 32
CHAT, BOARD, SHEET, COMMAND = "chat", "board", "sheet", "command"


class NotTaken(ValueError):
    """A reading or a setting that cannot be; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class New:
    """A reading that somebody wants to enter."""

    on: date
    entered: Entered
    people: int | None = None
    narrative: str = ""
    quality: str = ""


def find(session: Session, ref: str, *, plan_id: int | None = None) -> list[Indicator]:
    """The live measures with this ref, in any plan: several where plans share refs."""
    query = (
        select(Indicator)
        .join(Plan, col(Plan.id) == col(Indicator.plan_id))
        .where(col(Indicator.retired_on).is_(None))
        .order_by(col(Indicator.plan_id), col(Indicator.position))
    )
    if plan_id is not None:
        query = query.where(Indicator.plan_id == plan_id)
    wanted = ref.strip().casefold()
    return [row for row in session.exec(query) if row.ref.casefold() == wanted]


def standing(session: Session, indicator_id: int) -> list[IndicatorReading]:
    """The readings that stand: those that no other took the place of, oldest day first."""
    kept = history(session, indicator_id)
    replaced = {one.corrects_id for one in kept}
    return [one for one in kept if one.id not in replaced]


def history(session: Session, indicator_id: int) -> list[IndicatorReading]:
    """Every reading that was ever entered, those that were corrected too."""
    return list(
        session.exec(
            select(IndicatorReading)
            .where(IndicatorReading.indicator_id == indicator_id)
            .order_by(col(IndicatorReading.on), col(IndicatorReading.id))
        )
    )


def why_not(row: Indicator, new: New, *, today: date) -> str:
    """Why a reading cannot be taken, and what to do; empty where it can."""
    part, whole = new.entered.part, new.entered.whole
    if new.entered.value is None and part is None:
        return "There is no figure. Write one, such as 62, or 31 of 50."
    if new.on > today:
        return f"{new.on.isoformat()} has not come yet. Give the day that the figure is of."
    if new.on.year < 2000:
        return f"{new.on.isoformat()} is too long ago. Give the day that the figure is of."
    if wrong := why_no_part(part, whole):
        return wrong
    numbers = (new.entered.value, part, whole, new.people)
    if any(number is not None and abs(number) > MOST for number in numbers):
        return "The figure is too large to be a reading. Check it."
    if new.people is not None and new.people < 0:
        return "It cannot speak of fewer than no people. Check the number of people."
    if len(new.narrative) > LONGEST_NARRATIVE:
        return f"The narrative is longer than {LONGEST_NARRATIVE} letters. Make it shorter."
    if len(new.quality) > LONGEST_QUALITY:
        return f"The note on the data is longer than {LONGEST_QUALITY} letters. Make it shorter."
    return _unit_wrong(row, new.entered)


def _unit_wrong(row: Indicator, entered: Entered) -> str:
    unit = unit_of(row)
    if base_unit(unit) == PER_CENT:
        value = entered.value
        if value is not None and not 0 <= value <= 1000:
            return f"{row.ref} is a per cent. Write one such as 62%."
        return ""
    if entered.is_per_cent and unit:
        return f"{row.ref} is counted in {unit}, not in per cent. Write how many."
    return ""


def enter(
    session: Session,
    row: Indicator,
    new: New,
    *,
    now: datetime,
    today: date,
    how: str,
    person_id: int | None,
) -> IndicatorReading | None:
    """Keeps a reading; one of the same day takes the other's place. None: it stands already.

    A measure without a unit is a per cent once a per cent was entered as its first reading.
    """
    if wrong := why_not(row, new, today=today):
        raise NotTaken(wrong)
    before = standing(session, row.id or 0)
    there = next((one for one in reversed(before) if one.on == new.on), None)
    if there is not None and values_of(there) == wanted_of(new):
        return None
    if new.entered.is_per_cent and not unit_of(row):
        if before:
            raise NotTaken(
                f"{row.ref} has readings that are no per cent. Write how many, or set its unit."
            )
        row.unit = PER_CENT
        session.add(row)
    reading = IndicatorReading(
        indicator_id=row.id or 0,
        on=new.on,
        recorded_at=now,
        recorded_by_id=person_id,
        how=how,
        corrects_id=there.id if there is not None else None,
        **wanted_of(new),
    )
    session.add(reading)
    session.flush()
    act = "reading.correct" if there is not None else "reading.enter"
    record(
        session,
        at=now,
        act=act,
        subject=f"indicator:{row.id}",
        detail=f"reading:{reading.id}",
        person_id=person_id,
    )
    return reading


def wanted_of(new: New) -> dict[str, Any]:
    return {
        "value": new.entered.value,
        "part": new.entered.part,
        "whole": new.entered.whole,
        "people": new.people,
        "narrative": new.narrative.strip(),
        "quality": new.quality.strip(),
    }


def values_of(there: IndicatorReading) -> dict[str, Any]:
    names = ("value", "part", "whole", "people", "narrative", "quality")
    return {name: getattr(there, name) for name in names}


# -- what a measure is held against

SETTABLE = ("unit", "direction", "baseline", "baseline_on", "target", "target_on", "keeper_id")


def set_values(
    session: Session,
    row: Indicator,
    values: Mapping[str, Any],
    *,
    now: datetime,
    person_id: int | None,
) -> Sequence[str]:
    """Sets what was given of `SETTABLE`; gives back the names of what is another now."""
    _refuse(values)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        session.add(row)
        record(
            session,
            at=now,
            act="indicator.set",
            subject=f"indicator:{row.id}",
            detail=", ".join(changed),
            person_id=person_id,
        )
    return changed


def _refuse(values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(SETTABLE)
    if unknown:
        raise NotTaken(f"{', '.join(sorted(unknown))} cannot be set. Set {', '.join(SETTABLE)}.")
    if values.get("direction", "none") not in DIRECTIONS:
        raise NotTaken(f"The wanted direction is one of {', '.join(DIRECTIONS)}.")
    if len(values.get("unit", "")) > LONGEST_UNIT:
        raise NotTaken(f"The unit is longer than {LONGEST_UNIT} letters. Make it shorter.")
    for name in ("baseline", "target"):
        number = values.get(name)
        if number is not None and abs(number) > MOST:
            raise NotTaken(f"The {name} is too large. Check it.")
