"""A decision shows in the messages that asked for it, also to those who did not take it."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

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
    seen = {(replies.standing.contact_id, replies.message.message_id)}
    for row in _asked(replies, intent):
        params = json.loads(row.params or "{}")
        place = (row.contact_id, row.external_id)
        if place in seen or any(params.get(name) != value for name, value in about.items()):
            continue
        seen.add(place)
        queue(
            replies.db,
            key=f"decided:{row.id}:{replies.now:%Y%m%d%H%M%S}",
            intent=intent,
            contact_id=row.contact_id,
            now=replies.now,
            params={**params, "at": row.external_id, "renewed": True},
        )


def _asked(replies: Replies, intent: str) -> Iterable[Outbox]:
    """What was asked of managers and chairs where a message can be put again in its place."""
    people = [
        person.id
        for role in (Role.MANAGER, Role.CHAIR)
        for person in people_with(replies.db, role)
        if person.id is not None
    ]
    contacts = select(Contact.id).where(
        col(Contact.person_id).in_(people), col(Contact.platform).in_(sorted(EDITED))
    )
    return replies.db.exec(
        select(Outbox)
        .where(
            col(Outbox.contact_id).in_(contacts),
            Outbox.intent == intent,
            Outbox.external_id != "",
            col(Outbox.settled_at) >= replies.now - _ASKED_WITHIN,
        )
        .order_by(col(Outbox.id))
    ).all()
