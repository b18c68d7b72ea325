"""The door on the loopback Slack, and a mailroom that can be told what to answer."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette

from bot.door import Hall
from bot.forms import Field, FieldKind, Form, Option
from bot.listeners import Listener, bind
from bot.messages import SLACK, Ack, AckStatus, Address, Button, Incoming, Message
from bot.platforms.slack import SlackDoor, manifest
from bot.settings import Settings
from bot.writer import Writer
from storage.database import Database
from tests.platforms.fixtures import until
from tests.platforms.slack_people import Person
from tests.platforms.slack_server import SlackServer
from tests.platforms.slack_state import Workspace

STORED = Ack(AckStatus.STORED)
WAYS = ("socket", "http")
FORM = Form(
    "update:7",
    "How is 1.2 going?",
    (
        Field(
            "status",
            FieldKind.ONE,
            "How is it going?",
            options=(Option("on_track", "On track"), Option("at_risk", "At risk")),
            needed=True,
        ),
        Field("words", FieldKind.TEXT, "What happened?"),
        Field("due", FieldKind.DATE, "By when?"),
    ),
    "Send",
)
SECOND = Form("update:7", "Why?", (Field("why", FieldKind.WORDS, "Why is that?"),), "Send")
NUDGE = Message(
    "1.2 is due on 31 March.",
    buttons=(Button("On track", "update:7:on_track", form=True), Button("Not mine", "not:7")),
    title="An action is due",
)


@dataclass
class Mailbox:
    """Takes what comes in, once for each event as the mailroom does, and answers in turn."""

    taken: list[Incoming] = field(default_factory=list)
    answers: deque[Ack | Exception] = field(default_factory=deque)
    calls: int = 0
    seconds: float = 0.0

    async def receive(self, incoming: Incoming) -> Ack:
        self.calls += 1
        await asyncio.sleep(self.seconds)
        if any(one.event_id == incoming.event_id for one in self.taken):
            return Ack(AckStatus.DUPLICATE)
        answer = self.answers.popleft() if self.answers else STORED
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(incoming)
        return answer

    @property
    def contents(self) -> list[Any]:
        return [one.content for one in self.taken]


@dataclass
class Opened:
    """A door that is at work, and what it told."""

    door: SlackDoor
    slack: SlackServer
    mailbox: Mailbox
    told: list[str]
    url: str = ""

    async def settled(self) -> None:
        """Until Slack waits for nothing, and all that is done beside is done."""
        await until(lambda: self.slack.pending == 0, "all was acknowledged")
        await self.until(lambda: self.door.is_idle, "all was done beside")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        await until(is_so, what)

    async def send(self, to: Person, message: Message, replacing: str | None = None) -> str:
        receipt = await self.door.sender.send(address_of(to), message, replacing)
        return receipt.external_id


def sam_of(slack: SlackServer, **more: Any) -> Person:
    """Somebody in a workspace with exactly what our manifest asks for."""
    installed(slack)
    return slack.person("Sam Taylor", "sam@rochdale.example", **more)


def ack(now: Any) -> Ack:
    """It is stored, and this is to be shown."""
    return Ack(AckStatus.STORED, now)


def address_of(person: Person) -> Address:
    return Address(SLACK, person.workspace.id, person.id)


def settings_for(
    slack: SlackServer, workspaces: Iterable[Workspace], *, given: Any = None, **more: Any
) -> Settings:
    """`given`: credentials other than theirs."""
    credentials = [
        {
            "name": one.name,
            "bot_token": one.bot_token,
            "app_token": one.app.app_token,
            "signing_secret": one.app.signing_secret,
        }
        for one in workspaces
    ]
    slack_settings = {"api": slack.api, "workspaces": given or credentials} | more
    return Settings.model_validate(
        {"slack": slack_settings, "links": {"web": "https://loop.rochdale.example"}}
    )


def installed(slack: SlackServer, name: str = "council", **more: Any) -> Workspace:
    """A workspace with exactly what our manifest asks for."""
    return slack.workspace(name, manifest=manifest(settings_for(slack, ())), **more)


@asynccontextmanager
async def opened(
    slack: SlackServer,
    database: Database,
    mailbox: Mailbox,
    *workspaces: Workspace,
    waits: bool = True,
    is_called: bool = True,
    receive: Any = None,
    **more: Any,
) -> AsyncIterator[Opened]:
    """The door at work. By HTTP it is served on a port of its own, which Slack is told."""
    there = workspaces or (installed(slack),)
    writer, told = Writer(), list[str]()
    settings = settings_for(slack, there, **more)
    hall = Hall(
        settings=settings,
        keyring=database.keyring,
        receive=receive or mailbox.receive,
        clock=lambda: slack.clock(),
        tell=told.append,
        database=database,
        writer=writer,
    )
    door = SlackDoor(hall, first_pause=0.02)
    stopped = asyncio.Event()
    working = asyncio.create_task(door.work(stopped))
    one = Opened(door, slack, mailbox, told)
    listener = await _served(one, there) if settings.slack.mode == "http" else None
    try:
        if waits:
            await one.until(door.opened.is_set, f"the door is open: {told}")
        if listener is not None and is_called:
            for app in {workspace.app.id: workspace.app for workspace in there}.values():
                await asyncio.to_thread(slack.by_http, app, one.url)
        yield one
    finally:
        stopped.set()
        await asyncio.wait_for(working, 20)
        if listener is not None:
            await listener.close()
        await door.close()
        writer.close()


async def _served(one: Opened, workspaces: Iterable[Workspace]) -> Listener:
    bound = bind("test", "127.0.0.1:0")
    listener = Listener(Starlette(routes=list(one.door.routes())), bound)
    await listener.start()
    one.url = f"{bound.address}/slack"
    return listener


def run(work: Coroutine[Any, Any, Any], seconds: float = 60.0) -> Any:
    """To its end, and never longer than this."""
    return asyncio.run(asyncio.wait_for(work, seconds))
