"""What the papers of a period start from: the plans, the group, and how all stood then."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.period import Period
from digests.states import states_at
from digests.themes import Refused
from digests.weekly_scene import Scene, plans_of
from storage.calendar import Calendar
from storage.plans import Action, ActionLead, Body, Plan, Priority

EVERY_ROW = 10_000


@dataclass(frozen=True, slots=True)
class About:
    """Whose report it is: the partnership, its plans, and the group, if it is of one.

    `today`: set where the period still ran when the report was made.
    """

    partnership: str
    plans: tuple[str, ...]
    body: str = ""
    body_key: str = ""
    next_meeting: date | None = None
    today: date | None = None


def body_of(session: Session, key: str) -> Body:
    """The group of this key. Raises Refused with what to do."""
    found = session.exec(select(Body).where(Body.key == key).order_by(col(Body.id))).first()
    if found is None:
        raise Refused(
            "There is no group of that name in any plan. List the groups with `people list`, and "
            "take the short name of one."
        )
    return found


def scene_of(
    session: Session, period: Period, calendar: Calendar, body: Body | None, now: datetime
) -> tuple[About, Scene]:
    """The plans that the group works to, or all there are, as they stood when the period ended."""
    today = calendar.local_date(now)
    partnership, plans = plans_of(session, _plans(session, body) if body else None)
    states = tuple(states_at(session, period.ends(calendar), list(plans)))
    about = About(
        partnership=partnership,
        plans=tuple(plans.values()),
        body=body.name if body else "",
        body_key=body.key if body else "",
        next_meeting=body.next_meeting if body else None,
        today=today if today < period.end else None,
    )
    return about, Scene(session, period, calendar, plans, states, EVERY_ROW, today)


def _plans(session: Session, body: Body) -> list[int]:
    found = session.exec(select(Plan.id).where(Plan.partnership_id == body.partnership_id))
    return [plan_id for plan_id in found if plan_id is not None]


def actions_of(session: Session, body: Body) -> set[int]:
    """What a group leads, and what stands under a priority that it looks after."""
    led = session.exec(select(ActionLead.action_id).where(ActionLead.body_id == body.id))
    names = {body.name.casefold(), body.key.casefold()}
    under = session.exec(
        select(Action.id)
        .join(Priority, col(Priority.id) == col(Action.priority_id))
        .join(Plan, col(Plan.id) == col(Priority.plan_id))
        .where(Plan.partnership_id == body.partnership_id, func.lower(Priority.body).in_(names))
    )
    return {action_id for action_id in (*led, *under) if action_id is not None}
