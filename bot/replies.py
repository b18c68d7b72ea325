"""What a use case may say back: intents into the outbox, within the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db

from bot.circumstances import Circumstances
from bot.messages import Incoming, storable
from bot.standing import Standing, remember
from storage.mail import Urgency, queue
from storage.people import Role, contacts_of, people_with

SEEN_ON_A_PAGE = frozenset({"ask", "welcome", "welcome_more", "ending", "care", "stopping"})


@dataclass(slots=True)
class Replies:
    """One message being answered: the database, who wrote, and a counter for unique keys."""

    db: Db
    standing: Standing
    message: Incoming
    around: Circumstances
    _count: int = field(default=0)

    @property
    def now(self) -> datetime:
        return self.around.now

    def queue(self, intent: str, *, key: str | None = None, **params: Any) -> None:
        """An intent to the person who wrote; by default once for each incoming message.

        Who reads pages sees where they stand on the next one: that need not be said to them. Care
        for words that came after the end stands nowhere else, so it is.
        """
        is_seen = intent in SEEN_ON_A_PAGE and not params.get("over")
        if self.standing.address.is_paged and is_seen:
            return
        self._count += 1
        queue(
            self.db,
            key=key or self._key(f"re:{self._count}"),
            intent=intent,
            contact_id=self.standing.contact_id,
            now=self.now,
            params=params,
        )

    def say(self, wording: str, **words: Any) -> None:
        """A text of the catalogue; `words` are references, never a person's words."""
        self.queue("say", wording=wording, words=words)

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
        )
        return True

    def tell_role(self, role: Role, intent: str, *, key: str, **params: Any) -> int:
        """An intent to everyone who holds a role; how many it will reach."""
        people = people_with(self.db, role)
        return sum(
            self.tell(person.id, intent, key=key, **params)
            for person in people
            if person.id is not None
        )

    def tell_admins(self, wording: str, **words: Any) -> None:
        self.tell_role(Role.ADMIN, "say", key=self._key("admin"), wording=wording, words=words)

    def _key(self, what: str) -> str:
        """Unique to the message that is answered."""
        message = self.message
        return storable(f"{what}:{message.platform}:{message.space}:{message.event_id}", 96)
