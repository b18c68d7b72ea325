"""Publishing "you said, we did": a person decides, it is kept, and everyone who asked is told."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from digests import you_said_we_did
from digests.delivery import members, tell
from digests.period import Period
from digests.responses import publish_approved
from digests.themes import Refused
from digests.verdicts import last_time
from digests.you_view import YouSaidWeDid
from storage import audit
from storage.calendar import Calendar
from storage.people import ContactState
from storage.plain import plain
from storage.voice import Publication


@dataclass(frozen=True, slots=True)
class Published:
    """What went out: the page, how many contacts are told, and how many can no longer be."""

    publication_id: int
    view: YouSaidWeDid
    responses: int
    told: int
    unreachable: int


def publish(
    session: Session,
    survey_id: int,
    *,
    person_id: int,
    period: Period,
    now: datetime,
    calendar: Calendar,
    points_to_nobody: bool = False,
) -> Published:
    """Publishes all approved responses of a survey and queues one message for each who asked.

    Everyone hears every published theme; nobody is chosen by what they said. `points_to_nobody`:
    the voice lead has read the themes of small groups again and confirms it.
    """
    responses = publish_approved(
        session, survey_id, person_id=person_id, now=now, points_to_nobody=points_to_nobody
    )
    if not responses:
        raise Refused("Nothing is approved for this survey yet. Draft a response and approve it.")
    session.flush()
    prepared = you_said_we_did.prepare(session, survey_id, period, calendar=calendar)
    last = last_time(session, survey_id)
    publication = Publication(
        kind=you_said_we_did.KIND,
        survey_id=survey_id,
        period_end=period.end,
        published_at=now,
        published_by_id=person_id,
        content=prepared.content() | ({"last_time": plain(last)} if last else {}),
    )
    session.add(publication)
    session.flush()
    publication_id = publication.id or 0
    audit.record(
        session,
        at=now,
        act="publication.publish",
        subject=f"publication:{publication_id}",
        person_id=person_id,
        detail=f"{len(responses)} responses"
        + (", small groups point to nobody" if points_to_nobody else ""),
    )
    return Published(
        publication_id=publication_id,
        view=prepared.view,
        responses=len(responses),
        told=tell(session, publication_id, now=now),
        unreachable=_unreachable(session, survey_id),
    )


def _unreachable(session: Session, survey_id: int) -> int:
    return sum(
        one.state is not ContactState.ACTIVE
        for piece in members(session, survey_id)
        for one in piece
    )
