"""The loopback platforms as fixtures: import them into the `conftest.py` of a folder."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.platforms.telegram_server import TelegramServer, serving

PATIENCE = 20.0


@pytest.fixture
def telegram_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """A fresh Bot API server, without limits; set `server.limits` for those."""
    # Without it the SDK warns whenever it is told to wait, and a warning is an error here.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with serving() as server:
        yield server


async def until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Waits for something to become true, and says what did not."""
    loop = asyncio.get_running_loop()
    over = loop.time() + seconds
    while not is_so():
        assert loop.time() < over, f"after {seconds} s it was still not so: {what}"
        await asyncio.sleep(0.002)
