"""An older database made fit to be served again: what was erased goes, what was sent stays sent.

All of it happens before anybody is served, in one transaction.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, or_, select, update

from storage import audit
from storage.board import BoardSession, SignInLink
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database, insert_new
from storage.erasing import erase_contacts, erase_person
from storage.forgetting import forget_session
from storage.holds import Held, LegalHold, standing
from storage.mail import Lease, Outbox, Urgency
from storage.marks import LOOKUP, mark_of_key, marked
from storage.people import Contact, Person
from storage.reach import subject_of_person
from storage.rekeying import rebuild_lookups
from storage.retention import purge, remove_concern
from storage.retention_rules import RetentionRules
from storage.rows import change, chunks, columns, rows
from storage.surveys import SessionState, SurveySession
from storage.tombstones import (
    CONTACT,
    ITEM,
    PERSON,
    SESSION,
    Grave,
    digest_of,
    in_table,
    take_over,
)
from storage.types import keyring_of

UNKNOWN = "restored: it may have been sent"
_SENT_FIELDS = ("settled_at", "outcome", "detail", "external_id")


@dataclass(frozen=True, slots=True)
class Since:
    """What the database that is replaced knows and the older one does not: its sends and holds."""

    outbox: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    holds: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    graves: frozenset[Grave] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: `erased` again, `sent` noted as sent, `lapsed` for it may have been sent."""

    erased: int = 0
    sent: int = 0
    lapsed: int = 0
    holds: int = 0
    purged: Mapping[str, int] = field(default_factory=dict)


def since(database: Database) -> Since:
    """What has to be carried over from the database that is replaced."""
    wanted = (
        "dedupe_key",
        "intent",
        "priority",
        "trace",
        "not_before",
        "created_at",
        *_SENT_FIELDS,
    )
    table = Outbox.__table__  # type: ignore[attr-defined]
    with database.reading() as session:
        query = columns(*(table.c[name] for name in wanted), col(Contact.address_hash))
        query = query.select_from(table).join(Contact, col(Contact.id) == table.c.contact_id)
        return Since(
            outbox={row.dedupe_key: dict(row._mapping) for row in rows(session, query)},
            holds=tuple(hold.model_dump(exclude={"id"}) for hold in standing(session)),
            graves=frozenset(in_table(session)),
        )


def bring_back(
    database: Database,
    *,
    graves: Iterable[Grave],
    now: datetime,
    rules: RetentionRules,
    known: Since | None = None,
    by_id: int | None = None,
    with_retention: bool = True,
) -> Restored:
    """Makes the database fit; doing it twice does no more.

    `graves`: what the file beside the keys lists. `known`: of the database that is replaced; None
    where that is lost.
    """
    with database.writing() as session:
        _look_up_again(session)
        holds = _take_holds(session, known)
        everything = {*graves, *(known.graves if known is not None else ())}
        new = everything - in_table(session)
        erased = _erase_again(session, new, now)
        take_over(session, new)
        for table in (Lease, BoardSession, SignInLink):
            change(session, delete(table))
        waiting = col(Outbox.settled_at).is_(None)
        change(session, update(Outbox).where(waiting).values(claimed_until=None))
        sent = 0 if known is None else _note_sent(session, known)
        lapsed = 0 if known is not None else _let_lapse(session, now)
        session.expire_all()
        _note(session, now, by_id, erased)
        purged = purge(session, now=now, rules=rules).counts if with_retention else {}
    database.fold_log()
    return Restored(erased, sent, lapsed, holds, {k: n for k, n in purged.items() if n})


def _note(session: Session, now: datetime, by_id: int | None, erased: int) -> None:
    known = session.get(Person, by_id) if by_id is not None else None
    audit.record(
        session,
        at=now,
        act="data.restore",
        person_id=None if known is None else by_id,
        actor="" if known is not None else "command line",
        detail=f"erased again: {erased}",
    )
    session.flush()
    audit.chain(session)


def _look_up_again(session: Session) -> None:
    """The copy may be older than the look-up key."""
    keyring = keyring_of(session.connection().dialect)
    was = marked(session, LOOKUP)
    if was != mark_of_key(keyring.lookup_key) and (was or keyring.former_lookups):
        rebuild_lookups(session, keyring)


def _take_holds(session: Session, known: Since | None) -> int:
    """Holds that were set since: nothing of what they keep may go with this restore."""
    there = set(session.exec(select(LegalHold.name)).all())
    people = set(session.exec(select(Person.id)).all())
    new = [dict(hold) for hold in (known.holds if known else ()) if hold["name"] not in there]
    for hold in new:
        if hold["set_by_id"] not in people:
            hold["set_by_id"] = None
        session.add(LegalHold(**hold))
    session.flush()
    return len(new)


# what was erased


