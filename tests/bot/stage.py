"""A partnership on a stage: real mailroom, outbox and database; only the clock and the platform

are ours. People speak, and what came back to each of them can be read.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlmodel import SQLModel, select

from bot.app import assemble
from bot.messages import (
    Ack,
    Address,
    Content,
    DeliveryError,
    Incoming,
    Limits,
    Message,
    Pressed,
    Receipt,
)
from bot.numbered import flat
from bot.people import link
from bot.platforms.console import LIMITS, PLATFORM, draw, read
from bot.settings import Settings
from reminders import rounds
from storage.database import Database
from storage.people import Person, Role
from surveys.definition import Survey as Form
from surveys.invitations import invite
from surveys.register import add, example_survey, open_survey
from surveys.xlsform import read_xlsform

YOUTH = "domestic_abuse_young_people.xlsx"
PRACTITIONERS = "neglect_tool_practitioners.xlsx"
TELEGRAM = "telegram"
_EVENTS = count(1)


@cache
def form_of(name: str) -> Form:
    """A form that ships with the program."""
    form, _ = read_xlsform(example_survey(name))
    assert form is not None
    return form


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it left."""

    to: str
    message: Message
    external_id: str

    @property
    def text(self) -> str:
        return draw(self.message)


@dataclass
class Recorder:
    """A platform that remembers what it was given, and fails when it is told to."""

    limits: Limits = LIMITS
    sent: list[Sent] = field(default_factory=list)
    failures: dict[str, list[BaseException]] = field(default_factory=lambda: defaultdict(list))
    on_send: Callable[[Address, Message], Any] | None = None
    calls: list[str] = field(default_factory=list)

    def fail(self, who: str, *errors: DeliveryError | Exception) -> None:
        """The next sends to this person fail so, one after another."""
        self.failures[who].extend(errors)

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:  # noqa: ARG002
        self.calls.append(to.id)
        if self.on_send is not None:
            await self.on_send(to, message)
        if self.failures[to.id]:
            raise self.failures[to.id].pop(0)
        self.sent.append(Sent(to.id, message, f"m{len(self.sent) + 1}"))
        return Receipt(self.sent[-1].external_id)

    def texts(self, who: str) -> list[str]:
        return [sent.text for sent in self.sent if sent.to == who]


class Stage:
    """One program, one recording platform, a clock that is moved by hand."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database = database
        self.now = now
        self.platform = PLATFORM
        self.app = assemble(database, Settings(), lambda: self.now)
        self.recorder = Recorder()
        self.delivery = self.app.delivery(self._senders())
        self._runner = asyncio.Runner()

    def _senders(self) -> dict[str, Recorder]:
        return {PLATFORM: self.recorder, TELEGRAM: self.recorder}

    def configure(self, **parts: Any) -> None:
        """The same program with these settings."""
        self.app.writer.close()
        self.app = assemble(self.database, Settings(**parts), lambda: self.now)
        self.delivery = self.app.delivery(self._senders())

    def close(self) -> None:
        self._runner.close()
        self.app.writer.close()

    def run(self, work: Any) -> Any:
        """A coroutine to its end, always on the same loop."""
        return self._runner.run(work)

    def later(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)

    # people and surveys

    def person(self, name: str, *roles: Role, language: str = "en", linked: bool = True) -> int:
        """A professional; their console is called as they are."""
        email = f"{name}@rochdale.example"
        with self.database.writing() as db:
            person = Person(
                email=email,
                email_hash=self.database.keyring.fingerprint("email", email),
                name=name,
                key=name,
                roles=[role.value for role in roles],
                language=language,
            )
            db.add(person)
            db.flush()
            if linked:
                link(db, person, Address(PLATFORM, "", name))
            assert person.id is not None
            return person.id

    def reviewers(self) -> None:
        """The two whom the example surveys name."""
        self.person("reviewer", Role.REVIEWER)
        self.person("deputy", Role.REVIEWER)

    def open(
        self, name: str = YOUTH, *, group: str = "", most_uses: int | None = None, **more: Any
    ) -> str:
        """Opens an example survey (once); gives a link's token."""
        form = form_of(name)
        with self.database.writing() as db:
            row = add(db, form, now=self.now).survey
            open_survey(db, row.slug, form, now=self.now)
            assert row.id is not None
            return invite(db, row.id, now=self.now, group_name=group, most_uses=most_uses, **more)

    def round(self) -> None:
        """The reminders of a day."""
        with self.database.writing() as db:
            rounds.run(db, now=self.now, calendar=self.app.around.calendar)

    # speaking

    def incoming(self, who: str, said: str | Content, event_id: str = "") -> Incoming:
        event = event_id or f"e{next(_EVENTS)}"
        if isinstance(said, str):
            message = read(said, who=who, event_id=event, at=self.now)
            assert message is not None
            said = message.content
        address = Address(self.platform, "", who)
        at = "" if self.platform == PLATFORM else self._message_id(who, said, event)
        return Incoming(self.platform, "", event, address, said, self.now, message_id=at)

    def _message_id(self, who: str, said: Content, event: str) -> str:
        """Its own or, of a tap, that of the message that carries the button."""
        if not isinstance(said, Pressed):
            return f"t{event}"
        token = said.token
        carriers = (
            sent.external_id
            for sent in reversed(self.recorder.sent)
            if sent.to == who and token in [button.token for button in flat(sent.message).buttons]
        )
        return next(carriers, "")

    def receive(self, *messages: Incoming) -> list[Ack]:
        """All at once, as one batch where they fit."""

        async def everything() -> list[Ack]:
            return list(await asyncio.gather(*(self.app.mailroom.receive(one) for one in messages)))

        return list(self.run(everything()))

    def offer(self, *messages: Incoming) -> list[Ack | BaseException]:
        """All at once; what could not be taken is in its place as an error."""

        async def everything() -> list[Ack | BaseException]:
            taking = (self.app.mailroom.receive(one) for one in messages)
            return list(await asyncio.gather(*taking, return_exceptions=True))

        return list(self.run(everything()))

    def tell(self, who: str, *lines: str | Content) -> list[Ack]:
        """Says these one after another, without delivering what comes back."""
        return [self.receive(self.incoming(who, line))[0] for line in lines]

    def say(self, who: str, *lines: str | Content) -> str:
        """Says these, each answered in turn; the last thing that came back."""
        answer = ""
        for line in lines:
            before = len(self.recorder.sent)
            self.tell(who, line)
            self.deliver()
            back = [sent.text for sent in self.recorder.sent[before:] if sent.to == who]
            answer = "\n\n".join(back)
        return answer

    def press(self, who: str, label: str) -> str:
        """Taps the newest button of this label, wherever it stands in the chat."""
        return self.say(who, Pressed(self.token(who, label)))

    def token(self, who: str, label: str) -> str:
        for sent in reversed(self.recorder.sent):
            if sent.to == who:
                for button in flat(sent.message).buttons:
                    if button.label == label:
                        return button.token
        raise AssertionError(f"{who} was shown no button {label!r}")

    def deliver(self) -> int:
        return int(self.run(self.delivery.run_until_idle()))

    def heard(self, who: str) -> list[str]:
        return self.recorder.texts(who)

    # what is stored

    def rows(self, table: type[SQLModel], *where: Any) -> list[Any]:
        with self.database.reading() as db:
            return list(db.exec(select(table).where(*where)))


def words_of(rows: Iterable[Any]) -> list[str]:
    return [row.words for row in rows]
