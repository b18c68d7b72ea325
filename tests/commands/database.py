"""What a command left in the database of a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlmodel import SQLModel, select

from bot.keys import read_keys
from storage.database import Database
from tests.commands.terminal import Terminal

NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)


@contextmanager
def opened(terminal: Terminal) -> Iterator[Database]:
    """The database that `config.toml` names without being changed."""
    keyring = read_keys(terminal.folder / "data" / "keys.toml")
    with Database(f"sqlite:///{terminal.folder / 'data' / 'loop.db'}", keyring) as database:
        yield database


def rows(database: Database, table: type[SQLModel], *where: Any) -> list[Any]:
    with database.reading() as db:
        return list(db.exec(select(table).where(*where)))


def stored(terminal: Terminal, table: type[SQLModel], *where: Any) -> list[Any]:
    """All rows of a table."""
    with opened(terminal) as database:
        return rows(database, table, *where)


def contents(terminal: Terminal) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the database, to see that nothing was touched."""
    with opened(terminal) as database, database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]
            for (name,) in names.all()
        }
