"""One holder at a time."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

from storage.database import Database
from storage.leases import give_up_lease, take_lease


def _take(database: Database, holder: str, at: datetime, seconds: float = 60) -> bool:
    with database.writing() as session:
        return take_lease(session, "poll telegram", holder, at, seconds)


def test_a_lease_is_one_holders_until_it_runs_out(database: Database, now: datetime) -> None:
    assert _take(database, "one", now)
    assert not _take(database, "two", now + timedelta(seconds=59))
    assert _take(database, "two", now + timedelta(seconds=60))
    assert not _take(database, "one", now + timedelta(seconds=61))


def test_its_holder_prolongs_it(database: Database, now: datetime) -> None:
    assert _take(database, "one", now)
    assert _take(database, "one", now + timedelta(seconds=50))
    assert not _take(database, "two", now + timedelta(seconds=100))


def test_what_is_given_up_is_free_at_once(database: Database, now: datetime) -> None:
    assert _take(database, "one", now)
    with database.writing() as session:
        give_up_lease(session, "poll telegram", "two")
    assert not _take(database, "two", now)
    with database.writing() as session:
        give_up_lease(session, "poll telegram", "one")
    assert _take(database, "two", now)


def test_leases_of_other_names_are_other_leases(database: Database, now: datetime) -> None:
    assert _take(database, "one", now)
    with database.writing() as session:
        assert take_lease(session, "chain audit", "two", now, 60)


def test_of_many_at_the_same_moment_one_gets_it(database: Database, now: datetime) -> None:
    assert _take(database, "nobody", now - timedelta(hours=1))
    taken: list[str] = []
    ready = Barrier(4)

    def run(holder: str) -> None:
        ready.wait(30)
        if _take(database, holder, now):
            taken.append(holder)

    threads = [Thread(target=run, args=(f"node {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 1
