"""A plan with measures, for tests of readings and the scorecard."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session, select

from digests.indicator_acts import New, enter
from digests.indicators import Measure, indicators_at
from digests.period import Period
from digests.reading_rules import read_entered
from reminders.plan_file import read_plan
from reminders.plan_rows import PlanRows
from reminders.plan_values import indicator_values, priority_values
from storage.calendar import Calendar
from storage.plans import Indicator, IndicatorReading, Partnership, Plan, Priority

PLANS = Path(__file__).parents[2] / "examples" / "plans"
CALENDAR = Calendar()
LAST, NEXT = date(2022, 12, 31), date(2023, 3, 31)
QUARTER = Period(date(2023, 1, 1), NEXT)
TODAY = date(2023, 4, 5)
NOW = datetime(2023, 4, 5, 9, tzinfo=UTC)


@cache
def _rows(slug: str) -> PlanRows:
    rows, _ = read_plan(PLANS / f"{slug}.xlsx")
    assert rows is not None
    return rows


def plan(session: Session, *slugs: str) -> None:
    """The priorities and measures of example plans, as an import enters them."""
    for slug in slugs:
        rows = _rows(slug)
        home = Partnership(slug=slug, name=rows.name)
        session.add(home)
        session.flush()
        row = Plan(
            partnership_id=home.id or 0,
            title=rows.title,
            period_label=rows.period_label,
            imported_at=datetime(2022, 11, 1, tzinfo=UTC),
        )
        session.add(row)
        session.flush()
        for at, one in enumerate(rows.priorities):
            values = {**priority_values(one), "position": at}
            session.add(Priority(plan_id=row.id or 0, ref=one.ref, **values))
        for at, each in enumerate(rows.indicators):
            values = {**indicator_values(each), "position": at}
            session.add(Indicator(plan_id=row.id or 0, ref=each.ref, **values))
    session.flush()


def indicator(session: Session, ref: str) -> Indicator:
    return session.exec(select(Indicator).where(Indicator.ref == ref)).one()


def put(
    session: Session,
    ref: str,
    on: date,
    typed: str,
    *,
    now: datetime = NOW,
    people: int | None = None,
    narrative: str = "",
) -> IndicatorReading | None:
    """Enters a reading as somebody typed it."""
    return enter(
        session,
        indicator(session, ref),
        New(on, read_entered(typed), people, narrative),
        now=now,
        today=max(TODAY, now.date()),
        how="chat",
        person_id=None,
    )


def measure(session: Session, ref: str, period: Period = QUARTER) -> Measure:
    (found,) = indicators_at(session, period, calendar=CALENDAR, refs=[ref])
    return found
