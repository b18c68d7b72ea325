"""A copy comes back whole, without what was erased; killed anywhere, one of both is there."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col

from bot import restore
from bot.keys import read_file, write_keys
from bot.presence import come_in
from storage.audit import AuditEntry
from storage.people import Person
from storage.surveys import Survey
from storage.types import Keyring
from tests.commands.conftest import within
from tests.commands.database import stored
from tests.commands.killed import kill_at
from tests.commands.terminal import MANAGER, PRACTITIONER_FORM, YOUTH_FORM, Terminal

_LEAD = "qa@rochdale.example"
_WHY = ("--as", MANAGER, "--reason", "asked for it")


@pytest.fixture(scope="module")
def copied_folder(planned_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a survey, a copy of that, and another survey since."""
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(planned_folder, folder, dirs_exist_ok=True)
    with within(folder) as terminal:
        terminal.done("survey", "add", YOUTH_FORM)
        terminal.done("data", "backup", "copies/one.db")
        terminal.done("survey", "add", PRACTITIONER_FORM)
    return folder


@pytest.fixture
def copied(bare: Terminal, copied_folder: Path) -> Terminal:
    shutil.copytree(copied_folder, bare.folder, dirs_exist_ok=True)
    return bare


def _surveys(terminal: Terminal) -> set[str]:
    mine = {YOUTH_FORM.stem, PRACTITIONER_FORM.stem}
    return {row.slug for row in stored(terminal, Survey)} & mine


def _emails(terminal: Terminal) -> set[str | None]:
    return {row.email for row in stored(terminal, Person)}


def _aside(terminal: Terminal) -> list[Path]:
    return sorted((terminal.folder / "data").glob("loop.db.before-*"))


def test_it_comes_back_and_the_present_one_is_kept_beside_it(copied: Terminal) -> None:
    done = copied.json("data", "restore", "copies/one.db", "--as", MANAGER)
    assert _surveys(copied) == {YOUTH_FORM.stem}
    assert [str(copied.folder / "data" / Path(done["aside"]).name)] == [
        str(path) for path in _aside(copied)
    ]
    with closing(sqlite3.connect(_aside(copied)[0])) as old:
        slugs = {slug for (slug,) in old.execute("SELECT slug FROM survey")}
    assert PRACTITIONER_FORM.stem in slugs
    [entry] = stored(copied, AuditEntry, col(AuditEntry.act) == "data.restore")
    assert entry.person_id is not None
    assert copied.json("db", "check")["differences"] == []
    assert copied.json("data", "audit", "verify")["entries"] > 0
    database = copied.folder / "data" / "loop.db"
    assert database.stat().st_mode & 0o777 == 0o600


def test_who_was_erased_since_stays_erased_even_if_the_present_database_is_lost(
    copied: Terminal,
) -> None:
    copied.done("data", "erase", "--person", _LEAD, *_WHY)
    for name in ("loop.db", "loop.db-wal", "loop.db-shm"):
        (copied.folder / "data" / name).unlink(missing_ok=True)
    assert copied.json("data", "restore", "copies/one.db")["erased"] == 1
    assert _LEAD not in _emails(copied)


def test_a_database_that_is_damaged_is_replaced_and_kept_as_it_is(copied: Terminal) -> None:
    database = copied.folder / "data" / "loop.db"
    database.write_bytes(b"SQLite format 3\x00" + b"rubbish" * 1000)
    copied.done("data", "restore", "copies/one.db")
    assert _surveys(copied) == {YOUTH_FORM.stem}
    assert _aside(copied)[0].read_bytes().endswith(b"rubbish")


def test_while_the_program_has_it_open_nothing_is_replaced(copied: Terminal) -> None:
    presence = come_in(f"sqlite:///{copied.folder / 'data' / 'loop.db'}")
    try:
        ran = copied.run("data", "restore", "copies/one.db")
        assert (ran.code, ran.out) == (1, "")
        assert "the program is running" in ran.err
        assert "running" in copied.run("data", "rekey", "--lookup").err
    finally:
        presence.leave()
    assert len(_surveys(copied)) == 2
    copied.done("data", "restore", "copies/one.db")


def _foreign(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "bad.db")) as other, other:
        other.execute("CREATE TABLE something (id INTEGER)")


