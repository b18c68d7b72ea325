"""Settings that people changed on the board, and addresses of calendars that they subscribed to."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime


class ChosenSetting(SQLModel, table=True):
    """Stands above config.toml from `at` on; each change is in the audit log."""

    __tablename__ = "chosen_setting"

    name: str = Field(primary_key=True, max_length=64)
    value: str
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: int | None = Field(default=None, foreign_key="person.id")


class CalendarFeed(SQLModel, table=True):
    """A secret address at which a calendar program reads deadlines: of a person, or of a body."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    body_id: int | None = Field(default=None, foreign_key="body.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
