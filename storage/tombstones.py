"""What was erased, so that a backup cannot bring it back: keyed digests, never what they are of.

They stand in a table, and in a file beside the keys that no restored database can take back. The
file is written before a deletion commits. A digest that was in the copy's own table was erased
before the copy was made, and came back since if it is there: it is left alone.
"""

import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.calendar import add_months
from storage.database import insert_new
from storage.rows import change
from storage.types import keyring_of

SESSION, RECEIPT, CONTACT, PERSON, ITEM = "session", "receipt", "contact", "person", "item"
KEPT_MONTHS = 24
"""An older copy than this is not restored, so no tombstone need be older."""

_PENDING = "tombstones to write"
_log = logging.getLogger(__name__)


class Tombstone(SQLModel, table=True):
    """One thing that was erased. `mark` is random: the same thing may be erased again later."""

    __tablename__ = "tombstone"
    __table_args__ = {"sqlite_with_rowid": False}

    mark: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=16)
    digest: str = Field(max_length=32, index=True)
    buried_on: date = Field(index=True)


@dataclass(frozen=True, slots=True, order=True)
class Grave:
    """The same as a line of the file."""

    mark: str
    kind: str
    digest: str
    buried_on: date


def digest_of(session: Session, kind: str, *parts: str) -> str:
    """The digest of one thing, with the key that never changes."""
    keyring = keyring_of(session.connection().dialect)
    return keyring.fingerprint("tombstone", kind, *parts)


def bury(session: Session, kind: str, digest: str, now: datetime) -> None:
    """Notes that something is erased, in the caller's transaction and, before it commits, in the

    file. A rollback may leave a line in the file: of what somebody asked to have erased.
    """
    grave = Grave(secrets.token_hex(16), kind, digest, now.date())
    session.add(Tombstone(mark=grave.mark, kind=kind, digest=digest, buried_on=grave.buried_on))
    waiting: list[Grave] = session.info.setdefault(_PENDING, [])
    if not waiting:
        event.listen(session, "before_commit", _write_down, once=True)
    waiting.append(grave)


def bury_session(session: Session, session_id: str, now: datetime) -> None:
    """What was said in one session is erased."""
    bury(session, SESSION, digest_of(session, SESSION, session_id), now)


def _write_down(session: Any) -> None:
    ledger = keyring_of(session.connection().dialect).ledger
    waiting: list[Grave] = session.info.pop(_PENDING, [])
    if ledger is not None:
        _append_or_warn(ledger, waiting)


def _append_or_warn(ledger: Path, graves: Iterable[Grave]) -> None:
    """Whoever asked to be deleted is deleted all the same; `doctor` says what is wrong."""
    lines = list(graves)
    try:
        if lines:
            append(ledger, lines)
    except OSError as error:
        _log.warning("the list of deletions cannot be written: %s", error.strerror)


def append(ledger: Path, graves: Iterable[Grave]) -> None:
    """Adds lines to the file; they are on the disk when this returns."""
    lines = [f"{one.mark} {one.kind} {one.digest} {one.buried_on}\n" for one in graves]
    handle = os.open(ledger, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # A line that a crash cut short must not swallow the next one.
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            lines.insert(0, "\n")
        os.write(handle, "".join(lines).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def is_writable(ledger: Path | None) -> bool:
    """Whether deletions can be listed; where not, a restored copy may bring back what it holds."""
    if ledger is None:
        return True
    if ledger.exists():
        return ledger.is_file() and os.access(ledger, os.W_OK)
    return os.access(ledger.parent, os.W_OK)


def in_file(ledger: Path | None) -> set[Grave]:
    """What stands in the file; half a line is passed over."""
    if ledger is None or not ledger.exists():
        return set()
    lines = ledger.read_text(encoding="utf-8", errors="replace").splitlines()
    return {grave for grave in map(_read, lines) if grave is not None}


def _read(line: str) -> Grave | None:
    try:
        mark, kind, digest, day = line.split(" ")
        return Grave(mark, kind, digest, date.fromisoformat(day))
    except ValueError:
        return None


def in_table(session: Session) -> set[Grave]:
    """What stands in the table."""
    return {
        Grave(row.mark, row.kind, row.digest, row.buried_on)
        for row in session.exec(select(Tombstone))
    }


def take_over(session: Session, graves: Iterable[Grave]) -> None:
    """Writes into the table what is not in it yet."""
    rows = [
        {"mark": one.mark, "kind": one.kind, "digest": one.digest, "buried_on": one.buried_on}
        for one in sorted(graves)
    ]
    insert_new(session, Tombstone, rows)


def write_out(session: Session) -> int:
    """Adds to this machine's file what other nodes have erased; how many lines.

    So that every node's file is whole.
    """
    ledger = keyring_of(session.connection().dialect).ledger
    if ledger is None:
        return 0
    missing = sorted(in_table(session) - in_file(ledger))
    _append_or_warn(ledger, missing)
    return len(missing)


def forget_old(session: Session, now: datetime) -> int:
    """Digests that are older than any copy that may be restored; the file is rewritten too."""
    oldest = add_months(now.date(), -KEPT_MONTHS)
    gone = change(session, delete(Tombstone).where(col(Tombstone.buried_on) < oldest))
    ledger = keyring_of(session.connection().dialect).ledger
    if gone and ledger is not None:
        _keep_young(ledger, oldest)
    return gone


def _keep_young(ledger: Path, oldest: date) -> None:
    young = sorted(grave for grave in in_file(ledger) if grave.buried_on >= oldest)
    beside = ledger.with_name(ledger.name + ".new")
    beside.unlink(missing_ok=True)
    append(beside, young)
    beside.replace(ledger)
