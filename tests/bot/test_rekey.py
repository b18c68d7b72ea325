"""Changing keys on one node and on several, on both kinds of database."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import keys, rekey
from bot.keys import read_keys, write_keys
from bot.rekey import RekeyRefused
from storage.concerns import ReviewItem
from storage.database import Database
from storage.rekeying import key_counts
from storage.types import KeyMissing, Keyring
from tests.storage.respondents import WORDS, Respondents


@pytest.fixture
def path(tmp_path: Path, keyring: Keyring) -> Path:
    made = tmp_path / "keys.toml"
    write_keys(made, Keyring({"k1": b"k" * 32}, keyring.lookup_key, b"c" * 32))
    return made


def _names(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return rekey.by_name(key_counts(session), database.keyring)


def test_one_node_changes_its_key_in_one_go_and_several_in_three_steps(
    database_url: str, path: Path, now: datetime
) -> None:
    with Database(database_url, read_keys(path)) as database:
        they = Respondents(database, now)
        they.session("mine", they.survey("s"), they.contact("mine"))
        they.item("mine")
        if not database.is_embedded:
            with pytest.raises(RekeyRefused, match="--prepare"):
                rekey.rekey(database, path, now=now)
            assert rekey.prepare(path) == "k2"
        done = rekey.rekey(database, path, now=now)
        assert done.key == "k2"
        assert done.rows > 3
        assert set(_names(database)) == {"k2"}
        if not database.is_embedded:
            assert done.waits
            _late(database_url, path, now)
            with pytest.raises(RekeyRefused, match="ten minutes"):
                rekey.finish(database, path, now=now + timedelta(minutes=9))
            done = rekey.finish(database, path, now=now + timedelta(minutes=10))
        assert done.dropped == ("k1",)
        assert set(_names(database)) == {"k2"}
        assert they.one(ReviewItem).words == WORDS
    old = Database(database_url, Keyring({"k1": b"k" * 32}, b"l" * 32))
    with old, pytest.raises(KeyMissing):
        Respondents(old, now).all(ReviewItem)


def _late(url: str, path: Path, now: datetime) -> None:
    """Another node has the file as it was prepared, and still writes with the old key."""
    ready = keys.read_file(path).keys
    behind = Keyring({"k1": ready["k1"], "k2": ready["k2"]}, b"l" * 32)
    with Database(url, behind) as node:
        they = Respondents(node, now)
        they.contact("late")
        assert they.one(ReviewItem).words == WORDS
        assert set(_names(node)) == {"k1", "k2"}


def test_old_keys_are_never_written_over_a_file(
    sqlite_database: Database, path: Path, tmp_path: Path, now: datetime
) -> None:
    there = tmp_path / "there.toml"
    there.write_text("mine")
    url = f"sqlite:///{sqlite_database.engine.url.database}"
    with Database(url, read_keys(path)) as database:
        with pytest.raises(RekeyRefused, match="exists already"):
            rekey.rekey(database, path, now=now, old_to=there)
        assert there.read_text() == "mine"
        assert set(keys.read_file(path).keys) == {"k1", "k2"}
        rekey.rekey(database, path, now=now, old_to=tmp_path / "old.toml")
    assert keys.read_file(tmp_path / "old.toml").current == "k1"
