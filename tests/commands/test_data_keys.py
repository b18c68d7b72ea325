"""New keys by command: nothing is lost when it is killed, and what people hold goes on working."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import keys, rekey
from bot.keys import kept_beside, read_file
from storage import rekeying
from storage.database import Database
from storage.people import Contact, JoinCode, Person
from storage.rekeying import key_counts
from tests.commands.database import opened, stored
from tests.commands.killed import die, kill_at
from tests.commands.terminal import Terminal

_LEAD = "qa@rochdale.example"


def _keys(terminal: Terminal) -> Path:
    return terminal.folder / "data" / "keys.toml"


def _in_use(terminal: Terminal) -> set[bytes]:
    with opened(terminal) as database, database.reading() as session:
        return set(key_counts(session))


def test_everything_is_under_the_new_key_and_the_old_one_is_gone(rochdale: Terminal) -> None:
    people = {row.email for row in stored(rochdale, Person)}
    done = rochdale.json("data", "rekey")
    assert (done["key"], done["dropped"]) == ("k2", ["k1"])
    assert done["rows"] > 10
    assert list(read_file(_keys(rochdale)).keys) == ["k2"]
    assert not kept_beside(_keys(rochdale)).exists()
    assert _in_use(rochdale) == {read_file(_keys(rochdale)).keyring().current_id}
    assert {row.email for row in stored(rochdale, Person)} == people
    again = rochdale.done("data", "rekey").out
    assert "Make a new copy of the keys file now" in again


def test_a_key_is_made_ready_for_other_nodes_first(rochdale: Terminal) -> None:
    assert rochdale.json("data", "rekey", "--prepare") == {"key": "k2"}
    assert rochdale.json("data", "rekey", "--prepare") == {"key": "k2"}
    assert _in_use(rochdale) == {read_file(_keys(rochdale)).keyring().current_id}
    assert "nothing to finish" in rochdale.run("data", "rekey", "--finish").err
    assert rochdale.json("data", "rekey")["key"] == "k2"
    assert rochdale.run("data", "rekey", "--finish", "--lookup").code == 2


def _after(rows: int) -> Callable[..., int]:
    """Encrypts, and is killed once so many rows are done."""

    def stop(done: int, _of: int) -> None:
        if done > rows:
            die()

    def work(database: Database, _said: object = None) -> int:
        rekeying.BATCH = 7
        return rekeying.encrypt_again(database, stop)

    return work


def test_killed_anywhere_all_can_be_read_and_it_goes_on(rochdale: Terminal) -> None:
    people = {row.email for row in stored(rochdale, Person)}
    for owner, step, by in (
        (keys, "switch", die),
        (rekey, "encrypt_again", _after(0)),
        (rekey, "encrypt_again", _after(8)),
        (rekey, "leftovers", die),
        (keys, "drop_old", die),
    ):
        kill_at(rochdale, owner, step, "data", "rekey", by=by)
        assert {row.email for row in stored(rochdale, Person)} == people, step
        assert kept_beside(_keys(rochdale)).exists()
    assert rochdale.json("data", "rekey")["dropped"] == ["k1"]
    assert list(read_file(_keys(rochdale)).keys) == ["k2"]
    assert {row.email for row in stored(rochdale, Person)} == people


@pytest.mark.parametrize(
    ("owner", "step"),
    [(rekey, "rebuild_lookups"), (keys, "finish_lookup")],
    ids=["before", "after"],
)
def test_a_new_look_up_key_killed_on_the_way_is_finished_by_the_same_command(
    rochdale: Terminal, owner: Any, step: str
) -> None:
    rochdale.done("people", "link", _LEAD)
    code = rochdale.json("people", "code", _LEAD)["code"]
    hashes = {row.email_hash for row in stored(rochdale, Person) if row.email}
    [used] = stored(rochdale, JoinCode)
    kill_at(rochdale, owner, step, "data", "rekey", "--lookup")
    ran = rochdale.run("people", "list")
    assert (ran.code, ran.out) == (1, "")
    assert "rekey --lookup" in ran.err
    rochdale.done("data", "rekey", "--lookup")
    assert not hashes & {row.email_hash for row in stored(rochdale, Person)}
    rochdale.done("people", "link", _LEAD)
    assert len([row for row in stored(rochdale, Contact) if row.address == _LEAD]) <= 1
    [kept] = stored(rochdale, JoinCode)
    assert kept.code_hash == used.code_hash
    assert code
    assert len(read_file(_keys(rochdale)).former) == 1


def test_a_keys_file_that_is_gone_can_be_put_back_from_its_copy(rochdale: Terminal) -> None:
    shutil.copy(_keys(rochdale), rochdale.folder / "copy.toml")
    rochdale.done("data", "rekey", "--old-keys", "old.toml")
    assert read_file(rochdale.folder / "old.toml").current == "k1"
    assert (rochdale.folder / "old.toml").stat().st_mode & 0o777 == 0o600
    shutil.copy(rochdale.folder / "copy.toml", _keys(rochdale))
    ran = rochdale.run("people", "list")
    assert ran.code == 1
    assert "put the old key back" in ran.err
