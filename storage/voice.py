"""What young people and practitioners said, in themes, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import OneOf, UtcDateTime


class ResponseKind(StrEnum):
    WE_DID = "we_did"
    WE_ARE_DOING = "we_are_doing"
    NOT_YET = "not_yet"
    WE_CANNOT = "we_cannot"


class ResponseState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


class TellContact(SQLModel, table=True):
    """Somebody who asked to hear what became of a survey: no answer, and no order of answers."""

    __tablename__ = "tell_contact"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: int = Field(foreign_key="survey.id", primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", primary_key=True, index=True)
    agreed_on: date


class Theme(SQLModel, table=True):
    """One thing that was said, in the codebook's words."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("survey_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    name: str
    definition: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)


class ThemeCoding(SQLModel, table=True):
    """This answer speaks of this theme. Only reviewed answers are coded."""

    __tablename__ = "theme_coding"

    theme_id: int = Field(foreign_key="theme.id", primary_key=True)
    pseudonym: str = Field(primary_key=True, max_length=32)
    question: str = Field(primary_key=True, max_length=64)
    coded_by_id: int | None = Field(default=None, foreign_key="person.id")


class Response(SQLModel, table=True):
    """What we did about a theme, published only by a person.

    How far the action behind it has come is derived when read.
    """

    __tablename__ = "response"

    id: int | None = Field(default=None, primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    kind: ResponseKind = Field(sa_type=OneOf(ResponseKind))
    text: str
    because: str = ""
    by_when: date | None = None
    action_id: int | None = Field(default=None, foreign_key="action.id")
    decided_by: str = ""
    decided_on: date | None = None
    state: ResponseState = Field(default=ResponseState.DRAFT, sa_type=OneOf(ResponseState))
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_by_id: int | None = Field(default=None, foreign_key="person.id")


class Publication(SQLModel, table=True):
    """What went out, as it went out: later ones are compared with it.

    So no difference between two of them tells too much.
    """

    __tablename__ = "publication"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32, index=True)
    survey_id: int | None = Field(default=None, foreign_key="survey.id")
    period_end: date
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by_id: int | None = Field(default=None, foreign_key="person.id")
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
