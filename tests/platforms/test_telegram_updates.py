"""Updates reach python-telegram-bot by polling and by webhook, as they do from Telegram."""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from tests.platforms.fixtures import until
from tests.platforms.http_server import HttpServer, Reply, Request
from tests.platforms.sdk_bot import BUTTONS, with_bot
from tests.platforms.telegram_server import START, TOKEN, TelegramServer


def test_updates_come_at_once_and_stay_until_the_next_offset_confirms_them(
    telegram_server: TelegramServer,
) -> None:
    robin = telegram_server.person(7, language="pl")
    numbers = [robin.says("a"), robin.edits("b"), robin.sends("sticker")]

    async def work(bot: Bot) -> None:
        first = await bot.get_updates(limit=2)
        assert [one.update_id for one in first] == numbers[:2]
        assert first[1].edited_message is not None
        assert first[1].edited_message.text == "b"
        again = await bot.get_updates()
        assert [one.update_id for one in again] == numbers
        rest = await bot.get_updates(offset=numbers[1] + 1)
        assert [one.update_id for one in rest] == numbers[2:]
        assert rest[0].message is not None
        assert rest[0].message.sticker is not None
        assert rest[0].message.from_user is not None
        assert rest[0].message.from_user.language_code == "pl"

    with_bot(telegram_server, work)
    assert telegram_server.pending == 1


def test_a_poll_waits_until_something_comes_or_its_time_is_over(
    telegram_server: TelegramServer,
) -> None:
    async def work(bot: Bot) -> None:
        begun = monotonic()
        assert await bot.get_updates(timeout=1) == ()
        assert 0.9 < monotonic() - begun < 5
        polling = asyncio.create_task(bot.get_updates(timeout=20))
        await until(lambda: telegram_server.updates.polls == 2, "the second poll is there")
        telegram_server.person(7).says("hello")
        [update] = await asyncio.wait_for(polling, 5)
        assert update.message is not None
        assert update.message.text == "hello"

    with_bot(telegram_server, work)


def test_a_newer_poll_ends_the_older_with_a_conflict(telegram_server: TelegramServer) -> None:
    async def work(bot: Bot) -> None:
        older = asyncio.create_task(bot.get_updates(timeout=20))
        await until(lambda: telegram_server.updates.polls == 1, "the first poll is there")
        newer = asyncio.create_task(bot.get_updates(timeout=20))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await older
        telegram_server.person(7).says("hello")
        assert len(await newer) == 1

    with_bot(telegram_server, work)


def test_updates_of_kinds_that_were_not_asked_for_do_not_come(
    telegram_server: TelegramServer,
) -> None:
    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        await bot.get_updates(allowed_updates=["message"])
        robin.says("a")
        robin.edits("b")
        robin.blocks()
        assert [one.message is not None for one in await bot.get_updates()] == [True]

    with_bot(telegram_server, work)


def test_a_press_is_answered_once_it_is_known_and_an_old_message_is_only_a_number(
    telegram_server: TelegramServer,
) -> None:
    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        await bot.send_message(7, "Ready?", reply_markup=BUTTONS)
        robin.presses("No")
        [update] = await bot.get_updates()
        query = update.callback_query
        assert query is not None
        assert query.data == "n"
        assert query.message is not None
        assert query.message.is_accessible
        await bot.answer_callback_query(query.id)
        telegram_server.clock = lambda: START + timedelta(days=3)
        robin.presses("Yes")
        [update] = await bot.get_updates(offset=update.update_id + 1)
        assert update.callback_query is not None
        assert update.callback_query.message is not None
        assert not update.callback_query.message.is_accessible
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await bot.answer_callback_query(query.id)

    with_bot(telegram_server, work)


def test_ptbs_own_application_polls_it_and_answers(telegram_server: TelegramServer) -> None:
    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        assert update.effective_message.text is not None
        await update.effective_message.reply_text(update.effective_message.text.upper())

    async def run() -> None:
        app: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder().token(TOKEN).base_url(f"{telegram_server.url}/bot").build()
        )
        app.add_handler(TypeHandler(Update, echo))
        async with app:
            assert app.updater is not None
            await app.updater.start_polling(timeout=5)
            await app.start()
            robin = telegram_server.person(7)
            robin.says("hello")
            await until(lambda: robin.heard == ["HELLO"], "the echo is there")
            await app.updater.stop()
            await app.stop()

    asyncio.run(run())
    assert telegram_server.pending == 0


# webhook


def test_a_webhook_is_pushed_to_with_its_secret_until_it_takes_each_update(
    telegram_server: TelegramServer,
) -> None:
    got: list[Request] = []
    answers = iter([Reply(503), Reply(is_dropped=True)])

    def take(request: Request) -> Reply:
        got.append(request)
        return next(answers, Reply(200, b'{"method": "sendMessage", "chat_id": 7, "text": "ok"}'))

    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        listener = HttpServer(take)
        url = f"http://127.0.0.1:{await listener.start()}/telegram"
        await bot.set_webhook(url, secret_token="se-cret_1")
        robin.says("one")
        robin.says("two")
        await until(lambda: telegram_server.pending == 0, "both were taken")
        await until(lambda: len(robin.heard) == 2, "both were answered")
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        assert "Connection" in ((await bot.get_webhook_info()).last_error_message or "")
        await bot.delete_webhook()
        assert await bot.get_updates() == ()
        await listener.stop()

    with_bot(telegram_server, work)
    texts = [b'"one"' in request.body for request in got]
    assert texts == [True, True, True, False], "in turn, and the first again until it was taken"
    secrets = {request.headers["x-telegram-bot-api-secret-token"] for request in got}
    assert secrets == {"se-cret_1"}
    assert {request.target for request in got} == {"/telegram"}
