"""Who is signed in to the pages inside, and the links by which they came.

Neither the cookie nor the link stands here: what is kept is a keyed hash, and a seed from which
only the holder of the keys can make the link.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.rows import change
from storage.types import Keyring, UtcDateTime

KEPT_AFTER = timedelta(days=1)
"""How long what is over stays, so that a link that was used says so instead of nothing."""


class BoardSession(SQLModel, table=True):
    """One browser of one person. `review_until`: how long the review queue is open in it.

    `device`: a word or two by which they know it again in the list of their own.
    """

    __tablename__ = "board_session"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=32)
    person_id: int = Field(foreign_key="person.id", index=True)
    device: str = Field(default="", max_length=40)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
    review_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInLink(SQLModel, table=True):
    """A link that is good once. `leads_to`: the page it was asked for.

    `opens_queue`: it was asked for in order to open the review queue.
    """

    __tablename__ = "sign_in_link"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=32)
    seed: str = Field(max_length=32)
    person_id: int = Field(foreign_key="person.id", index=True)
    leads_to: str = Field(default="/", max_length=96)
    opens_queue: bool = False
    made_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def new_link(
    db: Session,
    keyring: Keyring,
    person_id: int,
    *,
    now: datetime,
    good_for: timedelta,
    leads_to: str = "/",
    opens_queue: bool = False,
) -> SignInLink:
    """A link for this person; what it is called, `token_of` makes when it is sent."""
    seed = secrets.token_hex(16)
    row = SignInLink(
        digest=_digest(keyring, "link", _token(keyring, seed)),
        seed=seed,
        person_id=person_id,
        leads_to=leads_to,
        opens_queue=opens_queue,
        made_at=now,
        ends_at=now + good_for,
    )
    db.add(row)
    db.flush()
    return row


def token_of(keyring: Keyring, link: SignInLink) -> str:
    """The last part of the link's address."""
    return _token(keyring, link.seed)


def find_link(db: Session, keyring: Keyring, token: str) -> SignInLink | None:
    """The link of an address, whether or not it is still good."""
    digest = _digest(keyring, "link", token)
    return db.exec(select(SignInLink).where(SignInLink.digest == digest)).first()


def use_link(db: Session, link: SignInLink, now: datetime) -> bool:
    """Uses it up; of two at the same moment one does."""
    free = (col(SignInLink.id) == link.id, col(SignInLink.used_at).is_(None))
    return change(db, update(SignInLink).where(*free).values(used_at=now)) == 1


def links_since(db: Session, person_id: int, since: datetime) -> int:
    """How many links somebody was sent since then."""
    theirs = (SignInLink.person_id == person_id, SignInLink.made_at > since)
    return db.exec(select(func.count()).select_from(SignInLink).where(*theirs)).one()


def begin_session(
    db: Session,
    keyring: Keyring,
    person_id: int,
    *,
    now: datetime,
    lasts: timedelta,
    review_until: datetime | None,
    device: str,
) -> str:
    """Signs a browser in; the secret that its cookie carries, which is kept nowhere else."""
    secret = secrets.token_urlsafe(32)
    db.add(
        BoardSession(
            digest=_digest(keyring, "session", secret),
            person_id=person_id,
            device=device[:40],
            begun_at=now,
            seen_at=now,
            ends_at=now + lasts,
            review_until=review_until,
        )
    )
    db.flush()
    return secret


def find_session(db: Session, keyring: Keyring, secret: str) -> BoardSession | None:
    """The session of a cookie, whether or not it is still good."""
    digest = _digest(keyring, "session", secret)
    return db.exec(select(BoardSession).where(BoardSession.digest == digest)).first()


def sessions_of(db: Session, person_id: int, now: datetime) -> list[BoardSession]:
    """Where somebody is signed in, the newest first."""
    theirs = (BoardSession.person_id == person_id, BoardSession.ends_at > now)
    return list(
        db.exec(select(BoardSession).where(*theirs).order_by(col(BoardSession.begun_at).desc()))
    )


def touch_session(db: Session, session_id: int, now: datetime) -> None:
    """They did something just now."""
    mine = col(BoardSession.id) == session_id
    change(db, update(BoardSession).where(mine).values(seen_at=now))


def end_session(db: Session, session_id: int) -> bool:
    """Signs a browser out; False where it was out already."""
    return change(db, delete(BoardSession).where(col(BoardSession.id) == session_id)) == 1


def sign_out_everywhere(db: Session, person_id: int) -> int:
    """Ends every session of somebody, and every link that could begin one; how many sessions."""
    change(db, delete(SignInLink).where(col(SignInLink.person_id) == person_id))
    return change(db, delete(BoardSession).where(col(BoardSession.person_id) == person_id))


def purge_board(db: Session, now: datetime) -> int:
    """What was over a day ago goes."""
    since = now - KEPT_AFTER
    return change(db, delete(BoardSession).where(col(BoardSession.ends_at) < since)) + change(
        db, delete(SignInLink).where(col(SignInLink.ends_at) < since)
    )


def _token(keyring: Keyring, seed: str) -> str:
    return keyring.fingerprint("board link", seed)


def _digest(keyring: Keyring, what: str, secret: str) -> str:
    return keyring.fingerprint(f"board {what} is", secret)
