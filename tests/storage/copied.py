"""The rows of a database at one moment, in a database of their own: what a backup would hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from storage.database import Database
from storage.schema import metadata
from storage.types import Keyring
from tests.backends import Backend
from tests.storage.respondents import Respondents


@contextmanager
def copy_of(backend: Backend, they: Respondents) -> Iterator[Respondents]:
    """On either kind of database, without its own tools."""
    ring = they.database.keyring
    fresh = Keyring(ring.keys, ring.lookup_key, ledger=ring.ledger)
    with backend.prepared() as url, Database(url, fresh) as database:
        source, target = they.database.engine.connect(), database.engine.begin()
        with source as reading, target as writing:
            for table in metadata().sorted_tables:
                rows = [dict(row._mapping) for row in reading.execute(table.select())]
                if rows:
                    writing.execute(table.insert(), rows)
        if not database.is_embedded:
            _count_on(database)
        yield Respondents(database, they.now)


def _count_on(database: Database) -> None:
    """Ids that come next are higher than those that were copied."""
    with database.engine.begin() as connection:
        for table in metadata().sorted_tables:
            name = f"pg_get_serial_sequence('{table.name}', 'id')"
            has_id = "id" in table.c and table.c["id"].type.python_type is int
            if has_id and connection.exec_driver_sql(f"SELECT {name}").scalar() is not None:
                connection.exec_driver_sql(
                    f"SELECT setval({name}, (SELECT coalesce(max(id), 0) + 1 FROM {table.name}))"
                )
