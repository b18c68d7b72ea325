"""What a use case may say back: intents into the outbox, within the caller's transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session as Db
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from bot.circumstances import Circumstances
from bot.messages import (
    EMAIL,
    FORMED_IN_PLACE,
    SLACK,
    FieldErrors,
    Incoming,
    NextPage,
    Now,
    OpenForm,
    storable,
)
from bot.standing import Standing, remember
from storage.language import Catalogue
from storage.mail import Outbox, Trace, Urgency, queue
from storage.people import Role, contacts_of, people_with
from surveys.anonymous import surveys_of

SEEN_ON_A_PAGE = frozenset({"ask", "welcome", "welcome_more", "ending", "care", "stopping"})
RENEWED = frozenset(
    {
        "nudges",
        "escalation_proposed",
        "date_proposed",
        "complete_proposed",
        "hand_over_asked",
        "help_wanted",
        "waiting",
        "yours_now",
        "actions",
    }
)
"""Messages that are put again in their place once somebody answered them."""
TELLING = frozenset({"nudges", "yours_now"})
"""Those of them that then say what counts of each action, and how to put it right."""
FOLLOWING = frozenset({"recorded", "history", "read_back", "date_decided"})
"""What belongs into the thread of the message that was answered."""
_THREADED = frozenset({SLACK, EMAIL})


@dataclass(slots=True)
class Replies:
    """One message being answered: the database, who wrote, and a counter for unique keys.

    `shown`: what the acknowledgement carries, such as a form to fill in. `is_nameless`: this is
    about an anonymous survey.
    """

    db: Db
    standing: Standing
    message: Incoming
    around: Circumstances
    shown: Now | None = None
    is_nameless: bool = False
    _renewed: tuple[str, dict[str, Any]] | None = None
    _counts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _count: int = field(default=0)
    _took_part: list[int | None] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.around.now

    def queue(self, intent: str, *, key: str | None = None, **params: Any) -> None:
        """An intent to the person who wrote; by default once for each incoming message.

        Who sees on each page where they stand need not be told. Care for words that came after
        the end stands nowhere else, so it is said.
        """
        is_seen = intent in SEEN_ON_A_PAGE and not params.get("over")
        if self.standing.address.is_drawn and is_seen:
            return
        params |= thread_of(self.message, intent)
        self._count += 1
        queue(
            self.db,
            key=key or self._key(f"re:{self._count}"),
            intent=intent,
            contact_id=self.standing.contact_id,
            now=self.now,
            params=params,
            trace=Trace.NONE if self.leaves_nothing else Trace.KEPT,
        )

    @property
    def leaves_nothing(self) -> bool:
        """Whether they take part in an anonymous survey, or did, so that no send is recorded."""
        if self.is_nameless or self.standing.person_id is not None:
            return self.is_nameless
        running, damage = self.standing.running, self.standing.damage
        if running is not None:
            return running.is_anonymous
        may_be = self.standing.last_session_id is None or bool(damage)
        return may_be and self.nameless_survey is not None

    @property
    def nameless_survey(self) -> int | None:
        """The anonymous survey that they took part in last; None where they took part in none."""
        if not self._took_part:
            contact_id = self.standing.contact_id
            self._took_part.append(surveys_of(self.db, [contact_id]).get(contact_id))
        return self._took_part[0]

    def count(self, intent: str, **params: Any) -> None:
        """What now counts: into the thread of the message that is renewed, which says it too.

        Where there are no threads, the renewed message alone says it.
        """
        self._counts.append((intent, params))

    def say(self, wording: str, **words: Any) -> None:
        """A text of the catalogue; `words` are references, never a person's words."""
        self.queue("say", wording=wording, words=words)

    def text(self, key: str, **params: Any) -> str:
        """A text of the catalogue in their language, for what is shown at once."""
        return _words().say(key, self.standing.language, **params).strip()

    @property
    def can_open(self) -> bool:
        """Whether a form can be shown in answer to this very act."""
        return self.message.opens and self.standing.address.takes_forms

    def renew(self) -> bool:
        """The message whose button was pressed is put again in its place, as things stand now.

        False where that cannot be.
        """
        pressed = self.message.message_id
        if not pressed and self.standing.address.has_home:
            self._renewed = ("home", {"person": self.standing.person_id})
            return True
        if not (pressed and self.standing.address.can_edit):
            return False
        values = {"contact": self.standing.contact_id, "pressed": pressed}
        found = self.db.exec(_renewable(), params=values).first()
        params = json.loads(found[1] or "{}") if found is not None else {}
        if found is None or not params:
            return False
        self._renewed = (found[0], {**params, "at": pressed, "renewed": True})
        return True

    def finish(self) -> None:
        """Once, when the act is done: queues what is to be renewed.

        Not where a form took the message's place: that would be taken from under their hands.
        """
        is_filled_in = isinstance(self.shown, OpenForm | NextPage | FieldErrors)
        is_there = self.standing.address.platform in FORMED_IN_PLACE
        renewed = None if is_filled_in and is_there else self._renewed
        is_told = renewed is not None and renewed[0] in TELLING
        for intent, params in self._counts:
            if is_told and self._has_threads:
                params |= {"follows": self.message.message_id}
            if self._has_threads or not is_told:
                self.queue(intent, **params)
        if renewed is not None:
            self.queue(renewed[0], **renewed[1])
        self._renewed, self._counts = None, []

    @property
    def _has_threads(self) -> bool:
        return self.standing.address.platform in _THREADED

    def wait_for(
        self, expecting: Mapping[str, Any] | None, *, session_id: str | None = None
    ) -> None:
        """What the next words of this person will answer."""
        remember(self.db, self.standing, self.now, session_id=session_id, expecting=expecting)

    def tell(
        self,
        person_id: int,
        intent: str,
        *,
        key: str,
        urgency: Urgency = Urgency.REPLY,
        not_before: datetime | None = None,
        **params: Any,
    ) -> bool:
        """An intent to another person; False where they cannot be reached."""
        contact = contacts_of(self.db, [person_id]).get(person_id)
        if contact is None or contact.id is None:
            return False
        queue(
            self.db,
            key=f"{key}:{contact.id}",
            intent=intent,
            contact_id=contact.id,
            now=self.now,
            params=params,
            urgency=urgency,
            not_before=not_before,
        )
        return True

    def tell_role(
        self,
        role: Role,
        intent: str,
        *,
        key: str,
        not_before: datetime | None = None,
        **params: Any,
    ) -> int:
        """An intent to everyone who holds a role; how many it will reach."""
        people = people_with(self.db, role)
        return sum(
            self.tell(person.id, intent, key=key, not_before=not_before, **params)
            for person in people
            if person.id is not None
        )

    def tell_admins(self, wording: str, **words: Any) -> None:
        self.tell_role(Role.ADMIN, "say", key=self._key("admin"), wording=wording, words=words)

    def _key(self, what: str) -> str:
        """Unique to the message that is answered."""
        message = self.message
        return storable(f"{what}:{message.platform}:{message.space}:{message.event_id}", 96)


def thread_of(message: Incoming, intent: str) -> dict[str, str]:
    """What an intent says of the thread it belongs to: by e-mail that of the mail it answers."""
    belongs = message.platform == EMAIL or (message.platform == SLACK and intent in FOLLOWING)
    return {"follows": message.message_id} if belongs and message.message_id else {}


@lru_cache(maxsize=1)
def _renewable() -> "Select[str, str]":
    """The message of this id that is put again, as it was first sent."""
    return (
        select(Outbox.intent, Outbox.params)
        .where(
            col(Outbox.contact_id) == bindparam("contact"),
            col(Outbox.external_id) == bindparam("pressed"),
            col(Outbox.intent).in_(RENEWED),
        )
        .order_by(col(Outbox.id))
        .limit(1)
    )


@lru_cache(maxsize=1)
def _words() -> Catalogue:
    return Catalogue.load("bot")
