"""The stage of the bot's tests, here for what the whole database gives away."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.conftest import staged
from tests.bot.stage import Stage


@pytest.fixture
def stage(database: Database) -> Iterator[Stage]:
    """On SQLite and on PostgreSQL."""
    with staged(database) as one:
        yield one
