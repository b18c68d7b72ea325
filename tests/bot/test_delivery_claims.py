"""What may be claimed while other messages to the same contact wait, are sent, or were put off."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.outgoing.outbox import Ask, Ticket, claim
from bot.platforms.console import PLATFORM
from storage.mail import Outbox, Urgency
from tests.bot.crowd import contact, say
from tests.bot.stage import Stage

_ALERT, _REPLY, _REMINDER, _BROADCAST = Urgency
_WAITS, _SENDING, _PUT_OFF, _DIED, _SETTLED = "waits", "sending", "put off", "died", "settled"


def _claimed(stage: Stage, **more: Any) -> list[Ticket]:
    ask = Ask([PLATFORM], **{"most": 64, **more})
    with stage.database.writing() as db:
        return claim(db, ask, now=stage.now, until=stage.now + timedelta(minutes=1))


def _set(stage: Stage, key: str, **values: Any) -> None:
    row = update(Outbox).where(col(Outbox.dedupe_key) == key).values(**values)
    with stage.database.writing() as db:
        db.connection().execute(row)


def _bring(stage: Stage, key: str, state: str) -> None:
    """A row into this state."""
    soon, before = stage.now + timedelta(minutes=1), stage.now - timedelta(minutes=1)
    values: dict[str, dict[str, Any]] = {
        _WAITS: {},
        _SENDING: {"claimed_until": soon, "attempts": 1},
        _PUT_OFF: {"claimed_until": soon, "attempts": 1, "detail": "busy"},
        _DIED: {"claimed_until": before, "attempts": 1},
        _SETTLED: {"settled_at": before, "outcome": "sent"},
    }
    if values[state]:
        _set(stage, key, **values[state])


@pytest.mark.parametrize(
    ("earlier", "state", "own", "is_claimed"),
    [
        (_REPLY, _WAITS, _REPLY, False),
        (_REPLY, _SENDING, _REPLY, False),
        (_REPLY, _PUT_OFF, _REPLY, False),
        (_REPLY, _SETTLED, _REPLY, True),
        (_BROADCAST, _WAITS, _REPLY, True),
        (_BROADCAST, _SENDING, _REPLY, False),
        (_BROADCAST, _PUT_OFF, _REPLY, True),
        (_BROADCAST, _DIED, _REPLY, True),
        (_REMINDER, _PUT_OFF, _REPLY, True),
        (_REMINDER, _WAITS, _BROADCAST, False),
        (_REMINDER, _PUT_OFF, _BROADCAST, False),
        (_REPLY, _SENDING, _ALERT, True),
        (_REPLY, _PUT_OFF, _ALERT, True),
        (_ALERT, _SENDING, _ALERT, False),
        (_ALERT, _PUT_OFF, _ALERT, False),
        (_ALERT, _PUT_OFF, _REPLY, False),
    ],
)
def test_what_a_message_waits_for(
    stage: Stage, earlier: Urgency, state: str, own: Urgency, is_claimed: bool
) -> None:
    who = contact(stage, "yp")
    say(stage, "earlier", who, earlier)
    _bring(stage, "earlier", state)
    say(stage, "own", who, own)
    [row] = stage.rows(Outbox, col(Outbox.dedupe_key) == "own")
    assert (row.id in [ticket.id for ticket in _claimed(stage)]) is is_claimed


def test_an_older_broadcast_waits_while_a_reply_to_the_same_contact_is_sent(stage: Stage) -> None:
    who = contact(stage, "yp")
    say(stage, "older", who, _BROADCAST)
    say(stage, "reply", who, _REPLY)
    first = _claimed(stage)
    assert [ticket.urgency for ticket in first] == [_REPLY], "one row for each contact"
    assert _claimed(stage) == []
    _set(stage, "reply", settled_at=stage.now)
    assert [ticket.urgency for ticket in _claimed(stage)] == [_BROADCAST]


def test_a_reply_passes_a_broadcast_that_this_process_holds_and_has_not_begun(
    stage: Stage,
) -> None:
    who = contact(stage, "yp")
    say(stage, "broadcast", who, _BROADCAST)
    [held] = _claimed(stage)
    say(stage, "reply", who, _REPLY)
    assert _claimed(stage) == []
    assert [ticket.urgency for ticket in _claimed(stage, held=[held.id])] == [_REPLY]


def test_only_what_is_wanted_is_claimed_the_most_urgent_first(stage: Stage) -> None:
    for number, urgency in enumerate((*reversed(Urgency), *Urgency)):
        say(stage, f"r{number}", contact(stage, f"p{number}"), urgency)
    found = _claimed(stage, least=_REPLY)
    assert [ticket.urgency for ticket in found] == [_ALERT, _ALERT, _REPLY, _REPLY]
    assert [ticket.urgency for ticket in _claimed(stage, most=3)] == [_REMINDER] * 2 + [_BROADCAST]
