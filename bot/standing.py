"""Where a contact stands when a message arrives: who they are and what is open between us."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Db

from bot.messages import PAGED, STAFFED, Address, Incoming
from bot.numbered import Menu
from storage.database import insert_new
from storage.language import Catalogue
from storage.mail import Conversation, Outbox, Trace
from storage.people import Contact, ContactState, Person
from storage.surveys import SessionState, SurveySession
from storage.types import Keyring, keyring_of
from surveys.anonymous_words import drawn_number
from surveys.sessions import Forms
from surveys.steps import Running
from surveys.turns import Session

AddressKey = tuple[str, str, str]
_DRAWS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """A contact and the conversation with them. `expecting` says what the next words answer.

    `damage`: the kind of error that kept the rest of the conversation from being read.
    """

    contact_id: int
    address: Address
    person_id: int | None
    language: str
    running: Running | None = None
    last_session_id: str | None = None
    menu: Menu = field(default_factory=Menu)
    expecting: Mapping[str, Any] | None = None
    is_gone: bool = False
    damage: str = ""

    def at(self, running: Running | None) -> "Standing":
        """The same contact after a step of the open form."""
        return Standing(
            self.contact_id,
            self.address,
            self.person_id,
            self.language,
            running,
            self.last_session_id,
            self.menu,
            self.expecting,
            self.is_gone,
            self.damage,
        )


def key_of(address: Address) -> AddressKey:
    """An address as the key of a table in memory."""
    return (address.platform, address.space, address.id)


def hash_of(keyring: Keyring, address: Address) -> str:
    """The keyed hash by which a contact is found without storing the address in the clear."""
    return keyring.fingerprint("address", address.platform, address.space, address.id)


def address_hash(db: Db, address: Address) -> str:
    """The same, with the keys of this database."""
    return hash_of(keyring_of(db.connection().dialect), address)


def load(db: Db, incoming: Iterable[Incoming], forms: Forms) -> dict[AddressKey, Standing]:
    """The standing of every sender of a batch, locked; who writes first is registered.

    First the lock, then the reading: whoever waited for another node must see what it wrote.
    """
    keyring = keyring_of(db.connection().dialect)
    messages = list(incoming)
    by_hash = {hash_of(keyring, item.sender): item.sender for item in messages}
    if not by_hash:
        return {}
    spoken = {item.sender: item.language for item in messages if item.language}
    known = _lock(db, by_hash)
    _note_references(db, messages, known)
    new = by_hash.keys() - known
    for _ in range(_DRAWS if new else 0):
        _register(db, {digest: by_hash[digest] for digest in new}, spoken)
        if not (new := new - _lock(db, new)):
            break
    return {key_of(by_hash[digest]): found for digest, found in _read(db, by_hash, forms)}


def load_one(db: Db, item: Incoming, forms: Forms) -> Standing:
    """The standing of one sender as the database has it now."""
    return load(db, [item], forms)[key_of(item.sender)]


def load_again(db: Db, item: Incoming, forms: Forms) -> Standing:
    """The same for a sender whom this transaction has loaded, and so locked, before."""
    digest = hash_of(keyring_of(db.connection().dialect), item.sender)
    [(_, found)] = _read(db, {digest: item.sender}, forms)
    return found


def _lock(db: Db, digests: Iterable[str]) -> set[str]:
    """Locks these contacts, in sorted order, so that two nodes cannot lock each other out."""
    found = db.connection().execute(_locking(), {"digests": sorted(digests)})
    return set(found.scalars())


@lru_cache(maxsize=1)
def _locking() -> Select[Any]:
    contact = Contact.__table__  # type: ignore[attr-defined]
    these = contact.c.address_hash.in_(bindparam("digests", expanding=True))
    return select(contact.c.address_hash).where(these).order_by(contact.c.id).with_for_update()


def _register(db: Db, addresses: Mapping[str, Address], spoken: Mapping[Address, str]) -> None:
    """Respondents under a drawn number: its place among the others does not say when they came.

    A number that was drawn twice is drawn anew.
    """
    rows = [
        {
            "platform": address.platform,
            "space": address.space,
            "address": address.id,
            "address_hash": digest,
            "language": _ours(spoken.get(address, "")),
            "state": ContactState.ACTIVE,
            "state_reason": "",
            "reference": address.reference or None,
        }
        for digest, address in sorted(addresses.items())
    ]
    insert_new(db, Contact, [row for row in rows if row["platform"] in STAFFED])
    drawn = [row | {"id": drawn_number()} for row in rows if row["platform"] not in STAFFED]
    insert_new(db, Contact, drawn)


def _note_references(db: Db, messages: Iterable[Incoming], known: set[str]) -> None:
    """What a platform needs to write to somebody may change with every message of theirs."""
    contact, keyring = Contact.__table__, keyring_of(db.connection().dialect)  # type: ignore[attr-defined]
    given = {
        hash_of(keyring, item.sender): item.sender.reference
        for item in messages
        if item.sender.reference
    }
    if not (given := {digest: one for digest, one in given.items() if digest in known}):
        return
    rows = select(contact.c.address_hash, contact.c.reference).where(
        contact.c.address_hash.in_(sorted(given))
    )
    for digest, kept in db.connection().execute(rows).all():
        if kept != given[digest]:
            these = contact.c.address_hash == digest
            db.connection().execute(update(contact).where(these).values(reference=given[digest]))


def _ours(language: str) -> str:
    """The language we speak with somebody new, whose app is set to this one ("pl-PL")."""
    code = language.partition("-")[0].casefold()
    return code if code in Catalogue.load("bot").texts else "en"


def _read(db: Db, by_hash: Mapping[str, Address], forms: Forms) -> Iterator[tuple[str, Standing]]:
    """All in one query; where something stored is damaged, each by itself."""
    try:
        yield from list(_read_sound(db, by_hash, forms))
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - one damaged row must not stop the others
        if len(by_hash) == 1:
            yield from _read_damaged(db, by_hash, type(error).__name__)
            return
        for digest, address in by_hash.items():
            yield from _read(db, {digest: address}, forms)


def _read_sound(
    db: Db, by_hash: Mapping[str, Address], forms: Forms
) -> Iterator[tuple[str, Standing]]:
    for row in db.connection().execute(_query(), {"digests": sorted(by_hash)}):
        yield row.address_hash, _standing(db, row, by_hash, forms)


def _read_damaged(
    db: Db, by_hash: Mapping[str, Address], kind: str
) -> Iterator[tuple[str, Standing]]:
    """What can be read of one contact whose conversation cannot."""
    contact, talk = Contact.__table__, Conversation.__table__  # type: ignore[attr-defined]
    query = (
        select(contact.c.id, contact.c.address_hash, contact.c.person_id, contact.c.language)
        .add_columns(talk.c.session_id)
        .select_from(contact.outerjoin(talk, talk.c.contact_id == contact.c.id))
        .where(contact.c.address_hash.in_(list(by_hash)))
    )
    row = db.connection().execute(query).one()
    yield (
        row.address_hash,
        Standing(
            contact_id=row.id,
            address=by_hash[row.address_hash],
            person_id=row.person_id,
            language=row.language,
            last_session_id=row.session_id,
            damage=kind,
        ),
    )


def find(db: Db, address: Address, forms: Forms) -> Standing | None:
    """Where somebody stands, to look at only: nobody is registered and nothing is locked."""
    by_hash = {address_hash(db, address): address}
    return next((found for _, found in _read(db, by_hash, forms)), None)


def turn_pages(db: Db, standings: Collection[Standing], now: datetime) -> None:
    """What waited on somebody's page has been read when the next thing comes from it."""
    read = sorted({one.contact_id for one in standings if one.address.is_paged})
    if read:
        row = Outbox.__table__  # type: ignore[attr-defined]
        values = {"settled_at": now, "outcome": "shown"}
        waited = (row.c.contact_id.in_(read), row.c.settled_at.is_(None))
        if any(_may_be_nameless(one) for one in standings):
            db.connection().execute(delete(row).where(*waited, row.c.trace == Trace.NONE))
        db.connection().execute(update(row).where(*waited).values(values))


