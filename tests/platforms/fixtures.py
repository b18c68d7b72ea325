"""The loopback platforms as fixtures: import them into the `conftest.py` of a folder."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.platforms import slack_server as slack
from tests.platforms import teams_server as teams
from tests.platforms.slack_server import SlackServer
from tests.platforms.teams_server import TeamsServer
from tests.platforms.telegram_server import TelegramServer, serving

PATIENCE = 20.0
_SHORT = (
    "bot.platforms.slack.profiles._PATIENCE",
    "bot.platforms.slack.intake.LATE",
    "bot.platforms.teams.members._PATIENCE",
)
"""How long the doors wait at most while a platform waits for them."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is not what is tested: what the doors wait for may take its time."""
    for name in _SHORT:
        monkeypatch.setattr(name, PATIENCE)


@pytest.fixture
def telegram_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """A fresh Bot API server, without limits; set `server.limits` for those."""
    # Without it the SDK warns whenever it is told to wait, and a warning is an error here.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with serving() as server:
        yield server


@pytest.fixture
def slack_server() -> Iterator[SlackServer]:
    """A fresh Slack, without rate limits; set `slack_server.limits` for those."""
    with slack.serving() as server:
        yield server


@pytest.fixture
def teams_server() -> Iterator[TeamsServer]:
    """A fresh Teams, without rate limits; set `teams_server.limits` for those."""
    with teams.serving() as server:
        server.http.patience = 30.0
        yield server


async def until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Waits for something to become true, and says what did not."""
    loop = asyncio.get_running_loop()
    over = loop.time() + seconds
    while not is_so():
        assert loop.time() < over, f"after {seconds} s it was still not so: {what}"
        await asyncio.sleep(0.002)
