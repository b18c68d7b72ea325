"""The way to Telegram's servers, or to a Bot API server of one's own."""

import logging
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.network import proxy_of, ssl_context
from bot.settings import Settings

_CONNECTIONS = 16
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Connection:
    """The SDK's bot, and the request that long polling has to itself."""

    bot: Bot
    polling: HTTPXRequest
    _requests: tuple[HTTPXRequest, ...]

    @classmethod
    def open(cls, settings: Settings) -> "Connection":
        """Nothing is sent yet. ValueError where there is no token."""
        silence()
        token = settings.telegram.token.get_secret_value()
        if not token:
            raise ValueError("there is no token of a bot: set `token` in [telegram]")
        calls, polling = _request(settings, _CONNECTIONS), _request(settings, 2)
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


def _request(settings: Settings, connections: int) -> HTTPXRequest:
    way: dict[str, Any] = {"verify": ssl_context()}
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=_PATIENCE,
        write_timeout=_PATIENCE,
        connect_timeout=_PATIENCE,
        pool_timeout=_PATIENCE,
        proxy=proxy_of(settings),
        httpx_kwargs=way,
    )
