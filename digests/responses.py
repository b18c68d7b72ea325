"""What we did about a theme: drafted by anybody, approved and published by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Subquery, func
from sqlmodel import Session, col, select

from digests.standing import Standing, standing
from digests.themes import Refused, true_counts
from storage import audit
from storage.people import Person
from storage.plans import Action
from storage.rows import columns, rows
from storage.surveys import Survey, SurveyState
from storage.voice import Response, ResponseKind, ResponseState, Theme
from surveys.suppression import Audience, threshold_for

_SMALL = threshold_for(Audience.PUBLIC)

_PROMISES = (ResponseKind.WE_ARE_DOING, ResponseKind.NOT_YET)


@dataclass(frozen=True, slots=True)
class Owed:
    """A theme that still waits for an answer, or a promise whose day has passed."""

    survey: str
    theme: str
    since: date
    days: int
    promise: str = ""
    action_ref: str = ""


def draft(
    session: Session,
    *,
    theme_id: int,
    kind: ResponseKind,
    text: str,
    because: str = "",
    by_when: date | None = None,
    action_id: int | None = None,
    decided_by: str = "",
    decided_on: date | None = None,
) -> Response:
    """A first wording, seen by nobody outside until it is approved and published."""
    if session.get(Theme, theme_id) is None:
        raise Refused("There is no such theme. List the survey's themes and take one of those.")
    _refuse_incomplete(kind, text, because, by_when)
    response = Response(
        theme_id=theme_id,
        kind=kind,
        text=text.strip(),
        because=because.strip(),
        by_when=by_when,
        action_id=action_id,
        decided_by=decided_by.strip(),
        decided_on=decided_on,
    )
    session.add(response)
    session.flush()
    return response


def approve(
    session: Session, response_id: int, *, person_id: int, now: datetime, today: date
) -> Response:
    """A person stands by this wording. Who decided is filled in where it was left open."""
    person = acting_person(session, person_id)
    response = session.get(Response, response_id)
    if response is None:
        raise Refused("There is no such response. List what is drafted and take one of those.")
    if response.state is ResponseState.PUBLISHED:
        raise Refused("This response is published already. Draft a new one to say more.")
    response.state = ResponseState.APPROVED
    response.decided_by = response.decided_by or person.name
    response.decided_on = response.decided_on or today
    session.add(response)
    audit.record(
        session,
        at=now,
        act="response.approve",
        subject=f"response:{response_id}",
        person_id=person_id,
    )
    return response


def publish_approved(
    session: Session,
    survey_id: int,
    *,
    person_id: int,
    now: datetime,
    points_to_nobody: bool = False,
) -> Sequence[Response]:
    """Publishes every approved response of a survey, in the order of its themes.

    `publishing.publish` does this, keeps what went out and tells those who asked to hear.
    """
    acting_person(session, person_id)
    responses = session.exec(
        select(Response)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .where(col(Theme.survey_id) == survey_id, col(Response.state) == ResponseState.APPROVED)
        .order_by(col(Theme.id), col(Response.id))
    ).all()
    _refuse_unsaid(session, survey_id, responses, points_to_nobody)
    for response in responses:
        response.state = ResponseState.PUBLISHED
        response.published_at = now
        response.published_by_id = person_id
        session.add(response)
        audit.record(
            session,
            at=now,
            act="response.publish",
            subject=f"response:{response.id}",
            person_id=person_id,
        )
    return responses


def _refuse_unsaid(
    session: Session, survey_id: int, responses: Sequence[Response], points_to_nobody: bool
) -> None:
    """Nobody is quoted who did not speak, and a small group is not pointed at."""
    people = true_counts(session, survey_id)
    counts = [people.get(response.theme_id, 0) for response in responses]
    if 0 in counts:
        raise Refused(
            "A theme that no answer was coded into cannot be published as said. Code the answers "
            "that speak of it first."
        )
    if min(counts, default=_SMALL) < _SMALL and not points_to_nobody:
        raise Refused(
            "Few people spoke of one of these themes. The voice lead must read its name and its "
            "answer again and confirm that they point to nobody."
        )


def acting_person(session: Session, person_id: int) -> Person:
    """The person who decides; what nobody decides is not published."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise Refused(
            "Approving and publishing need a person who is active in the list of people. "
            "Say who decides."
        )
    return person


def latest_published(survey_id: int | None = None) -> Subquery:
    """A subquery: for each theme the id of the response published last, which stands."""
    query = (
        select(Response.theme_id, func.max(col(Response.id)).label("response_id"))
        .where(col(Response.state) == ResponseState.PUBLISHED)
        .group_by(col(Response.theme_id))
    )
    if survey_id is not None:
        query = query.join(Theme, col(Theme.id) == col(Response.theme_id)).where(
            col(Theme.survey_id) == survey_id
        )
    return query.subquery()


def owed(session: Session, *, today: date, before: datetime) -> list[Owed]:
    """Promises past their day first, then themes nobody has answered, the longest waiting first."""
    late = sorted(_late(session, today, before), key=lambda one: (one.since, one.theme))
    silent = sorted(_unanswered(session, today, before), key=lambda one: (one.since, one.theme))
    return late + silent


def _unanswered(session: Session, today: date, before: datetime) -> list[Owed]:
    answered = (
        select(Response.id)
        .where(
            col(Response.theme_id) == col(Theme.id),
            col(Response.state) == ResponseState.PUBLISHED,
            col(Response.published_at) < before,
        )
        .exists()
    )
    waiting = session.exec(
        select(Survey.title, Theme.name, Theme.created_at)
        .join(Theme, col(Theme.survey_id) == col(Survey.id))
        .where(
            ~answered,
            col(Theme.created_at) < before,
            col(Survey.state) != SurveyState.DRAFT,
        )
    )
    return [
        Owed(title, name, created.date(), (today - created.date()).days)
        for title, name, created in waiting
    ]


def _late(session: Session, today: date, before: datetime) -> list[Owed]:
    last = (
        select(func.max(col(Response.id)))
        .where(col(Response.state) == ResponseState.PUBLISHED, col(Response.published_at) < before)
        .group_by(col(Response.theme_id))
    )
    query = (
        columns(
            Survey.title,
            Theme.name,
            Response.kind,
            Response.by_when,
            Response.text,
            Action.ref,
            Action.status,
        )
        .select_from(Response)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .join(Survey, col(Survey.id) == col(Theme.survey_id))
        .join(Action, col(Action.id) == col(Response.action_id), isouter=True)
        .where(
            col(Response.id).in_(last),
            col(Response.kind).in_(_PROMISES),
            col(Response.by_when) < today,
        )
    )
    return [
        Owed(title, name, due, (today - due).days, text, ref or "")
        for title, name, kind, due, text, ref, status in rows(session, query)
        if standing(ResponseKind(kind), due, status, today) is Standing.LATE
    ]


def _refuse_incomplete(kind: ResponseKind, text: str, because: str, by_when: date | None) -> None:
    if not text.strip():
        raise Refused("A response needs words: say in a sentence or two what was done.")
    if kind is ResponseKind.WE_CANNOT and not because.strip():
        raise Refused("'We cannot' needs a reason: say why, so that people can understand it.")
    if kind in _PROMISES and by_when is None:
        raise Refused("A promise needs a day: say by when, or when people hear from you.")
