"""Digests as they were sent: a picture of one moment, with the words a manager put to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import Encrypted, OneOf, UtcDateTime


class EditionState(StrEnum):
    """A draft is seen by managers alone; what was approved goes out and never changes again.

    `asked`: made for one person who asked, without a manager's words; it never changes either.
    """

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    DROPPED = "dropped"


class Edition(SQLModel, table=True):
    """One digest or report, frozen `as_at` an instant. `subject`: whose, such as a subgroup's key.

    `dedupe_key`: what asked for it, so that it is made once: the week, or the message. `view`: the
    view model as JSON, as it stood then. `words`: the opening and the remarks, as JSON.
    `made_for_id`: somebody who asked for it; None for the scheduled one.
    """

    __tablename__ = "edition"

    id: int | None = Field(default=None, primary_key=True)
    dedupe_key: str = Field(unique=True, max_length=128)
    kind: str = Field(default="weekly", max_length=32)
    subject: str = Field(default="", max_length=64)
    starts_on: date
    ends_on: date
    as_at: datetime = Field(sa_type=UtcDateTime)
    state: EditionState = Field(default=EditionState.DRAFT, sa_type=OneOf(EditionState))
    made_for_id: int | None = Field(default=None, foreign_key="person.id")
    view: str = Field(default="", sa_type=Encrypted)
    words: str = Field(default="", sa_type=Encrypted)
    edited_by_id: int | None = Field(default=None, foreign_key="person.id")
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by_id: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EditionFile(SQLModel, table=True):
    """An edition as a file that goes with a message; base64, encrypted."""

    __tablename__ = "edition_file"
    __table_args__ = (UniqueConstraint("edition_id", "format"),)

    id: int | None = Field(default=None, primary_key=True)
    edition_id: int = Field(foreign_key="edition.id", index=True)
    format: str = Field(max_length=8)
    content: str = Field(sa_type=Encrypted)
