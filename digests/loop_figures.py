"""How well the loop is closed: what was answered, in how many days, who was told, and was it right.

The one place where these figures are worked out; protected here, so that all who show them may.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median_low

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.codebook_history import in_use_at
from digests.delivery import KIND, Progress, Step, steps
from digests.period import Period
from digests.verdicts import protected, true_verdicts
from storage.calendar import Calendar
from storage.rows import columns, rows
from storage.surveys import Answer, Survey, SurveyState, SurveyVersion
from storage.voice import Publication, Response, ResponseState, Theme
from surveys.suppression import Audience, round_public, threshold_for


@dataclass(frozen=True, slots=True)
class Reached:
    """People on the lists of what was published, each survey's newest; None below the threshold.

    `reasons`: why some were not reached or wait, the commonest first; without their numbers where
    the list is short. `short_lists`: surveys left out of the counts because few asked to hear.
    """

    listed: int | None = None
    delivered: int | None = None
    under_way: int | None = None
    not_reached: int | None = None
    left_out: int | None = None
    reasons: tuple[tuple[str, int | None], ...] = ()
    short_lists: int = 0

    @property
    def per_cent(self) -> int | None:
        """Told, of those on the list."""
        return None if self.listed is None else _per_cent(self.delivered or 0, self.listed)


@dataclass(frozen=True, slots=True)
class Judged:
    """What people tapped about it: about how many, and shares; None where they were few."""

    given: int | None = None
    right: int | None = None
    partly: int | None = None
    wrong: int | None = None


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """The loop at the end of a period; `before` is the same one period earlier.

    Themes count surveys and what people raised elsewhere. `took_part`: about how many people in
    the period, of surveys where enough did. `days`: the middle one, from the last word to the
    first answer.
    """

    period: Period
    survey: str
    took_part: int | None
    themes: int
    answered: int
    publications: int
    days: int | None
    reached: Reached
    judged: Judged
    before: "LoopFigures | None" = None

    @property
    def per_cent(self) -> int | None:
        """Themes with an answer, of all."""
        return _per_cent(self.answered, self.themes)


def _per_cent(part: int, whole: int) -> int | None:
    return (200 * part + whole) // (2 * whole) if whole else None


def loop_figures(
    session: Session,
    period: Period,
    *,
    calendar: Calendar,
    survey_id: int | None = None,
    audience: Audience = Audience.INTERNAL,
) -> LoopFigures:
    """Of one survey or of all, with the period before beside it."""
    now = _figures(session, period, calendar, survey_id, audience)
    before = _figures(session, period.before(), calendar, survey_id, audience)
    is_there = before.themes or before.publications or before.took_part is not None
    return replace(now, before=before if is_there else None)


def _figures(
    session: Session, period: Period, calendar: Calendar, survey_id: int | None, audience: Audience
) -> LoopFigures:
    begins, ends = period.begins(calendar), period.ends(calendar)
    surveys = _surveys(session, survey_id, ends)
    themes = _themes(session, surveys, ends)
    answered = _first_answers(session, themes, ends)
    threshold = threshold_for(audience)
    in_period = [(theme, at) for theme, at in answered.items() if at >= begins]
    published = _publications(session, surveys, begins, ends)
    return LoopFigures(
        period=period,
        survey=surveys[0].slug if survey_id is not None and surveys else "",
        took_part=_took_part(session, surveys, period, threshold),
        themes=len(themes),
        answered=len(answered),
        publications=len(published),
        days=_days(session, surveys, themes, in_period, calendar),
        reached=_reached(session, published, ends, threshold),
        judged=_judged(session, published, period.end, audience),
    )


def _surveys(session: Session, survey_id: int | None, ends: datetime) -> Sequence[Survey]:
    query = select(Survey).where(
        col(Survey.state) != SurveyState.DRAFT, col(Survey.added_at) < ends
    )
    if survey_id is not None:
        query = query.where(col(Survey.id) == survey_id)
    return session.exec(query.order_by(col(Survey.id))).all()


def _themes(session: Session, surveys: Sequence[Survey], ends: datetime) -> dict[int, Theme]:
    """What people raised and still stands, or was answered before it was merged or taken out."""
    found = session.exec(
        select(Theme)
        .where(
            col(Theme.survey_id).in_([survey.id for survey in surveys]),
            col(Theme.created_at) < ends,
        )
        .order_by(col(Theme.id))
    ).all()
    by_id = {one.id or 0: one for one in found}
    answered = _first_answers(session, by_id, ends)
    in_use = {one.id for survey in surveys for one in in_use_at(session, survey.id or 0, ends)}
    return {id_: one for id_, one in by_id.items() if id_ in answered or id_ in in_use}


def _first_answers(
    session: Session, themes: dict[int, Theme], ends: datetime
) -> dict[int, datetime]:
    """When each theme was first answered in public."""
    query = (
        columns(Response.theme_id, func.min(col(Response.published_at)))
        .where(
            col(Response.theme_id).in_(list(themes)),
            col(Response.state) == ResponseState.PUBLISHED,
            col(Response.published_at) < ends,
        )
        .group_by(col(Response.theme_id))
    )
    return dict(rows(session, query))


def _took_part(
    session: Session, surveys: Sequence[Survey], period: Period, threshold: int
) -> int | None:
    """Rounded, each survey for itself: from a year and its quarters a quarter that few answered

    in would follow.
    """
    query = (
        columns(SurveyVersion.slug, func.count(func.distinct(col(Answer.pseudonym))))
        .join(SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id))
        .where(
            col(SurveyVersion.slug).in_([survey.slug for survey in surveys]),
            col(Answer.answered_on) >= period.start,
            col(Answer.answered_on) <= period.end,
        )
        .group_by(col(SurveyVersion.slug))
    )
    counts = [round_public(count) for _, count in rows(session, query) if count >= threshold]
    return sum(counts) if counts else None


def _days(
    session: Session,
    surveys: Sequence[Survey],
    themes: dict[int, Theme],
    answered: Sequence[tuple[int, datetime]],
    calendar: Calendar,
) -> int | None:
    """Median days from the last thing that was said to the first answer."""
    by_id = {survey.id: survey for survey in surveys}
    said = _last_words(session, surveys)
    found = []
    for theme_id, at in answered:
        survey = by_id[themes[theme_id].survey_id]
        told = calendar.local_date(at)
        closed = calendar.local_date(survey.closed_at) if survey.closed_at else None
        heard = [day for day in (closed, said.get(survey.slug)) if day is not None and day <= told]
        since = heard[0] if heard else calendar.local_date(themes[theme_id].created_at)
        found.append(max((told - since).days, 0))
    return median_low(found) if found else None


def _last_words(session: Session, surveys: Sequence[Survey]) -> dict[str, date]:
    query = (
        columns(SurveyVersion.slug, func.max(col(Answer.answered_on)))
        .join(Answer, col(Answer.version_id) == col(SurveyVersion.id))
        .where(col(SurveyVersion.slug).in_([survey.slug for survey in surveys]))
        .group_by(col(SurveyVersion.slug))
    )
    return dict(rows(session, query))


def _publications(
    session: Session, surveys: Sequence[Survey], begins: datetime, ends: datetime
) -> Sequence[Publication]:
    return session.exec(
        select(Publication)
        .where(
            col(Publication.kind) == KIND,
            col(Publication.survey_id).in_([survey.id for survey in surveys]),
            col(Publication.published_at) >= begins,
            col(Publication.published_at) < ends,
        )
        .order_by(col(Publication.id))
    ).all()


def _reached(
    session: Session, published: Sequence[Publication], ends: datetime, threshold: int
) -> Reached:
    """Short lists are left out whole, so that no sum gives them away."""
    newest = {one.survey_id: one.id or 0 for one in published}
    lists = [tuple(steps(session, one, until=ends)) for one in newest.values()]
    return reached_of(lists, threshold)


def reached_of(lists: Sequence[Sequence[Step]], threshold: int) -> Reached:
    """Protected counts of lists, each as it stands."""
    long = [step for one in lists if len(one) >= threshold for step in one]
    short = [step for one in lists if 0 < len(one) < threshold for step in one]
    why = Counter(step.why for step in long if step.why is not None)
    unnumbered = {step.why for step in short if step.why is not None} - set(why)
    reasons: list[tuple[str, int | None]] = [
        (one.value, count) for one, count in sorted(why.items(), key=lambda row: (-row[1], row[0]))
    ]
    reasons += [(one.value, None) for one in sorted(unnumbered)]
    counts = Counter(step.progress for step in long)
    few = sum(0 < len(one) < threshold for one in lists)
    if not long:
        return Reached(reasons=tuple(reasons), short_lists=few)
    return Reached(
        listed=len(long),
        delivered=counts[Progress.DELIVERED],
        under_way=counts[Progress.UNDER_WAY],
        not_reached=counts[Progress.NOT_REACHED],
        left_out=counts[Progress.LEFT_OUT],
        reasons=tuple(reasons),
        short_lists=few,
    )


def _judged(
    session: Session, published: Sequence[Publication], end: date, audience: Audience
) -> Judged:
    counts = true_verdicts(session, [one.id or 0 for one in published], until=end)
    shown = protected(counts, audience)
    share = shown.per_cent
    return Judged(shown.given, share["right"], share["partly"], share["wrong"])
