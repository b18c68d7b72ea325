"""The weekly digest: one screen for the business manager and the chairs, exceptions first."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from digests import (
    weekly_actions,
    weekly_changes,
    weekly_reach,
    weekly_surveys,
)
from digests.period import Period
from digests.responses import owed
from digests.states import states_at
from digests.themes import Refused
from digests.weekly_scene import Scene
from digests.weekly_view import Listed, WeeklyDigest
from storage.calendar import Calendar
from storage.plans import Partnership, Plan

MOST = 10


def gather(
    session: Session,
    period: Period,
    *,
    now: datetime | None = None,
    calendar: Calendar,
    plan_ids: Sequence[int] | None = None,
    most: int = MOST,
) -> WeeklyDigest:
    """What the plans, surveys and promises looked like at the end of the period.

    `now` decides only whether a review clock has run out; without it the period's end counts.
    `most` is how many rows a section shows; every section says how many more there are.
    """
    partnership, plans = _plans(session, plan_ids)
    states = states_at(session, period.ends(calendar), list(plans))
    scene = Scene(session, period, calendar, plans, tuple(states), most)
    previous, colours = weekly_actions.colours(scene)
    replies = owed(session, today=period.end, before=scene.ends)
    return WeeklyDigest(
        partnership=partnership,
        plans=tuple(plans.values()),
        period=period,
        previous=previous,
        actions=sum(not state.retired for state in states),
        overdue=weekly_actions.overdue(scene),
        due_14=weekly_actions.due_within(scene, 0, 14),
        due_30=weekly_actions.due_within(scene, 15, 30),
        changed=weekly_changes.changed(scene),
        silent=weekly_changes.silent(scene),
        decisions=weekly_changes.decisions(scene),
        doubtful=weekly_actions.doubtful(scene),
        surveys=weekly_surveys.surveys(scene, now or scene.ends),
        outside=weekly_surveys.outside(scene, now or scene.ends),
        unheard=weekly_surveys.unheard(scene),
        emergencies=weekly_surveys.emergencies(scene),
        owed=Listed(len(replies), tuple(replies[:most])),
        unreached=weekly_reach.unreached(scene),
        meetings=weekly_reach.meetings(scene),
        colours=colours,
    )


def _plans(session: Session, plan_ids: Sequence[int] | None) -> tuple[str, dict[int, str]]:
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
        plan_id: title if label in title else f"{title} {label}"
        for plan_id, title, label, _ in rows
        if plan_id is not None
    }
    return ", ".join(names), titles
