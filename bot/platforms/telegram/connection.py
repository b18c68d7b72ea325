"""The way to Telegram's servers, or to a Bot API server of one's own."""

import logging
import ssl
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bot.errands import AT_ONCE
from bot.network import proxy_of, ssl_context
from bot.outgoing.lanes import LANES
from bot.platforms.telegram.switchboard import Switchboard
from bot.settings import Settings

_LINES = LANES + AT_ONCE  # as many calls as there can be at once, so that none waits for another
_SPARE = 2  # connections of a line: the next call need not wait until a broken one is closed
_KEPT_SECONDS = (
    30.0  # people think for a while, and a new connection takes three ways there and back
)
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Connection:
    """The SDK's bot, and the request that long polling has to itself."""

    bot: Bot
    polling: HTTPXRequest
    _requests: tuple[BaseRequest, ...]

    @classmethod
    def open(cls, settings: Settings) -> "Connection":
        """Nothing is sent yet. ValueError where there is no token."""
        silence()
        token = settings.telegram.token.get_secret_value()
        if not token:
            raise ValueError("there is no token of a bot: set `token` in [telegram]")
        trusted = ssl_context()
        calls = Switchboard(lambda: _line(settings, trusted), _LINES)
        polling = _line(settings, trusted)
        root = f"{settings.telegram.api.rstrip('/')}/bot"
        bot = Bot(token, base_url=root, request=calls, get_updates_request=polling)
        return cls(bot, polling, (calls, polling))

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()


def silence() -> None:
    """These write tokens, addresses and people's words into the log."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _line(settings: Settings, trusted: ssl.SSLContext) -> HTTPXRequest:
    limits = httpx.Limits(max_connections=_SPARE, keepalive_expiry=_KEPT_SECONDS)
    more: dict[str, Any] = {"verify": trusted, "limits": limits}
    return HTTPXRequest(
        read_timeout=_PATIENCE,
        write_timeout=_PATIENCE,
        connect_timeout=_PATIENCE,
        pool_timeout=_PATIENCE,
        proxy=proxy_of(settings),
        httpx_kwargs=more,
    )
