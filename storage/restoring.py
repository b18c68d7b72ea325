"""A copy of an embedded database put in the place of the present one, which is kept beside it.

Killed at any point it leaves either the present database or the restored one, each whole.
"""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from storage import schema
from storage.bringing_back import Since, since
from storage.calendar import add_months
from storage.database import Database, DatabaseUnusable
from storage.disk import sync
from storage.marks import COPIED_AT
from storage.rekeying import key_counts, sealed_tables
from storage.rows import columns, rows
from storage.tombstones import KEPT_MONTHS
from storage.types import KeyMissing, Keyring, Tampered

_HEADER = b"SQLite format 3\x00"


class RestoreRefused(ValueError):
    """The copy is not restored, and nothing was changed; the message says why and what to do."""


def check_copy(copy: Path, now: datetime) -> None:
    """Whether this is a whole copy of a database of ours. Raises RestoreRefused."""
    if copy.exists() and not copy.is_file():  # a pipe would be waited for without end
        raise RestoreRefused(f"{copy.name} is no file: give the copy that `data backup` made")
    try:
        with copy.open("rb") as file:
            is_ours = file.read(len(_HEADER)) == _HEADER
    except OSError as error:
        raise RestoreRefused(f"{copy}: {error.strerror or 'cannot be read'}") from error
    if not is_ours:
        raise RestoreRefused(f"{copy.name} is not a copy that `data backup` made")
    try:
        with closing(_read_only(copy)) as connection:
            _check_inside(connection, copy, now)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise RestoreRefused(f"{copy.name} is damaged: take another copy") from error


def _read_only(copy: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _check_inside(connection: sqlite3.Connection, copy: Path, now: datetime) -> None:
    if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise RestoreRefused(f"{copy.name} is damaged: take another copy")
    found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    names = {name for _, name in found}
    if {kind for kind, _ in found} & {"trigger", "view"}:
        raise RestoreRefused(
            f"{copy.name} holds what our database never has (a trigger or a view), so it was "
            "changed by hand: take another copy"
        )
    if not {"alembic_version", "survey_session", "audit_entry"} <= names:
        raise RestoreRefused(f"{copy.name} is a database of another program")
    made = None
    if "house_mark" in names:
        query = "SELECT value FROM house_mark WHERE name = ?"
        made = connection.execute(query, (COPIED_AT,)).fetchone()
    if made is not None and _is_too_old(_instant(made[0], copy), now):
        raise RestoreRefused(
            f"{copy.name} is older than {KEPT_MONTHS} months: what was erased so long ago is not "
            "known any more, so it could come back. Take a younger copy"
        )


def _instant(written: object, copy: Path) -> datetime:
    try:
        return datetime.fromisoformat(str(written)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RestoreRefused(f"{copy.name} was changed by hand: take another copy") from None


def _is_too_old(made: datetime, now: datetime) -> bool:
    return made.date() < add_months(now.astimezone(UTC).date(), -KEPT_MONTHS)


def lay_out(copy: Path, place: Path) -> None:
    """The copy, as a file beside the database, to be worked on."""
    for leftover in (place, *_logs(place)):
        leftover.unlink(missing_ok=True)
    os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_read_only(copy)) as source, closing(sqlite3.connect(place)) as target:
        source.backup(target)


def open_copy(place: Path, keyring: Keyring) -> Database:
    """The laid-out copy, up to date, with keys that fit. Raises RestoreRefused."""
    database = Database(f"sqlite:///{place.as_posix()}", keyring)
    try:
        schema.upgrade(database)
        with database.reading() as session:
            check_keys(session, keyring)
    except DatabaseUnusable as error:
        database.dispose()
        raise RestoreRefused(str(error)) from error
    except DatabaseError:
        database.dispose()
        raise RestoreRefused(
            "the copy lacks tables, or has others than it should: take another copy"
        ) from None
    except RestoreRefused:
        database.dispose()
        raise
    return database


def check_keys(session: Session, keyring: Keyring) -> None:
    """Whether every value can be read: all their keys are here, and one of each kind opens."""
    if not set(key_counts(session)) <= set(keyring.key_ids):
        raise RestoreRefused(
            "the copy was encrypted with a key that is not in the keys file any more; give the "
            "keys file of that time: --keys FILE"
        )
    try:
        for sealed in sealed_tables():
            for name in sealed.names:
                one = columns(sealed.table.c[name]).where(sealed.table.c[name].is_not(None))
                rows(session, one.limit(1))
    except (KeyMissing, Tampered):
        raise RestoreRefused(
            "the keys do not fit the copy: it is of another house, or its keys file was another. "
            "Give the keys file of that time: --keys FILE"
        ) from None


def what_happened_since(present: Database) -> Since | None:
    """What the present database knows that the copy cannot; None where it cannot be read."""
    try:
        if schema.check(present):
            return None
        return since(present)
    except (DatabaseUnusable, KeyMissing, Tampered):
        return None
    except Exception as error:
        from storage.outages import is_out_of_service

        if is_out_of_service(error) or _is_damaged(error):
            return None
        raise


def _is_damaged(error: Exception) -> bool:
    return isinstance(getattr(error, "orig", error), sqlite3.DatabaseError)


def swap(place: Path, present: Path, now: datetime) -> Path | None:
    """Puts the worked-out copy in the place of the present database; where that is now.

    Both are closed by then, and nobody else has the present one open.
    """
    _fold(place)
    sync(place)
    aside = present.with_name(f"{present.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if not present.exists():
        place.rename(present)
        sync(present.parent)
        return None
    with suppress(sqlite3.Error):
        _fold(present)
    for name in (present, *_logs(present)):
        beside = aside.with_name(aside.name + name.name.removeprefix(present.name))
        beside.unlink(missing_ok=True)
        if name.exists():
            os.link(name, beside)
    sync(present.parent)
    # A log that could not be folded into a damaged file stands aside with it.
    for log in _logs(present):
        log.unlink(missing_ok=True)
    place.replace(present)
    sync(present.parent)
    return aside


def _fold(path: Path) -> None:
    """Everything in the one file, without a log beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")


def _logs(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
