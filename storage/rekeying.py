"""New keys for what is stored: every encrypted column of every table, and every look-up hash.

The columns are found in the metadata, so that a new one cannot be forgotten.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, bindparam, func, or_, type_coerce
from sqlmodel import Session, col, select

from storage.database import Database
from storage.marks import LOOKUP, mark, mark_of_key
from storage.people import Contact, Person, email_hash
from storage.rows import columns, rows
from storage.schema import metadata
from storage.types import Encrypted, Keyring, keyring_of

BATCH = 500
_KEY_ID = 4

REBUILT = ("contact.address_hash", "person.email_hash")
"""Hashes that are made again, from the address or the e-mail encrypted beside them."""
HELD_BY_PEOPLE: Mapping[str, str] = {
    "calendar_feed.token_hash": "of the address at which a calendar program reads deadlines",
    "invite.token_hash": "of a token in links, on posters and cards",
    "join_code.code_hash": "of a code that a manager has given to somebody",
    "pooled_response.receipt_hash": "of a code that a respondent has written down",
    "survey_session.receipt_hash": "of a code that a respondent has written down",
    "survey_session.comeback_hash": "of a code that a respondent has written down",
}
"""Hashes of what people hold: made with the code key, which never changes."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The encrypted columns of one table, and its primary key."""

    table: Table
    names: tuple[str, ...]
    key: tuple[str, ...]


def sealed_tables() -> list[Sealed]:
    """Every table with an encrypted column."""
    found = []
    for table in metadata().sorted_tables:
        names = tuple(one.name for one in table.c if isinstance(one.type, Encrypted))
        if names:
            found.append(Sealed(table, names, tuple(one.name for one in table.primary_key)))
    return found


def key_counts(session: Session) -> Mapping[bytes, int]:
    """How many stored values begin with which key id."""
    counts: Counter[bytes] = Counter()
    for sealed in sealed_tables():
        for name in sealed.names:
            key_id = _key_id(sealed.table, name).label("key_id")
            query = columns(key_id, func.count().label("n")).group_by(key_id)
            for row in rows(session, query.where(sealed.table.c[name].is_not(None))):
                counts[bytes(row.key_id)] += row.n
    return counts


def encrypt_again(database: Database, said: Callable[[int, int], None] | None = None) -> int:
    """Encrypts with the present key whatever is not; how many rows were changed.

    In batches with a transaction each: killed at any point, it goes on where it was.
    """
    with database.writing() as session:
        total = sum(_waiting(session, sealed) for sealed in sealed_tables())
    done = 0
    for sealed in sealed_tables():
        while True:
            with database.writing() as session:
                changed = _batch(session, sealed)
            if not changed:
                break
            done += changed
            if said is not None:
                said(done, max(done, total))
    return done


def leftovers(session: Session) -> int:
    """The same within one transaction, for what was written meanwhile; how many rows."""
    return sum(_all_of(session, sealed) for sealed in sealed_tables())


def _all_of(session: Session, sealed: Sealed) -> int:
    done = 0
    while changed := _batch(session, sealed):
        done += changed
    return done


def _waiting(session: Session, sealed: Sealed) -> int:
    query = columns(func.count().label("n")).select_from(sealed.table)
    count: int = rows(session, query.where(_is_old(session, sealed)))[0].n
    return count


def _batch(session: Session, sealed: Sealed) -> int:
    keyring = keyring_of(session.connection().dialect)
    keys = [sealed.table.c[name] for name in sealed.key]
    raw = [_raw(sealed.table, name).label(f"raw_{name}") for name in sealed.names]
    query = columns(*keys, *raw).where(_is_old(session, sealed)).limit(BATCH)
    found = [dict(row._mapping) for row in rows(session, query)]
    if not found:
        return 0
    values = [_again(keyring, sealed, row) for row in found]
    result = session.connection().execute(_change(sealed), values)
    # Somebody else may have changed or deleted a row just now: then it is looked at again.
    return max(result.rowcount, 1)


def _change(sealed: Sealed) -> Any:
    """Writes a row only while it is still what was read."""
    same = [sealed.table.c[name] == bindparam(f"key_{name}") for name in sealed.key]
    for name in sealed.names:
        was: ColumnElement[Any] = bindparam(f"was_{name}", type_=LargeBinary)
        raw = _raw(sealed.table, name)
        same.append(or_(raw == was, and_(raw.is_(None), was.is_(None))))
    new = {name: bindparam(f"new_{name}", type_=LargeBinary) for name in sealed.names}
    return sealed.table.update().where(*same).values(new)


def _again(keyring: Keyring, sealed: Sealed, row: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {f"key_{name}": row[name] for name in sealed.key}
    for name in sealed.names:
        was = None if row[f"raw_{name}"] is None else bytes(row[f"raw_{name}"])
        values[f"was_{name}"] = was
        values[f"new_{name}"] = None if was is None else keyring.encrypt(keyring.decrypt(was))
    return values


def _is_old(session: Session, sealed: Sealed) -> ColumnElement[bool]:
    present = keyring_of(session.connection().dialect).current_id
    return or_(*(_key_id(sealed.table, name) != present for name in sealed.names))


def _key_id(table: Table, name: str) -> ColumnElement[bytes]:
    return type_coerce(func.substr(_raw(table, name), 1, _KEY_ID), LargeBinary)


def _raw(table: Table, name: str) -> ColumnElement[bytes]:
    return type_coerce(table.c[name], LargeBinary)


# the look-up key


def rebuild_lookups(session: Session, keyring: Keyring) -> int:
    """Makes every hash of an address and of an e-mail again; how many. One transaction for all."""
    count = 0
    for contact in _each(session, Contact):
        if contact.address:
            contact.address_hash = keyring.fingerprint(
                "address", contact.platform, contact.space, contact.address
            )
            session.add(contact)
            count += 1
    for person in _each(session, Person):
        if person.email:
            person.email_hash = email_hash(keyring, person.email)
            session.add(person)
            count += 1
    session.flush()
    mark(session, LOOKUP, mark_of_key(keyring.lookup_key))
    return count


def _each(session: Session, table: Any) -> Iterator[Any]:
    """All rows of a table, a page at a time."""
    last = 0
    while True:
        page: Sequence[Any] = session.exec(
            select(table).where(col(table.id) > last).order_by(col(table.id)).limit(BATCH)
        ).all()
        if not page:
            return
        yield from page
        session.flush()
        last = page[-1].id
        session.expunge_all()


def contact_of_former_hash(session: Session, address_hash: str) -> Contact | None:
    """The contact of somebody we know whose address had this hash under a former look-up key."""
    keyring = keyring_of(session.connection().dialect)
    if not keyring.former_lookups:
        return None
    for contact in session.exec(select(Contact).where(col(Contact.person_id).is_not(None))):
        parts = ("address", contact.platform, contact.space, contact.address)
        if address_hash in keyring.former_fingerprints(*parts):
            return contact
    return None
