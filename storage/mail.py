"""The mail: keys of what arrived, what was kept, conversations, the outbox, leases.

Also what a contact's own messages are called on their platform, and their wrong guesses at codes.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, Session, SQLModel

from storage.database import insert_new
from storage.types import Encrypted, OneOf, UtcDateTime


class Urgency(IntEnum):
    """The order of sending: a broadcast never delays a reply."""

    ALERT = 0
    REPLY = 1
    REMINDER = 2
    BROADCAST = 3


class Trace(StrEnum):
    """What stays of a message once it is settled.

    KEPT: the row, as the record of the send. HOUR: the row, without instants finer than the hour.
    NONE: nothing; for those who answer an anonymous survey.
    """

    KEPT = "kept"
    HOUR = "hour"
    NONE = "none"


class InboxKey(SQLModel, table=True):
    """Each event of a platform, once. Kept 14 days, which outlives every platform's retries."""

    __tablename__ = "inbox_key"

    platform: str = Field(primary_key=True, max_length=16)
    space: str = Field(primary_key=True, max_length=64)
    event_id: str = Field(primary_key=True, max_length=128)
    received_on: date = Field(index=True)


class KeptMessage(SQLModel, table=True):
    """A message that could not be handled. The administrator sees `ref` and `error_kind` only."""

    __tablename__ = "kept_message"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True, max_length=16)
    platform: str = Field(max_length=16)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    content: str = Field(sa_type=Encrypted)
    error_kind: str = Field(max_length=64)
    received_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Conversation(SQLModel, table=True):
    """Where a contact stands: the open form, what a number would choose, what we wait for."""

    __tablename__ = "conversation"

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    session_id: str | None = Field(default=None, foreign_key="survey_session.id", index=True)
    last_session_id: str | None = Field(default=None, max_length=32)
    menu: list[str] = Field(default_factory=list, sa_type=JSON)
    expecting: str = Field(default="", sa_type=Encrypted)
    language: str = Field(default="en", max_length=12)
    moved_at: datetime = Field(sa_type=UtcDateTime)


class Outbox(SQLModel, table=True):
    """What is to be said: an intent, rendered when sent. The row is the record of the send."""

    __tablename__ = "outbox"
    __table_args__ = (
        # What waits, in the order of sending; what was settled is the most of it by far.
        Index(
            "ix_outbox_due",
            "priority",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_outbox_contact", "contact_id", "settled_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    dedupe_key: str = Field(unique=True, max_length=128)
    intent: str = Field(max_length=48)
    params: str = Field(default="{}", sa_type=Encrypted)
    contact_id: int = Field(foreign_key="contact.id")
    priority: int = 1
    not_before: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=16)
    detail: str = ""
    external_id: str = Field(default="", max_length=128)
    trace: Trace = Field(default=Trace.KEPT, sa_type=OneOf(Trace, 8))


class ChatMessage(SQLModel, table=True):
    """What a platform calls a message that came in, so that it can be cleared from the screen.

    Kept 48 hours: older ones no bot can delete.
    """

    __tablename__ = "chat_message"

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    message_id: str = Field(primary_key=True, max_length=32)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class WrongCodes(SQLModel, table=True):
    """How many codes that open nothing a contact has tried since then."""

    __tablename__ = "wrong_codes"

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    count: int = 0
    since: datetime = Field(sa_type=UtcDateTime, index=True)


class Lease(SQLModel, table=True):
    """What only one node may do at a time: name, holder, until."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=64)
    until: datetime = Field(sa_type=UtcDateTime)


def queue(
    session: Session,
    *,
    key: str,
    intent: str,
    contact_id: int,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    urgency: Urgency = Urgency.REPLY,
    not_before: datetime | None = None,
    lapses_at: datetime | None = None,
    trace: Trace = Trace.KEPT,
) -> bool:
    """Puts an intent into the outbox within the caller's transaction; False if `key` was there.

    `params` are references (ids, steps, dates), never a person's words.
    """
    row = outbox_row(
        key=key,
        intent=intent,
        contact_id=contact_id,
        now=now,
        params=params,
        urgency=urgency,
        not_before=not_before,
        lapses_at=lapses_at,
        trace=trace,
    )
    return bool(insert_new(session, Outbox, [row], Outbox.id))


def outbox_row(
    *,
    key: str,
    intent: str,
    contact_id: int,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    urgency: Urgency = Urgency.REPLY,
    not_before: datetime | None = None,
    lapses_at: datetime | None = None,
    trace: Trace = Trace.KEPT,
) -> dict[str, Any]:
    """The row of an intent, for callers that write many in one statement."""
    return {
        "dedupe_key": key,
        "intent": intent,
        "params": json.dumps(params or {}, separators=(",", ":")),
        "contact_id": contact_id,
        "priority": int(urgency),
        "not_before": not_before or now,
        "lapses_at": lapses_at,
        "created_at": now,
        "attempts": 0,
        "outcome": "",
        "detail": "",
        "external_id": "",
        "trace": trace,
    }
