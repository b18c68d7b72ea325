"""Whether the clock was kept: time to human by tier; of texts, never of who read them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col

from storage.concerns import ReviewItem, ReviewState
from storage.rows import columns, rows
from surveys.screening import Tier


@dataclass(frozen=True, slots=True)
class TierFigures:
    """Of the texts of one tier that came in. `late`: read too late, or waiting past their time.

    `median` and `longest` are the time until the first person had it, of those that somebody had.
    `waiting` and `open` count what nobody has taken, and what is not closed.
    """

    tier: Tier
    received: int
    in_time: int
    late: int
    waiting: int
    open: int
    median: timedelta | None
    longest: timedelta | None
    decisions: Mapping[str, int]

    @property
    def kept(self) -> bool:
        """Whether none was late."""
        return self.late == 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The clock of a period, tier by tier, red first."""

    begins: datetime
    ends: datetime
    tiers: tuple[TierFigures, ...]

    @property
    def kept(self) -> bool:
        return all(one.kept for one in self.tiers)


def figures(db: Db, begins: datetime, ends: datetime, *, now: datetime | None = None) -> Figures:
    """What came in from `begins` until before `ends`, as it stands `now`."""
    query = columns(
        ReviewItem.tier,
        ReviewItem.received_at,
        ReviewItem.due_at,
        ReviewItem.reached_at,
        ReviewItem.state,
        ReviewItem.decision,
    ).where(col(ReviewItem.received_at) >= begins, col(ReviewItem.received_at) < ends)
    found = rows(db, query)
    return Figures(
        begins,
        ends,
        tuple(_of(tier, [row for row in found if row[0] == tier], now or ends) for tier in Tier),
    )


def _of(tier: Tier, found: Sequence[Any], now: datetime) -> TierFigures:
    times: list[timedelta] = []
    in_time = late = waiting = still_open = 0
    decisions: Counter[str] = Counter()
    for _, received, due, reached, state, decision in found:
        if reached is not None:
            times.append(reached - received)
            in_time += reached <= due
            late += reached > due
        else:
            late += due <= now
        waiting += state == ReviewState.WAITING
        still_open += state != ReviewState.CLOSED
        if state == ReviewState.CLOSED:
            decisions[decision] += 1
    return TierFigures(
        tier,
        len(found),
        in_time,
        late,
        waiting,
        still_open,
        timedelta(seconds=median(one.total_seconds() for one in times)) if times else None,
        max(times, default=None),
        dict(decisions),
    )
