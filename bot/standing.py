"""Where a contact stands when a message arrives: who they are and what is open between us."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.messages import Address, Incoming, Menu
from storage.mail import Conversation
from storage.people import Contact
from storage.surveys import SessionState, SurveySession
from storage.types import Keyring, keyring_of
from surveys.sessions import Forms, Running
from surveys.turns import Session

AddressKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A contact and the conversation with them. `expecting` says what the next words answer."""

    contact_id: int
    address: Address
    person_id: int | None
    language: str
    running: Running | None = None
    last_session_id: str | None = None
    menu: Menu = field(default_factory=Menu)
    expecting: Mapping[str, Any] | None = None
    is_new: bool = False

    def at(self, running: Running | None) -> "Standing":
        """The same contact after a step of the open form."""
        return replace(self, running=running)


def key_of(address: Address) -> AddressKey:
    return (address.platform, address.space, address.id)


def hash_of(keyring: Keyring, address: Address) -> str:
    """The keyed hash by which a contact is found without storing the address in the clear."""
    return keyring.fingerprint("address", address.platform, address.space, address.id)


def address_hash(db: Db, address: Address) -> str:
    return hash_of(keyring_of(db.connection().dialect), address)


def load(db: Db, incoming: Iterable[Incoming], forms: Forms) -> dict[AddressKey, Standing]:
    """The standing of every known sender of a batch, locked, in one query."""
    by_hash = {address_hash(db, item.sender): item.sender for item in incoming}
    if not by_hash:
        return {}
    query = _query().where(col(Contact.address_hash).in_(sorted(by_hash)))
    # In sorted order, so that two nodes that share senders cannot lock each other out.
    query = query.order_by(col(Contact.id)).with_for_update(of=Contact)
    rows = db.connection().execute(query).all()
    return {key_of(by_hash[row.address_hash]): _standing(db, row, by_hash, forms) for row in rows}


def load_one(db: Db, item: Incoming, forms: Forms) -> Standing | None:
    """The standing of one sender as the database has it now."""
    return load(db, [item], forms).get(key_of(item.sender))


def register(db: Db, address: Address, language: str = "en") -> Standing:
    """Makes a contact for an address that has none yet."""
    contact = Contact(
        platform=address.platform,
        space=address.space,
        address=address.id,
        address_hash=address_hash(db, address),
        language=language,
    )
    db.add(contact)
    db.flush()
    assert contact.id is not None
    return Standing(
        contact_id=contact.id, address=address, person_id=None, language=language, is_new=True
    )


def remember(
    db: Db,
    standing: Standing,
    now: datetime,
    *,
    session_id: str | None,
    expecting: Mapping[str, Any] | None = None,
    language: str | None = None,
) -> None:
    """Writes what the conversation waits for next."""
    row = db.get(Conversation, standing.contact_id)
    if row is None:
        row = Conversation(contact_id=standing.contact_id, moved_at=now)
    if row.session_id and row.session_id != session_id:
        row.last_session_id = row.session_id
    row.session_id = session_id
    row.expecting = json.dumps(expecting) if expecting else ""
    row.language = language or standing.language
    row.menu = []
    row.moved_at = now
    db.add(row)
    db.flush()


def expecting_of(db: Db, contact_id: int) -> dict[str, Any]:
    """What the next words of a contact will answer, as stored."""
    row = db.get(Conversation, contact_id)
    return dict(json.loads(row.expecting)) if row is not None and row.expecting else {}


def _query() -> Select[Any]:
    session = SurveySession.__table__  # type: ignore[attr-defined]
    talk = Conversation.__table__  # type: ignore[attr-defined]
    contact = Contact.__table__  # type: ignore[attr-defined]
    joined = contact.outerjoin(talk, talk.c.contact_id == contact.c.id).outerjoin(
        session, session.c.id == talk.c.session_id
    )
    return select(
        contact.c.id,
        contact.c.address_hash,
        contact.c.person_id,
        contact.c.language,
        talk.c.language.label("talk_language"),
        talk.c.last_session_id,
        talk.c.menu,
        talk.c.expecting,
        session.c.id.label("session_id"),
        session.c.state,
        session.c.survey_id,
        session.c.version_id,
        session.c.pseudonym,
        session.c.group_name,
        session.c.about_action_id,
        session.c.progress,
    ).select_from(joined)


def _standing(db: Db, row: Row[Any], by_hash: Mapping[str, Address], forms: Forms) -> Standing:
    return Standing(
        contact_id=row.id,
        address=by_hash[row.address_hash],
        person_id=row.person_id,
        language=row.talk_language or row.language,
        running=_running(db, row, forms),
        last_session_id=row.last_session_id,
        menu=Menu(tuple(row.menu or ())),
        expecting=json.loads(row.expecting) if row.expecting else None,
    )


def _running(db: Db, row: Row[Any], forms: Forms) -> Running | None:
    if row.session_id is None or row.state != SessionState.OPEN:
        return None
    return Running(
        id=row.session_id,
        survey_id=row.survey_id,
        version_id=row.version_id,
        pseudonym=row.pseudonym,
        contact_id=row.id,
        group_name=row.group_name,
        about_action_id=row.about_action_id,
        form=forms.of(db, row.version_id),
        at=Session.from_json(row.progress),
    )
