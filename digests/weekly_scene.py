"""What every section of the weekly digest starts from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from digests.action_details import Details, details
from digests.period import Period
from digests.states import State
from digests.themes import Refused
from storage.calendar import Calendar
from storage.plans import Partnership, Plan

_DASH = re.compile(r"\s*[-\u2010-\u2015]\s*")


@dataclass(frozen=True, slots=True)
class Scene:
    """What every section needs: the plans, the days, and the actions as they stood at the end.

    `as_of`: the day it is, where the period still runs.
    """

    session: Session
    period: Period
    calendar: Calendar
    plans: Mapping[int, str]
    states: tuple[State, ...]
    most: int
    as_of: date | None = None

    @property
    def today(self) -> date:
        return min(self.period.end, self.as_of) if self.as_of else self.period.end

    def plan_label(self, plan_id: int) -> str:
        """The plan's name, where there are several to tell apart."""
        return self.plans[plan_id] if len(self.plans) > 1 else ""

    def details(self, ids: Sequence[int]) -> Mapping[int, Details]:
        return details(
            self.session, ids, before=self.period.ends(self.calendar), calendar=self.calendar
        )

    @property
    def live(self) -> Mapping[int, State]:
        """Actions that somebody could be asked about."""
        return {state.id: state for state in self.states if state.is_live}

    @property
    def begins(self) -> datetime:
        return self.period.begins(self.calendar)

    @property
    def ends(self) -> datetime:
        return self.period.ends(self.calendar)


def plans_of(session: Session, plan_ids: Sequence[int] | None) -> tuple[str, dict[int, str]]:
    """The partnership's name, and the title and period of each plan reported on."""
    query = (
        select(Plan.id, Plan.title, Plan.period_label, Partnership.name)
        .join(Partnership, col(Partnership.id) == col(Plan.partnership_id))
        .order_by(col(Plan.period_start), col(Plan.id))
    )
    if plan_ids is not None:
        query = query.where(col(Plan.id).in_(plan_ids))
    rows = session.exec(query).all()
    if plan_ids is not None and len(rows) < len(set(plan_ids)):
        raise Refused("There is no such plan. List the plans and take one of those.")
    names = list(dict.fromkeys(name for _, _, _, name in rows))
    titles = {
        plan_id: called(title, label) for plan_id, title, label, _ in rows if plan_id is not None
    }
    return ", ".join(names), titles


def called(title: str, period: str) -> str:
    """A plan by its title, with its period where that does not say it, whatever dash it has."""
    return title if _DASH.sub("-", period) in _DASH.sub("-", title) else f"{title} {period}"
