"""Writes into the outbox how sends ended, each kind with one statement.

Every statement leaves a row alone that another process holds or has settled.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlmodel import Session as Db

from bot.messages import storable
from bot.outgoing.outcomes import Outcome
from bot.standing import address_hash
from storage.anonymous import hour_of
from storage.database import insert_new
from storage.mail import ChatMessage, Conversation, Outbox, Trace
from storage.people import Contact, ContactState

_LONGEST_ID = 128
_LONGEST_NOTED = 32


def settle(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """All outcomes of a turn, within the caller's transaction."""
    connection = db.connection()
    done = [outcome for outcome in outcomes if outcome.retry_at is None]
    again = [outcome for outcome in outcomes if outcome.retry_at is not None]
    gone = [outcome for outcome in outcomes if outcome.outcome == "gone"]
    moved = [outcome for outcome in outcomes if outcome.moved_to is not None]
    _settle(db, done, now)
    if again:
        connection.execute(_put_off(), [_put_off_row(outcome) for outcome in again])
    if gone:
        connection.execute(_mark_gone(), [_gone_row(outcome, now) for outcome in gone])
    for outcome in moved:
        connection.execute(_move(), _moved_row(db, outcome))
    _show_menus(db, [outcome for outcome in outcomes if outcome.menu is not None], now)


def _settle(db: Db, done: Sequence[Outcome], now: datetime) -> None:
    """What is kept of each as the record of its send, all of it, less, or nothing."""
    by_trace: dict[Trace, list[Outcome]] = {trace: [] for trace in Trace}
    for outcome in done:
        by_trace[outcome.row.trace].append(outcome)
    if kept := by_trace[Trace.KEPT]:
        db.connection().execute(_settle_many(), [_settled(outcome, now) for outcome in kept])
    if coarse := by_trace[Trace.HOUR]:
        rows = [_settled(outcome, hour_of(now)) | {"new_external_id": ""} for outcome in coarse]
        db.connection().execute(_settle_many(), rows)
        _forget_claims(db, coarse)
    if untold := by_trace[Trace.NONE]:
        _erase(db, untold, now)


def _forget_claims(db: Db, outcomes: Sequence[Outcome]) -> None:
    table = _table(Outbox)
    these = table.c.id.in_([outcome.row.id for outcome in outcomes])
    db.connection().execute(update(table).where(these).values(claimed_until=None))


def _erase(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """The rows go; what the messages are called is kept only until the form they are of ends."""
    table, talk = _table(Outbox), _table(Conversation)
    these = table.c.id.in_([outcome.row.id for outcome in outcomes])
    db.connection().execute(delete(table).where(these))
    contacts = {one.row.contact_id for one in outcomes if one.external_id}
    on_the_way = select(talk.c.contact_id).where(
        talk.c.contact_id.in_(contacts), talk.c.session_id.is_not(None)
    )
    asked = set(db.connection().execute(on_the_way).scalars()) if contacts else set()
    rows = [
        {"contact_id": one.row.contact_id, "message_id": one.external_id, "at": now}
        for one in outcomes
        if one.row.contact_id in asked and 0 < len(one.external_id) <= _LONGEST_NOTED
    ]
    insert_new(db, ChatMessage, rows)


def _table(of: Any) -> Any:
    return of.__table__


@lru_cache(maxsize=1)
def _settle_many() -> Any:
    table = _table(Outbox)
    names = ("settled_at", "outcome", "detail", "external_id")
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.settled_at.is_(None))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "row_id": outcome.row.id,
        "new_settled_at": now,
        "new_outcome": outcome.outcome,
        "new_detail": outcome.detail,
        "new_external_id": storable(outcome.external_id, _LONGEST_ID),
    }


@lru_cache(maxsize=1)
def _put_off() -> Any:
    # The row stays claimed until then, so that later messages to this contact still wait for it;
    # the detail tells it apart from one that is being sent. If another process has claimed it
    # meanwhile, it is theirs.
    table = _table(Outbox)
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.attempts == bindparam("seen"))
        .values(claimed_until=bindparam("until"), detail=bindparam("why"))
    )


def _put_off_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "row_id": outcome.row.id,
        "seen": outcome.row.attempts,
        "until": outcome.retry_at,
        "why": outcome.detail or outcome.outcome,
    }


@lru_cache(maxsize=1)
def _mark_gone() -> Any:
    # Since when and why are those of the first time.
    table = _table(Contact)
    names = ("state", "state_since", "state_reason")
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.state != ContactState.GONE)
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _gone_row(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "row_id": outcome.row.contact_id,
        "new_state": ContactState.GONE,
        "new_state_since": now,
        "new_state_reason": outcome.detail,
    }


@lru_cache(maxsize=1)
def _move() -> Any:
    # Whoever wrote from the new address before is a contact already, and stays the one.
    table, other = _table(Contact), _table(Contact).alias()
    names = ("platform", "space", "address", "address_hash")
    is_taken = exists().where(
        other.c.platform == bindparam("new_platform"),
        other.c.space == bindparam("new_space"),
        other.c.address_hash == bindparam("new_address_hash"),
    )
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), ~is_taken)
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _moved_row(db: Db, outcome: Outcome) -> dict[str, Any]:
    to = outcome.moved_to
    assert to is not None
    return {
        "row_id": outcome.row.contact_id,
        "new_platform": to.platform,
        "new_space": to.space,
        "new_address": to.id,
        "new_address_hash": address_hash(db, to),
    }


def _show_menus(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """What a typed number means from now on."""
    first = [outcome for outcome in outcomes if outcome.seen_at is None]
    insert_new(db, Conversation, [_conversation_row(outcome, now) for outcome in first])
    others = [outcome for outcome in outcomes if outcome.seen_at is not None]
    if not others:
        return
    rows = [
        {"contact": one.row.contact_id, "seen": one.seen_at, "new_menu": _tokens(one)}
        for one in sorted(others, key=lambda outcome: outcome.row.contact_id)
    ]
    db.connection().execute(_show(), rows)


@lru_cache(maxsize=1)
def _show() -> Any:
    table = _table(Conversation)
    return (
        update(table)
        .where(table.c.contact_id == bindparam("contact"), table.c.moved_at == bindparam("seen"))
        .values(menu=bindparam("new_menu"))
    )


def _tokens(outcome: Outcome) -> list[str]:
    return [] if outcome.menu is None else list(outcome.menu.tokens)


def _conversation_row(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "contact_id": outcome.row.contact_id,
        "menu": _tokens(outcome),
        "expecting": "",
        "language": outcome.language or "en",
        "moved_at": now,
    }
