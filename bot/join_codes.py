"""One-time codes: a manager gives one to somebody, who shows with it once who they are.

Eight letters, stored as a hash, good for a week and for one use.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from storage.people import JoinCode, Person
from storage.types import Keyring
from surveys.receipts import come_back_code, is_like_a_come_back_code

GOOD_FOR = timedelta(days=7)


def make(db: Db, keyring: Keyring, person: Person, *, by_id: int | None, now: datetime) -> str:
    """A new code for this person; one that was made before and not used is over with it."""
    assert person.id is not None
    db.exec(
        delete(JoinCode).where(
            col(JoinCode.person_id) == person.id, col(JoinCode.used_at).is_(None)
        )
    )
    # Made of chance alone, in the letters that people type from a card or a telephone.
    code = come_back_code(keyring, secrets.token_hex(16))
    db.add(
        JoinCode(
            code_hash=_hash(keyring, code),
            person_id=person.id,
            made_by_id=by_id,
            made_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    db.flush()
    return code


def find(db: Db, keyring: Keyring, text: str, *, now: datetime) -> JoinCode | None:
    """The code that somebody typed, as long as it is good and its person is active."""
    if not is_like_a_come_back_code(text):
        return None
    return db.exec(
        select(JoinCode)
        .join(Person, col(Person.id) == col(JoinCode.person_id))
        .where(
            col(JoinCode.code_hash) == _hash(keyring, text),
            col(JoinCode.used_at).is_(None),
            col(JoinCode.expires_at) > now,
            col(Person.active),
        )
    ).first()


def use(db: Db, code: JoinCode, *, now: datetime) -> bool:
    """Uses it up; False where somebody was quicker."""
    used = db.exec(
        update(JoinCode)
        .where(col(JoinCode.id) == code.id, col(JoinCode.used_at).is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return used.rowcount == 1


def _hash(keyring: Keyring, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return keyring.fingerprint("join code", plain)
