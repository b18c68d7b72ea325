"""The nightly job, while the program stays open."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col

from bot.app import App, open_app
from bot.schedule import chain_audit, tidy
from storage.audit import AuditEntry
from storage.leases import take_lease
from storage.mail import Lease
from storage.retention import Purged
from tests.commands.database import NOW, rows
from tests.commands.terminal import Terminal


@pytest.fixture
def program(rochdale: Terminal) -> Iterator[App]:
    opened = open_app(rochdale.folder / "config.toml", lambda: NOW)
    yield opened
    opened.close()


def _unchained(program: App) -> int:
    return len(rows(program.database, AuditEntry, col(AuditEntry.link).is_(None)))


def _lease_of_another(program: App, seconds: float) -> None:
    with program.database.writing() as db:
        assert take_lease(db, "audit", "another node", NOW, seconds)


def test_nothing_of_what_was_deleted_stays_in_the_log(program: App) -> None:
    log = Path("data/loop.db-wal")
    with program.database.writing() as db:
        db.add(Lease(name="x" * 60, holder="something", until=NOW + timedelta(days=1)))
    assert log.stat().st_size > 0
    tidy(program)
    assert log.stat().st_size == 0


def test_only_the_holder_of_the_lease_tidies_and_chains(program: App) -> None:
    before = _unchained(program)
    assert before > 0
    _lease_of_another(program, 600)
    assert tidy(program) == Purged()
    assert chain_audit(program) == 0
    assert _unchained(program) == before


def test_a_lease_that_ran_out_stops_nobody_and_none_is_left_behind(program: App) -> None:
    before = _unchained(program)
    _lease_of_another(program, -1)
    assert chain_audit(program) == before
    assert _unchained(program) == 0
    assert rows(program.database, Lease) == []
    assert tidy(program).counts["audit entries"] == 0
