"""Digests as they were sent stay two years, with their files."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from storage.database import Database
from storage.editions import Edition, EditionFile
from storage.retention import purge
from storage.retention_rules import RetentionRules
from tests.storage.held import hold as set_one


@pytest.mark.parametrize(
    ("age", "hold", "stays"),
    [(729, False, True), (732, False, False), (732, True, True)],
    ids=["not two years", "two years", "a legal hold"],
)
def test_a_digest_goes_with_its_files_after_two_years(
    database: Database, now: datetime, age: int, hold: bool, stays: bool
) -> None:
    if hold:
        set_one(database, now)
    with database.writing() as db:
        edition = Edition(
            dedupe_key="weekly:x",
            starts_on=date(2021, 1, 1),
            ends_on=date(2021, 1, 7),
            as_at=now - timedelta(days=age),
        )
        db.add(edition)
        db.flush()
        assert edition.id is not None
        db.add(EditionFile(edition_id=edition.id, format="pdf", content="x"))
    with database.writing() as db:
        found = purge(db, now=now, rules=RetentionRules())
        assert found.counts.get("digests", 0) == (not stays)
    with database.reading() as db:
        assert bool(db.exec(select(Edition)).all()) is stays
        assert bool(db.exec(select(EditionFile)).all()) is stays
