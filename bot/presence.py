"""Who has the database open on this machine, so that nobody works in one that is being replaced.

A lock on a file beside an embedded database; the system gives it up when a process ends, however
it ends. A server is guarded by its leases (storage/leases.py).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlmodel import col, select

from storage.database import Database, DatabaseUnusable
from storage.mail import Lease


class InUse(DatabaseUnusable):
    """Somebody else has the database open; the message says what to do."""


class Presence:
    """The lock of one process, until `leave`."""

    def __init__(self, handle: int | None = None) -> None:
        self._handle = handle

    def leave(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def database_file(url: str) -> Path | None:
    """The file of an embedded database; None for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database.removeprefix("file:").partition("?")[0])


def come_in(url: str) -> Presence:
    """Notes that this process works with the database. Raises InUse while it is being replaced."""
    handle = _locked(url, fcntl.LOCK_SH)
    if handle is False:
        raise InUse("the database is being replaced just now: wait until `data restore` has ended")
    return Presence(handle or None)


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Nobody else on this machine has the database open. Raises InUse."""
    handle = _locked(url, fcntl.LOCK_EX)
    if handle is False:
        raise InUse("the program is running: stop it, and every other command, then try again")
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def check_nobody_runs(database: Database, now: datetime) -> None:
    """The same for a server, by the leases that its nodes hold. Raises InUse."""
    with database.reading() as session:
        holder = session.exec(select(Lease.holder).where(col(Lease.until) > now)).first()
    if holder is not None:
        raise InUse(
            f"the program seems to run at {holder}: stop every node, wait ten minutes, then try "
            "again"
        )


def _locked(url: str, kind: int) -> int | bool | None:
    """The handle; False where another has the lock; None where there is nothing to lock."""
    path = database_file(url)
    if path is None or not path.parent.is_dir():
        return None
    try:
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None  # opening the database itself says better what is wrong
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    return handle
