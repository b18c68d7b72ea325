"""A decision shows in the messages that asked for it, also to those who did not take it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import EDITED, Pressed, Submitted
from bot.replies import Replies
from storage.mail import Outbox, queue
from storage.people import Contact, Role, people_with

_ASKED_WITHIN = timedelta(days=60)


def confirm(replies: Replies, wording: str, **words: Any) -> None:
    """Says what was done, unless the message that was pressed shows it by itself."""
    by_button = isinstance(replies.message.content, Pressed | Submitted)
    if not (by_button and replies.message.message_id and replies.renew()):
        replies.say(wording, **words)


def show_decided(replies: Replies, intent: str, **about: int) -> None:
    """Puts the messages that asked for a decision again in their place, as it is decided now.

    `about` are the references by which the question is found. The message that was pressed is
    renewed by `confirm`.
    """
    pressed = (replies.standing.contact_id, replies.message.message_id)
    put_again(replies.db, replies.now, intent, about, but=pressed)


def put_again(
    db: Db,
    now: datetime,
    intent: str,
    about: Mapping[str, int],
    *,
    but: tuple[int | None, str] = (None, ""),
) -> None:
    """The same for a decision that was taken elsewhere; `but`: a contact's message that stays."""
    seen = {but}
    for row in _asked(db, now, intent):
        params = json.loads(row.params or "{}")
        place = (row.contact_id, row.external_id)
        if place in seen or any(params.get(name) != value for name, value in about.items()):
            continue
        seen.add(place)
        queue(
            db,
            key=f"decided:{row.id}:{now:%Y%m%d%H%M%S}",
            intent=intent,
            contact_id=row.contact_id,
            now=now,
            params={**params, "at": row.external_id, "renewed": True},
        )


def _asked(db: Db, now: datetime, intent: str) -> Iterable[Outbox]:
    """What was asked of managers and chairs where a message can be put again in its place."""
    people = [
        person.id
        for role in (Role.MANAGER, Role.CHAIR)
        for person in people_with(db, role)
        if person.id is not None
    ]
    contacts = select(Contact.id).where(
        col(Contact.person_id).in_(people), col(Contact.platform).in_(sorted(EDITED))
    )
    return db.exec(
        select(Outbox)
        .where(
            col(Outbox.contact_id).in_(contacts),
            Outbox.intent == intent,
            Outbox.external_id != "",
            col(Outbox.settled_at) >= now - _ASKED_WITHIN,
        )
        .order_by(col(Outbox.id))
    ).all()
