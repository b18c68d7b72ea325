"""Finding people and connecting them with an address on a platform."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import Address, Incoming
from bot.standing import Standing, address_hash
from storage import audit
from storage.mail import Conversation
from storage.people import Contact, ContactState, Person, email_hash, person_of
from storage.types import keyring_of


class AddressTaken(ValueError):
    """The address belongs to somebody else; it is not taken away from them."""


def find_person(db: Db, email: str) -> Person | None:
    """The active person of this work e-mail."""
    person = person_of(db, email)
    return person if person is not None and person.active else None


def link(db: Db, person: Person, address: Address) -> Contact:
    """Connects a person with an address; an address belongs to one person at a time."""
    digest = address_hash(db, address)
    contact = db.exec(select(Contact).where(col(Contact.address_hash) == digest)).first()
    if contact is None:
        contact = Contact(
            platform=address.platform,
            space=address.space,
            address=address.id,
            address_hash=digest,
        )
    if contact.id is not None and contact.person_id not in (None, person.id):
        _begin_anew(db, contact.id)
    contact.person_id, contact.language = person.id, person.language
    contact.state, contact.state_reason = ContactState.ACTIVE, ""
    contact.reference = address.reference or contact.reference
    db.add(contact)
    db.flush()
    return contact


def link_free(db: Db, person: Person, address: Address) -> Contact:
    """The same, and never takes an address from another active person. Raises AddressTaken."""
    owner = owner_of(db, address)
    if owner is not None and owner.id != person.id:
        raise AddressTaken
    return link(db, person, address)


def owner_of(db: Db, address: Address) -> Person | None:
    """The active person who is connected by this address."""
    digest = address_hash(db, address)
    return db.exec(
        select(Person)
        .join(Contact, col(Contact.person_id) == col(Person.id))
        .where(col(Contact.address_hash) == digest, col(Person.active))
    ).first()


def recognise(
    db: Db, standings: Iterable[tuple[Standing, Incoming]], *, now: datetime
) -> dict[int, int]:
    """Connects who writes from an unknown address with the person whose e-mail it is.

    Only where people work with us, and the platform vouches for the e-mail. By contact, the person;
    one query where there is somebody to look for, none otherwise.
    """
    keyring = keyring_of(db.connection().dialect)
    wanted = {
        standing.contact_id: (email_hash(keyring, message.email), message.platform)
        for standing, message in standings
        if standing.person_id is None and standing.address.is_staffed and message.email
    }
    if not wanted:
        return {}
    hashes = sorted({digest for digest, _ in wanted.values()})
    people = {
        person.email_hash: person
        for person in db.exec(
            select(Person).where(col(Person.email_hash).in_(hashes), col(Person.active))
        )
    }
    found = {}
    for contact_id, (digest, platform) in sorted(wanted.items()):
        person = people.get(digest)
        if person is not None and person.id is not None and _take(db, contact_id, person):
            found[contact_id] = person.id
            note_connected(db, "person_recognised", person.id, platform, now=now)
    return found


def _take(db: Db, contact_id: int, person: Person) -> bool:
    """Connects a contact that is nobody's, or was of somebody who left; else False."""
    left = select(Person.id).where(~col(Person.active))
    is_free = or_(col(Contact.person_id).is_(None), col(Contact.person_id).in_(left))
    taken = db.exec(
        update(Contact)
        .where(col(Contact.id) == contact_id, is_free)
        .values(person_id=person.id, language=person.language)
        .execution_options(synchronize_session="fetch")
    )
    if taken.rowcount == 1:
        _begin_anew(db, contact_id)
    return taken.rowcount == 1


def _begin_anew(db: Db, contact_id: int) -> None:
    """Whoever had the address before left things open there; they are not for who has it now."""
    db.exec(
        update(Conversation)
        .where(col(Conversation.contact_id) == contact_id)
        .values(session_id=None, last_session_id=None, expecting="", menu=[])
        .execution_options(synchronize_session="fetch")
    )


def note_connected(
    db: Db,
    act: str,
    person_id: int,
    platform: str,
    *,
    now: datetime,
    by_id: int | None = None,
    actor: str = "",
) -> None:
    """The audit log's line: who is reached where from now on, and who said so."""
    audit.record(
        db,
        at=now,
        act=act,
        subject=f"person:{person_id}",
        person_id=by_id,
        actor=actor or ("" if by_id else "bot"),
        detail=platform,
    )


def set_away(
    db: Db,
    person: Person,
    *,
    until: date | None,
    deputy: Person | None,
    now: datetime,
    by_id: int | None = None,
    actor: str = "",
) -> None:
    """Somebody is on leave until the end of a day, and who covers; without a day they are back.

    A deputy who was named before stays where none is named now. ValueError where they would cover
    for themselves.
    """
    if deputy is not None and deputy.id == person.id:
        raise ValueError("nobody covers for themselves")
    person.away_until = until
    if deputy is not None:
        person.deputy_id = deputy.id
    db.add(person)
    detail = f"until {until}" if until is not None else "back"
    if deputy is not None:
        detail += f", deputy person:{deputy.id}"
    audit.record(
        db,
        at=now,
        act="leave_noted",
        subject=f"person:{person.id}",
        person_id=by_id,
        actor=actor,
        detail=detail,
    )
    db.flush()
