"""Measures with a wanted direction as they stood: baseline, previous, current, target, and why.

Figures that a plan prints are read from the plan itself (`Indicator.figures`) and stand beside
the readings entered since; nothing is copied from one to the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from digests.drawings import Line, Point
from digests.indicator_values import Value, figure, printed, readings_of, unit_of
from digests.period import Period
from digests.reading_rules import Aim, Judgement, aimed, base_unit, judged, wanted
from storage.calendar import Calendar
from storage.people import Person
from storage.plans import Indicator, IndicatorReading, Plan, Priority
from surveys.suppression import Audience, threshold_for

MEASURED = "measure"
THRESHOLD = threshold_for(Audience.INTERNAL)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure at the end of a period.

    `before`: what the current figure is judged by, "previous" or "baseline", or "" for neither.
    `kind`: a measure is asked for each quarter; a baseline or context is only told.
    `is_missing`: it is asked for, and nothing was entered in the period.
    """

    id: int
    plan: str
    priority_ref: str
    priority: str
    ref: str
    text: str
    direction: str
    kind: str
    unit: str
    baseline: Value | None
    previous: Value | None
    current: Value | None
    target: Value | None
    judgement: Judgement
    before: str
    aim: Aim
    keeper: str
    flag: str
    note: str
    is_missing: bool
    points: tuple[Value, ...] = ()

    @property
    def last(self) -> Value | None:
        """The newest figure there is, of this period or from before it."""
        return self.current or self.previous


def indicators_at(
    session: Session,
    period: Period,
    *,
    calendar: Calendar,
    now: datetime | None = None,
    plan_ids: Sequence[int] | None = None,
    refs: Sequence[str] | None = None,
    threshold: int = THRESHOLD,
) -> tuple[Measure, ...]:
    """Every measure of the plans at the end of `period`, in the plans' own order.

    `now`: what was entered later is not known yet; without it all that stands counts.
    """
    (found,) = indicators_over(
        session,
        (period,),
        calendar=calendar,
        now=now,
        plan_ids=plan_ids,
        refs=refs,
        threshold=threshold,
    )
    return found


def indicators_over(
    session: Session,
    periods: Sequence[Period],
    *,
    calendar: Calendar,
    now: datetime | None = None,
    plan_ids: Sequence[int] | None = None,
    refs: Sequence[str] | None = None,
    threshold: int = THRESHOLD,
) -> tuple[tuple[Measure, ...], ...]:
    """The same for several periods, of what is fetched once."""
    found = _indicators(session, min(one.end for one in periods), plan_ids, refs)
    kept = _readings(session, [row.id or 0 for row, _ in found], now)
    priorities = _priorities(session, {row.plan_id for row, _ in found})
    keepers = _keepers(session, [row for row, _ in found])
    values = {
        row.id: readings_of(row, kept.get(row.id or 0, ()), calendar=calendar, threshold=threshold)
        for row, _ in found
    }
    ordered = sorted(found, key=lambda one: _place(one[0], priorities))
    return tuple(
        tuple(
            _measure(
                row,
                period,
                values[row.id],
                plan=plan,
                priority=priorities.get((row.plan_id, row.priority_ref), (0, ""))[1],
                keeper=keepers.get(row.keeper_id or 0, ""),
            )
            for row, plan in ordered
            if row.retired_on is None or row.retired_on > period.end
        )
        for period in periods
    )


def _place(
    row: Indicator, priorities: Mapping[tuple[int, str], tuple[int, str]]
) -> tuple[int, int, int, int]:
    """By plan, priority and place in the plan; what stands under no priority comes last."""
    position, _ = priorities.get((row.plan_id, row.priority_ref), (1_000, ""))
    return row.plan_id, position, row.position, row.id or 0


def last_quarter(today: date) -> Period:
    """The last quarter that is over: the one that readings are asked for now."""
    return Period.quarter_of(today).before()


def line_of(measure: Measure) -> Line:
    """The measure over time; what is hidden leaves a gap."""
    comparable = [one for one in measure.points if one.on is not None]
    return Line(
        points=tuple(
            Point(one.period or one.on.isoformat(), one.on, one.number)
            for one in comparable
            if one.on is not None
        ),
        unit=base_unit(measure.unit),
        baseline=measure.baseline.number if measure.baseline else None,
        target=measure.target.number if measure.target else None,
        wanted=wanted(measure.direction),
    )


