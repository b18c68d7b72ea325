"""Fresh databases for tests, by the hundred: each is a copy of one that was prepared once."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn, Protocol

import pytest

from storage.database import Database
from storage.types import Keyring
from tests.databases import NoServer, PostgresServer

_NUMBERS = count(1)


class Backend(Protocol):
    """One kind of database; the addresses it lends out are of databases nobody else uses."""

    name: str

    def fresh(self) -> AbstractContextManager[str]:
        """Without tables."""

    def prepared(self) -> AbstractContextManager[str]:
        """With all tables."""


class SqliteBackend:
    """Files in the test's own folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def fresh(self) -> Iterator[str]:
        yield f"sqlite:///{self._folder}/loop{next(_NUMBERS)}.db"

    @contextmanager
    def prepared(self) -> Iterator[str]:
        path = self._folder / f"loop{next(_NUMBERS)}.db"
        path.write_bytes(_sqlite_template())
        yield f"sqlite:///{path}"


@cache
def _sqlite_template() -> bytes:
    with TemporaryDirectory() as folder:
        _make_tables(f"sqlite:///{folder}/template.db")
        return (Path(folder) / "template.db").read_bytes()


class PostgresBackend:
    """One server for the test process; every database on it is dropped after its test."""

    name = "postgresql"

    def __init__(self) -> None:
        self._server: PostgresServer | None = None
        self._missing = ""
        self._has_template = False

    @contextmanager
    def fresh(self) -> Iterator[str]:
        with self._lent("template0") as url:
            yield url

    @contextmanager
    def prepared(self) -> Iterator[str]:
        if not self._has_template:
            _make_tables(self._get().create("loop_template"))
            self._has_template = True
        with self._lent("loop_template") as url:
            yield url

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()

    @contextmanager
    def _lent(self, template: str) -> Iterator[str]:
        name = f"test_{next(_NUMBERS)}"
        yield self._get().create(name, template)
        self._get().drop(name)

    def _get(self) -> PostgresServer:
        if self._server is None and not self._missing:
            try:
                self._server = PostgresServer()
            except NoServer as error:
                self._missing = str(error)
        if self._server is None:
            _do_without(self._missing)
        return self._server


def _do_without(reason: str) -> NoReturn:
    """Skips, and says so; where the tests guard a change, a database less is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"PostgreSQL is missing: {reason}", pytrace=False)
    pytest.skip(f"PostgreSQL is missing: {reason}")


def _make_tables(url: str) -> None:
    with Database(url, Keyring.generate()) as database:
        database.create_all()
