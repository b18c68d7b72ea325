"""The chain of human acts: what was changed, removed or put in between shows."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import audit
from storage.database import Database
from storage.people import Person


def _acts(database: Database, now: datetime, count: int = 5) -> None:
    with database.writing() as session:
        for number in range(count):
            at = now + timedelta(minutes=number)
            audit.record(session, at=at, act="looked", subject=f"review:{number}", actor="cli")


def _chain(database: Database) -> int:
    with database.writing() as session:
        return audit.chain(session)


def _verify(database: Database) -> audit.Verdict:
    with database.reading() as session:
        return audit.verify(session)


def _tamper(database: Database, statement: str) -> None:
    with database.writing() as session:
        session.connection().execute(text(statement))


def test_an_untouched_chain_holds_however_often_it_was_continued(
    database: Database, now: datetime
) -> None:
    for _ in range(3):
        _acts(database, now)
        assert _chain(database) == 5
    verdict = _verify(database)
    assert (verdict.checked, verdict.unchained, verdict.broken_at) == (15, 0, None)
    assert len(verdict.head) == 64
    assert _chain(database) == 0


def test_entries_wait_unchained_until_the_job_runs(database: Database, now: datetime) -> None:
    _acts(database, now)
    assert _verify(database) == audit.Verdict(0, 5, None, "")


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entry SET subject = 'review:9' WHERE id = 3", 3),
        ("UPDATE audit_entry SET actor = 'somebody' WHERE id = 1", 1),
        ("UPDATE audit_entry SET detail = 'x' WHERE id = 5", 5),
        ("DELETE FROM audit_entry WHERE id = 3", 4),
        ("DELETE FROM audit_entry WHERE id = 1", 2),
        ("UPDATE audit_entry SET link = NULL, hash = '' WHERE id = 2", 3),
        (
            "INSERT INTO audit_entry (id, at, actor, act, subject, detail, link, previous_hash,"
            " hash) SELECT 99, at, actor, act, subject, detail, 6, previous_hash, hash"
            " FROM audit_entry WHERE id = 5",
            99,
        ),
        ("UPDATE audit_entry SET link = 10 - link WHERE id IN (4)", 5),
    ],
)
def test_a_changed_removed_or_inserted_entry_is_found(
    database: Database, now: datetime, statement: str, broken_at: int
) -> None:
    _acts(database, now)
    _chain(database)
    _tamper(database, statement)
    assert _verify(database).broken_at == broken_at


def test_a_chain_cut_at_its_end_shows_by_the_head_that_was_noted(
    database: Database, now: datetime
) -> None:
    _acts(database, now)
    _chain(database)
    noted = _verify(database)
    _tamper(database, "DELETE FROM audit_entry WHERE id = 5")
    assert _verify(database).head != noted.head


def test_an_entry_committed_late_with_a_low_number_does_not_break_the_chain(
    database: Database, now: datetime
) -> None:
    """On a server, a number is given when a row is written and shows when it is committed."""
    with database.writing() as session:
        session.add(audit.AuditEntry(id=7, at=now, act="early"))
    _chain(database)
    with database.writing() as session:
        session.add(audit.AuditEntry(id=3, at=now, act="late"))
    _chain(database)
    assert _verify(database).checked == 2
    assert _verify(database).broken_at is None


def test_entries_of_many_writers_are_chained_once_each(database: Database, now: datetime) -> None:
    threads = [Thread(target=_acts, args=(database, now)) for _ in range(4)]
    for thread in threads:
        thread.start()
    _chain(database)
    for thread in threads:
        thread.join(60)
    _chain(database)
    verdict = _verify(database)
    assert (verdict.checked, verdict.unchained, verdict.broken_at) == (20, 0, None)


def test_the_chain_holds_after_its_oldest_part_was_cut_off(
    database: Database, now: datetime
) -> None:
    _acts(database, now)
    _chain(database)
    with database.writing() as session:
        assert audit.cut(session, before=now + timedelta(minutes=2), now=now) == 2
    _acts(database, now + timedelta(days=1))
    _chain(database)
    verdict = _verify(database)
    assert (verdict.checked, verdict.broken_at) == (9, None)
    with database.writing() as session:
        assert audit.cut(session, before=now + timedelta(minutes=4), now=now) == 2
    assert _verify(database).broken_at is None


def test_a_beginning_removed_by_hand_is_still_found(database: Database, now: datetime) -> None:
    _acts(database, now)
    _chain(database)
    with database.writing() as session:
        audit.cut(session, before=now + timedelta(minutes=2), now=now)
    _tamper(database, "DELETE FROM audit_entry WHERE link = 3")
    assert _verify(database).broken_at == 4


def test_cutting_what_is_not_there_cuts_nothing(database: Database, now: datetime) -> None:
    with database.writing() as session:
        assert audit.cut(session, before=now, now=now) == 0
        assert audit.chain(session) == 0


def test_an_act_is_undone_with_the_transaction_it_belongs_to(
    database: Database, now: datetime
) -> None:
    def add(key: str) -> None:
        with database.writing() as session:
            audit.record(session, at=now, act="added")
            session.add(Person(key=key, email="e", email_hash="same", name="n"))

    add("one")
    with pytest.raises(IntegrityError):
        add("two")
    assert _verify(database).unchained == 1