def _may_be_nameless(standing: Standing) -> bool:
    return standing.running is None or standing.running.is_anonymous


def forget_pages(db: Db, before: datetime) -> int:
    """Settles what has waited since then for people who did not come back to their page."""
    row, contact = Outbox.__table__, Contact.__table__  # type: ignore[attr-defined]
    paged = select(contact.c.id).where(contact.c.platform.in_(PAGED))
    waited = (
        row.c.settled_at.is_(None),
        row.c.created_at < before,
        row.c.contact_id.in_(paged),
    )
    values = {"settled_at": before, "outcome": "lapsed"}
    untold = db.connection().execute(delete(row).where(*waited, row.c.trace == Trace.NONE))
    lapsed = db.connection().execute(update(row).where(*waited).values(values))
    return untold.rowcount + lapsed.rowcount


def wake(db: Db, standings: Iterable[Standing], now: datetime) -> None:
    """Who writes can be reached again."""
    gone = sorted(standing.contact_id for standing in standings if standing.is_gone)
    if gone:
        contact = Contact.__table__  # type: ignore[attr-defined]
        values = {"state": ContactState.ACTIVE, "state_since": now, "state_reason": "wrote again"}
        db.connection().execute(update(contact).where(contact.c.id.in_(gone)).values(values))


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


