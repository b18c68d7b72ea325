"""What delivery asks of the outbox: what is due and mine to send, and what to say to whom.

Every statement leaves a row that another process holds alone.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from bot.messages import Address
from storage.mail import Conversation, Outbox, Trace, Urgency
from storage.people import Contact, ContactState


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row that this process may send, until its claim runs out. `trace`: what stays of it."""

    id: int
    contact_id: int
    platform: str
    urgency: Urgency
    attempts: int
    until: datetime
    trace: Trace = Trace.KEPT


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed row with all that writing its message needs."""

    id: int
    intent: str
    params: Mapping[str, Any]
    contact_id: int
    person_id: int | None
    to: Address
    language: str
    attempts: int
    lapses_at: datetime | None
    is_gone: bool = False
    has_menu: bool = False
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What to claim: for these platforms, nothing less urgent than this, at most so many.

    `held` are rows that this process has claimed and not begun to send: a more urgent message to
    the same contact need not wait for them. `only`: an address hash; then nobody else's messages.
    """

    platforms: Sequence[str]
    most: int
    least: Urgency = Urgency.BROADCAST
    held: Collection[int] = ()
    only: str | None = None


def claim(db: Db, ask: Ask, *, now: datetime, until: datetime) -> list[Ticket]:
    """Takes what is due, the most urgent first, and at most one row for each contact."""
    values = {
        "now": now,
        "platforms": list(ask.platforms),
        "least": int(ask.least),
        "held": list(ask.held),
        "most": ask.most,
        "only": ask.only,
    }
    due = db.connection().execute(_due(is_for_one=ask.only is not None), values).all()
    first = {row.contact_id: row for row in reversed(due)}
    if not first:
        return []
    taking = {"ids": [row.id for row in first.values()], "now": now, "until": until}
    mine = set(db.connection().execute(_taking(), taking).scalars())
    return [
        Ticket(
            row.id,
            row.contact_id,
            row.platform,
            Urgency(row.priority),
            row.attempts + 1,
            until,
            row.trace,
        )
        for row in due
        if row.id in mine
    ]


@lru_cache(maxsize=1)
def _taking() -> Any:
    # The rows are locked since they were read, so their attempts are still those that were seen.
    table = _table()
    return (
        update(table)
        .where(
            table.c.id.in_(bindparam("ids", expanding=True)),
            table.c.settled_at.is_(None),
            or_(table.c.claimed_until.is_(None), table.c.claimed_until <= bindparam("now")),
        )
        .values(claimed_until=bindparam("until"), attempts=table.c.attempts + 1, detail="")
        .returning(table.c.id)
    )


@lru_cache(maxsize=2)
def _due(*, is_for_one: bool) -> Any:
    # Subqueries that stand for values, not joins: whatever a database believes about these tables
    # (a broadcast makes them grow at once), it walks along the order and stops when it has enough.
    now = bindparam("now", type_=_table().c.not_before.type)
    platform = _platform_of(is_for_one=is_for_one)
    return (
        select(
            col(Outbox.id),
            col(Outbox.contact_id),
            col(Outbox.priority),
            col(Outbox.attempts),
            col(Outbox.trace),
            platform.label("platform"),
        )
        .where(
            col(Outbox.settled_at).is_(None),
            col(Outbox.priority) <= bindparam("least"),
            col(Outbox.not_before) <= now,
            or_(col(Outbox.claimed_until).is_(None), col(Outbox.claimed_until) <= now),
            platform.in_(bindparam("platforms", expanding=True)),
            _comes_before(now).is_(None),
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(bindparam("most"))
        .with_for_update(of=Outbox, skip_locked=True)
    )


def _platform_of(*, is_for_one: bool) -> Any:
    found = select(col(Contact.platform)).where(col(Contact.id) == col(Outbox.contact_id))
    if is_for_one:
        found = found.where(col(Contact.address_hash) == bindparam("only"))
    return found.scalar_subquery()


def _comes_before(now: Any) -> Any:
    """Another message to the same contact for which this one has to wait.

    That is one that came before and is no less urgent, and one that is being sent just now. A
    message that was put off (it says why) is not being sent, so only its own kind waits for it. A
    concern waits for other concerns alone.
    """
    other = aliased(Outbox)
    came_before = and_(col(other.id) < col(Outbox.id), col(other.priority) <= col(Outbox.priority))
    is_being_sent = and_(
        col(other.claimed_until) > now,
        col(other.detail) == "",
        col(other.id).not_in(bindparam("held", expanding=True)),
        col(Outbox.priority) != Urgency.ALERT.value,
    )
    return (
        select(col(other.id))
        .where(
            col(other.contact_id) == col(Outbox.contact_id),
            col(other.settled_at).is_(None),
            col(other.not_before) <= now,
            col(other.id) != col(Outbox.id),
            or_(came_before, is_being_sent),
        )
        .limit(1)
        .scalar_subquery()
    )


def load(db: Db, tickets: Sequence[Ticket]) -> dict[int, Claimed]:
    """What is to be said and to whom, by row, as things stand now."""
    by_id = {ticket.id: ticket for ticket in tickets}
    rows = db.connection().execute(_whole(), {"ids": list(by_id)})
    return {row.id: _claimed(by_id[row.id], row) for row in rows}


def _claimed(ticket: Ticket, row: Any) -> Claimed:
    return Claimed(
        id=ticket.id,
        intent=row.intent,
        params=json.loads(row.params),
        contact_id=ticket.contact_id,
        person_id=row.person_id,
        to=Address(row.platform, row.space, row.address, row.reference or ""),
        language=row.talk_language or row.language,
        attempts=ticket.attempts,
        lapses_at=row.lapses_at,
        is_gone=row.state == ContactState.GONE,
        has_menu=bool(row.menu),
        moved_at=row.moved_at,
    )


@lru_cache(maxsize=1)
def _whole() -> Any:
    return (
        select(
            col(Outbox.id),
            col(Outbox.intent),
            col(Outbox.params),
            col(Outbox.lapses_at),
            col(Contact.platform),
            col(Contact.space),
            col(Contact.address),
            col(Contact.reference),
            col(Contact.person_id),
            col(Contact.language),
            col(Contact.state),
            col(Conversation.language).label("talk_language"),
            col(Conversation.menu),
            col(Conversation.moved_at),
        )
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .outerjoin(Conversation, col(Conversation.contact_id) == col(Outbox.contact_id))
        .where(col(Outbox.id).in_(bindparam("ids", expanding=True)))
    )


def _table() -> Any:
    return Outbox.__table__  # type: ignore[attr-defined]
