"""Telegram's class with the SDK, against the loopback Bot API server."""

import asyncio
import base64
import logging
from typing import Any

import pytest

from bot.messages import Address, Button, DeliveryError, Failure, Message, Picture, Receipt
from bot.platforms.telegram import Telegram
from bot.platforms.telegram.greeting import COMMANDS, about
from bot.settings import TelegramSettings
from storage.language import Catalogue
from storage.types import Keyring
from tests.bot.platforms.telegram.conftest import opened, run
from tests.platforms.telegram_limits import (
    BAD_GATEWAY,
    BAD_REQUEST,
    BLOCKED,
    DROP,
    GARBAGE,
    SERVER_ERROR,
    TOO_MANY,
    Fault,
    RateLimits,
    migrated,
)
from tests.platforms.telegram_server import USERNAME, TelegramServer

ROBIN = Address("telegram", "", "5001")
QUESTION = Message("How is school?", (Button("Good", "s:a:1:0"), Button("Bad", "s:a:1:1")))
NEXT = Message("Who listens?", (Button("Mum", "s:a:2:0"), Button("Nobody", "s:a:2:1")))
PNG = base64.b64encode(b"\x89PNG a gate").decode()


def _send(
    server: TelegramServer, keyring: Keyring, *sends: tuple[Message, str | None]
) -> list[Receipt]:
    """One after another; "last" replaces what the send before made."""

    async def work() -> list[Receipt]:
        receipts: list[Receipt] = []
        async with opened(server, keyring) as telegram:
            for message, replacing in sends:
                old = receipts[-1].external_id if replacing == "last" else replacing
                receipts.append(await telegram.send(ROBIN, message, old))
        return receipts

    found: list[Receipt] = run(work())
    return found


def _failure(server: TelegramServer, keyring: Keyring) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        _send(server, keyring, (QUESTION, None))
    return caught.value


