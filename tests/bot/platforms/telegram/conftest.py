"""The class on the loopback Bot API server, and a mailroom that can be told to fail."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Ack, AckStatus, Incoming
from bot.platforms.telegram import Telegram
from bot.settings import LinkSettings, Settings, TelegramSettings
from storage.types import Keyring
from tests.platforms.fixtures import telegram_server
from tests.platforms.telegram_server import TelegramServer

__all__ = ["telegram_server"]

NOW = datetime(2023, 12, 4, 11, tzinfo=UTC)


def settings_for(server: TelegramServer, **more: Any) -> Settings:
    links = LinkSettings(web="https://loop.rochdale.example")
    given = {"token": server.token, "api": server.url} | more
    return Settings(telegram=TelegramSettings.model_validate(given), links=links)


@asynccontextmanager
async def opened(server: TelegramServer, keyring: Keyring, **more: Any) -> AsyncIterator[Telegram]:
    telegram = Telegram.open(settings_for(server, **more), keyring)
    try:
        yield telegram
    finally:
        await telegram.close()


@dataclass
class Mailbox:
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


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def run(work: Coroutine[Any, Any, Any], seconds: float = 30.0) -> Any:
    """To its end, and never longer than this."""
    return asyncio.run(asyncio.wait_for(work, seconds))
