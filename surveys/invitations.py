"""Opaque tokens that open a survey: one for a person, or one for everybody at a poster.

A person's token is derived with the keyring when it is needed, so no row says whose it is; the
row of the token itself says only whether it was used.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, or_, select, update

from storage.database import insert_new
from storage.rows import chunks
from storage.surveys import Invite
from storage.types import Keyring, keyring_of

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


def personal_token(keyring: Keyring, campaign_id: int, person_id: int) -> str:
    """The token of one person in one campaign: the same whenever it is asked for."""
    return keyring.fingerprint("personal invite", str(campaign_id), str(person_id))[
        : 2 * _TOKEN_BYTES
    ]


def invite_each(
    db: Db,
    survey_id: int,
    campaign_id: int,
    people: Iterable[int],
    *,
    now: datetime,
    group_name: str = "",
    expires_on: date | None = None,
) -> None:
    """Tokens for these people, for one use each; who has one already keeps it.

    They are written in the order of their hashes and with the day alone, so that neither the
    place in the table nor the instant tells whose they are.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    keyring = keyring_of(db.connection().dialect)
    hashes = sorted(_personal_hash(keyring, campaign_id, person_id) for person_id in people)
    for chunk in chunks(hashes):
        rows = [
            {
                "survey_id": survey_id,
                "campaign_id": campaign_id,
                "token_hash": token_hash,
                "group_name": group_name,
                "most_uses": 1,
                "uses": 0,
                "created_at": day,
                "expires_on": expires_on,
            }
            for token_hash in chunk
        ]
        insert_new(db, Invite, rows)


def unused(db: Db, campaign_id: int, people: Sequence[int]) -> list[int]:
    """Those of these people whose token was not used. Never ask it of an anonymous survey."""
    keyring = keyring_of(db.connection().dialect)
    by_hash = {_personal_hash(keyring, campaign_id, person_id): person_id for person_id in people}
    used = db.exec(
        select(Invite.token_hash).where(
            col(Invite.token_hash).in_(list(by_hash)), col(Invite.uses) > 0
        )
    )
    gone = {by_hash[token_hash] for token_hash in used}
    return [person_id for person_id in people if person_id not in gone]


def _personal_hash(keyring: Keyring, campaign_id: int, person_id: int) -> str:
    return token_hash_of(keyring, personal_token(keyring, campaign_id, person_id))


def token_hash_of(keyring: Keyring, token: str) -> str:
    """What is stored of a token."""
    return keyring.fingerprint("invite", token)


def _hash(db: Db, token: str) -> str:
    return token_hash_of(keyring_of(db.connection().dialect), token)
