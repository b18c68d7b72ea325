"""Whatever is done to the record of human acts outside the program shows: every field of every

entry, entries taken out, put in or put in another order, before and after a cut by retention.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update
from sqlmodel import Session, select

from storage import audit
from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Person

TABLE = AuditEntry.__table__  # type: ignore[attr-defined]
_WORDS = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=0x24F), max_size=30)


class _Undo(Exception):
    """Nothing of it stays."""


@contextmanager
def _undone(database: Database) -> Iterator[Session]:
    """A transaction that is taken back."""
    try:
        with database.writing() as session:
            yield session
            raise _Undo
    except _Undo:
        return


def _filled(database: Database, now: datetime, *, is_cut: bool) -> list[int]:
    """A chain of acts by two people and a job; the ids of what is in it."""
    with database.writing() as session:
        session.add_all([Person(name="Maya"), Person(name="Sam")])
        session.flush()
        for number in range(8):
            audit.record(
                session,
                at=now + timedelta(minutes=number),
                act="looked",
                subject=f"review:{number}",
                person_id=(None, 1, 2)[number % 3],
                actor=("cli", "", "")[number % 3],
                detail=("", "found")[number % 2],
            )
        audit.chain(session)
        if is_cut:
            assert audit.cut(session, before=now + timedelta(minutes=3), now=now) == 3
        assert audit.verify(session).broken_at is None
        return list(session.exec(select(AuditEntry.id).order_by(TABLE.c.link)))  # type: ignore[arg-type]


def _another(name: str, given: st.DataObject, now: datetime) -> Any:
    """Some other value of this field."""
    if name == "at":
        return now + timedelta(microseconds=given.draw(st.integers(1, 10**9)), days=-1)
    if name == "person_id":
        return given.draw(st.sampled_from([None, 1, 2]))
    if name == "id":
        return given.draw(st.integers(500, 600))
    if name == "link":
        return given.draw(st.none() | st.integers(500, 600) | st.integers(-9, 0))
    return given.draw(_WORDS)


@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "cut"])
@pytest.mark.parametrize("name", [column.name for column in TABLE.columns])
def test_any_change_of_any_field_of_any_entry_is_found(
    database: Database, now: datetime, name: str, is_cut: bool
) -> None:
    ids = _filled(database, now, is_cut=is_cut)

    @settings(max_examples=6)
    @given(data=st.data(), entry=st.sampled_from(ids))
    def changed(data: st.DataObject, entry: int) -> None:
        with _undone(database) as session:
            before = session.connection().execute(select(TABLE.c[name]).where(TABLE.c.id == entry))
            old, new = before.scalar_one(), _another(name, data, now)
            if old != new:
                session.connection().execute(
                    update(TABLE).where(TABLE.c.id == entry).values({name: new})
                )
                assert audit.verify(session).broken_at is not None
                audit.chain(session)
                assert audit.verify(session).broken_at is not None

    changed()


@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "cut"])
def test_any_entry_that_is_taken_out_shows_by_the_next_or_by_the_seal(
    database: Database, now: datetime, is_cut: bool
) -> None:
    ids = _filled(database, now, is_cut=is_cut)
    for entry in ids:
        with _undone(database) as session:
            noted = audit.verify(session).head
            session.connection().execute(delete(TABLE).where(TABLE.c.id == entry))
            verdict = audit.verify(session)
            if entry == ids[-1] and not is_cut:
                assert verdict.broken_at is None
                assert not audit.has_seal(session, noted)
            else:
                assert verdict.broken_at is not None
    with database.reading() as session:
        assert audit.has_seal(session, f" {audit.verify(session).head.upper()}\n")
        assert not audit.has_seal(session, "")


def test_any_two_entries_that_change_places_are_found(database: Database, now: datetime) -> None:
    ids = _filled(database, now, is_cut=False)
    for one, other in zip(ids, ids[1:] + ids[:1], strict=True):
        with _undone(database) as session:
            connection = session.connection()
            links = dict(connection.execute(select(TABLE.c.id, TABLE.c.link)).all())
            for entry, link in ((one, 900), (other, links[one]), (one, links[other])):
                connection.execute(update(TABLE).where(TABLE.c.id == entry).values(link=link))
            assert audit.verify(session).broken_at in (one, other)


@pytest.mark.parametrize("copied", [1, 4, 8])
def test_an_entry_that_is_put_in_is_found_even_as_a_copy_of_another(
    database: Database, now: datetime, copied: int
) -> None:
    _filled(database, now, is_cut=False)
    with _undone(database) as session:
        row = session.connection().execute(select(TABLE).where(TABLE.c.id == copied))
        values = dict(row.mappings().one()) | {"id": 77, "link": 9}
        session.connection().execute(insert(TABLE).values(values))
        assert audit.verify(session).broken_at == 77


def test_a_time_that_can_no_longer_be_read_is_found_and_is_no_crash(
    sqlite_database: Database, now: datetime
) -> None:
    _filled(sqlite_database, now, is_cut=False)
    with _undone(sqlite_database) as session:
        session.connection().exec_driver_sql("UPDATE audit_entry SET at = 'soon' WHERE id = 4")
        assert audit.verify(session).broken_at is not None


def test_what_is_looked_for_is_found_by_day_and_by_act(database: Database, now: datetime) -> None:
    _filled(database, now, is_cut=False)
    with database.writing() as session:
        audit.record(session, at=now + timedelta(days=2), act="concern.read", subject="x")
        since = audit.entries(session, since=now + timedelta(minutes=5))
        assert [entry.subject for entry in since] == ["review:5", "review:6", "review:7", "x"]
        assert [entry.subject for entry in audit.entries(session, act="concern.")] == ["x"]
        assert [entry.subject for entry in audit.entries(session, most=2)] == ["review:7", "x"]
        assert audit.entries(session, act="%") == []
