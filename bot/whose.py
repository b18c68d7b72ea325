"""Whose data is asked for, by e-mail, receipt code or reference; who may have it, and what is said.

Nothing that names somebody gets into the audit log: a person, a session and a text have numbers.
"""

from dataclasses import dataclass, field

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right
from storage.anonymous import PooledResponse
from storage.concerns import ReviewItem
from storage.people import Person, email_hash
from storage.reach import Subject, names_of, subject_of_item, subject_of_person, subject_of_session
from storage.surveys import SurveySession
from storage.tombstones import SESSION, digest_of
from storage.types import Keyring
from surveys.receipts import receipt_hash


class Nobody(LookupError):
    """Nobody is found so; the message says what to check."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was found. `mark` is for the audit log, `shown` for those who read a paper."""

    subject: Subject
    mark: str
    shown: str
    person_id: int | None = None
    session_id: str | None = None
    pooled_id: str | None = None
    item_id: int | None = None
    names: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_respondent(self) -> bool:
        return self.person_id is None

    def right(self, *, erase: bool) -> Right:
        """What an officer has to hold."""
        if erase:
            return Right.ERASE_ANSWERS if self.is_respondent else Right.ERASE_PERSON
        return Right.EXPORT_ANSWERS if self.is_respondent else Right.EXPORT_PERSON


def find(db: Db, keyring: Keyring, *, person: str, receipt: str, concern: str = "") -> Asked:
    """By the one of these that is given. Raises Nobody."""
    if person:
        return _by_email(db, keyring, person)
    if receipt:
        return _by_receipt(db, keyring, receipt)
    item = db.exec(select(ReviewItem).where(col(ReviewItem.ref) == concern.strip().upper())).first()
    item = item or db.exec(select(ReviewItem).where(col(ReviewItem.ref) == concern.strip())).first()
    if item is None or item.id is None:
        raise Nobody(f"there is no text {concern} in the review queue; check the reference")
    subject = subject_of_item(db, item.id)
    shown = f"whoever wrote {item.ref}"
    return Asked(subject, f"review item {item.ref}", shown, item_id=item.id)


def _by_email(db: Db, keyring: Keyring, email: str) -> Asked:
    wanted = email_hash(keyring, email)
    found = db.exec(select(Person).where(col(Person.email_hash) == wanted)).first()
    if found is None or found.id is None:
        raise Nobody("nobody has this e-mail; see `listening-loop people list`")
    return Asked(
        subject_of_person(db, found.id),
        f"person:{found.id}",
        f"{found.name or found.key} ({masked(email.strip())})",
        person_id=found.id,
        names=names_of(db, found.id),
    )


def _by_receipt(db: Db, keyring: Keyring, code: str) -> Asked:
    wanted, shown = receipt_hash(keyring, code), f"whoever has the code ending in {code[-4:]}"
    row = db.exec(select(SurveySession).where(col(SurveySession.receipt_hash) == wanted)).first()
    if row is not None:
        mark = f"session:{digest_of(db, SESSION, row.id)[:12]}"
        return Asked(subject_of_session(db, row.id), mark, shown, session_id=row.id)
    pooled = select(PooledResponse.id).where(col(PooledResponse.receipt_hash) == wanted)
    if (one := db.exec(pooled).first()) is not None:
        return Asked(Subject(), "pooled response", shown, pooled_id=one)
    raise Nobody("no answers have this code; check the letters")


def masked(email: str) -> str:
    """Enough of an e-mail to know it again: s...@example.org."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}...{at}{domain}"
