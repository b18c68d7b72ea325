"""What every section of the weekly digest starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from digests.action_details import Details, details
from digests.period import Period
from digests.states import State
from storage.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Scene:
    """What every section needs: the plans, the days, and the actions as they stood at the end."""

    session: Session
    period: Period
    calendar: Calendar
    plans: Mapping[int, str]
    states: tuple[State, ...]
    most: int

    @property
    def today(self) -> date:
        return self.period.end

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
