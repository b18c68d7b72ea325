"""Close-the-loop meetings: what was put before them, and what they decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from storage.types import Encrypted, OneOf, UtcDateTime


class Outcome(StrEnum):
    """What became of one thing on the paper; `NOTED` where nothing had to be decided."""

    DECIDED = "decided"
    MOVED_TO = "moved_to"
    CLOSED = "closed"
    NOTED = "noted"


class Meeting(SQLModel, table=True):
    """One meeting. `edition_id`: the pack it had before it, as it was. Ended, it is minutes."""

    __tablename__ = "meeting"

    id: int | None = Field(default=None, primary_key=True)
    body_id: int | None = Field(default=None, foreign_key="body.id")
    held_on: date
    title: str = ""
    edition_id: int | None = Field(default=None, foreign_key="edition.id")
    present: str = Field(default="", sa_type=Encrypted)
    apologies: str = Field(default="", sa_type=Encrypted)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by_id: int | None = Field(default=None, foreign_key="person.id")


class Minute(SQLModel, table=True):
    """One line of the minutes, append-only: a later one about the same `item` takes its place.

    `item`: what on the paper it is about ("date:17", "escalation:4", "owed:9"), "" for anything
    else.
    """

    __tablename__ = "minute"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    item: str = Field(default="", max_length=64)
    outcome: Outcome = Field(sa_type=OneOf(Outcome))
    text: str = Field(default="", sa_type=Encrypted)
    moved_to: date | None = None
    action_id: int | None = Field(default=None, foreign_key="action.id")
    lead: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    person_id: int | None = Field(default=None, foreign_key="person.id")
