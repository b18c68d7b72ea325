"""The record of human acts, append-only, chained by hash afterwards so that writers never wait."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, or_
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.types import UtcDateTime

_CUT = "audit_cut"
_AT_ONCE = 500


class AuditEntry(SQLModel, table=True):
    """Who did what to which thing. References, never words.

    `link` is the place in the chain and `hash` its seal; both are empty until the chain job ran.
    The order of ids would not do: on a server a lower id may be committed after a higher one.
    """

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    actor: str = Field(default="", max_length=32)
    act: str = Field(max_length=48)
    subject: str = Field(default="", max_length=128)
    detail: str = ""
    link: int | None = Field(default=None, unique=True)
    previous_hash: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying the chain found; `broken_at` is the id of the first entry that does not hold.

    `head` seals all that was checked. Noted outside the database, it shows later whether the end
    of the chain was cut off, which no chain can show by itself.
    """

    checked: int
    unchained: int
    broken_at: int | None
    head: str = ""


def record(
    session: Session,
    *,
    at: datetime,
    act: str,
    subject: str = "",
    person_id: int | None = None,
    actor: str = "",
    detail: str = "",
) -> None:
    """Notes a human act within the caller's transaction."""
    session.add(
        AuditEntry(at=at, person_id=person_id, actor=actor, act=act, subject=subject, detail=detail)
    )


def chain(session: Session) -> int:
    """Chains what was added since the last run; how many entries. One node at a time (a lease)."""
    last = session.exec(
        select(AuditEntry.link, AuditEntry.hash)
        .where(col(AuditEntry.link).is_not(None))
        .order_by(col(AuditEntry.link).desc())
        .limit(1)
    ).first()
    link, previous = last or (0, "")
    waiting = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.link).is_(None), AuditEntry.hash == "")
        .order_by(col(AuditEntry.id))
    ).all()
    for place, entry in enumerate(waiting, start=(link or 0) + 1):
        entry.link, entry.previous_hash = place, previous
        entry.hash = previous = _digest(entry)
        session.add(entry)
    session.flush()
    return len(waiting)


def verify(session: Session) -> Verdict:
    """Walks the whole chain and recomputes it."""
    unchained = session.exec(
        select(func.count()).select_from(AuditEntry).where(col(AuditEntry.link).is_(None))
    ).one()
    walk = _Walk(_cuts(session))
    entries = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.link).is_not(None))
        .order_by(col(AuditEntry.link))
        .execution_options(yield_per=_AT_ONCE)
    )
    try:
        with closing(entries):
            broken_at = walk.take(entries)
    except ValueError:
        # What stands there can no longer be read as an instant.
        broken_at = _first_unread(session, walk.place)
    if broken_at is None:
        broken_at = _unsealed(session)
    return Verdict(walk.checked, unchained, broken_at, walk.previous)


def has_seal(session: Session, seal: str) -> bool:
    """Whether an entry of the chain has this seal, which somebody noted earlier."""
    wanted = seal.strip().casefold()
    query = select(AuditEntry.id).where(
        AuditEntry.hash == wanted, col(AuditEntry.link).is_not(None)
    )
    return session.exec(query.limit(1)).first() is not None


def entries(
    session: Session, *, since: datetime | None = None, act: str = "", most: int = 100
) -> list[AuditEntry]:
    """The newest of them, in the order in which they were made; `act`: what it begins with."""
    query = select(AuditEntry)
    if since is not None:
        query = query.where(col(AuditEntry.at) >= since)
    if act:
        query = query.where(col(AuditEntry.act).startswith(act, autoescape=True))
    newest = query.order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).limit(most)
    return list(session.exec(newest))[::-1]


def cut(session: Session, *, before: datetime, now: datetime) -> int:
    """Deletes what is older than `before` from the start of the chain, and records where it ends.

    Only a whole beginning goes: what is younger in the chain keeps everything after it.
    """
    first_kept = session.exec(
        select(func.min(AuditEntry.link)).where(
            col(AuditEntry.at) >= before, col(AuditEntry.link).is_not(None)
        )
    ).one()
    last_link = session.exec(select(func.max(AuditEntry.link))).one() or 0
    end = (first_kept or last_link + 1) - 1
    last_cut = session.exec(select(AuditEntry).where(col(AuditEntry.link) == end)).first()
    if last_cut is None:
        return 0
    record(session, at=now, act=_CUT, actor="retention", subject=str(end), detail=last_cut.hash)
    chain(session)
    gone = session.exec(delete(AuditEntry).where(col(AuditEntry.link) <= end))
    return gone.rowcount


def _cuts(session: Session) -> set[tuple[str, str]]:
    return set(
        session.exec(select(AuditEntry.subject, AuditEntry.detail).where(AuditEntry.act == _CUT))
    )


@dataclass(slots=True)
class _Walk:
    """Along the chain: how many entries hold, and the seal and place of the last that does."""

    cuts: set[tuple[str, str]]
    checked: int = 0
    place: int = 0
    previous: str = ""

    def take(self, entries: Iterable[AuditEntry]) -> int | None:
        """The first entry that does not hold; None where all do."""
        for entry in entries:
            before = (entry.link or 0) - 1
            if self.checked == 0 and (str(before), entry.previous_hash) in self.cuts:
                self.previous, self.place = entry.previous_hash, before
            holds = entry.link == self.place + 1 and entry.previous_hash == self.previous
            if not holds or entry.hash != _digest(entry):
                return entry.id
            self.previous, self.place = entry.hash, self.place + 1
            self.checked += 1
        return None


def _first_unread(session: Session, place: int) -> int | None:
    """The entry behind this place, without reading more of it than its number."""
    behind = select(AuditEntry.id).where(col(AuditEntry.link) > place)
    return session.exec(behind.order_by(col(AuditEntry.link)).limit(1)).first()


def _unsealed(session: Session) -> int | None:
    """An entry with a seal and without a place: it was taken out of the chain."""
    taken = select(AuditEntry.id).where(
        col(AuditEntry.link).is_(None),
        or_(col(AuditEntry.hash) != "", col(AuditEntry.previous_hash) != ""),
    )
    return session.exec(taken.order_by(col(AuditEntry.id)).limit(1)).first()


def _digest(entry: AuditEntry) -> str:
    parts = [
        entry.previous_hash,
        entry.link,
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.person_id,
        entry.actor,
        entry.act,
        entry.subject,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
