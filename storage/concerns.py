"""The review queue: every text a young person sent, and what a person decided about it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Encrypted, OneOf, UtcDateTime


class ReviewState(StrEnum):
    """`proposed`: somebody decided about a red, and it waits for a second person."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    PROPOSED = "proposed"
    CLOSED = "closed"


class ReviewItem(SQLModel, table=True):
    """One text, verbatim. The tier decides the order and the clock, never whether it is read.

    The id says nothing of the order of arrival: order by `due_at`, then `ref`. `redacted_words`:
    what everybody after the reviewer reads in place of the words; empty means as written.
    `acknowledged_by_id` has it now; `passed_to_id` was handed it and has not taken it yet.
    `reached_at`: when the first person had it. `alerts`, `circle`, `next_alert_at`: how often it
    was told, how far it was passed on, and when it is told again unless somebody has it.
    """

    __tablename__ = "review_item"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True, max_length=16)
    survey_id: int | None = Field(default=None, foreign_key="survey.id", index=True)
    pseudonym: str | None = Field(default=None, max_length=32, index=True)
    question: str = Field(default="", max_length=64)
    words: str = Field(sa_type=Encrypted)
    redacted_words: str = Field(default="", sa_type=Encrypted)
    is_contact_wish: bool = False
    tier: str = Field(max_length=8, index=True)
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    rules: list[str] = Field(default_factory=list, sa_type=JSON)
    lexicon_version: str = Field(default="", max_length=32)
    language: str = Field(default="", max_length=12)
    group_name: str = ""
    reply_sent: str = Field(default="", max_length=32)
    received_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: ReviewState = Field(default=ReviewState.WAITING, sa_type=OneOf(ReviewState), index=True)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id")
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reached_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    passed_to_id: int | None = Field(default=None, foreign_key="person.id")
    alerts: int = 0
    circle: int = 0
    next_alert_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: str = Field(default="", max_length=32)
    reason: str = Field(default="", sa_type=Encrypted)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    referral_to: str = Field(default="", sa_type=Encrypted)
    referral_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    case_ref: str = Field(default="", sa_type=Encrypted)


class ReviewEvent(SQLModel, table=True):
    """Append-only: alerted, passed on, read, decided, and by whom. `words`: a reason or a note."""

    __tablename__ = "review_event"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="review_item.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    what: str = Field(max_length=32)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    words: str = Field(default="", sa_type=Encrypted)


class OnCallShift(SQLModel, table=True):
    """When a reviewer is on call: out of hours a red is theirs first."""

    __tablename__ = "on_call_shift"
    __table_args__ = (UniqueConstraint("person_id", "starts_at", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
