"""A copy of an embedded database while the program runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database


class BackupRefused(ValueError):
    """The copy was not made; the message says why and what to do."""


def copy_to(database: Database, target: Path) -> None:
    """A consistent copy, made by SQLite itself. PostgreSQL has pg_dump for this."""
    if not database.is_embedded:
        raise BackupRefused("this database is PostgreSQL: use pg_dump, which comes with it")
    if target.exists():
        raise BackupRefused(f"{target.name} exists already: choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        try:
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
        except sqlite3.Error as error:
            raise BackupRefused(
                f"{target.name} cannot be written there: choose a folder of your own with room"
            ) from error
    target.chmod(0o600)
