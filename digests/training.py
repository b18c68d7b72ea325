"""Training in a period: who came, what they said of it, and what they say months later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from digests.period import Period
from storage.calendar import Calendar
from storage.invitations import Campaign, Course, CoursePlace
from storage.language import HOME
from storage.surveys import Survey
from surveys.results.kept import last_seen
from surveys.results.view import Shape
from surveys.suppression import Audience, threshold_for

_LEAST = threshold_for(Audience.INTERNAL)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Places booked and people who came; None where too few to show."""

    courses: int
    places: int | None
    came: int | None

    @property
    def per_cent(self) -> int | None:
        if not self.places or self.came is None:
            return None
        return (200 * self.came + self.places) // (2 * self.places)


@dataclass(frozen=True, slots=True)
class Rated:
    """One question and the shares of its answers, as results show them."""

    question: str
    shares: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What delegates answered; `later`: in the follow-up some months after the course."""

    survey: str
    later: bool
    as_of: date
    people: int | None
    rated: tuple[Rated, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """Of a period, beside the one before. `unread`: surveys of which nobody has seen results."""

    now: Attendance
    before: Attendance
    evaluated: tuple[Evaluated, ...]
    unread: tuple[str, ...]


def training(session: Session, period: Period, calendar: Calendar) -> Training:
    """Courses held in the period, with their evaluations and follow-ups."""
    courses = _held(session, period)
    surveys = _surveys(session, courses, period, calendar)
    seen = [(survey, later, _evaluated(session, survey, later)) for survey, later in surveys]
    return Training(
        now=_attendance(session, courses),
        before=_attendance(session, _held(session, period.before())),
        evaluated=tuple(one for _, _, one in seen if one is not None),
        unread=tuple(survey.title for survey, _, one in seen if one is None),
    )


def _held(session: Session, period: Period) -> list[Course]:
    return list(
        session.exec(
            select(Course)
            .where(col(Course.held_on) >= period.start, col(Course.held_on) <= period.end)
            .order_by(col(Course.held_on), col(Course.id))
        )
    )


def _attendance(session: Session, courses: Iterable[Course]) -> Attendance:
    ids = [course.id for course in courses]
    came = session.exec(
        select(CoursePlace.attended).where(col(CoursePlace.course_id).in_(ids))
    ).all()
    small = len(came) < _LEAST or 0 < len(came) - sum(came) < _LEAST or 0 < sum(came) < _LEAST
    return Attendance(len(ids), None if small else len(came), None if small else sum(came))


def _surveys(
    session: Session, courses: Iterable[Course], period: Period, calendar: Calendar
) -> list[tuple[Survey, bool]]:
    """The evaluations of these courses, and the follow-ups that were sent in the period."""
    ids = {course.evaluation_id for course in courses}
    later = session.exec(
        select(Campaign.survey_id)
        .join(Course, col(Course.id) == col(Campaign.course_id))
        .where(
            col(Campaign.survey_id) != col(Course.evaluation_id),
            col(Course.missed_id).is_(None) | (col(Campaign.survey_id) != col(Course.missed_id)),
            col(Campaign.started_at) >= period.begins(calendar),
            col(Campaign.started_at) < period.ends(calendar),
        )
        .distinct()
    )
    asked_later = set(later.all())
    found = session.exec(
        select(Survey).where(col(Survey.id).in_(ids | asked_later)).order_by(col(Survey.id))
    )
    return [(row, row.id in asked_later and row.id not in ids) for row in found]


def _evaluated(session: Session, survey: Survey, later: bool) -> Evaluated | None:
    """As the results were seen last within the partnership: protected, and no newer than that."""
    seen = last_seen(session, survey.id or 0, Audience.INTERNAL, survey.round)
    if seen is None:
        return None
    language = seen.written_in or HOME
    rated = (
        Rated(
            question.labels.get(language) or next(iter(question.labels.values()), question.name),
            tuple(
                (line.label(HOME, language), line.per_cent)
                for line in question.lines
                if line.per_cent is not None
            ),
        )
        for question in seen.questions
        if question.shape is Shape.ONE
    )
    return Evaluated(
        survey.title, later, seen.as_of, seen.people, tuple(one for one in rated if one.shares)
    )
