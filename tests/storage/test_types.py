"""Instants, encrypted text and words of a list, as they rest and as they come back."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel, select

from storage.database import Database
from storage.mail import Lease
from storage.people import Contact, ContactState
from storage.types import EMPTY_SEALED, KeyMissing, Keyring, Tampered

WORDS = "Nobody knows that Quentin hits me"


def _contact(address: str = WORDS) -> Contact:
    return Contact(platform="console", address=address, address_hash="h")


def _add(database: Database, *rows: SQLModel) -> None:
    with database.writing() as session:
        session.add_all(rows)


def _store(database: Database, address: str = WORDS) -> None:
    _add(database, _contact(address))


def _stored(database: Database) -> str:
    with database.reading() as session:
        return session.exec(select(Contact)).one().address


def _sealed(database: Database) -> bytes:
    with database.reading() as session:
        return bytes(session.connection().execute(text("SELECT address FROM contact")).scalar_one())


@pytest.mark.parametrize(
    "at",
    [
        datetime(2023, 12, 1, 9, tzinfo=ZoneInfo("Europe/London")),
        datetime(2024, 3, 31, 1, 30, tzinfo=UTC),
        datetime(2023, 7, 1, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database, at: datetime) -> None:
    with database.writing() as session:
        session.add(Lease(name="a", holder="b", until=at))
    with database.reading() as session:
        back = session.exec(select(Lease.until)).one()
    assert back == at
    assert back.utcoffset() == timedelta(0)


def test_instants_are_compared_as_instants_whatever_their_zone(database: Database) -> None:
    london = datetime(2023, 7, 1, 9, tzinfo=ZoneInfo("Europe/London"))
    with database.writing() as session:
        session.add(Lease(name="a", holder="b", until=london))
    with database.reading() as session:
        just_before = datetime(2023, 7, 1, 7, 59, tzinfo=UTC)
        assert session.exec(select(Lease).where(Lease.until > just_before)).all()
        assert not session.exec(select(Lease).where(Lease.until < just_before)).all()


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2023, 12, 1, 9)  # noqa: DTZ001
    lease = Lease(name="a", holder="b", until=naive)
    with pytest.raises(StatementError, match="needs a time zone"):
        _add(database, lease)


def test_encrypted_text_comes_back_and_its_words_are_not_in_the_database(
    database: Database,
) -> None:
    _store(database)
    assert _stored(database) == WORDS
    assert b"Quentin" not in _sealed(database)


def test_encrypted_words_are_nowhere_in_the_files_of_the_database(
    sqlite_database: Database, tmp_path: Path
) -> None:
    _store(sqlite_database)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"console" in kept
    assert b"Quentin" not in kept


def test_the_same_text_never_looks_the_same_twice(keyring: Keyring) -> None:
    assert keyring.encrypt(WORDS) != keyring.encrypt(WORDS)


def test_an_error_while_writing_does_not_show_the_words(database: Database) -> None:
    with pytest.raises(StatementError) as caught:
        _add(database, _contact(), _contact())
    assert "Quentin" not in str(caught.value)
    assert "Quentin" not in repr(caught.value.params)


def test_a_keyring_does_not_show_its_keys() -> None:
    assert "k" * 8 not in repr(Keyring({"a": b"k" * 32}, b"k" * 32))


def test_after_a_rotation_the_new_key_writes_and_the_old_one_still_reads(
    database_url: str, keyring: Keyring
) -> None:
    with Database(database_url, keyring) as before:
        _store(before)
    rotated = Keyring({"new": b"n" * 32, **keyring.keys}, keyring.lookup_key)
    new_alone = Keyring({"new": b"n" * 32}, keyring.lookup_key)
    with Database(database_url, rotated) as after:
        assert _stored(after) == WORDS
        with pytest.raises(KeyMissing):
            new_alone.decrypt(_sealed(after))
        with after.writing() as session:
            contact = session.exec(select(Contact)).one()
            contact.address = "another"
            session.add(contact)
        assert new_alone.decrypt(_sealed(after)) == _stored(after) == "another"


def test_a_value_whose_key_is_gone_says_which_file_to_mend(
    database_url: str, keyring: Keyring
) -> None:
    with Database(database_url, keyring) as before:
        _store(before)
    other = Database(database_url, Keyring({"new": b"n" * 32}, b"l" * 32))
    with other, pytest.raises(KeyMissing, match="put the old key back"):
        _stored(other)


@pytest.mark.parametrize("place", [EMPTY_SEALED - 20, EMPTY_SEALED, -1])
def test_a_value_changed_outside_the_program_is_noticed(keyring: Keyring, place: int) -> None:
    sealed = bytearray(keyring.encrypt(WORDS))
    sealed[place] ^= 1
    with pytest.raises(Tampered, match="outside the program"):
        keyring.decrypt(bytes(sealed))


@pytest.mark.parametrize("length", [0, 3, 10, EMPTY_SEALED - 1])
def test_a_value_cut_short_is_noticed(keyring: Keyring, length: int) -> None:
    with pytest.raises(Tampered):
        keyring.decrypt(keyring.encrypt("")[:length])


@given(st.text(st.characters(), max_size=40))
def test_any_text_survives_encryption_even_half_an_emoji(words: str) -> None:
    keyring = Keyring({"a": b"a" * 32}, b"l" * 32)
    assert keyring.decrypt(keyring.encrypt(words)) == words


def test_an_empty_text_is_as_long_as_the_retention_rules_think(keyring: Keyring) -> None:
    assert len(keyring.encrypt("")) == EMPTY_SEALED


def test_fingerprints_tell_parts_apart_and_need_the_key(keyring: Keyring) -> None:
    assert keyring.fingerprint("ab", "c") != keyring.fingerprint("a", "bc")
    assert keyring.fingerprint("a") != Keyring.generate().fingerprint("a")
    assert len(keyring.fingerprint("a")) == 32


def test_a_word_of_a_list_is_stored_as_its_value_and_comes_back_as_a_member(
    database: Database,
) -> None:
    with database.writing() as session:
        session.add(Contact(platform="c", address="a", address_hash="h", state=ContactState.GONE))
    with database.reading() as session:
        assert session.exec(select(Contact.state)).one() is ContactState.GONE
        raw = session.connection().execute(text("SELECT state FROM contact")).scalar_one()
        assert raw == "gone"
        assert session.exec(select(Contact).where(Contact.state == "gone")).all()


def test_a_word_outside_its_list_is_refused(database: Database) -> None:
    contact = _contact()
    contact.state = "perhaps"  # type: ignore[assignment]
    with pytest.raises(StatementError, match="perhaps"):
        _add(database, contact)
