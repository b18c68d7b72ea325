"""What all tests share: both databases, keys, an instant, and no network beyond this machine."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings

from storage.database import Database
from storage.types import Keyring
from tests.backends import Backend, PostgresBackend, SqliteBackend
from tests.network import keep_to_this_machine

sys.addaudithook(keep_to_this_machine)

# A busy machine is no failure. Where CI is set, Hypothesis also draws the same examples each time.
settings.register_profile(
    "house", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Fixed keys, so that what one database object wrote another can read."""
    return Keyring({"test": b"k" * 32}, b"l" * 32)


@pytest.fixture(scope="session")
def now() -> datetime:
    """Friday 1 December 2023, 09:00 in London."""
    return datetime(2023, 12, 1, 9, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(scope="session")
def postgres_backend() -> Iterator[PostgresBackend]:
    """The server of this test process; it starts when the first test needs it."""
    backend = PostgresBackend()
    yield backend
    backend.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_backend: PostgresBackend
) -> Backend:
    """The kind of database. A test that asks for it, or for a database, runs on both."""
    if request.param == "sqlite":
        return SqliteBackend(tmp_path)
    return postgres_backend


@pytest.fixture
def database_url(backend: Backend) -> Iterator[str]:
    """The address of a fresh database with all tables; open it as often as there are nodes."""
    with backend.prepared() as url:
        yield url


@pytest.fixture
def database(database_url: str, keyring: Keyring) -> Iterator[Database]:
    """A fresh database with all tables, on SQLite and on PostgreSQL."""
    with Database(database_url, keyring) as opened:
        yield opened


@pytest.fixture
def sqlite_database(tmp_path: Path, keyring: Keyring) -> Iterator[Database]:
    """A fresh database with all tables, for what only SQLite does."""
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring, patience=0.2) as opened,
    ):
        yield opened


@pytest.fixture
def empty_database(backend: Backend, keyring: Keyring) -> Iterator[Database]:
    """A fresh database without tables, on SQLite and on PostgreSQL."""
    with backend.fresh() as url, Database(url, keyring) as opened:
        yield opened
