"""The desk on SQLite alone, and on both databases."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.web.desk.letters import Letters, letters_of
from tests.bot.web.visitor import Visitor


@pytest.fixture
def letters(sqlite_database: Database) -> Iterator[Letters]:
    with letters_of(sqlite_database) as found:
        yield found


@pytest.fixture
def both(database: Database) -> Iterator[Letters]:
    """On SQLite and on PostgreSQL."""
    with letters_of(database) as found:
        yield found


@pytest.fixture
def nurse(letters: Letters) -> Visitor:
    """The nurse's browser."""
    return letters.browser()
