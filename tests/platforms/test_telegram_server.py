"""The loopback server is what python-telegram-bot takes for Telegram, refusals included."""

import asyncio
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.platforms.sdk_bot import BUTTONS, Work, with_bot
from tests.platforms.telegram_limits import (
    BAD_GATEWAY,
    BLOCKED,
    DROP,
    DROP_AFTER,
    GARBAGE,
    HANG,
    SERVER_ERROR,
    TOO_MANY,
    Fault,
    RateLimits,
    migrated,
)
from tests.platforms.telegram_request import Refused
from tests.platforms.telegram_server import START, USERNAME, TelegramServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_a_bot_says_who_it_is_and_sends_what_people_see(telegram_server: TelegramServer) -> None:
    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        assert (await bot.get_me()).username == USERNAME
        sent = await bot.send_message(7, "Ready?", reply_markup=BUTTONS)
        assert sent.message_id == 1
        photo = await bot.send_photo(7, PNG, caption="A face")
        assert photo.photo[0].file_size == len(PNG)

    with_bot(telegram_server, work)
    assert robin.heard == ["Ready?", "A face"]
    assert robin.labels == ["Yes", "No"]
    assert robin.last.photo == PNG
    assert [call.method for call in telegram_server.calls] == ["getme", "sendmessage", "sendphoto"]


def test_a_message_changes_in_place_and_goes_when_it_is_deleted(
    telegram_server: TelegramServer,
) -> None:
    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        sent = await bot.send_message(7, "1 of 2", reply_markup=BUTTONS)
        await bot.edit_message_text("2 of 2", 7, sent.message_id, reply_markup=BUTTONS)
        await bot.edit_message_reply_markup(7, sent.message_id)
        other = await bot.send_message(7, "Bye")
        await bot.delete_messages(7, [other.message_id, 99])

    with_bot(telegram_server, work)
    assert robin.heard == ["2 of 2"]
    assert robin.labels == []
    assert robin.last.edits == 2


async def _edit_missing(bot: Bot) -> None:
    await bot.edit_message_text("x", 7, 99)


async def _edit_same(bot: Bot) -> None:
    sent = await bot.send_message(7, "x", reply_markup=BUTTONS)
    await bot.edit_message_text("x", 7, sent.message_id, reply_markup=BUTTONS)


async def _edit_photo(bot: Bot) -> None:
    sent = await bot.send_photo(7, PNG)
    await bot.edit_message_text("x", 7, sent.message_id)


async def _edit_theirs(bot: Bot) -> None:
    await bot.edit_message_text("x", 8, 1)


def _button(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data=data)]])


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda bot: bot.send_message(7, "x" * 4097), BadRequest, "too long"),
        (lambda bot: bot.send_message(7, "🙂" * 2049), BadRequest, "too long"),
        (lambda bot: bot.send_message(7, " "), BadRequest, "text is empty"),
        (lambda bot: bot.send_message(404, "x"), BadRequest, "(?i)chat not found"),
        (lambda bot: bot.send_message(9, "x"), Forbidden, "blocked"),
        (lambda bot: bot.send_photo(7, PNG, caption="x" * 1025), BadRequest, "caption is too long"),
        (
            lambda bot: bot.send_message(7, "x", reply_markup=_button("ż" * 33)),
            BadRequest,
            "(?i)data",
        ),
        (_edit_missing, BadRequest, "to edit not found"),
        (_edit_same, BadRequest, "not modified"),
        (_edit_photo, BadRequest, "no text in the message"),
        (_edit_theirs, BadRequest, "can't be edited"),
        (lambda bot: bot.answer_callback_query("404"), BadRequest, "(?i)query is too old"),
        (lambda bot: bot.leave_chat(7), BadRequest, "private"),
        (lambda bot: bot.set_my_commands([("Start", "x")]), BadRequest, "(?i)command"),
        (lambda bot: bot.set_webhook("http://example.org/x"), BadRequest, "(?i)https"),
    ],
)
def test_what_telegram_refuses_is_refused(
    telegram_server: TelegramServer, work: Work, error: type[TelegramError], words: str
) -> None:
    telegram_server.person(7)
    telegram_server.person(8).says("mine")
    telegram_server.person(9).blocks()
    with pytest.raises(error, match=words):
        with_bot(telegram_server, work)


def test_a_text_of_exactly_the_longest_length_is_taken(telegram_server: TelegramServer) -> None:
    robin = telegram_server.person(7)
    with_bot(telegram_server, lambda bot: bot.send_message(7, "ż" * 4096))
    assert len(robin.heard[0]) == 4096


