"""The loopback platforms, and the program on them."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.conftest import staged
from tests.platforms.fixtures import telegram_server
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_stage import TelegramStage, on_telegram

__all__ = ["telegram", "telegram_server"]


@pytest.fixture
def telegram(sqlite_database: Database, telegram_server: TelegramServer) -> Iterator[TelegramStage]:
    """The program polls the loopback Telegram; the two reviewers are at their console."""
    with staged(sqlite_database) as stage, on_telegram(stage, telegram_server) as opened:
        stage.reviewers()
        yield opened
