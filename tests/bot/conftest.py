"""The stage, on both databases and on SQLite alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage.database import Database
from tests.bot.moment import MONDAY
from tests.bot.stage import Stage


@contextmanager
def staged(database: Database) -> Iterator[Stage]:
    stage = Stage(database, MONDAY)
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture
def stage(database: Database) -> Iterator[Stage]:
    """On SQLite and on PostgreSQL."""
    with staged(database) as one:
        yield one


@pytest.fixture
def small_stage(sqlite_database: Database) -> Iterator[Stage]:
    """On SQLite alone, which gives up waiting for a lock quickly."""
    with staged(sqlite_database) as one:
        yield one


@pytest.fixture
def youth(stage: Stage) -> str:
    """A young people's survey is open, its reviewers can be reached; the link's token."""
    stage.reviewers()
    return stage.open(group="Falinge Park High School")
