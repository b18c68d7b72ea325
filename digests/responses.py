"""What we did about a theme: drafted by anybody, approved and published by a person."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, func
from sqlmodel import Session, col, select

from digests.hearings import heard_themes
from digests.themes import Refused, true_counts
from storage import audit
from storage.people import Person
from storage.plans import Action
from storage.voice import Response, ResponseKind, ResponseState, ResponseWording, Theme
from surveys.suppression import Audience, threshold_for

SMALL = threshold_for(Audience.PUBLIC)
PROMISES = (ResponseKind.WE_ARE_DOING, ResponseKind.NOT_YET)
LONGEST = 2_000
"""Letters in one text of a response; people read it on a telephone."""


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
    evidence: str = "",
    person_id: int | None = None,
    now: datetime | None = None,
) -> Response:
    """A first wording, seen by nobody outside until it is approved and published."""
    if session.get(Theme, theme_id) is None:
        raise Refused("There is no such theme. List the survey's themes and take one of those.")
    response = Response(theme_id=theme_id, kind=kind, text=text, drafted_by_id=person_id)
    response.drafted_at = now
    _fill(session, response, kind, text, because, by_when, action_id, evidence)
    response.decided_by, response.decided_on = decided_by.strip(), decided_on
    session.add(response)
    session.flush()
    if now is not None:
        _record(session, response, "draft", person_id, now)
    return response


def revise(
    session: Session,
    response_id: int,
    *,
    kind: ResponseKind,
    text: str,
    because: str = "",
    by_when: date | None = None,
    action_id: int | None = None,
    decided_by: str = "",
    decided_on: date | None = None,
    evidence: str = "",
    person_id: int,
    now: datetime,
) -> Response:
    """Other words for what is not published yet. It is a draft again, and so are its wordings."""
    response = unpublished(session, response_id)
    before = (response.kind, response.text, response.because)
    _fill(session, response, kind, text, because, by_when, action_id, evidence)
    response.decided_by, response.decided_on = decided_by.strip(), decided_on
    response.state, response.approved_at, response.approved_by_id = ResponseState.DRAFT, None, None
    if (response.kind, response.text, response.because) != before:
        _uncheck(session, response_id)
    session.add(response)
    _record(session, response, "revise", person_id, now)
    return response


def approve(
    session: Session, response_id: int, *, person_id: int, now: datetime, today: date
) -> Response:
    """A person stands by this wording. Who decided is filled in where it was left open."""
    person = acting_person(session, person_id)
    response = unpublished(session, response_id)
    response.state = ResponseState.APPROVED
    response.approved_at, response.approved_by_id = now, person_id
    response.decided_by = response.decided_by or person.name
    response.decided_on = response.decided_on or today
    session.add(response)
    _record(session, response, "approve", person_id, now)
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
    responses = approved_of(session, survey_id)
    _refuse_unsaid(session, survey_id, responses, points_to_nobody)
    for response in responses:
        response.state = ResponseState.PUBLISHED
        response.published_at = now
        response.published_by_id = person_id
        session.add(response)
        _record(session, response, "publish", person_id, now)
    return responses


def approved_of(session: Session, survey_id: int) -> Sequence[Response]:
    """What goes out when somebody publishes, in the order of its themes."""
    return session.exec(
        select(Response)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .where(col(Theme.survey_id) == survey_id, col(Response.state) == ResponseState.APPROVED)
        .order_by(col(Theme.id), col(Response.id))
    ).all()


def of_few(session: Session, survey_id: int, theme_ids: Iterable[int]) -> list[int]:
    """The themes among these of which few people spoke: somebody confirms that they point to none.

    True counts decide it; which theme it is says no more than "fewer than ten".
    """
    people = true_counts(session, survey_id)
    return [one for one in dict.fromkeys(theme_ids) if people.get(one, 0) < SMALL]


def _refuse_unsaid(
    session: Session, survey_id: int, responses: Sequence[Response], points_to_nobody: bool
) -> None:
    """Nobody is quoted who did not speak, and a small group is not pointed at."""
    people, heard = true_counts(session, survey_id), heard_themes(session, survey_id)
    themes = {response.theme_id for response in responses}
    if any(not people.get(one) and one not in heard for one in themes):
        raise Refused(
            "A theme that no answer was coded into cannot be published as said. Code the answers "
            "that speak of it first."
        )
    if of_few(session, survey_id, themes) and not points_to_nobody:
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


def unpublished(session: Session, response_id: int) -> Response:
    """A response that may still be changed."""
    response = session.get(Response, response_id)
    if response is None:
        raise Refused("There is no such response. List what is drafted and take one of those.")
    if response.state is ResponseState.PUBLISHED:
        raise Refused(
            "This response is published already and never changes. Draft a new one to say more, "
            "or correct it where something in it was wrong."
        )
    return response


def latest_published(
    survey_id: int | None = None, *, before: datetime | None = None, with_approved: bool = False
) -> Subquery:
    """A subquery: for each theme the id of the response published last, which stands.

    `with_approved`: as if what is approved had been published now.
    """
    states = [ResponseState.PUBLISHED, *([ResponseState.APPROVED] if with_approved else [])]
    wanted: list[ColumnElement[bool]] = [col(Response.state).in_(states)]
    if before is not None:
        wanted.append(col(Response.published_at) < before)
    if survey_id is not None:
        of_survey = select(Theme.id).where(col(Theme.survey_id) == survey_id)
        wanted.append(col(Response.theme_id).in_(of_survey))
    newest = func.row_number().over(
        partition_by=col(Response.theme_id),
        order_by=(
            col(Response.published_at).is_(None).desc(),
            col(Response.published_at).desc(),
            col(Response.id).desc(),
        ),
    )
    ranked = (
        select(Response.theme_id, col(Response.id).label("response_id"), newest.label("place"))
        .where(*wanted)
        .subquery()
    )
    return select(ranked.c.theme_id, ranked.c.response_id).where(ranked.c.place == 1).subquery()


def _fill(
    session: Session,
    response: Response,
    kind: ResponseKind,
    text: str,
    because: str,
    by_when: date | None,
    action_id: int | None,
    evidence: str,
) -> None:
    _refuse_incomplete(kind, text, because, by_when)
    if action_id is not None and session.get(Action, action_id) is None:
        raise Refused("There is no such action in the plan. Take one that stands there, or none.")
    response.kind, response.text, response.because = kind, text.strip(), because.strip()
    response.by_when = by_when if kind in PROMISES else None
    response.action_id, response.evidence = action_id, evidence.strip()


def _refuse_incomplete(kind: ResponseKind, text: str, because: str, by_when: date | None) -> None:
    if not text.strip():
        raise Refused("A response needs words: say in a sentence or two what was done.")
    if kind is ResponseKind.WE_CANNOT and not because.strip():
        raise Refused("'We cannot' needs a reason: say why, so that people can understand it.")
    if kind in PROMISES and by_when is None:
        raise Refused("A promise needs a day: say by when, or when people hear from you.")
    if max(len(text), len(because)) > LONGEST:
        raise Refused(f"A response is short: at most {LONGEST} letters. Shorten it.")


def _uncheck(session: Session, response_id: int) -> None:
    """Whoever stood by other words did so when it said something else."""
    of_it = select(ResponseWording).where(col(ResponseWording.response_id) == response_id)
    for wording in session.exec(of_it):
        wording.checked_at, wording.checked_by_id = None, None
        session.add(wording)


def _record(
    session: Session, response: Response, act: str, person_id: int | None, now: datetime
) -> None:
    audit.record(
        session,
        at=now,
        act=f"response.{act}",
        subject=f"response:{response.id}",
        person_id=person_id,
    )
