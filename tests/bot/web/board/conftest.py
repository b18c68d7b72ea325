"""The board on SQLite alone, and on both databases."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.web.board.office import Office, office_of


@pytest.fixture
def office(sqlite_database: Database) -> Iterator[Office]:
    with office_of(sqlite_database) as one:
        yield one


@pytest.fixture
def both(database: Database) -> Iterator[Office]:
    """On SQLite and on PostgreSQL."""
    with office_of(database) as one:
        yield one
