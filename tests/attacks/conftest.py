"""A partnership on a stage, to be attacked; on SQLite alone unless a test asks for more."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.conftest import staged
from tests.bot.stage import Stage


@pytest.fixture
def stage(sqlite_database: Database) -> Iterator[Stage]:
    with staged(sqlite_database) as one:
        one.reviewers()
        yield one
