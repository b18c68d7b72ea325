"""What the database says of itself: its look-up key, and when it was copied."""

import hashlib

from sqlmodel import Field, Session, SQLModel

from storage.database import upsert
from storage.types import keyring_of

LOOKUP = "look-up key"
COPIED_AT = "copied at"


class HouseMark(SQLModel, table=True):
    """One such word, by its name."""

    __tablename__ = "house_mark"

    name: str = Field(primary_key=True, max_length=32)
    value: str = Field(max_length=64)


def mark(session: Session, name: str, value: str) -> None:
    """Writes it down, in place of what was there."""
    upsert(session, HouseMark, [{"name": name, "value": value}], key=["name"])


def marked(session: Session, name: str) -> str:
    """What was written down; empty where nothing was."""
    session.flush()
    found = session.get(HouseMark, name, populate_existing=True)
    return "" if found is None else found.value


def mark_of_key(key: bytes) -> str:
    """A name for a key, which tells nothing of it."""
    return hashlib.sha256(b"listening-loop look-up" + key).hexdigest()[:16]


def mark_of_lookup(session: Session) -> str:
    """The name of the look-up key that this program works with."""
    return mark_of_key(keyring_of(session.connection().dialect).lookup_key)