def _erase_again(session: Session, graves: Iterable[Grave], now: datetime) -> int:
    wanted: dict[str, set[str]] = {}
    for grave in graves:
        wanted.setdefault(grave.kind, set()).add(grave.digest)
    return (
        _sessions_again(session, wanted.get(SESSION, set()), now)
        + _people_again(session, wanted.get(PERSON, set()), now)
        + _contacts_again(session, wanted.get(CONTACT, set()), now)
        + _items_again(session, wanted.get(ITEM, set()), now)
    )


def _sessions_again(session: Session, digests: set[str], now: datetime) -> int:
    if not digests:
        return 0
    alive = col(SurveySession.state) != SessionState.DELETED
    ids = [
        one
        for one in session.exec(select(SurveySession.id).where(alive)).all()
        if digest_of(session, SESSION, one) in digests
    ]
    for one in ids:
        forget_session(session, session_id=one, now=now)
    return len(ids)


def _people_again(session: Session, digests: set[str], now: datetime) -> int:
    ids = [
        person.id
        for person in session.exec(select(Person)).all()
        if person.id is not None
        and person.email
        and digests
        and digest_of(session, PERSON, person.email.strip().casefold()) in digests
    ]
    done = 0
    for one in ids:
        with suppress(Held):
            erase_person(session, subject_of_person(session, one), one, now=now)
            done += 1
    return done


def _contacts_again(session: Session, digests: set[str], now: datetime) -> int:
    ids = [
        contact.id
        for contact in session.exec(select(Contact)).all()
        if contact.id is not None
        and contact.address
        and digests
        and digest_of(session, CONTACT, contact.platform, contact.space, contact.address) in digests
    ]
    if ids:
        cut = update(SurveySession).where(col(SurveySession.contact_id).in_(ids))
        change(session, cut.where(~_waits()).values(contact_id=None))
        erase_contacts(session, ids, now=now)
    return len(ids)


def _waits() -> Any:
    """Whether something of a session waits for the reviewer."""
    waiting = select(ReviewItem.pseudonym).where(
        col(ReviewItem.state) != ReviewState.CLOSED, col(ReviewItem.pseudonym).is_not(None)
    )
    return col(SurveySession.pseudonym).in_(waiting)


def _items_again(session: Session, digests: set[str], now: datetime) -> int:
    if not digests:
        return 0
    closed = select(ReviewItem).where(col(ReviewItem.state) == ReviewState.CLOSED)
    found = [
        item
        for item in session.exec(closed).all()
        if item.id is not None and digest_of(session, ITEM, item.ref) in digests
    ]
    for item in found:
        with suppress(Held):
            remove_concern(session, item_id=item.id or 0, now=now)
    return len(found)


# what was sent


def _note_sent(session: Session, known: Since) -> int:
    """Nothing is sent twice: what was settled since is settled, what was taken back is taken back.

    What was queued since keeps its key, so that no round queues it again.
    """
    here = {
        row.dedupe_key: row
        for row in rows(session, columns(Outbox.id, Outbox.dedupe_key, Outbox.settled_at))
    }
    done = [key for key, row in here.items() if row.settled_at is None and _is_over(known, key)]
    for key in done:
        was = known.outbox.get(key)
        if was is None:
            change(session, delete(Outbox).where(col(Outbox.id) == here[key].id))
        else:
            values = {name: was[name] for name in _SENT_FIELDS}
            this = update(Outbox).where(col(Outbox.id) == here[key].id)
            change(session, this.values(params="{}", **values))
    new = [row for key, row in known.outbox.items() if key not in here and row["settled_at"]]
    return len(done) + _add_keys(session, new)


def _is_over(known: Since, key: str) -> bool:
    was = known.outbox.get(key)
    return was is None or was["settled_at"] is not None


def _add_keys(session: Session, new: Iterable[Mapping[str, Any]]) -> int:
    found = dict(session.exec(select(Contact.address_hash, Contact.id)).all())
    ghosts = [
        {
            **{name: value for name, value in row.items() if name != "address_hash"},
            "contact_id": found[row["address_hash"]],
            "params": "{}",
            "attempts": 0,
        }
        for row in new
        if row["address_hash"] in found
    ]
    for chunk in chunks(ghosts):
        insert_new(session, Outbox, chunk)
    return len(ghosts)


def _let_lapse(session: Session, now: datetime) -> int:
    """Where nothing tells what was sent: a reminder too few is better than one too many.

    An alert of the review queue still goes out: one too many is better than one too few.
    """
    due = or_(col(Outbox.not_before) <= now, col(Outbox.created_at) > now)
    return change(
        session,
        update(Outbox)
        .where(col(Outbox.settled_at).is_(None), due, col(Outbox.priority) != Urgency.ALERT)
        .values(settled_at=now, outcome="lapsed", detail=UNKNOWN, params="{}"),
    )
