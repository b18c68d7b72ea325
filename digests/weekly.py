"""The weekly digest: one screen for the business manager and the chairs, exceptions first."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from digests import (
    weekly_actions,
    weekly_changes,
    weekly_reach,
    weekly_surveys,
)
from digests.owed import owed
from digests.period import Period
from digests.states import states_at
from digests.weekly_scene import Scene, plans_of
from digests.weekly_view import Listed, WeeklyDigest
from storage.calendar import Calendar

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
    partnership, plans = plans_of(session, plan_ids)
    states = states_at(session, period.ends(calendar), list(plans))
    scene = Scene(session, period, calendar, plans, tuple(states), most)
    previous, colours = weekly_actions.colours(scene)
    replies = owed(session, today=period.end, before=scene.ends, states=states)
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
