"""Transactions, batches, waiting and failing: the same on both databases."""

import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlmodel import Session, select

from storage.audit import AuditEntry, record
from storage.database import (
    Database,
    DatabaseUnusable,
    insert_new,
    is_out_of_service,
    upsert,
)
from storage.mail import InboxKey, Lease
from storage.outages import outage
from storage.people import Contact
from storage.surveys import SurveyVersion
from storage.types import Keyring

DAY = date(2023, 12, 1)


def _key(number: int, platform: str = "console") -> dict[str, object]:
    return {
        "platform": platform,
        "space": "",
        "event_id": str(number),
        "received_on": DAY,
    }


def _count(database: Database, table: type = InboxKey) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def _pragma(session: Session, name: str) -> object:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


def test_sqlite_is_durable_and_careful_on_every_connection(sqlite_database: Database) -> None:
    for opened in (sqlite_database.reading, sqlite_database.writing):
        with opened() as session:
            assert _pragma(session, "journal_mode") == "wal"
            assert _pragma(session, "synchronous") == 2
            assert _pragma(session, "foreign_keys") == 1
            assert _pragma(session, "secure_delete") == 1


def _insert_and_fail(session: Session, number: int) -> None:
    insert_new(session, InboxKey, [_key(number)])
    record(session, at=_at(0), act="a")
    session.flush()
    raise ZeroDivisionError


def test_what_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        _insert_and_fail(session, 1)
    assert _count(database) == 0
    assert _count(database, AuditEntry) == 0


def test_a_savepoint_undoes_its_own_part_only(database: Database) -> None:
    with database.writing() as session:
        insert_new(session, InboxKey, [_key(1)])
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            _insert_and_fail(session, 2)
        with session.begin_nested():
            insert_new(session, InboxKey, [_key(3)])
    with database.reading() as session:
        assert set(session.exec(select(InboxKey.event_id))) == {"1", "3"}


def test_a_savepoint_that_ended_is_undone_with_the_transaction(database: Database) -> None:
    def save_and_fail() -> None:
        with database.writing() as session:
            with session.begin_nested():
                insert_new(session, InboxKey, [_key(1)])
            _insert_and_fail(session, 2)

    with pytest.raises(ZeroDivisionError):
        save_and_fail()
    assert _count(database) == 0


def test_rows_that_point_at_nothing_are_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Contact(platform="c", address="a", address_hash="h", person_id=404))


def test_a_reader_sees_one_moment_and_keeps_no_writer_waiting(database: Database) -> None:
    with database.reading() as reader:
        assert reader.exec(select(InboxKey)).all() == []
        with database.writing() as writer:
            insert_new(writer, InboxKey, [_key(1)])
        assert reader.exec(select(InboxKey)).all() == []
    assert _count(database) == 1


