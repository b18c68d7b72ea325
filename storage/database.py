"""The engine from a URL, and the two kinds of transaction. All dialect differences live here.

SQLite is embedded (write-ahead log, synchronous=FULL: a commit is on disk before it returns);
PostgreSQL, through psycopg, serves several nodes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from storage.outages import is_out_of_service as is_out_of_service
from storage.types import Keyring

_READS_ONLY = "loop_reads_only"
_MIGRATION_LOCK = 5_115_100_500


class DatabaseUnusable(RuntimeError):
    """The database cannot be opened or used: the message says which, and what to check."""


class Database:
    """One database: reads with `reading()`, writes with `writing()`; both close what they open.

    `patience` is how many seconds a transaction waits for another's lock.
    """

    def __init__(
        self, url: str, keyring: Keyring, *, pool_size: int = 5, patience: float = 10
    ) -> None:
        parsed = _parse(url)
        self.keyring = keyring
        self.where = parsed.render_as_string(hide_password=True)
        self.engine = _engine(parsed, pool_size, patience)
        self.engine.dialect.keyring = keyring  # type: ignore[attr-defined]
        self._read_engine = self.engine.execution_options(**_reading_options(self.engine))

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of our own (SQLite) and not a server."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view that keeps no writer waiting; whatever tries to write is refused."""
        with Session(self._read_engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone when it raises.

        On SQLite the write lock is taken at the start, so that no transaction has to be given up
        half-way.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.connection()
            # Whoever writes from here on writes with the key that is the first now.
            self.keyring.refresh()
            yield session

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """One transaction that may rebuild tables, alone on the database; for migrations."""
        with self.engine.connect() as connection:
            if self.is_embedded:
                yield from _rebuilding_sqlite(connection)
                return
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                yield connection

    def fold_log(self) -> None:
        """After deletions: nothing of them stays behind in SQLite's write-ahead log."""
        if self.is_embedded:
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()

    def sweep(self, *tables: type[SQLModel]) -> None:
        """After rows were moved or written anew: their old versions do not stay in the files.

        PostgreSQL keeps them until they are vacuumed. What its write-ahead log and its replicas
        still hold is beyond us.
        """
        self.fold_log()
        if self.is_embedded:
            return
        names = ", ".join(table.__table__.name for table in tables)  # type: ignore[attr-defined]
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {names}")

    def create_all(self) -> None:
        """The schema from scratch, for throw-away databases; others use the migrations."""
        import_tables()
        SQLModel.metadata.create_all(self.engine)

    def dispose(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *exc: object) -> None:
        self.dispose()


def import_tables() -> None:
    """Makes every table known to the metadata."""
    from storage import (  # noqa: F401
        anonymous,
        audit,
        board,
        break_glass,
        chosen,
        concerns,
        editions,
        holds,
        invitations,
        mail,
        marks,
        meetings,
        people,
        plans,
        surveys,
        tombstones,
        voice,
    )


def insert_new(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], *returning: Any
) -> Sequence[Row[Any]]:
    """Inserts what is not there yet (by any unique key); gives back what was new.

    `rows` all carry the same columns, and may be more than fit in one statement. `returning` are
    columns of the table; what comes back is in no particular order.
    """
    if not rows:
        return []
    connection = _connection_for(session, rows)
    names = tuple(column.key for column in returning)
    found = connection.execute(_insert_new(connection.dialect.name, table, names), list(rows))
    return found.all() if names else []


def upsert(
    session: Session,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
) -> None:
    """Inserts or replaces by `key`, with one executemany; of rows with one key the last counts."""
    if not rows:
        return
    changed = tuple(name for name in rows[0] if name not in key)
    if not changed:
        insert_new(session, table, rows)
        return
    connection = _connection_for(session, rows)
    connection.execute(_upsert(connection.dialect.name, table, tuple(key), changed), list(rows))


def _connection_for(session: Session, rows: Sequence[Mapping[str, Any]]) -> Connection:
    """Where to insert rows of one shape, after what the session still holds.

    The driver would leave out silently what the first row does not have.
    """
    columns = rows[0].keys()
    if any(row.keys() != columns for row in rows):
        raise ValueError("rows that are written together carry the same columns")
    session.flush()
    return session.connection()


# A statement that is the same object again is neither built nor looked up anew by SQLAlchemy.


@lru_cache(maxsize=256)
def _insert_new(dialect: str, table: type[SQLModel], returning: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table).on_conflict_do_nothing()
    columns = table.__table__.c  # type: ignore[attr-defined]
    return statement.returning(*(columns[name] for name in returning)) if returning else statement


@lru_cache(maxsize=256)
def _upsert(
    dialect: str, table: type[SQLModel], key: tuple[str, ...], changed: tuple[str, ...]
) -> Any:
    statement = _insert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in changed}
    )


def _insert(dialect: str, table: type[SQLModel]) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table.__table__)  # type: ignore[attr-defined]


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusable(
            "the database address is not a URL; write for example sqlite:///data/loop.db"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        _check_file(parsed)
        return parsed
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise DatabaseUnusable(
        f"{backend} is not supported; `database.url` begins with sqlite:/// or postgresql://"
    )


def _check_file(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        raise DatabaseUnusable(
            "the database needs a file, or nothing would outlive the program; "
            "write for example sqlite:///data/loop.db"
        )
    folder = Path(url.database).parent
    if not url.database.startswith("file:") and not folder.is_dir():
        raise DatabaseUnusable(
            f"the folder {folder} of the database does not exist; make it, or change `database.url`"
        )


def _engine(url: URL, pool_size: int, patience: float) -> Engine:
    # Errors never show what was to be written: it may be somebody's words.
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"isolation_level": None, "timeout": patience},
            pool_size=pool_size,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "handle_error", _give_up_sqlite)
        return engine
    engine = create_engine(url, pool_size=pool_size, pool_pre_ping=True, hide_parameters=True)
    milliseconds = max(1, round(patience * 1000))

    def prepare(connection: Any, _record: ConnectionPoolEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {milliseconds}")
            cursor.execute("SET synchronous_commit = on")
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def _reading_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "sqlite":
        return {_READS_ONLY: True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    for pragma in ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    if mode != "wal":
        raise DatabaseUnusable(
            "the database file is on a disk without write-ahead logging (a network share?); "
            "move it to a local disk, or use PostgreSQL"
        )


def _begin_sqlite(connection: Connection) -> None:
    # The driver's own transaction handling breaks savepoints, so it is off and BEGIN is ours.
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    if connection.info.get(_READS_ONLY, False) != reads_only:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads_only else 'OFF'}")
        connection.info[_READS_ONLY] = reads_only
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _give_up_sqlite(context: ExceptionContext) -> None:
    """Ends a transaction that SQLite itself undid (a full disk, a failing one).

    Without this, statements after a swallowed error would each be committed by itself.
    """
    connection = context.connection
    if connection is None or (context.statement or "").startswith("BEGIN"):
        return
    if connection.in_transaction() and not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        context.invalidate_pool_on_disconnect = False
        context.is_disconnect = True


def _rebuilding_sqlite(connection: Connection) -> Iterator[Connection]:
    """Foreign keys are off while tables are rebuilt, and all are checked before the commit."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield connection
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise DatabaseUnusable(
                    "rows would point at nothing after this change; nothing was changed"
                )
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