def after_the_form(
    standing: Standing, now: datetime, expecting: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The row of a conversation whose form has just ended, for `remember_all`."""
    assert standing.running is not None
    return {
        "row_id": standing.contact_id,
        "session_id": None,
        "last_session_id": None if standing.running.is_anonymous else standing.running.id,
        "expecting": json.dumps(expecting) if expecting else "",
        "language": standing.language,
        "menu": [],
        "moved_at": now,
    }


def remember_all(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes many conversations that are there already, with one statement."""
    if rows:
        db.connection().execute(_conversation_update(), list(rows))


@lru_cache(maxsize=1)
def _conversation_update() -> Any:
    talk = Conversation.__table__  # type: ignore[attr-defined]
    names = ("session_id", "last_session_id", "expecting", "language", "menu", "moved_at")
    return (
        update(talk)
        .where(talk.c.contact_id == bindparam("row_id"))
        .values({name: bindparam(name) for name in names})
    )


def expecting_of(db: Db, contact_id: int) -> dict[str, Any]:
    """What the next words of a contact will answer, as stored."""
    row = db.get(Conversation, contact_id)
    return dict(json.loads(row.expecting)) if row is not None and row.expecting else {}


@lru_cache(maxsize=1)
def _query() -> Select[Any]:
    session = SurveySession.__table__  # type: ignore[attr-defined]
    talk = Conversation.__table__  # type: ignore[attr-defined]
    contact = Contact.__table__  # type: ignore[attr-defined]
    person = Person.__table__  # type: ignore[attr-defined]
    joined = (
        contact.outerjoin(talk, talk.c.contact_id == contact.c.id)
        .outerjoin(session, session.c.id == talk.c.session_id)
        .outerjoin(person, person.c.id == contact.c.person_id)
    )
    these = contact.c.address_hash.in_(bindparam("digests", expanding=True))
    return (
        select(
            contact.c.id,
            contact.c.address_hash,
            contact.c.person_id,
            person.c.active.label("is_active"),
            contact.c.language,
            contact.c.state.label("contact_state"),
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
            session.c.round,
            session.c.progress,
        )
        .select_from(joined)
        .where(these)
    )


def _standing(db: Db, row: Row[Any], by_hash: Mapping[str, Address], forms: Forms) -> Standing:
    """Who has left the partnership is nobody whom we know, and has nothing open with us."""
    has_left = row.person_id is not None and not row.is_active
    return Standing(
        contact_id=row.id,
        address=by_hash[row.address_hash],
        person_id=None if has_left else row.person_id,
        language=row.talk_language or row.language,
        running=None if has_left else _running(db, row, forms),
        last_session_id=row.last_session_id,
        menu=Menu(tuple(row.menu or ())),
        expecting=json.loads(row.expecting) if row.expecting else None,
        is_gone=row.contact_state == ContactState.GONE,
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
        round=row.round,
        form=forms.of(db, row.version_id),
        at=Session.from_json(row.progress),
    )
