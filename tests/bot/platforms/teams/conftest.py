"""The door's parts without Microsoft: a connector that answers, a mailroom that may fail."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.door import Hall
from bot.messages import Ack, AckStatus, Incoming, Now
from bot.settings import LinkSettings, Settings, TeamsSettings, WebSettings
from bot.writer import Writer
from storage.database import Database
from storage.types import Keyring
from tests.bot.platforms.teams.payloads import TENANT
from tests.bot.platforms.teams.tokens import APP
from tests.platforms.http_server import HttpServer, Reply, Request

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)


def settings_for(**more: Any) -> Settings:
    given = {"app_id": APP, "app_secret": "s3cret", "tenants": (TENANT,)} | more
    return Settings(
        teams=TeamsSettings.model_validate(given),
        links=LinkSettings(web="" if more.get("accept_unsigned_requests") else "https://l.example"),
        web=WebSettings(),
    )


@dataclass
class Mailbox:
    """Takes what comes in, and answers what a test wants."""

    taken: list[Incoming] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    now: Now | None = None
    failure: Exception | None = None

    async def receive(self, incoming: Incoming) -> Ack:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        if any(one.event_id == incoming.event_id for one in self.taken):
            return Ack(AckStatus.DUPLICATE)
        self.taken.append(incoming)
        return Ack(AckStatus.STORED, self.now)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.generate()


def hall_for(settings: Settings, mailbox: Mailbox, keyring: Keyring, place: Path) -> Hall:
    return Hall(
        settings,
        keyring,
        mailbox.receive,
        lambda: NOW,
        mailbox.told.append,
        Database(f"sqlite:///{place / 'x.db'}", keyring),
        Writer(),
    )


@dataclass
class Connector:
    """A login and a connector on this machine that say what they are told to say."""

    url: str = ""
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    member: dict[str, Any] = field(default_factory=dict)
    login: tuple[int, Any] = (200, {"access_token": "tok", "expires_in": 3600, "token_type": "B"})
    logins: int = 0
    signed_in_at: str = ""
    tokens: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if request.target.endswith("/oauth2/v2.0/token"):
            self.logins += 1
            self.signed_in_at = request.target.split("/")[1]
            return _reply(*self.login)
        body = json.loads(request.body) if request.body else None
        self.calls.append((request.method, request.target, body))
        self.tokens.append(request.headers.get("authorization", ""))
        if self.answers:
            return _reply(*self.answers.pop(0))
        if "/members/" in request.target:
            return _reply(200, self.member)
        return _reply(200, {"id": f"m{len(self.calls)}"})


def _reply(status: int, body: Any) -> Reply:
    return Reply(status, json.dumps(body).encode())


@asynccontextmanager
async def listening() -> AsyncIterator[Connector]:
    found = Connector()
    server = HttpServer(found)
    found.url = f"http://127.0.0.1:{await server.start()}"
    try:
        yield found
    finally:
        await server.stop()


def run(work: Coroutine[Any, Any, Any], seconds: float = 30.0) -> Any:
    """The result of it, in a loop of its own; late is wrong."""
    return asyncio.run(asyncio.wait_for(work, seconds))
