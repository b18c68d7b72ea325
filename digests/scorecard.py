"""The quarterly scorecard: every measure with its wanted direction, by priority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from digests.indicators import MEASURED, Measure, indicators_over
from digests.period import Period
from digests.reading_rules import Judgement
from digests.weekly_scene import plans_of
from storage.calendar import Calendar
from storage.plans import Partnership, Plan


@dataclass(frozen=True, slots=True)
class Tally:
    """How many measures were judged so, and how many have no reading."""

    better: int
    worse: int
    same: int
    unjudged: int
    missing: int

    @property
    def judged(self) -> int:
        return self.better + self.worse + self.same


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What was measured in a period, and how the period before was judged."""

    partnership: str
    plans: tuple[str, ...]
    period: Period
    previous: Period
    measures: tuple[Measure, ...]
    context: tuple[Measure, ...]
    tally: Tally
    before: Tally


def gather(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
) -> Scorecard:
    """The measures at the end of the period. `subject`: one partnership's slug, or all of them."""
    partnership, plans = _plans(session, subject)
    ids = list(plans)
    before = period.before()
    found, earlier = indicators_over(
        session, (period, before), calendar=calendar, now=now, plan_ids=ids
    )
    return Scorecard(
        partnership=partnership,
        plans=tuple(plans.values()),
        period=period,
        previous=before,
        measures=tuple(one for one in found if one.kind == MEASURED),
        context=tuple(one for one in found if one.kind != MEASURED),
        tally=tally_of(found),
        before=tally_of(earlier),
    )


def tally_of(measures: Sequence[Measure]) -> Tally:
    """How many went which way; what is told for context is not counted."""
    asked = [one for one in measures if one.kind == MEASURED]
    judged = [one.judgement for one in asked]
    return Tally(
        better=judged.count(Judgement.BETTER),
        worse=judged.count(Judgement.WORSE),
        same=judged.count(Judgement.SAME),
        unjudged=sum(
            not one.is_missing and one.judgement in (Judgement.NONE, Judgement.CONTEXT)
            for one in asked
        ),
        missing=sum(one.is_missing for one in asked),
    )


def _plans(session: Session, slug: str) -> tuple[str, dict[int, str]]:
    if not slug:
        return plans_of(session, None)
    ids = session.exec(
        select(Plan.id)
        .join(Partnership, col(Partnership.id) == col(Plan.partnership_id))
        .where(Partnership.slug == slug)
    ).all()
    return plans_of(session, [one for one in ids if one is not None])
