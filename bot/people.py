"""Finding people and connecting them with an address on a platform."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import Address
from bot.standing import address_hash
from storage.people import Contact, ContactState, Person
from storage.types import keyring_of


def find_person(db: Db, email: str) -> Person | None:
    """The active person of this work e-mail."""
    wanted = keyring_of(db.connection().dialect).fingerprint("email", email.strip().casefold())
    return db.exec(
        select(Person).where(col(Person.email_hash) == wanted, col(Person.active))
    ).first()


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
    contact.person_id, contact.language = person.id, person.language
    contact.state, contact.state_reason = ContactState.ACTIVE, ""
    db.add(contact)
    db.flush()
    return contact
