"""The record of human acts, append-only, chained by hash afterwards so that writers never wait."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.types import UtcDateTime

_CUT = "audit_cut"


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
        select(AuditEntry).where(col(AuditEntry.link).is_(None)).order_by(col(AuditEntry.id))
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
    cuts = _cuts(session)
    entries = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.link).is_not(None))
        .order_by(col(AuditEntry.link))
        .execution_options(yield_per=500)
    )
    with closing(entries):
        checked, broken_at, head = _walk(entries, cuts)
    return Verdict(checked, unchained, broken_at, head)


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


def _walk(entries: Iterable[AuditEntry], cuts: set[tuple[str, str]]) -> tuple[int, int | None, str]:
    """How many entries hold, the first that does not, and the seal of the last that does."""
    checked, previous, place = 0, "", 0
    for entry in entries:
        if checked == 0 and (str((entry.link or 0) - 1), entry.previous_hash) in cuts:
            previous, place = entry.previous_hash, (entry.link or 0) - 1
        place += 1
        holds = entry.link == place and entry.previous_hash == previous
        if not holds or entry.hash != _digest(entry):
            return checked, entry.id, previous
        previous, checked = entry.hash, checked + 1
    return checked, None, previous


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
