"""Anonymous surveys: who has taken part, and the answers that wait to be moved among the others.

No row here or elsewhere joins the two. What both sides could be set against each other by, an
order of rows or an instant, is kept out of them: see docs/decisions/0007.
"""

import sqlite3
from datetime import UTC, datetime

from sqlmodel import Field, SQLModel

from storage.surveys import SessionState
from storage.types import Encrypted, OneOf


class TookPart(SQLModel, table=True):
    """A contact has begun an anonymous survey, and whether they came to its end: never what they

    said. So nobody answers twice, and what else is kept of them loses its instants.
    """

    __tablename__ = "took_part"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: int = Field(foreign_key="survey.id", primary_key=True)
    round: int = Field(primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", primary_key=True, index=True)
    has_finished: bool = False


class PooledResponse(SQLModel, table=True):
    """What somebody answered who has finished, until it is moved among the answers.

    `id` is random. `sealed` holds the answers without what was written in own words.
    """

    __tablename__ = "pooled_response"
    __table_args__ = {"sqlite_with_rowid": False}

    id: str = Field(primary_key=True, max_length=32)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    version_id: int = Field(foreign_key="survey_version.id")
    round: int = 1
    group_name: str = ""
    state: SessionState = Field(sa_type=OneOf(SessionState))
    receipt_hash: str = Field(default="", max_length=32, index=True)
    sealed: str = Field(sa_type=Encrypted)


def hour_of(instant: datetime) -> datetime:
    """The beginning of its hour: no finer is kept of what belongs to an anonymous survey."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def day_of(instant: datetime) -> datetime:
    """The beginning of its day."""
    return hour_of(instant).replace(hour=0)


_LEFT_OUT = (
    """
    CREATE TEMP TABLE open_one AS SELECT id FROM survey_session WHERE state = 'open'
    AND survey_id IN (SELECT id FROM survey WHERE mode = 'anonymous')
    """,
    """
    DELETE FROM conversation
    WHERE session_id IN (SELECT id FROM open_one) OR last_session_id IN (SELECT id FROM open_one)
    """,
    # Those who have gone were calmed already; the rest are not to be told apart by the instant.
    """
    UPDATE contact SET language = 'en', state_since = NULL WHERE person_id IS NULL
    AND id IN (SELECT contact_id FROM took_part)
    """,
    """
    UPDATE conversation SET language = 'en', moved_at = (
        SELECT max(strftime('%Y-%m-%d 00:00:00.000000', coalesce(opened_at, added_at)))
        FROM survey WHERE mode = 'anonymous')
    WHERE contact_id IN (SELECT contact_id FROM took_part)
    """,
    "DELETE FROM chat_message WHERE contact_id IN (SELECT contact_id FROM took_part)",
    "DELETE FROM wrong_codes WHERE contact_id IN (SELECT contact_id FROM took_part)",
    "DELETE FROM outbox WHERE trace = 'none'",
    "DELETE FROM survey_session WHERE id IN (SELECT id FROM open_one)",
    "DELETE FROM pooled_response",
    "DROP TABLE open_one",
)


def leave_out_of_copy(connection: sqlite3.Connection) -> None:
    """Takes out of a copy of the database what an anonymous survey has not let go of yet.

    Those are sessions that are open, and answers that have not been moved. Vacuum the copy after.
    """
    connection.execute("PRAGMA secure_delete = ON")
    with connection:
        for statement in _LEFT_OUT:
            connection.execute(statement)
