"""The loopback Slack, and a mailroom for the door."""

from collections.abc import Iterator

import pytest

from tests.bot.platforms.slack.stage import Mailbox
from tests.platforms.fixtures import unhurried
from tests.platforms.slack_server import SlackServer, serving

__all__ = ["unhurried"]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with serving() as server:
        # A busy machine is not what is tested here.
        server.deliveries.patience = server.triggers.seconds = 20.0
        yield server


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()
