"""What is given as a copy to be restored, and is none: refused at once, and nothing is changed."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.restoring import RestoreRefused, check_copy

NOW = datetime(2023, 11, 20, 9, tzinfo=UTC)


def _copy(database: Database, place: Path, *statements: str) -> Path:
    """A whole copy of our own tables, changed by hand."""
    source = sqlite3.connect(database.engine.url.database or "")
    with closing(source), closing(sqlite3.connect(place)) as target:
        source.backup(target)
        target.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
        for statement in statements:
            target.execute(statement)
        target.commit()
    return place


def test_a_whole_copy_is_taken_also_where_it_is_linked_to(
    sqlite_database: Database, tmp_path: Path
) -> None:
    copy = _copy(sqlite_database, tmp_path / "copy.db")
    (tmp_path / "linked.db").symlink_to(copy)
    check_copy(copy, NOW)
    check_copy(tmp_path / "linked.db", NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON review_item BEGIN DELETE FROM audit_entry; END",
        "CREATE VIEW v AS SELECT words FROM review_item",
    ],
)
def test_a_copy_that_would_act_by_itself_is_refused(
    sqlite_database: Database, tmp_path: Path, statement: str
) -> None:
    copy = _copy(sqlite_database, tmp_path / "copy.db", statement)
    with pytest.raises(RestoreRefused, match="changed by hand"):
        check_copy(copy, NOW)


def test_a_pipe_or_a_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "pipe.db")
    (tmp_path / "round.db").symlink_to(tmp_path / "round.db")
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "empty.db").touch()
    for name in ("pipe.db", "link.db", "folder.db", "empty.db", "round.db", "missing.db"):
        with pytest.raises(RestoreRefused):
            check_copy(tmp_path / name, NOW)
