"""The door on the loopback Teams, and a mailroom that can be told what to answer."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette

from bot.door import Hall
from bot.forms import Field, FieldKind, Form, Option
from bot.listeners import Listener, bind
from bot.messages import Ack, AckStatus, Address, Button, Incoming, Message, Part
from bot.platforms.teams import PATH, TeamsDoor
from bot.settings import Settings
from bot.writer import Writer
from storage.database import Database
from storage.types import Keyring
from tests.platforms.fixtures import until
from tests.platforms.teams_people import Person
from tests.platforms.teams_server import TeamsServer

NOW = datetime(2023, 12, 4, 10, tzinfo=UTC)
STORED = Ack(AckStatus.STORED)
STATUS = (Option("on_track", "On track"), Option("at_risk", "At risk"))
FORM = Form(
    "update:7",
    "Update 1.2",
    (
        Field("status", FieldKind.ONE, "How is it going?", options=STATUS, needed=True),
        Field("words", FieldKind.TEXT, "What happened?"),
        Field("due", FieldKind.DATE, "By when?"),
        Field("who", FieldKind.SEVERAL, "Who helps?", options=(*STATUS, Option("x,y", "Both"))),
    ),
    "Send",
)
SECOND = Form("update:7", "Why?", (Field("why", FieldKind.WORDS, "Why is that?"),), "Send")
NUDGE = Message(
    "Two actions are due.",
    (Button("Later", "later"),),
    parts=(
        Part("1.2 Implement *all* of it", (Button("On track", "on:7"), Button("Other", "up:7"))),
        Part("1.3 Train", (Button("Done", "done:8"),)),
    ),
    title="2 actions are due",
)


@dataclass
class Mailbox:
    """Takes what comes in, once for each event as the mailroom does, and answers in turn."""

    taken: list[Incoming] = field(default_factory=list)
    answers: deque[Ack | Exception] = field(default_factory=deque)
    seconds: float = 0.0

    async def receive(self, incoming: Incoming) -> Ack:
        await asyncio.sleep(self.seconds)
        if any(one.event_id == incoming.event_id for one in self.taken):
            return Ack(AckStatus.DUPLICATE)
        answer = self.answers.popleft() if self.answers else STORED
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(incoming)
        return answer

    def will(self, *nows: Any) -> None:
        """What the next acknowledgements carry."""
        self.answers += [Ack(AckStatus.STORED, now) for now in nows]

    @property
    def contents(self) -> list[Any]:
        return [one.content for one in self.taken]

    @property
    def who(self) -> Address:
        """Who wrote last, with where to write to them."""
        return self.taken[-1].sender


@dataclass
class Opened:
    """A door that is at work, and what it told."""

    door: TeamsDoor
    teams: TeamsServer
    mailbox: Mailbox
    told: list[str]

    async def settled(self) -> None:
        """Until Teams waits for nothing, and all that is done beside is done."""
        await until(lambda: self.teams.pending == 0, "all was answered")
        await until(lambda: self.door.is_idle, "all was done beside")

    async def does(self, act: Callable[[], Any]) -> None:
        act()
        await self.settled()

    async def sends(self, message: Message, replacing: str | None = None) -> str:
        """To whoever wrote last."""
        receipt = await self.door.sender.send(self.mailbox.who, message, replacing)
        return receipt.external_id


def settings_for(teams: TeamsServer, **more: Any) -> Settings:
    given = {
        "app_id": teams.app_id,
        "app_secret": teams.secret,
        "tenants": [teams.tenant("police").id, teams.tenant("nhs").id],
        "login": teams.url,
        "metadata": teams.metadata,
    }
    links = {"web": "https://loop.rochdale.example"}
    return Settings.model_validate({"teams": given | more, "links": links})


def door_for(
    teams: TeamsServer, database: Database, mailbox: Mailbox, told: list[str], **more: Any
) -> tuple[TeamsDoor, asyncio.Event]:
    """A door that nobody has opened yet, and what stops it."""
    settings, keyring = settings_for(teams, **more), Keyring.generate()
    hall = Hall(settings, keyring, mailbox.receive, lambda: NOW, told.append, database, Writer())
    return TeamsDoor(hall), asyncio.Event()


@asynccontextmanager
async def opened(
    teams: TeamsServer, database: Database, mailbox: Mailbox, **more: Any
) -> AsyncIterator[Opened]:
    """The door behind a listener of its own; it is at work when this is entered."""
    told: list[str] = []
    door, stopped = door_for(teams, database, mailbox, told, **more)
    bound = bind("a free port", "127.0.0.1:0")
    listener = Listener(Starlette(routes=list(door.routes())), bound)
    await listener.start()
    teams.calls_at(f"{bound.address}{PATH}")
    work = asyncio.create_task(door.work(stopped))
    try:
        await until(lambda: door.opened.is_set() or work.done(), "it is open, or shut")
        yield Opened(door, teams, mailbox, told)
    finally:
        stopped.set()
        await work
        await listener.close()
        await door.close()


async def installed(found: Opened, person: Person) -> None:
    """They have the app, and we know where to write to."""
    await found.does(person.installs)
