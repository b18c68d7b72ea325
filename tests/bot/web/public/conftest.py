"""A seeded partnership behind public pages: fresh for those who change it, shared by readers."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.web.public import scene
from tests.bot.web.public.scene import Browser
from tests.digests.seeded import Seeded


@pytest.fixture
def quiet(sqlite_database: Database) -> Seeded:
    """Nothing is published yet."""
    return scene.seed(sqlite_database)


@pytest.fixture
def pages(sqlite_database: Database, quiet: Seeded) -> Iterator[Browser]:
    """Public pages of a partnership that has published nothing yet."""
    assert quiet.survey
    with scene.browser(sqlite_database) as one:
        yield one


@pytest.fixture
def loud(sqlite_database: Database, quiet: Seeded) -> Seeded:
    """One page is published."""
    scene.publish_one_more(sqlite_database, quiet)
    return quiet


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Browser]:
    """Public pages with one publication, for tests that only read."""
    folder = tmp_path_factory.mktemp("shown")
    with SqliteBackend(folder).prepared() as url, Database(url, keyring) as database:
        scene.publish_one_more(database, scene.seed(database))
        with scene.browser(database) as one:
            yield one
