"""A copy of an embedded database while the program runs: whole, checked, for the owner alone.

Left out are the keys, which are another file, and what an anonymous survey has not let go of.
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.anonymous import leave_out_of_copy
from storage.database import Database
from storage.disk import sync
from storage.marks import COPIED_AT


class BackupRefused(ValueError):
    """The copy was not made; the message says why and what to do."""


def copy_to(database: Database, target: Path, *, now: datetime) -> None:
    """A consistent copy, made by SQLite itself, in place at once. PostgreSQL has pg_dump."""
    if not database.is_embedded:
        raise BackupRefused("this database is PostgreSQL: use pg_dump, which comes with it")
    if target.exists():
        raise BackupRefused(f"{target.name} exists already: choose another name")
    beside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(database, beside, now)
        beside.rename(target)
        sync(target.parent)
    except (sqlite3.Error, OSError) as error:
        raise BackupRefused(
            f"{target.name} cannot be written there: choose a folder of your own with room"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _write(database: Database, beside: Path, now: datetime) -> None:
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with database.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(beside)) as copy:
            source.backup(copy)
    with closing(sqlite3.connect(beside)) as copy:
        _trim(copy, now)
    sync(beside)


def _trim(copy: sqlite3.Connection, now: datetime) -> None:
    copy.execute("PRAGMA journal_mode = DELETE")
    leave_out_of_copy(copy)
    with copy:
        copy.execute("DELETE FROM lease")
        made = (COPIED_AT, now.astimezone(UTC).isoformat())
        copy.execute("INSERT OR REPLACE INTO house_mark (name, value) VALUES (?, ?)", made)
    copy.execute("VACUUM")
    if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise BackupRefused(
            "the database itself is damaged, so no copy was made; run `listening-loop doctor`, "
            "and keep the copies that you have"
        )
