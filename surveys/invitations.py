"""Opaque tokens that open a survey: one for a person, or one for everybody at a poster."""

import secrets
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, or_, select, update

from storage.surveys import Invite
from storage.types import keyring_of

_TOKEN_BYTES = 12


def invite(
    db: Db,
    survey_id: int,
    *,
    now: datetime,
    group_name: str = "",
    most_uses: int | None = None,
    expires_on: date | None = None,
) -> str:
    """A new token; only its keyed hash is stored, so it is shown this once."""
    token = secrets.token_hex(_TOKEN_BYTES)
    db.add(
        Invite(
            survey_id=survey_id,
            token_hash=_hash(db, token),
            group_name=group_name,
            most_uses=most_uses,
            created_at=now,
            expires_on=expires_on,
        )
    )
    db.flush()
    return token


def find(db: Db, token: str) -> Invite | None:
    """The invitation of this token, used up or not."""
    return db.exec(select(Invite).where(col(Invite.token_hash) == _hash(db, token))).first()


def is_good(invite: Invite, today: date) -> bool:
    """Whether it still opens its survey."""
    in_time = invite.expires_on is None or today <= invite.expires_on
    return in_time and (invite.most_uses is None or invite.uses < invite.most_uses)


def use(db: Db, invite: Invite, today: date) -> bool:
    """Counts one use; False where it no longer opens its survey.

    Counted where it is stored, so that two at once cannot both be the last.
    """
    if not is_good(invite, today):
        return False
    counted = db.exec(
        update(Invite)
        .where(
            col(Invite.id) == invite.id,
            or_(col(Invite.most_uses).is_(None), col(Invite.uses) < col(Invite.most_uses)),
        )
        .values(uses=col(Invite.uses) + 1)
        .execution_options(synchronize_session=False)
    )
    db.refresh(invite)
    return counted.rowcount == 1


def _hash(db: Db, token: str) -> str:
    return keyring_of(db.connection().dialect).fingerprint("invite", token)