def _measure(
    row: Indicator,
    period: Period,
    values: tuple[Value, ...],
    *,
    plan: str,
    priority: str,
    keeper: str,
) -> Measure:
    until = [one for one in values if one.on is None or one.on <= period.end]
    current = _last([one for one in until if one.on is not None and one.on >= period.start])
    earlier = [one for one in until if one.on is None or one.on < period.start]
    previous = _last(earlier)
    baseline, target = _baseline(row), _target(row)
    judgement, before = _judged(row, current, previous, baseline, target)
    last = current or previous
    return Measure(
        id=row.id or 0,
        plan=plan,
        priority_ref=row.priority_ref,
        priority=priority,
        ref=row.ref,
        text=row.text,
        direction=row.direction,
        kind=row.status,
        unit=unit_of(row),
        baseline=baseline,
        previous=previous,
        current=current,
        target=target,
        judgement=judgement,
        before=before,
        aim=aimed(
            row.direction,
            last.number if last else None,
            target.number if target else None,
            target.on if target else None,
            period.end,
        ),
        keeper=keeper,
        flag=row.flag,
        note=row.note,
        is_missing=row.status == MEASURED and current is None,
        points=tuple(until),
    )


def _judged(
    row: Indicator,
    current: Value | None,
    previous: Value | None,
    baseline: Value | None,
    target: Value | None,
) -> tuple[Judgement, str]:
    """By the previous figure; where that cannot be compared, by the baseline."""
    aim = target.number if target else None
    for name, before in (("previous", previous), ("baseline", baseline)):
        if before is not None and current is not None and current.is_like(before):
            if current.is_step and name == "previous":
                return Judgement.SAME, name
            return judged(row.direction, current.number, before.number, aim), name
    number = current.number if current else None
    return judged(row.direction, number, None, aim), ""


def _last(values: Sequence[Value]) -> Value | None:
    return values[-1] if values else None


def _baseline(row: Indicator) -> Value | None:
    if row.baseline is not None:
        return figure(row.baseline, unit_of(row), on=row.baseline_on, how="set")
    return printed(row, "baseline")


def _target(row: Indicator) -> Value | None:
    if row.target is not None:
        return figure(row.target, unit_of(row), on=row.target_on, how="set")
    return printed(row, "target")


# -- what is fetched


def _indicators(
    session: Session, until: date, plan_ids: Sequence[int] | None, refs: Sequence[str] | None
) -> list[tuple[Indicator, str]]:
    query = (
        select(Indicator, Plan.title)
        .join(Plan, col(Plan.id) == col(Indicator.plan_id))
        .where(col(Indicator.retired_on).is_(None) | (col(Indicator.retired_on) > until))
    )
    if plan_ids is not None:
        query = query.where(col(Indicator.plan_id).in_(plan_ids))
    if refs is not None:
        query = query.where(col(Indicator.ref).in_(refs))
    return list(session.exec(query).all())


def _readings(
    session: Session, ids: Sequence[int], now: datetime | None
) -> Mapping[int, list[IndicatorReading]]:
    query = select(IndicatorReading).order_by(col(IndicatorReading.on), col(IndicatorReading.id))
    if len(ids) < 500:
        query = query.where(col(IndicatorReading.indicator_id).in_(ids))
    if now is not None:
        # To the minute: a clock that was set for a preview starts anew with each command.
        query = query.where(col(IndicatorReading.recorded_at) < now + timedelta(minutes=1))
    found: dict[int, list[IndicatorReading]] = {}
    for row in session.exec(query):
        found.setdefault(row.indicator_id, []).append(row)
    return found


def _priorities(session: Session, plan_ids: set[int]) -> dict[tuple[int, str], tuple[int, str]]:
    rows = session.exec(select(Priority).where(col(Priority.plan_id).in_(plan_ids)))
    return {(row.plan_id, row.ref): (row.position, row.title) for row in rows}


def _keepers(session: Session, found: Sequence[Indicator]) -> dict[int, str]:
    ids = {row.keeper_id for row in found if row.keeper_id is not None}
    people = session.exec(select(Person).where(col(Person.id).in_(ids))) if ids else ()
    return {row.id or 0: row.name for row in people}