def test_a_question_arrives_with_its_buttons_and_no_preview(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    (receipt,) = _send(telegram_server, keyring, (QUESTION, None))
    assert robin.last.text == "How is school?"
    assert robin.last.buttons == [("Good", "s:a:1:0"), ("Bad", "s:a:1:1")]
    assert receipt == Receipt(str(robin.last.id))
    (call,) = telegram_server.called("sendMessage")
    assert call.params.json("link_preview_options") == {"is_disabled": True}
    assert call.params.text("parse_mode") == ""


def test_words_that_look_like_markup_arrive_as_they_are(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    _send(telegram_server, keyring, (Message("<b>*_[x](y)_* & `/stop`"), None))
    assert robin.last.text == "<b>*_[x](y)_* & `/stop`"


def test_the_next_question_takes_the_place_of_the_last(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    first, second = _send(telegram_server, keyring, (QUESTION, None), (NEXT, "last"))
    assert robin.heard == ["Who listens?"]
    assert robin.labels == ["Mum", "Nobody"]
    assert second.external_id == first.external_id


def test_an_edit_that_changes_nothing_has_worked(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    first, second = _send(telegram_server, keyring, (QUESTION, None), (QUESTION, "last"))
    assert second == first
    assert robin.heard == ["How is school?"]


def test_what_is_not_there_any_more_is_sent_anew(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    (receipt,) = _send(telegram_server, keyring, (NEXT, "999"))
    assert robin.heard == ["Who listens?"]
    assert receipt.external_id == str(robin.last.id)


def test_a_long_text_arrives_whole_in_its_order_with_the_buttons_below(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    telegram_server.limits = RateLimits()
    robin = telegram_server.person(5001)
    text = "\n\n".join(f"We did {number}. " + "word " * 150 for number in range(12))
    (receipt,) = _send(telegram_server, keyring, (Message(text, QUESTION.buttons), None))
    assert "".join("".join(robin.heard).split()) == "".join(text.split())
    assert [bool(one.buttons) for one in robin.screen] == [False, False, True]
    assert receipt.external_id == str(robin.last.id)
    assert telegram_server.limits.refused == 0


def test_a_picture_arrives_with_its_words_and_its_ticks_change_below_it(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    picture = Picture("A gate", "image/png", PNG)
    asked = Message("Where?", (Button("Here", "+0", mark="☐"),), picture=picture)
    ticked = Message("Where?", (Button("Here", "-0", mark="☑"),), picture=picture)
    first, second = _send(telegram_server, keyring, (asked, None), (ticked, "last"))
    assert robin.last.photo == b"\x89PNG a gate"
    assert robin.last.text == "[Picture: A gate]\n\nWhere?"
    assert robin.labels == ["☑ Here"]
    assert second == first


def test_a_question_without_a_picture_takes_the_place_of_one_with(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    asked = Message("Where?", picture=Picture("A gate", "image/png", PNG))
    _send(telegram_server, keyring, (asked, None), (NEXT, "last"))
    assert robin.heard == ["Who listens?"]


def test_a_picture_that_telegram_does_not_take_is_its_words(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    telegram_server.fail("sendPhoto", BAD_REQUEST)
    message = Message("Where?", picture=Picture("A gate", "image/png", PNG))
    _send(telegram_server, keyring, (message, None))
    assert robin.heard == ["[Picture: A gate]\n\nWhere?"]


def test_what_is_to_be_cleared_goes_first_and_what_is_too_old_stays(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    for number in range(250):
        robin.says(f"word {number}")
    ids = tuple(str(one.id) for one in robin.screen)
    _send(telegram_server, keyring, (Message("Cleared.", clears=ids), None))
    assert [one.text for one in robin.screen] == ["Cleared."]
    sizes = [
        len(one.params.json("message_ids")) for one in telegram_server.called("deleteMessages")
    ]
    assert sizes == [100, 100, 50]


def test_one_message_that_cannot_be_cleared_keeps_no_other(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    robin.says("one")
    robin.says("two")
    ids = tuple(str(one.id) for one in robin.screen)
    telegram_server.fail("deleteMessages", BAD_REQUEST)
    telegram_server.fail("deleteMessage", BAD_REQUEST)
    _send(telegram_server, keyring, (Message("Cleared.", clears=ids), None))
    assert [one.text for one in robin.screen] == ["one", "Cleared."]


def test_a_chat_that_moved_is_written_to_where_it_is_now(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    telegram_server.person(5001)
    telegram_server.fail("sendMessage", migrated(-100), chat=5001)
    group = telegram_server.group(-100, kind="supergroup")
    (receipt,) = _send(telegram_server, keyring, (QUESTION, None))
    assert receipt == Receipt(str(group.last.id), Address("telegram", "", "-100"))


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (BLOCKED, Failure.RECIPIENT_GONE),
        (TOO_MANY, Failure.TRY_LATER),
        (SERVER_ERROR, Failure.TRY_LATER),
        (BAD_GATEWAY, Failure.TRY_LATER),
        (DROP, Failure.TRY_LATER),
        (GARBAGE, Failure.TRY_LATER),
        (BAD_REQUEST, Failure.OUR_FAULT),
    ],
)
def test_a_send_that_fails_says_how(
    telegram_server: TelegramServer, keyring: Keyring, fault: Fault, failure: Failure
) -> None:
    telegram_server.person(5001)
    telegram_server.fail("sendMessage", fault)
    found = _failure(telegram_server, keyring)
    assert found.failure is failure
    assert found.retry_after == (1.0 if fault is TOO_MANY else None)
    assert found.__cause__ is None
    assert "5001" not in str(found)


def test_somebody_who_never_opened_the_chat_cannot_be_reached(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    assert _failure(telegram_server, keyring).failure is Failure.RECIPIENT_GONE


def test_a_later_part_waits_when_it_is_asked_to_and_the_first_is_not_sent_twice(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    robin = telegram_server.person(5001)
    telegram_server.fail("editMessageText", BAD_REQUEST)
    telegram_server.fail("sendMessage", TOO_MANY)
    _send(telegram_server, keyring, (NEXT, "999"))
    assert robin.heard == ["Who listens?"]


def _started(server: TelegramServer, keyring: Keyring, **more: Any) -> Telegram:
    async def work() -> Telegram:
        async with opened(server, keyring, **more) as telegram:
            await telegram.start()
        return telegram

    started: Telegram = run(work())
    return started


def test_a_start_sets_menus_and_descriptions_in_every_language(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    url = "https://rochdale.example/privacy"
    telegram = _started(telegram_server, keyring, privacy_url=url)
    profile = telegram_server.profile
    assert telegram.username == USERNAME
    assert [one["command"] for one in profile.commands["default", ""]] == list(COMMANDS)
    assert {code for _, code in profile.commands} == {"", "en", "pl", "ur", "ar", "ro"}
    assert "16 or over" in profile.texts["description", ""]
    assert all(url in text for (name, _), text in profile.texts.items() if name == "description")
    assert profile.texts["short_description", "pl"] != profile.texts["short_description", ""]
    assert profile.menu_buttons[0]["type"] == "commands"
    assert len(telegram_server.called("deleteWebhook")) == 1


def test_a_second_start_sets_nothing_again(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    setters = ("setMyCommands", "setMyDescription", "setMyShortDescription", "setChatMenuButton")
    _started(telegram_server, keyring)
    made = len(telegram_server.called(*setters))
    _started(telegram_server, keyring)
    assert made >= 13
    assert len(telegram_server.called(*setters)) == made


def test_a_start_goes_on_where_the_menus_cannot_be_set(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    telegram_server.fail("setMyCommands", TOO_MANY)
    assert _started(telegram_server, keyring).is_started


def test_a_webhook_has_our_address_our_secret_and_only_what_we_read(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    telegram = _started(telegram_server, keyring, mode="webhook")
    assert telegram_server.updates.url == "https://loop.rochdale.example/telegram"
    assert telegram_server.webhook.secret == telegram.secret
    assert len(telegram.secret) == 32
    assert telegram.secret not in telegram_server.token
    assert telegram_server.updates.allowed == [
        *("message", "edited_message", "callback_query", "my_chat_member")
    ]


def test_a_token_that_is_refused_loses_no_message_and_is_not_said(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    with pytest.raises(DeliveryError) as caught:
        _started(telegram_server, keyring, token="7000000001:wrong")
    assert caught.value.refuses_us
    assert caught.value.failure is Failure.TRY_LATER
    assert "wrong" not in repr(caught.value)


def test_a_start_is_tried_until_telegram_is_there(
    telegram_server: TelegramServer, keyring: Keyring
) -> None:
    telegram_server.fail("getMe", SERVER_ERROR)

    async def work() -> tuple[bool, str]:
        async with opened(telegram_server, keyring) as telegram:
            return await telegram.start_when_possible(asyncio.Event()), telegram.trouble

    assert run(work()) == (True, "")
    assert len(telegram_server.called("getMe")) == 2


def test_nothing_of_what_is_sent_gets_into_a_log(
    telegram_server: TelegramServer, keyring: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    telegram_server.person(5001)
    telegram_server.fail("sendMessage", GARBAGE)
    with caplog.at_level(logging.DEBUG):
        _failure(telegram_server, keyring)
        _send(telegram_server, keyring, (QUESTION, None))
    assert telegram_server.token not in caplog.text
    assert "How is school" not in caplog.text
    assert "not json" not in caplog.text


@pytest.mark.parametrize("code", ["en", "pl", "ur", "ar", "ro"])
def test_descriptions_keep_telegrams_limits_even_with_a_long_address(code: str) -> None:
    words = Catalogue.load("bot")
    for url in ("", "https://x.example/" + "a" * 200, "https://x.example/" + "a" * 600):
        text = about(words, code, TelegramSettings(privacy_url=url))
        assert 0 < len(text) <= 512
        assert (url in text) is (len(url) < 300)
    assert len(words.say("telegram.short", code)) <= 120
    assert "16" not in about(words, code, TelegramSettings(minimum_age=0))
