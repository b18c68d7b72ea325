"""The review queue: every text a young person sent, and what a person decided about it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage.types import Encrypted, OneOf, UtcDateTime


class ReviewState(StrEnum):
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class ReviewItem(SQLModel, table=True):
    """One text, verbatim. The tier decides the order and the clock, never whether it is read."""

    __tablename__ = "review_item"

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True, max_length=16)
    survey_id: int | None = Field(default=None, foreign_key="survey.id", index=True)
    pseudonym: str | None = Field(default=None, max_length=32, index=True)
    question: str = Field(default="", max_length=64)
    words: str = Field(sa_type=Encrypted)
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
    decision: str = Field(default="", max_length=32)
    reason: str = Field(default="", sa_type=Encrypted)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReviewEvent(SQLModel, table=True):
    """Append-only: alerted, passed on, acknowledged, decided. References, never words."""

    __tablename__ = "review_event"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="review_item.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    what: str = Field(max_length=32)
    person_id: int | None = Field(default=None, foreign_key="person.id")
