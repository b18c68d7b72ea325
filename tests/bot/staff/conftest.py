"""An office, on SQLite alone."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.staff.office import Office, office


@pytest.fixture
def at_work(sqlite_database: Database) -> Iterator[Office]:
    with office(sqlite_database) as one:
        yield one
