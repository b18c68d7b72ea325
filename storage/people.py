"""People (professionals, by post) and contacts (where somebody can be reached, known or not)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from storage.types import Encrypted, Keyring, OneOf, UtcDateTime, keyring_of


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

    Without an e-mail nobody can be reached: `plan check` and the digest say so. `reads`: the
    languages in which a reviewer reads what young people write.
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
    reads: list[str] = Field(default_factory=lambda: ["en"], sa_type=JSON)
    away_until: date | None = None
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    active: bool = True


class Contact(SQLModel, table=True):
    """One address on one platform. Without a person it is a young person, or somebody unknown.

    `reference`: what else the platform needs to write to them, in its own words.
    """

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
    reference: str | None = Field(default=None, sa_type=Encrypted)


class Preferences(SQLModel, table=True):
    """What a person chose for themselves; what they did not choose is as in the settings.

    Hours are local. `reminder_days` and `digest_day` count from Monday as 0. `platform`: where
    they are reached first. `quiet_until`: no reminder before that day. `stopped_on`: they asked
    for no more reminders; the manager was told.
    """

    __tablename__ = "preferences"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    reminder_hour: int | None = None
    reminder_days: list[int] = Field(default_factory=list, sa_type=JSON)
    digest_wanted: bool | None = None
    digest_day: int | None = None
    digest_hour: int | None = None
    platform: str = Field(default="", max_length=16)
    quiet_until: date | None = None
    stopped_on: date | None = None


class JoinCode(SQLModel, table=True):
    """A code that a manager gives to somebody, to show once on a platform who they are."""

    __tablename__ = "join_code"

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True, max_length=32)
    person_id: int = Field(foreign_key="person.id", index=True)
    made_by_id: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


UNSENT = ("web", "desk")
"""Platforms whose people come for their pages: nobody can be written to there."""

PAGER = "pager"
"""A service that rings people up. Alerts alone go there, never anything that can wait."""

TERMINAL = "console"
"""Shows what waits once somebody sits down at it; nothing rings there."""


def contacts_of(session: Session, person_ids: Iterable[int]) -> dict[int, Contact]:
    """Where each of these people is reached, absent where nowhere, or where they have left.

    The platform that they chose, else a chat rather than e-mail, else the first there was; a
    terminal, which shows nothing until somebody sits down at it, only where there is nothing else.
    """
    rows = session.exec(
        select(Contact, Preferences.platform)
        .join(Person, col(Person.id) == col(Contact.person_id))
        .outerjoin(Preferences, col(Preferences.person_id) == col(Contact.person_id))
        .where(
            col(Contact.person_id).in_(list(person_ids)),
            Person.active,
            Contact.state == ContactState.ACTIVE,
            col(Contact.platform).not_in((*UNSENT, PAGER)),
        )
    ).all()
    ordered = sorted(rows, key=lambda row: _comes_first(*row), reverse=True)
    return {row.person_id: row for row, _ in ordered if row.person_id is not None}


def _comes_first(contact: Contact, chosen: str | None) -> tuple[bool, bool, bool, int]:
    platform = contact.platform
    return (platform != chosen, platform == TERMINAL, platform == "email", contact.id or 0)


def everywhere(session: Session, person_ids: Iterable[int]) -> dict[int, list[Contact]]:
    """Every place where each of these people can be written to, pagers too, in a stable order."""
    rows = session.exec(
        select(Contact)
        .join(Person, col(Person.id) == col(Contact.person_id))
        .where(
            col(Contact.person_id).in_(list(person_ids)),
            Person.active,
            Contact.state == ContactState.ACTIVE,
            col(Contact.platform).not_in(UNSENT),
        )
        .order_by(col(Contact.id))
    )
    found: dict[int, list[Contact]] = {}
    for row in rows:
        if row.person_id is not None:
            found.setdefault(row.person_id, []).append(row)
    return found


def preferences_of(session: Session, person_id: int) -> Preferences:
    """What this person chose; a row to be added where they have chosen nothing yet."""
    return session.get(Preferences, person_id) or Preferences(person_id=person_id)


def email_hash(keyring: Keyring, email: str) -> str:
    """The keyed hash by which a work e-mail is found; case and spaces around do not matter."""
    return keyring.fingerprint("email", email.strip().casefold())


def person_of(session: Session, email: str) -> Person | None:
    """Somebody of the people list by their e-mail, active or not."""
    if not email.strip():
        return None
    wanted = email_hash(keyring_of(session.connection().dialect), email)
    return session.exec(select(Person).where(Person.email_hash == wanted)).first()


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    """What these people are called, by their posts; nobody is called nothing."""
    wanted = {one for one in ids if one is not None}
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(wanted))).all()
    return {**dict.fromkeys((None, *wanted), ""), **dict(found)}


def people_with(session: Session, role: Role) -> list[Person]:
    """Active people who hold a role, in a stable order."""
    everyone = session.exec(select(Person).where(Person.active).order_by(col(Person.id)))
    return [person for person in everyone if role in person.roles]
