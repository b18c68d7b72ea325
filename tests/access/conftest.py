"""The same partnership behind every door; it is made once, since looking changes nothing of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.types import Keyring
from tests.access.world import furnish
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.bot.staff.office import Office, office
from tests.bot.stage import Stage
from tests.commands.database import opened
from tests.commands.terminal import Terminal


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The command line."""
    folder, before = tmp_path_factory.mktemp("access"), Path.cwd()
    os.chdir(folder)
    try:
        one = Terminal(folder)
        one.done("init")
        with opened(one) as database:
            furnish(database)
        yield one
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Database]:
    """The database alone, for doors of the running program."""
    with (
        SqliteBackend(tmp_path_factory.mktemp("access")).prepared() as url,
        Database(url, keyring) as database,
    ):
        furnish(database)
        yield database


@pytest.fixture
def stage(database: Database) -> Iterator[Stage]:
    """An empty partnership, on SQLite and on PostgreSQL."""
    with staged(database) as one:
        yield one


@pytest.fixture
def small_stage(sqlite_database: Database) -> Iterator[Stage]:
    """The same on SQLite alone."""
    with staged(sqlite_database) as one:
        yield one


@pytest.fixture(scope="module")
def chat(furnished: Database) -> Iterator[Office]:
    """Chats and e-mail."""
    with office(furnished) as one:
        yield one
