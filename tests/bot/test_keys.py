"""The keys file is never half written, and a running program follows it."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import keys
from bot.keys import NotSetUp, read_file, read_keys, write_keys
from storage.types import Keyring

NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys.toml"
    write_keys(made, Keyring.generate())
    return made


def test_it_is_for_its_owner_alone_and_never_written_over(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_keys(path, Keyring.generate())
    keys.prepare(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.kept_beside(path).stat().st_mode & 0o777 == 0o600


def test_a_key_is_added_made_the_first_and_the_old_one_dropped(path: Path) -> None:
    before = read_file(path)
    sealed = before.keyring().encrypt("words")
    assert list(keys.prepare(path).keys) == ["k1", "k2"]
    assert list(keys.prepare(path).keys) == ["k1", "k2"], "once"
    assert read_file(path).current == "k1"
    assert list(keys.switch(path, NOW).keys) == ["k2", "k1"]
    assert read_keys(path).decrypt(sealed) == "words"
    assert read_file(keys.kept_beside(path)).keys == before.keys
    assert keys.drop_old(path) == ("k1",)
    after = read_file(path)
    assert list(after.keys) == ["k2"]
    assert (after.lookup, after.codes) == (before.lookup, before.codes)
    assert not keys.kept_beside(path).exists()


def test_a_program_that_runs_reads_with_the_new_key_and_then_writes_with_it(path: Path) -> None:
    running = read_keys(path)
    assert not running.refresh()
    keys.prepare(path)
    keys.switch(path, NOW)
    other = read_keys(path)
    assert running.decrypt(other.encrypt("after the switch")) == "after the switch"
    assert running.current_id == other.current_id
    assert not running.refresh()


def test_a_file_of_an_earlier_version_goes_on_with_its_one_key_for_hashes(path: Path) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("codes")))
    found = read_file(path)
    assert found.codes == found.lookup


def test_a_look_up_key_half_changed_stops_the_program_and_says_how_to_finish(path: Path) -> None:
    begun = keys.begin_lookup(path)
    assert keys.begin_lookup(path).next_lookup == begun.next_lookup
    with pytest.raises(NotSetUp, match="data rekey --lookup"):
        read_keys(path)
    keys.finish_lookup(path)
    found = read_file(path)
    assert found.lookup == begun.next_lookup
    assert found.former == (begun.lookup,)


@pytest.mark.parametrize("content", ["", "lookup = 1", 'lookup = "zz"\n[keys]\nk1="00"', "[keys"])
def test_a_broken_file_is_named_and_nothing_of_it_is_shown(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(NotSetUp, match="put your copy") as caught:
        read_keys(path)
    assert caught.value.__cause__ is None
    assert "zz" not in str(caught.value)


def test_a_program_that_runs_goes_on_when_somebody_spoils_the_file(path: Path) -> None:
    running = read_keys(path)
    sealed = running.encrypt("words")
    path.write_text("spoilt")
    assert not running.refresh()
    assert running.decrypt(sealed) == "words"


def test_what_a_crash_left_beside_it_is_no_hindrance(path: Path) -> None:
    shutil.copy(path, path.with_name(path.name + ".new"))
    assert list(keys.prepare(path).keys) == ["k1", "k2"]
    assert not path.with_name(path.name + ".new").exists()


def test_the_switch_is_remembered_until_the_old_key_is_dropped(path: Path) -> None:
    keys.prepare(path)
    keys.switch(path, NOW)
    assert read_file(path).switched_at == NOW
    keys.switch(path, NOW + timedelta(days=1))
    assert read_file(path).switched_at == NOW
    keys.drop_old(path)
    assert read_file(path).switched_at is None