def _newer(folder: Path) -> None:
    (folder / "bad.db").write_bytes((folder / "copies" / "one.db").read_bytes())
    with closing(sqlite3.connect(folder / "bad.db")) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")


def _damaged(folder: Path) -> None:
    whole = (folder / "copies" / "one.db").read_bytes()
    (folder / "bad.db").write_bytes(whole[: len(whole) // 2])


def _old(folder: Path) -> None:
    (folder / "bad.db").write_bytes((folder / "copies" / "one.db").read_bytes())
    with closing(sqlite3.connect(folder / "bad.db")) as old, old:
        old.execute("UPDATE house_mark SET value = '2021-01-01T00:00:00+00:00'")


def test_what_is_no_copy_of_ours_is_refused_and_nothing_is_touched(copied: Terminal) -> None:
    database = copied.folder / "data" / "loop.db"
    before = database.read_bytes()
    for make, why in (
        (lambda folder: (folder / "bad.db").write_text("hello"), "not a copy"),
        (_foreign, "another program"),
        (_newer, "newer version"),
        (_damaged, "damaged"),
        (_old, "older than 24 months"),
    ):
        make(copied.folder)
        ran = copied.run("data", "restore", "bad.db")
        assert (ran.code, ran.out) == (1, "")
        assert why in ran.err
        (copied.folder / "bad.db").unlink()
    assert "No such file" in copied.run("data", "restore", "nothing.db").err
    assert database.read_bytes() == before
    assert _aside(copied) == []


def test_a_copy_of_another_house_does_not_fit_the_keys(copied: Terminal) -> None:
    keys = copied.folder / "data" / "keys.toml"
    mine = keys.read_text()
    keys.unlink()
    write_keys(keys, Keyring.generate())
    ran = copied.run("data", "restore", "copies/one.db")
    assert ran.code == 1
    assert "do not fit" in ran.err
    keys.write_text(mine)
    assert len(_surveys(copied)) == 2


def test_a_copy_from_before_the_keys_were_changed_needs_the_old_keys_file(
    copied: Terminal,
) -> None:
    changed = copied.json("data", "rekey", "--old-keys", "copies/keys.toml")
    assert changed["dropped"] == ["k1"]
    ran = copied.run("data", "restore", "copies/one.db")
    assert "--keys" in ran.err
    copied.done("data", "restore", "copies/one.db", "--keys", "copies/keys.toml")
    assert _surveys(copied) == {YOUTH_FORM.stem}
    assert _LEAD in _emails(copied), "with the new key alone"


def test_a_copy_from_before_the_look_up_key_was_changed_is_found_by_the_new_one(
    copied: Terminal,
) -> None:
    copied.done("data", "rekey", "--lookup")
    copied.done("data", "restore", "copies/one.db")
    copied.done("people", "link", _LEAD)


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        (restore, "open_copy"),
        (restore, "_bring_back"),
        (restore, "swap"),
        (os, "link"),
        (Path, "replace"),
    ],
    ids=["laid out", "opened", "brought back", "folded", "linked"],
)
def test_killed_at_any_step_the_present_database_stays_and_it_can_be_done_again(
    copied: Terminal, owner: Any, step: str
) -> None:
    kill_at(copied, owner, step, "data", "restore", "copies/one.db")
    assert len(_surveys(copied)) == 2
    copied.done("data", "restore", "copies/one.db")
    assert _surveys(copied) == {YOUTH_FORM.stem}


def test_a_copy_holds_no_lease_no_key_and_says_when_it_was_made(copied: Terminal) -> None:
    with closing(sqlite3.connect(copied.folder / "copies" / "one.db")) as copy:
        assert copy.execute("SELECT count(*) FROM lease").fetchone() == (0,)
        marks = dict(copy.execute("SELECT name, value FROM house_mark"))
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert marks["copied at"].startswith("2023-12-01T09:0")
    found = (copied.folder / "copies" / "one.db").read_bytes()
    keys = read_file(copied.folder / "data" / "keys.toml")
    for key in (*keys.keys.values(), keys.lookup, keys.codes):
        assert key not in found
        assert key.hex().encode() not in found
    assert [path.name for path in (copied.folder / "copies").iterdir()] == ["one.db"]
