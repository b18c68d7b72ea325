"""The two programs that answer the crowd: ours, and a bot that does nothing but echo."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from benchmarks.mailroom import Office
from bot.messages import TELEGRAM
from bot.platforms.telegram import Poller, PollLease, Receiver, Telegram
from bot.settings import Settings

_PATIENCE = 60.0
_QUESTION = "How often do adults notice when things are hard at home?"
_LABELS = ("Never", "Not often", "Sometimes", "Often", "Always", "I don't know")


@asynccontextmanager
async def ours(office: Office, url: str, token: str) -> AsyncIterator[None]:
    """The whole way, as `run` has it: poll, mailroom, outbox, delivery. Without limits."""
    app = office.app
    settings = Settings(telegram={"token": token, "api": url})  # type: ignore[arg-type]
    telegram = Telegram.open(settings, app.around.keyring)
    telegram.limits = replace(telegram.limits, per_second=None, per_contact_seconds=0.0)
    delivery = app.delivery({TELEGRAM: telegram})
    app.mailroom.on_stored = delivery.wake
    receiver = Receiver(telegram, app.mailroom.receive, app.around.clock)
    poller = Poller(receiver, PollLease(app.database, app.writer, app.around.clock))
    stopped = asyncio.Event()
    # What ends before its time ends the benchmark too, with its error.
    async with asyncio.TaskGroup() as group:
        group.create_task(poller.run(stopped))
        group.create_task(delivery.run(stopped))
        try:
            yield
        finally:
            stopped.set()
            app.mailroom.on_stored = None
    await telegram.close()


async def _echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """One handler: a press is answered, as every press has to be, and then comes a message."""
    if update.callback_query is not None:
        await update.callback_query.answer()
    assert update.effective_message is not None
    keyboard = [[InlineKeyboardButton(one, callback_data=one)] for one in _LABELS]
    await update.effective_message.reply_text(
        _QUESTION, reply_markup=InlineKeyboardMarkup(keyboard)
    )


@asynccontextmanager
async def echo(url: str, token: str, *, at_once: int) -> AsyncIterator[None]:
    """python-telegram-bot's own application, polling; so many updates at once."""
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot")
    # It does not try again: on a busy machine a reply that came late would be lost.
    builder = builder.read_timeout(_PATIENCE).connect_timeout(_PATIENCE)
    builder = builder.write_timeout(_PATIENCE).pool_timeout(_PATIENCE)
    bot: Application[Any, Any, Any, Any, Any, Any] = (
        builder.concurrent_updates(at_once).connection_pool_size(max(at_once, 16)).build()
    )
    bot.add_handler(TypeHandler(Update, _echo))
    async with bot:
        assert bot.updater is not None
        await bot.start()
        await bot.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        try:
            yield
        finally:
            await bot.updater.stop()
            await bot.stop()
