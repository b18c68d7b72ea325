"""python-telegram-bot's own bot, over HTTP to the loopback server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from tests.platforms.telegram_server import TOKEN, TelegramServer

BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes", callback_data="y")],
        [InlineKeyboardButton("No", callback_data="n")],
    ]
)
Work = Callable[[Bot], Awaitable[Any]]


def with_bot(server: TelegramServer, work: Work, *, token: str = TOKEN) -> Any:
    """Runs this with PTB's own bot, over HTTP."""

    async def run() -> Any:
        request = HTTPXRequest(read_timeout=20, connect_timeout=20)
        bot = Bot(token, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
        async with request:
            return await work(bot)

    return asyncio.run(run())
