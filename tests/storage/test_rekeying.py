"""New keys: everything is encrypted again, nothing is lost on the way, and codes go on working."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlmodel import col, select

from storage import rekeying
from storage.concerns import ReviewItem
from storage.database import Database
from storage.marks import LOOKUP, mark_of_lookup, marked
from storage.people import Contact, Person
from storage.rekeying import (
    HELD_BY_PEOPLE,
    REBUILT,
    contact_of_former_hash,
    encrypt_again,
    key_counts,
    leftovers,
    rebuild_lookups,
    sealed_tables,
)
from storage.schema import metadata
from storage.types import Encrypted, KeyMissing, Keyring
from tests.storage.respondents import WORDS, Respondents

OLD, NEW = b"o" * 32, b"n" * 32
LOOKUP_KEY, CODE_KEY = b"l" * 32, b"c" * 32


def _ring(*names: str, lookup: bytes = LOOKUP_KEY, former: Sequence[bytes] = ()) -> Keyring:
    keys = {"old": OLD, "new": NEW}
    return Keyring({name: keys[name] for name in names}, lookup, CODE_KEY, former)


def _filled(url: str, now: datetime, ring: Keyring) -> None:
    with Database(url, ring) as database:
        they = Respondents(database, now)
        survey = they.survey("s")
        for name in ("mine", "theirs", "others"):
            they.session(name, survey, they.contact(name))
            they.item(name)
            they.message(f"ask:{name}", 1, sent=None, s=name)


def test_every_encrypted_column_of_every_table_is_known_by_itself() -> None:
    wanted = {
        (table.name, column.name)
        for table in metadata().tables.values()
        for column in table.c
        if isinstance(column.type, Encrypted)
    }
    found = {(sealed.table.name, name) for sealed in sealed_tables() for name in sealed.names}
    assert found == wanted
    assert len(found) > 10
    assert all(sealed.key for sealed in sealed_tables())


def test_every_hash_is_made_again_or_is_of_what_people_hold() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in metadata().tables.values()
        for column in table.c
        if column.name.endswith("_hash") and table.name != "audit_entry"
    }
    assert found == {*REBUILT, *HELD_BY_PEOPLE}


def test_after_it_the_new_key_alone_reads_everything(database_url: str, now: datetime) -> None:
    _filled(database_url, now, _ring("old"))
    steps: list[tuple[int, int]] = []
    with Database(database_url, _ring("new", "old")) as database:
        assert encrypt_again(database, lambda done, of: steps.append((done, of))) > 0
        with database.reading() as session:
            assert set(key_counts(session)) == {_ring("new").current_id}
        assert encrypt_again(database) == 0
    assert steps[-1][0] == steps[-1][1]
    with Database(database_url, _ring("new")) as alone:
        they = Respondents(alone, now)
        assert {row.address for row in they.all(Contact)} == {"mine", "theirs", "others"}
        assert all(WORDS in row.words for row in they.all(ReviewItem))
    with Database(database_url, _ring("old")) as before, pytest.raises(KeyMissing):
        Respondents(before, now).all(Contact)


class _PowerCut(RuntimeError):
    pass


@pytest.mark.parametrize("after", range(0, 16, 3))
def test_cut_off_anywhere_everything_can_be_read_and_it_goes_on(
    database_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    _filled(database_url, now, _ring("old"))
    monkeypatch.setattr(rekeying, "BATCH", 1)

    def cut(done: int, _of: int) -> None:
        if done > after:
            raise _PowerCut

    with Database(database_url, _ring("new", "old")) as database:
        with pytest.raises(_PowerCut):
            encrypt_again(database, cut)
        they = Respondents(database, now)
        assert {row.address for row in they.all(Contact)} == {"mine", "theirs", "others"}
        assert len(key_counts_of(database)) == 2
        encrypt_again(database)
        assert set(key_counts_of(database)) == {_ring("new").current_id}


def key_counts_of(database: Database) -> dict[bytes, int]:
    with database.reading() as session:
        return dict(key_counts(session))


def test_what_was_written_with_the_old_key_meanwhile_is_found_at_the_end(
    database_url: str, now: datetime
) -> None:
    _filled(database_url, now, _ring("old"))
    with Database(database_url, _ring("new", "old")) as database:
        encrypt_again(database)
        with Database(database_url, _ring("old", "new")) as late:
            Respondents(late, now).contact("late")
        with database.writing() as session:
            assert leftovers(session) == 2
        assert set(key_counts_of(database)) == {_ring("new").current_id}
        assert "late" in {row.address for row in Respondents(database, now).all(Contact)}


def test_a_running_program_takes_in_a_key_that_is_new_in_the_file(
    database_url: str, now: datetime
) -> None:
    file = [_ring("old")]
    seen = [file[0]]

    def reload() -> Keyring | None:
        if file[0] is seen[0]:
            return None
        seen[0] = file[0]
        return file[0]

    following = Keyring({"old": OLD}, LOOKUP_KEY, CODE_KEY, reload=reload)
    _filled(database_url, now, _ring("old"))
    with Database(database_url, following) as running:
        they = Respondents(running, now)
        file[0] = _ring("new", "old")
        with Database(database_url, _ring("new", "old")) as other:
            encrypt_again(other)
        assert {row.address for row in they.all(Contact)} == {"mine", "theirs", "others"}
        they.contact("after")
        assert set(key_counts_of(running)) == {_ring("new").current_id}


def test_a_new_look_up_key_finds_everybody_and_codes_stay(database_url: str, now: datetime) -> None:
    before = _ring("old")
    with Database(database_url, before) as database, database.writing() as session:
        email = "sam@example.org"
        sam = Person(name="Sam", email=email, email_hash=before.fingerprint("email", email))
        session.add(sam)
        session.flush()
        digest = before.fingerprint("address", "email", "", email)
        session.add(Contact(platform="email", address=email, address_hash=digest, person_id=sam.id))
        session.add(Contact(platform="t", address="", address_hash="erased:7"))
    after = _ring("old", lookup=b"m" * 32, former=[LOOKUP_KEY])
    with Database(database_url, after) as database:
        with database.writing() as session:
            assert rebuild_lookups(session, after) == 2
            assert marked(session, LOOKUP) == mark_of_lookup(session)
        with database.reading() as session:
            wanted = after.fingerprint("address", "email", "", email)
            assert wanted != digest
            found = session.exec(select(Contact).where(col(Contact.address_hash) == wanted)).one()
            assert found.address == email
            by_email = after.fingerprint("email", email)
            person = select(Person).where(col(Person.email_hash) == by_email)
            assert session.exec(person).one().name == "Sam"
            old_link = contact_of_former_hash(session, digest)
            assert old_link is not None
            assert old_link.id == found.id
            assert contact_of_former_hash(session, "0" * 32) is None
            emptied = select(Contact).where(col(Contact.address_hash) == "erased:7")
            assert session.exec(emptied).one().address == ""
    for kind in ("receipt code", "receipt", "invite", "personal invite", "join code", "tombstone"):
        assert after.fingerprint(kind, "x") == before.fingerprint(kind, "x")
