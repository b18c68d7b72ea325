"""Publishing "you said, we did": a person decides, it is kept, and everyone who asked is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests import you_said_we_did
from digests.period import Period
from digests.responses import publish_approved
from digests.themes import Refused
from digests.you_view import YouSaidWeDid
from storage import audit
from storage.calendar import Calendar
from storage.database import insert_new
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, ContactState
from storage.voice import Publication, TellContact

TOLD = "told"
_BATCH = 1000


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
    publication = Publication(
        kind=you_said_we_did.KIND,
        survey_id=survey_id,
        period_end=period.end,
        published_at=now,
        published_by_id=person_id,
        content=prepared.content(),
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


def tell(session: Session, publication_id: int, *, now: datetime) -> int:
    """Queues the message for everyone on the survey's list; telling twice queues nothing new."""
    publication = session.get(Publication, publication_id)
    if publication is None or publication.survey_id is None:
        raise Refused("There is no such publication. List what went out and take one of those.")
    return sum(
        len(insert_new(session, Outbox, _rows(contacts, publication_id, now), col(Outbox.id)))
        for contacts in _contacts(session, publication.survey_id)
    )


def _rows(contacts: Sequence[int], publication_id: int, now: datetime) -> list[dict[str, object]]:
    return [
        outbox_row(
            key=f"told:{publication_id}:{contact_id}",
            intent=TOLD,
            contact_id=contact_id,
            now=now,
            params={"publication": publication_id},
            urgency=Urgency.BROADCAST,
        )
        for contact_id in contacts
    ]


def _contacts(session: Session, survey_id: int) -> Iterator[Sequence[int]]:
    last = 0
    while contacts := session.exec(
        select(TellContact.contact_id)
        .join(Contact, col(Contact.id) == col(TellContact.contact_id))
        .where(
            col(TellContact.survey_id) == survey_id,
            col(TellContact.contact_id) > last,
            col(Contact.state) == ContactState.ACTIVE,
        )
        .order_by(col(TellContact.contact_id))
        .limit(_BATCH)
    ).all():
        yield contacts
        last = contacts[-1]


def _unreachable(session: Session, survey_id: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(TellContact)
        .join(Contact, col(Contact.id) == col(TellContact.contact_id))
        .where(col(TellContact.survey_id) == survey_id, col(Contact.state) != ContactState.ACTIVE)
    ).one()
