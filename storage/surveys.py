"""Surveys, their rounds and versions, invitations, sessions and answers."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Encrypted, OneOf, UtcDateTime


class SurveyState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class SessionState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DELETED = "deleted"


class Survey(SQLModel, table=True):
    """One survey. `mode` is locked when the first session begins.

    `paused`: it closed itself, because nobody could be sure to read what comes in.
    """

    __tablename__ = "survey"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=64)
    title: str
    audience: str = Field(max_length=16)
    mode: str = Field(max_length=16)
    version_id: int | None = Field(default=None, foreign_key="survey_version.id")
    state: SurveyState = Field(default=SurveyState.DRAFT, sa_type=OneOf(SurveyState))
    added_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewer_id: int | None = Field(default=None, foreign_key="person.id")
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    action_ref: str = Field(default="", max_length=32)
    round: int = 1


class SurveyRound(SQLModel, table=True):
    """One time that a survey was open; a recurring survey has many, and answers say which.

    `closes_on` is the last day of a round that came round by itself; `next_on` when the next one
    is to open, until a person stops it.
    """

    __tablename__ = "survey_round"

    survey_id: int = Field(foreign_key="survey.id", primary_key=True)
    number: int = Field(primary_key=True)
    name: str = ""
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_on: date | None = None
    next_on: date | None = None


class SurveyVersion(SQLModel, table=True):
    """A definition that never changes; sessions finish on the version they began with."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("slug", "fingerprint"),)

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64)
    fingerprint: str = Field(max_length=64)
    definition: str
    added_at: datetime = Field(sa_type=UtcDateTime)


class Invite(SQLModel, table=True):
    """An opaque token. A poster's serves many (`most_uses` None); a person's serves once.

    `campaign_id` says which campaign it was made for, never for whom.
    """

    __tablename__ = "invite"

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    token_hash: str = Field(unique=True, max_length=32)
    group_name: str = ""
    most_uses: int | None = None
    uses: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_on: date | None = None


class SurveySession(SQLModel, table=True):
    """One respondent on the way through one version.

    The contact is here and the answers hang on the pseudonym: whoever reads answers alone learns
    no contact.
    """

    __tablename__ = "survey_session"

    id: str = Field(primary_key=True, max_length=32)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    version_id: int = Field(foreign_key="survey_version.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    pseudonym: str = Field(unique=True, max_length=32)
    state: SessionState = Field(default=SessionState.OPEN, sa_type=OneOf(SessionState))
    step: int = 0
    progress: str = Field(sa_type=Encrypted)
    language: str = Field(default="en", max_length=12)
    group_name: str = ""
    about_action_id: int | None = Field(default=None, foreign_key="action.id")
    round: int = 1
    receipt_hash: str = Field(default="", max_length=32, index=True)
    comeback_hash: str = Field(default="", max_length=32, index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    moved_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Answer(SQLModel, table=True):
    """The current answer to one question. Coded values are plain; words are encrypted."""

    __tablename__ = "answer"
    __table_args__ = (
        Index("ix_answer_question_value", "version_id", "round", "question", "value"),
    )

    pseudonym: str = Field(primary_key=True, max_length=32)
    question: str = Field(primary_key=True, max_length=64)
    version_id: int = Field(foreign_key="survey_version.id")
    round: int = 1
    value: str | None = None
    words: str | None = Field(default=None, sa_type=Encrypted)
    answered_on: date