def test_a_wrong_token_is_unauthorised(telegram_server: TelegramServer) -> None:
    with pytest.raises(InvalidToken):
        with_bot(telegram_server, lambda bot: bot.get_me(), token="1:AAwrong")


def test_messages_are_deleted_for_two_days_and_then_none_of_them(
    telegram_server: TelegramServer,
) -> None:
    robin = telegram_server.person(7)
    with_bot(telegram_server, lambda bot: bot.send_message(7, "old"))
    telegram_server.clock = lambda: START + timedelta(hours=49)
    with_bot(telegram_server, lambda bot: bot.send_message(7, "new"))
    with pytest.raises(BadRequest, match="can't be deleted"):
        with_bot(telegram_server, lambda bot: bot.delete_messages(7, [1, 2]))
    with_bot(telegram_server, lambda bot: bot.delete_messages(7, [2]))
    assert robin.heard == ["old"]


def test_what_a_bot_sets_about_itself_can_be_asked_for(telegram_server: TelegramServer) -> None:
    scope = BotCommandScopeAllPrivateChats()

    async def work(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("help", "Pomoc")], scope=scope, language_code="pl")
        assert (await bot.get_my_commands(scope, "pl"))[0].description == "Pomoc"
        assert await bot.get_my_commands() == ()
        await bot.set_my_description("We ask, and tell you what happened.")
        await bot.set_my_short_description("Krótko", language_code="pl")
        assert (await bot.get_my_description("pl")).description.startswith("We ask")
        assert (await bot.get_my_short_description("pl")).short_description == "Krótko"
        await bot.set_chat_menu_button()
        assert (await bot.get_chat_menu_button()).type == "default"

    with_bot(telegram_server, work)


# limits and failures


def test_a_second_message_to_a_chat_within_a_second_is_one_too_many(
    telegram_server: TelegramServer,
) -> None:
    telegram_server.limits = RateLimits()
    robin = telegram_server.person(7)

    async def work(bot: Bot) -> None:
        sent = await bot.send_message(7, "one")
        with pytest.raises(RetryAfter) as refused:
            await bot.edit_message_text("two", 7, sent.message_id)
        assert refused.value.retry_after == timedelta(seconds=1)
        await asyncio.sleep(1.05)
        await bot.edit_message_text("two", 7, sent.message_id)

    with_bot(telegram_server, work)
    assert robin.heard == ["two"]
    assert telegram_server.limits.refused == 1


def test_limits_are_windows_that_slide_and_groups_have_twenty_a_minute() -> None:
    limits = RateLimits()
    for number in range(30):
        limits.check(number + 1, number / 100)
    with pytest.raises(Refused, match="retry after"):
        limits.check(99, 0.99)
    limits.check(99, 1.001)
    assert limits.refused == 1
    for number in range(20):
        limits.check(-5, 10 + number)
    with pytest.raises(Refused, match="retry after"):
        limits.check(-5, 30)
    limits.check(-5, 70.5)
    assert limits.refused == 2


@pytest.mark.parametrize(
    ("fault", "error", "sent"),
    [
        (TOO_MANY, RetryAfter, 0),
        (SERVER_ERROR, NetworkError, 0),
        (BAD_GATEWAY, NetworkError, 0),
        (BLOCKED, Forbidden, 0),
        (migrated(-1007), ChatMigrated, 0),
        (DROP, NetworkError, 0),
        (DROP_AFTER, NetworkError, 1),
        (GARBAGE, TelegramError, 0),
        (HANG, TimedOut, 0),
    ],
)
def test_what_it_is_told_to_fail_at_fails_once_and_then_no_more(
    telegram_server: TelegramServer, fault: Fault, error: type[TelegramError], sent: int
) -> None:
    robin = telegram_server.person(7)
    telegram_server.person(8)
    telegram_server.fail("sendMessage", fault, chat=7)

    async def work(bot: Bot) -> None:
        await bot.send_message(8, "another chat")
        with pytest.raises(error):
            await bot.send_message(7, "x", read_timeout=0.3 if fault is HANG else 20)
        assert len(robin.heard) == sent
        await bot.send_message(7, "y")

    with_bot(telegram_server, work)
    assert robin.heard[-1] == "y"
    assert telegram_server.faults.left == 0


def test_a_group_that_moved_says_where_to(telegram_server: TelegramServer) -> None:
    group = telegram_server.group(-5)
    group.becomes_supergroup(-1005)
    with pytest.raises(ChatMigrated) as moved:
        with_bot(telegram_server, lambda bot: bot.send_message(-5, "x"))
    assert moved.value.new_chat_id == -1005
    with_bot(telegram_server, lambda bot: bot.send_message(-1005, "x"))
    assert telegram_server.group(-1005).heard == ["x"]
