"""The door on loopback mail servers, and a mailroom that can be told to fail."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.door import Hall
from bot.messages import EMAIL, Ack, AckStatus, Address, Incoming
from bot.platforms.email import EmailDoor
from bot.settings import EmailSettings, LinkSettings, Settings
from bot.writer import Writer
from storage.database import Database
from storage.types import Keyring
from tests.platforms.fixtures import until
from tests.platforms.mail_people import MailPerson
from tests.platforms.mail_server import Certificate, MailServer, serving_mail
from tests.platforms.mail_store import MailStore

NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)
ROBIN = "robin.roe@nhs.example"
PAGES = "https://loop.rochdale.example"


@dataclass
class Intake:
    """Takes what comes in, once for each event as the mailroom does."""

    taken: list[Incoming] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    calls: int = 0

    async def receive(self, incoming: Incoming) -> Ack:
        self.calls += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        if any(one.event_id == incoming.event_id for one in self.taken):
            return Ack(AckStatus.DUPLICATE)
        self.taken.append(incoming)
        return Ack(AckStatus.STORED)

    @property
    def contents(self) -> list[Any]:
        return [one.content for one in self.taken]


@dataclass
class House:
    """One door of ours at one pair of servers."""

    door: EmailDoor
    server: MailServer
    intake: Intake
    told: list[str]

    @property
    def store(self) -> MailStore:
        return self.server.store

    def person(self, address: str = ROBIN) -> MailPerson:
        return MailPerson(self.store, address)

    def at_work(self, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """The door works while these are done, one after another."""

        async def both() -> None:
            stopped = asyncio.Event()
            working = asyncio.create_task(self.door.work(stopped))
            try:
                for one in work:
                    await one()
            finally:
                stopped.set()
                await asyncio.wait_for(working, 20)
                await self.door.close()

        asyncio.run(asyncio.wait_for(both(), 60))

    async def read(self) -> None:
        """Until nothing unread is left."""
        await until(lambda: not self.store.unread, "all mails are read or set aside")

    async def say(self, what: str) -> None:
        await until(lambda: any(what in line for line in self.told), f"{what!r} is told")


def to(address: str = ROBIN) -> Address:
    return Address(EMAIL, "", address)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.made(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The system trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def writer() -> Iterator[Writer]:
    one = Writer()
    yield one
    one.close()


Opened = Callable[..., AbstractContextManager[House]]


@pytest.fixture
def opened(
    trusted: Certificate,
    intake: Intake,
    keyring: Keyring,
    sqlite_database: Database,
    writer: Writer,
) -> Opened:
    """A context with servers and a door; `web` is "" where no pages are known."""

    @contextmanager
    def opening(security: str = "none", *, web: str = PAGES, **more: Any) -> Iterator[House]:
        with serving_mail(trusted, security) as server:
            email = EmailSettings.model_validate(server.settings(**more))
            settings = Settings(email=email, links=LinkSettings(web=web))
            told: list[str] = []
            hall = Hall(
                settings, keyring, intake.receive, lambda: NOW, told.append, sqlite_database, writer
            )
            yield House(EmailDoor(hall, first_pause=0.005), server, intake, told)

    return opening
