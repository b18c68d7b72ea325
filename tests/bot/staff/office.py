"""The stage where people work: Slack, Teams and e-mail beside the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from bot.messages import (
    EMAIL,
    SLACK,
    TEAMS,
    Address,
    Content,
    Incoming,
    Message,
    Pressed,
    Submitted,
)
from bot.people import link
from storage.database import Database
from storage.people import Person, Role
from tests.bot.moment import MONDAY
from tests.bot.stage import Recorder, Sent, Stage


class Office(Stage):
    """Everybody writes on `platform`; `vouched` says whose e-mail the platform vouches for."""

    def __init__(self, database: Database, now: datetime = MONDAY) -> None:
        self.vouched: dict[str, str] = {}
        self.opens = False
        self.pressed_in: dict[str, str] = {}
        super().__init__(database, now)
        self.platform = SLACK

    def _senders(self) -> dict[str, Recorder]:
        return {**super()._senders(), **dict.fromkeys((SLACK, TEAMS, EMAIL), self.recorder)}

    def incoming(self, who: str, said: str | Content, event_id: str = "") -> Incoming:
        incoming = super().incoming(who, said, event_id)
        incoming = replace(incoming, platform=self.platform, email=self.vouched.get(who, ""))
        if isinstance(said, Pressed):
            self.pressed_in[who] = incoming.message_id
        elif isinstance(said, Submitted):
            incoming = replace(incoming, message_id=self.pressed_in.get(who, ""))
        return replace(incoming, opens=self.opens)

    def colleague(self, name: str, *roles: Role) -> int:
        """Somebody who is connected where everybody writes now."""
        person_id = self.person(name, *roles, linked=False)
        with self.database.writing() as db:
            link(db, db.get_one(Person, person_id), Address(self.platform, "", name))
        return person_id

    def newest(self, who: str) -> Message:
        """The last message that somebody got."""
        return self.sent_to(who)[-1].message

    def sent_to(self, who: str) -> list[Sent]:
        return [sent for sent in self.recorder.sent if sent.to == who]


@contextmanager
def office(database: Database) -> Iterator[Office]:
    one = Office(database)
    try:
        yield one
    finally:
        one.close()