def test_a_reader_that_writes_is_refused_and_the_next_writer_is_not(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        insert_new(session, InboxKey, [_key(1)])
    with database.writing() as session:
        insert_new(session, InboxKey, [_key(2)])
    assert _count(database) == 1


def test_two_writers_wait_for_each_other_instead_of_failing(database: Database) -> None:
    with database.writing() as session:
        session.add(SurveyVersion(slug="n", fingerprint="", definition="0", added_at=_at(0)))

    def add() -> None:
        for _ in range(15):
            with database.writing() as session:
                row = session.exec(select(SurveyVersion).with_for_update()).one()
                row.definition = str(int(row.definition) + 1)
                session.add(row)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.reading() as session:
        assert session.exec(select(SurveyVersion.definition)).one() == "45"


def _at(hours: int) -> datetime:
    return datetime.fromisoformat("2023-12-01T09:00Z") + timedelta(hours=hours)


def test_only_what_is_new_is_inserted_and_given_back(database: Database) -> None:
    with database.writing() as session:
        insert_new(session, InboxKey, [_key(1), _key(2)])
    with database.writing() as session:
        rows = [_key(2), _key(3), _key(3), _key(4)]
        new = insert_new(session, InboxKey, rows, InboxKey.event_id, InboxKey.received_on)
    assert sorted(map(tuple, new)) == [("3", DAY), ("4", DAY)]
    assert _count(database) == 4


def test_typed_columns_go_through_their_types_in_a_batch(database: Database) -> None:
    address = {"space": "", "address": "secret", "language": "en", "state": "active"}
    rows = [
        {"platform": "c", "address_hash": str(n), "state_reason": "", **address} for n in range(3)
    ]
    with database.writing() as session:
        new = insert_new(session, Contact, rows, Contact.address, Contact.address_hash)
        raw = session.connection().execute(text("SELECT address FROM contact")).scalars().all()
    assert sorted(map(tuple, new)) == [("secret", "0"), ("secret", "1"), ("secret", "2")]
    assert all(b"secret" not in bytes(value) for value in raw)


def test_a_batch_may_be_larger_than_any_statement(database: Database) -> None:
    rows = [_key(number) for number in range(20_000)]
    with database.writing() as session:
        assert len(insert_new(session, InboxKey, rows, InboxKey.event_id)) == 20_000
        assert insert_new(session, InboxKey, rows, InboxKey.event_id) == []
        insert_new(session, InboxKey, [_key(n, "other") for n in range(20_000)])
    assert _count(database) == 40_000


def test_upsert_replaces_by_key_and_the_last_of_a_batch_counts(database: Database) -> None:
    def lease(name: str, holder: str, hours: int) -> dict[str, object]:
        return {"name": name, "holder": holder, "until": _at(hours)}

    with database.writing() as session:
        upsert(session, Lease, [lease("a", "one", 1), lease("b", "one", 1)], key=["name"])
        upsert(session, Lease, [lease("a", "two", 2), lease("a", "three", 3)], key=["name"])
    with database.reading() as session:
        found = {lease.name: lease for lease in session.exec(select(Lease))}
    assert (found["a"].holder, found["a"].until) == ("three", _at(3))
    assert (found["b"].holder, found["b"].until) == ("one", _at(1))


def test_upsert_of_rows_that_are_all_key_leaves_them(database: Database) -> None:
    with database.writing() as session:
        for _ in range(2):
            upsert(session, InboxKey, [_key(1)], key=list(_key(1)))
    assert _count(database) == 1


def test_nothing_to_write_writes_nothing(database: Database) -> None:
    with database.writing() as session:
        assert insert_new(session, InboxKey, []) == []
        upsert(session, Lease, [], key=["name"])
    assert _count(database) == 0


def test_rows_of_different_shape_are_refused(database: Database) -> None:
    odd = {**_key(2), "surprise": 1}
    with database.writing() as session, pytest.raises(ValueError, match="the same columns"):
        insert_new(session, InboxKey, [_key(1), odd])


def test_a_batch_goes_after_what_the_session_still_holds(database: Database, now: datetime) -> None:
    with database.writing() as session:
        session.add(Lease(name="a", holder="first", until=now))
        row = {"name": "a", "holder": "second", "until": now}
        assert insert_new(session, Lease, [row], Lease.name) == []


def test_a_locked_database_is_out_of_service_and_comes_back(
    database_url: str, keyring: Keyring
) -> None:
    with (
        Database(database_url, keyring) as one,
        Database(database_url, keyring, patience=0.1) as two,
    ):
        with one.writing() as holder:
            _lock(holder)
            with pytest.raises(OperationalError) as caught, two.writing() as session:
                _lock(session)
        assert is_out_of_service(caught.value)
        assert "another program holds" in (outage(caught.value) or "")
        with two.writing() as session:
            insert_new(session, InboxKey, [_key(1)])
        assert _count(one) == 1


def _lock(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("LOCK TABLE inbox_key"))


def test_a_full_disk_leaves_nothing_half_written(sqlite_database: Database) -> None:
    with pytest.raises(OperationalError) as caught, sqlite_database.writing() as session:
        _write_on_a_full_disk(session)
    assert is_out_of_service(caught.value)
    assert "make room" in (outage(caught.value) or "")
    assert _count(sqlite_database) == 0


def _write_on_a_full_disk(session: Session) -> None:
    insert_new(session, InboxKey, [_key(0)])
    pages = _pragma(session, "page_count")
    session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
    insert_new(session, InboxKey, [_key(number) for number in range(1, 5_000)])


def test_after_a_swallowed_disk_error_nothing_more_is_written(sqlite_database: Database) -> None:
    """SQLite itself ends the transaction then; what followed would be committed each by itself."""

    def write_on() -> None:
        with sqlite_database.writing() as session:
            _fail_as_a_disk_fails(session)
            insert_new(session, InboxKey, [_key(1)])

    with pytest.raises(PendingRollbackError):
        write_on()
    assert _count(sqlite_database) == 0
    with sqlite_database.writing() as session:
        insert_new(session, InboxKey, [_key(2)])
    assert _count(sqlite_database) == 1


def _fail_as_a_disk_fails(session: Session) -> None:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.execute("ROLLBACK")
    with pytest.raises(OperationalError):
        session.connection().exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def test_a_mistake_of_ours_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.writing() as session:
        session.connection().execute(text("SELECT * FROM nowhere"))
    assert not is_out_of_service(caught.value)
    with pytest.raises(IntegrityError) as clash, database.writing() as session:
        session.connection().execute(InboxKey.__table__.insert(), [_key(1), _key(1)])  # type: ignore[attr-defined]
    assert not is_out_of_service(clash.value)
    assert not is_out_of_service(ValueError())


def test_a_server_that_does_not_answer_is_out_of_service(tmp_path: Path, keyring: Keyring) -> None:
    gone = Database(f"postgresql://somebody:hunter2@/loop?host={tmp_path}", keyring)
    with gone, pytest.raises(OperationalError) as caught, gone.reading() as session:
        session.connection()
    assert "does not answer" in (outage(caught.value) or "")
    assert "hunter2" not in gone.where


def test_a_file_that_is_no_database_is_out_of_service(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "loop.db").write_bytes(b"This is a letter, not a database." * 100)
    broken = Database(f"sqlite:///{tmp_path}/loop.db", keyring)
    with broken, pytest.raises(DBAPIError) as caught, broken.writing():
        pass
    assert "restore the last backup" in (outage(caught.value) or "")


def test_nothing_of_a_deleted_row_stays_in_the_files(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.writing() as session:
        insert_new(session, InboxKey, [_key(1, "remarkable")])
    with sqlite_database.writing() as session:
        session.connection().execute(text("DELETE FROM inbox_key"))
    sqlite_database.fold_log()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept
    assert b"remarkable" not in kept


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("data/loop.db", "is not a URL; write for example"),
        ("mysql://somewhere/loop", "begins with sqlite:/// or postgresql://"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////no/such/folder/loop.db", "/no/such/folder of the database does not exist"),
    ],
)
def test_an_address_that_cannot_work_says_what_to_write(
    url: str, says: str, keyring: Keyring
) -> None:
    with pytest.raises(DatabaseUnusable, match=says):
        Database(url, keyring)
