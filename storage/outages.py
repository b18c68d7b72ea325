"""Failures of the database itself: which they are, and what a person can do about each."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_BUSY = "another program holds the database; wait, or end it, and try again"
_FULL = "the disk of the database is full; make room on it"
_DISK = "the disk of the database fails, or is no longer there; check it, then the last backup"
_BROKEN = "the database file is damaged or is not a database; restore the last backup"
_FORBIDDEN = "the database may not be written; check who owns its file and folder"
_UNREACHABLE = "the database server does not answer; check that it runs and `database.url`"
_TRANSIENT = "the database was busy with others' changes; try again"
_OVERLOADED = "the database server has no room left (disk, memory or connections); make some"

_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_NOMEM: _OVERLOADED,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_CORRUPT: _BROKEN,
    sqlite3.SQLITE_NOTADB: _BROKEN,
}
_POSTGRESQL = {
    "08": _UNREACHABLE,
    "25006": _FORBIDDEN,
    "28": "the database server refused the user or the password; check `database.url`",
    "3D": "the database does not exist on its server; make it, or check `database.url`",
    "40": _TRANSIENT,
    "53": _OVERLOADED,
    "55": _BUSY,
    "57": _UNREACHABLE,
    "58": _DISK,
    "XX": _BROKEN,
}


def outage(error: BaseException) -> str | None:
    """What is wrong with the database and what to do; None where the fault is in what was written.

    The writing itself may be right and be tried again later.
    """
    if isinstance(error, PoolTimeout):
        return _BUSY
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    return _UNREACHABLE if _is_connection_lost(error) else None


def is_out_of_service(error: BaseException) -> bool:
    """Whether the database failed (locked, full, gone), and not what was to be written."""
    return outage(error) is not None


def _is_connection_lost(error: DBAPIError) -> bool:
    # A driver without a code never reached the server, or lost it on the way.
    return error.connection_invalidated or type(error.orig).__name__ in {
        "OperationalError",
        "ConnectionTimeout",
    }
