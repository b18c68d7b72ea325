"""The outbox: an intent is queued once, within the transaction of what caused it."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from storage.database import Database, insert_new
from storage.mail import Outbox, Urgency, outbox_row, queue
from storage.people import Contact


def _contact(session: Session) -> int:
    contact = Contact(platform="console", address="a", address_hash="h")
    session.add(contact)
    session.flush()
    assert contact.id is not None
    return contact.id


def test_an_intent_is_queued_once_however_often_it_is_asked_for(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        to = _contact(session)
        assert queue(session, key="ask:s:1", intent="ask", contact_id=to, now=now)
        assert not queue(session, key="ask:s:1", intent="ask", contact_id=to, now=now)
    with database.writing() as session:
        assert not queue(session, key="ask:s:1", intent="ask", contact_id=to, now=now)
        assert queue(session, key="ask:s:2", intent="ask", contact_id=to, now=now)
    with database.reading() as session:
        assert len(session.exec(select(Outbox)).all()) == 2


def test_a_queued_intent_waits_with_all_that_was_said_of_it(
    database: Database, now: datetime
) -> None:
    later, end = now + timedelta(hours=1), now + timedelta(hours=2)
    with database.writing() as session:
        queue(
            session,
            key="k",
            intent="nudge",
            contact_id=_contact(session),
            now=now,
            params={"actions": [1, 2], "on": "2023-12-01"},
            urgency=Urgency.REMINDER,
            not_before=later,
            lapses_at=end,
        )
    with database.reading() as session:
        row = session.exec(select(Outbox)).one()
    assert json.loads(row.params) == {"actions": [1, 2], "on": "2023-12-01"}
    assert (row.priority, row.not_before, row.lapses_at) == (Urgency.REMINDER, later, end)
    assert (row.attempts, row.settled_at, row.claimed_until, row.outcome) == (0, None, None, "")


def test_an_intent_goes_with_the_transaction_that_caused_it(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        to = _contact(session)
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        _queue_and_fail(session, to, now)
    with database.reading() as session:
        assert session.exec(select(Outbox)).all() == []


def _queue_and_fail(session: Session, to: int, now: datetime) -> None:
    assert queue(session, key="k", intent="ask", contact_id=to, now=now)
    raise ZeroDivisionError


def test_many_intents_are_queued_in_one_batch(database: Database, now: datetime) -> None:
    with database.writing() as session:
        to = _contact(session)
        rows = [
            outbox_row(key=f"k{number % 50}", intent="ask", contact_id=to, now=now)
            for number in range(100)
        ]
        assert len(insert_new(session, Outbox, rows, Outbox.id)) == 50
