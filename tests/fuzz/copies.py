"""Files about the store: a copy to be restored, the list of deletions, a rota."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from storage import schema
from storage.backup import copy_to
from storage.database import Database
from storage.restoring import RestoreRefused, check_copy, lay_out, open_copy
from storage.tombstones import Grave, append, in_file
from storage.types import Keyring
from surveys.clock_words import read_instant
from surveys.concerns.rota_file import _read as read_rota
from tests.fuzz.target import Target, text_of

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
KEYRING = Keyring({"fuzz": b"k" * 32}, b"l" * 32)


def run_copy(data: bytes) -> None:
    """Refused with a reason, or laid out and opened; the copy itself stays as it was."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        copy, place = Path(folder) / "copy.db", Path(folder) / "place.db"
        copy.write_bytes(data)
        try:
            check_copy(copy, NOW)
            lay_out(copy, place)
            open_copy(place, KEYRING).dispose()
        except RestoreRefused as error:
            said = str(error)
        else:
            said = "restored"
        assert said
        assert copy.read_bytes() == data


def run_ledger(data: bytes) -> None:
    """The list of deletions, half a line included; and one line more."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "deleted.txt"
        path.write_bytes(data)
        before = in_file(path)
        append(path, [_GRAVE])
        assert in_file(path) == before | {_GRAVE}


def run_rota(data: bytes) -> None:
    """A rota as CSV: rows, or what is wrong and what to do."""
    read_instant(text_of(data)[:200])
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "rota.csv"
        path.write_bytes(data)
        rows, issues = read_rota(path)
        assert rows or issues
        for row in rows:
            read_instant(row.starts)
        assert all(issue.problem and issue.remedy for issue in issues)


_GRAVE = Grave("a" * 32, "session", "b" * 32, NOW.date())


@cache
def _copies() -> Sequence[bytes]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        copy = Path(folder) / "copy.db"
        with Database(f"sqlite:///{folder}/loop.db", KEYRING) as database:
            schema.upgrade(database)
            copy_to(database, copy, now=NOW)
        whole = copy.read_bytes()
        return [whole, *(_changed(copy, whole, change) for change in _CHANGES)]


_CHANGES = (
    "UPDATE house_mark SET value = 'never'",
    "UPDATE house_mark SET value = x'00ff'",
    "UPDATE house_mark SET value = '0001-01-01T00:00:00'",
    "DROP TABLE house_mark",
    "UPDATE alembic_version SET version_num = '../x'",
    "DELETE FROM alembic_version",
    "DROP TABLE person",
    "CREATE VIEW extra AS SELECT * FROM nowhere",
)
"""What somebody could have done to a copy with a tool of their own."""


def _changed(copy: Path, whole: bytes, change: str) -> bytes:
    copy.write_bytes(whole)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(change)
        connection.commit()
    return copy.read_bytes()


TARGETS = (
    Target(
        "copy",
        run_copy,
        _copies,
        ("storage.restoring",),
        ("SQLite format 3\x00", "CREATE TABLE", "alembic_version", "house_mark", "\x00" * 16),
    ),
    Target(
        "ledger",
        run_ledger,
        lambda: [b"%s session %s 2024-01-08\n" % (b"c" * 32, b"d" * 32), b"half a li"],
        ("storage.tombstones",),
        (" ", "\n", "session", "2024-01-08", "\x85", "\u2028"),
    ),
    Target(
        "rota",
        run_rota,
        lambda: [
            b"person,from,until\nsam@x.example,2024-01-08 17:00,2024-01-09 09:00\n",
            "\ufeffE-Mail;Starts;Ends\nx;24/12/2026 17:00;25.12.2026 09:00\n".encode(),
        ],
        ("surveys.concerns.rota_file", "storage.csv_lists"),
        (",", ";", "from", "until", "2024-03-31 01:30", '"'),
    ),
)
