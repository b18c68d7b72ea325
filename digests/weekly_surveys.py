"""The weekly digest's section about surveys: how many took part, and whether the clock was kept."""

from collections.abc import Sequence
from datetime import date, datetime
from statistics import median

from sqlalchemy import case, func
from sqlmodel import col, select

from digests.themes import people_counts
from digests.weekly_scene import Scene
from digests.weekly_view import ReviewClock, SurveyLine
from storage import break_glass
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.rows import columns, rows
from storage.surveys import Survey
from storage.types import UtcDateTime
from surveys.concerns.alerting import MANAGERS_TOLD, NOT_DELIVERED
from surveys.suppression import Audience, Shown, round_public, show_total, threshold_for

_NOBODY_HEARD = (MANAGERS_TOLD, NOT_DELIVERED)
_FLOOR = threshold_for(Audience.INTERNAL)
_READ_AT = func.coalesce(
    ReviewItem.reached_at, ReviewItem.acknowledged_at, ReviewItem.decided_at, type_=UtcDateTime
)


def surveys(scene: Scene, now: datetime) -> tuple[SurveyLine, ...]:
    """Surveys that were open in the period, the longest open first."""
    found = scene.session.exec(
        select(Survey)
        .where(
            col(Survey.audience) != "leads",
            col(Survey.opened_at) < scene.ends,
            col(Survey.closed_at).is_(None) | (col(Survey.closed_at) >= scene.begins),
        )
        .order_by(col(Survey.opened_at), col(Survey.id))
    ).all()
    people = people_counts(scene.session, [survey.slug for survey in found])
    clocks = _clocks(scene, now)
    return tuple(
        SurveyLine(
            title=survey.title,
            audience=survey.audience,
            opened=_day(scene, survey.opened_at),
            closed=_day(scene, survey.closed_at),
            people=about(people.get(survey.slug, 0)),
            clock=clocks.get(survey.id),
        )
        for survey in found
    )


def outside(scene: Scene, now: datetime) -> ReviewClock | None:
    """The clock of texts that came in outside any survey."""
    return _clocks(scene, now).get(None)


def unheard(scene: Scene) -> int:
    """Urgent texts of which nobody who was alerted heard in time: a failing of ours."""
    query = select(func.count(func.distinct(ReviewEvent.item_id))).where(
        col(ReviewEvent.what).in_(_NOBODY_HEARD),
        col(ReviewEvent.at) >= scene.begins,
        col(ReviewEvent.at) < scene.ends,
    )
    return scene.session.exec(query).one()


def emergencies(scene: Scene) -> int:
    """Openings of the review queue in an emergency that no reviewer has looked at."""
    return sum(glass.begins < scene.ends for glass in break_glass.unseen(scene.session))


def about(count: int) -> int | None:
    """A head count for a digest that comes every week.

    Rounded though it is internal: the difference of two exact counts would be a small group.
    """
    return round_public(count) if isinstance(show_total(count, threshold=_FLOOR), Shown) else None


def _clocks(scene: Scene, now: datetime) -> dict[int | None, ReviewClock]:
    """By survey: what came in and was read in the period, and what waits now."""
    cutoff = min(now, scene.ends)
    received = col(ReviewItem.received_at) >= scene.begins
    read_at = _READ_AT
    waiting = (col(ReviewItem.state) == ReviewState.WAITING) | (read_at > cutoff)
    due = col(ReviewItem.due_at)
    in_time = received & ~waiting & (read_at <= due)
    late = (received & ~waiting & (read_at > due)) | (waiting & (due <= cutoff))
    query = (
        columns(
            ReviewItem.survey_id,
            *(func.sum(case((which, 1), else_=0)) for which in (received, in_time, late, waiting)),
            func.sum(case((waiting & (due <= cutoff), 1), else_=0)),
        )
        .where(col(ReviewItem.received_at) < cutoff)
        .group_by(col(ReviewItem.survey_id))
    )
    times = _times(scene, cutoff)
    return {
        survey_id: ReviewClock(
            received=about(came),
            in_time=about(read) if about(came) is not None and came - read in (0, came) else None,
            kept=not broken,
            waiting=open_now,
            overdue=overdue,
            minutes=_half(times.get(survey_id, [])),
        )
        for survey_id, came, read, broken, open_now, overdue in rows(scene.session, query)
    }


def _times(scene: Scene, cutoff: datetime) -> dict[int | None, list[float]]:
    """By survey, how many minutes it took until a person had each text of the period."""
    query = columns(ReviewItem.survey_id, ReviewItem.received_at, _READ_AT).where(
        col(ReviewItem.received_at) >= scene.begins,
        col(ReviewItem.received_at) < cutoff,
        cutoff >= _READ_AT,
    )
    found: dict[int | None, list[float]] = {}
    for survey_id, received, read in rows(scene.session, query):
        found.setdefault(survey_id, []).append((read - received).total_seconds() / 60)
    return found


def _half(minutes: Sequence[float]) -> int | None:
    """Within how many minutes half of them had a person; None of too few."""
    return None if about(len(minutes)) is None else max(1, round(median(minutes)))


def _day(scene: Scene, instant: datetime | None) -> date | None:
    return scene.calendar.local_date(instant) if instant else None
