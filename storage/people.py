"""People (professionals, by post) and contacts (where somebody can be reached, known or not)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from storage.types import Encrypted, OneOf, UtcDateTime


class Role(StrEnum):
    """What a person may see and do; the table is in DOMAIN and is enforced in bot/access.py."""

    LEAD = "lead"
    CHAIR = "chair"
    MANAGER = "manager"
    VOICE_LEAD = "voice_lead"
    REVIEWER = "reviewer"
    EXECUTIVE = "executive"
    SCRUTINEER = "scrutineer"
    YOUTH_WORKER = "youth_worker"
    ADMIN = "admin"


class ContactState(StrEnum):
    """Whether somebody can be reached; `leaving`: forgotten once the last word to them is sent."""

    ACTIVE = "active"
    LEAVING = "leaving"
    GONE = "gone"


class Person(SQLModel, table=True):
    """A professional, by post where the plan prints posts; `key` is what a plan calls them.

    Without an e-mail nobody can be reached: `plan check` and the digest say so.
    """

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default="", max_length=64, index=True)
    email: str | None = Field(default=None, sa_type=Encrypted)
    email_hash: str | None = Field(default=None, unique=True, max_length=32)
    name: str
    agency: str = ""
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str = Field(default="en", max_length=12)
    away_until: date | None = None
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    active: bool = True


class Contact(SQLModel, table=True):
    """One address on one platform. Without a person it is a young person, or somebody unknown."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("platform", "space", "address_hash"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(max_length=16)
    space: str = Field(default="", max_length=64)
    address: str = Field(sa_type=Encrypted)
    address_hash: str = Field(max_length=32, index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    language: str = Field(default="en", max_length=12)
    state: ContactState = Field(default=ContactState.ACTIVE, sa_type=OneOf(ContactState))
    state_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state_reason: str = ""


def contacts_of(session: Session, person_ids: Iterable[int]) -> dict[int, Contact]:
    """Where each of these people is reached: the first active contact, absent where none is."""
    rows = session.exec(
        select(Contact)
        .where(col(Contact.person_id).in_(list(person_ids)), Contact.state == ContactState.ACTIVE)
        .order_by(col(Contact.id).desc())
    )
    return {row.person_id: row for row in rows if row.person_id is not None}


def people_with(session: Session, role: Role) -> list[Person]:
    """Active people who hold a role, in a stable order."""
    everyone = session.exec(select(Person).where(Person.active).order_by(col(Person.id)))
    return [person for person in everyone if role in person.roles]
