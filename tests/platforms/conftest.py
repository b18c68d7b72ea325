"""The loopback platforms, and the program on them."""

from collections.abc import Iterator

import pytest

from storage.database import Database
from tests.bot.conftest import staged
from tests.platforms.fixtures import slack_server, teams_server, telegram_server, unhurried
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_stage import TelegramStage, on_telegram

__all__ = ["slack_server", "teams_server", "telegram", "telegram_server", "unhurried"]


@pytest.fixture
def telegram(sqlite_database: Database, telegram_server: TelegramServer) -> Iterator[TelegramStage]:
    """The program polls the loopback Telegram; the two reviewers are at their console."""
    with staged(sqlite_database) as stage, on_telegram(stage, telegram_server) as opened:
        stage.reviewers()
        yield opened
