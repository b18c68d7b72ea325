"""What delivery asks of the outbox: what is due and mine to send, what to say, how it ended.

Every statement leaves a row that another process holds alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, true, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from bot.messages import Address, Menu
from storage.database import insert_new
from storage.mail import Conversation, Outbox, Urgency
from storage.people import Contact, ContactState


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row that this process may send, until its claim runs out."""

    id: int
    contact_id: int
    platform: str
    attempts: int
    until: datetime


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
class Outcome:
    """How a claimed row ended, or when it may be tried again.

    `menu`: what a typed number means from now on; None leaves it as it is. It is not shown where
    the conversation has moved since `seen_at`: then it was answered before we could note it.
    """

    row: Ticket
    outcome: str
    detail: str = ""
    external_id: str = ""
    retry_at: datetime | None = None
    menu: Menu | None = None
    seen_at: datetime | None = None
    language: str = ""


def claim(
    db: Db,
    *,
    now: datetime,
    until: datetime,
    platforms: Sequence[str],
    only: str | None,
    most: int,
) -> list[Ticket]:
    """Takes what is due, the most urgent first, and at most one row for each contact."""
    due = db.connection().execute(_due(now, platforms, only, most)).all()
    if not due:
        return []
    table = _table()
    pairs = [(row.id, row.attempts) for row in due]
    taken = (
        update(table)
        .where(tuple_(table.c.id, table.c.attempts).in_(pairs), table.c.settled_at.is_(None))
        .values(claimed_until=until, attempts=table.c.attempts + 1)
        .returning(table.c.id)
    )
    mine = set(db.connection().execute(taken).scalars())
    return [
        Ticket(row.id, row.contact_id, row.platform, row.attempts + 1, until)
        for row in due
        if row.id in mine
    ]


def _due(now: datetime, platforms: Sequence[str], only: str | None, most: int) -> Any:
    earlier = aliased(Outbox)
    waits_for_earlier = exists().where(
        and_(
            col(earlier.contact_id) == col(Outbox.contact_id),
            col(earlier.settled_at).is_(None),
            col(earlier.not_before) <= now,
            col(earlier.id) < col(Outbox.id),
            # A concern does not wait behind a message that cannot be sent just now.
            or_(
                col(Outbox.priority) != Urgency.ALERT.value,
                col(earlier.priority) == Urgency.ALERT.value,
            ),
        )
    )
    return (
        select(col(Outbox.id), col(Outbox.contact_id), col(Outbox.attempts), col(Contact.platform))
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .where(
            col(Outbox.settled_at).is_(None),
            col(Outbox.not_before) <= now,
            or_(col(Outbox.claimed_until).is_(None), col(Outbox.claimed_until) <= now),
            col(Contact.platform).in_(platforms),
            ~waits_for_earlier,
            true() if only is None else col(Contact.address_hash) == only,
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(most)
        .with_for_update(of=Outbox, skip_locked=True)
    )


def load(db: Db, ticket: Ticket) -> Claimed:
    """What is to be said and to whom, as things stand now."""
    row = db.connection().execute(_whole().where(col(Outbox.id) == ticket.id)).one()
    return Claimed(
        id=ticket.id,
        intent=row.intent,
        params=json.loads(row.params),
        contact_id=ticket.contact_id,
        person_id=row.person_id,
        to=Address(row.platform, row.space, row.address),
        language=row.talk_language or row.language,
        attempts=ticket.attempts,
        lapses_at=row.lapses_at,
        is_gone=row.state == ContactState.GONE,
        has_menu=bool(row.menu),
        moved_at=row.moved_at,
    )


def _whole() -> Any:
    return (
        select(
            col(Outbox.intent),
            col(Outbox.params),
            col(Outbox.lapses_at),
            col(Contact.platform),
            col(Contact.space),
            col(Contact.address),
            col(Contact.person_id),
            col(Contact.language),
            col(Contact.state),
            col(Conversation.language).label("talk_language"),
            col(Conversation.menu),
            col(Conversation.moved_at),
        )
        .join(Contact, col(Contact.id) == col(Outbox.contact_id))
        .outerjoin(Conversation, col(Conversation.contact_id) == col(Outbox.contact_id))
    )


def settle(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Writes how sends ended, each kind with one statement."""
    connection = db.connection()
    done = [outcome for outcome in outcomes if outcome.retry_at is None]
    later = [outcome for outcome in outcomes if outcome.retry_at is not None]
    gone = [outcome for outcome in outcomes if outcome.outcome == "gone"]
    if done:
        connection.execute(_settle_many(), [_settled(outcome, now) for outcome in done])
    if later:
        connection.execute(_put_off(), [_put_off_row(outcome) for outcome in later])
    if gone:
        connection.execute(_mark_gone(), [_gone_row(outcome, now) for outcome in gone])
    _show_menus(db, [outcome for outcome in outcomes if outcome.menu is not None], now)


def _table() -> Any:
    return Outbox.__table__  # type: ignore[attr-defined]


def _settle_many() -> Any:
    table = _table()
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
        "new_external_id": outcome.external_id[:128],
    }


def _put_off() -> Any:
    # The row stays claimed until then, so that later messages to this contact still wait for it.
    # If another process has claimed it meanwhile, it is theirs.
    table = _table()
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.attempts == bindparam("seen"))
        .values(claimed_until=bindparam("until"))
    )


def _put_off_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "row_id": outcome.row.id,
        "seen": outcome.row.attempts,
        "until": outcome.retry_at,
    }


def _mark_gone() -> Any:
    # Since when and why are those of the first time.
    table: Any = Contact.__table__  # type: ignore[attr-defined]
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


def _show_menus(db: Db, outcomes: Sequence[Outcome], now: datetime) -> None:
    """What a typed number means from now on."""
    first = [outcome for outcome in outcomes if outcome.seen_at is None]
    insert_new(db, Conversation, [_conversation_row(outcome, now) for outcome in first])
    others = [outcome for outcome in outcomes if outcome.seen_at is not None]
    if not others:
        return
    table: Any = Conversation.__table__  # type: ignore[attr-defined]
    show = (
        update(table)
        .where(table.c.contact_id == bindparam("contact"), table.c.moved_at == bindparam("seen"))
        .values(menu=bindparam("new_menu"))
    )
    rows = [
        {"contact": one.row.contact_id, "seen": one.seen_at, "new_menu": _tokens(one)}
        for one in sorted(others, key=lambda outcome: outcome.row.contact_id)
    ]
    db.connection().execute(show, rows)


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
