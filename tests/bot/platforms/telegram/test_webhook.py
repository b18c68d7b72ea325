"""The page that Telegram calls: nothing is answered before it is on disk."""

import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.mailroom import MailroomClosed
from bot.messages import Said
from bot.platforms.telegram import Receiver, webhook_route
from bot.platforms.telegram.receiving import MOST_ATTEMPTS
from bot.platforms.telegram.webhook import MOST_BYTES, SECRET_HEADER
from storage.types import Keyring
from tests.bot.platforms.telegram.conftest import NOW, Mailbox, opened, run
from tests.bot.platforms.telegram.payloads import said
from tests.platforms.telegram_server import TelegramServer


class Door:
    """The route in an app of its own, and what it answered."""

    def __init__(self, server: TelegramServer, keyring: Keyring, mailbox: Mailbox) -> None:
        self._server = server
        self._keyring = keyring
        self._mailbox = mailbox
        self.heard: list[str] = []

    def answers(self, *bodies: bytes, secret: str | None = None) -> list[int]:
        async def work() -> list[int]:
            async with opened(self._server, self._keyring, mode="webhook") as telegram:
                receiver = Receiver(
                    telegram, self._mailbox.receive, lambda: NOW, on_trouble=self.heard.append
                )
                given = telegram.secret if secret is None else secret
                transport = httpx.ASGITransport(Starlette(routes=[webhook_route(receiver)]))
                headers = {SECRET_HEADER: given} if given else {}
                async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                    return [
                        (await client.post("/telegram", content=body, headers=headers)).status_code
                        for body in bodies
                    ]

        found: list[int] = run(work())
        return found


@pytest.fixture
def door(telegram_server: TelegramServer, keyring: Keyring, mailbox: Mailbox) -> Door:
    return Door(telegram_server, keyring, mailbox)


def _body(update: Any) -> bytes:
    return json.dumps(update).encode()


def test_an_update_is_answered_when_it_is_taken(door: Door, mailbox: Mailbox) -> None:
    assert door.answers(_body(said("hello"))) == [200]
    assert mailbox.contents == [Said("hello")]


@pytest.mark.parametrize("secret", ["", "wrong", "0" * 32])
def test_who_does_not_know_the_secret_is_refused(door: Door, mailbox: Mailbox, secret: str) -> None:
    assert door.answers(_body(said("hello")), secret=secret) == [403]
    assert mailbox.calls == 0


def test_what_could_not_be_stored_is_to_come_again(door: Door, mailbox: Mailbox) -> None:
    mailbox.failures = [MailroomClosed(RuntimeError("x"))]
    assert door.answers(_body(said("hello")), _body(said("hello"))) == [503, 200]
    assert mailbox.contents == [Said("hello")]


def test_what_never_works_is_passed_over_in_the_end(door: Door, mailbox: Mailbox) -> None:
    mailbox.failures = [MailroomClosed(RuntimeError("x"))] * MOST_ATTEMPTS
    answers = door.answers(*[_body(said("hello"))] * MOST_ATTEMPTS)
    assert answers == [503] * (MOST_ATTEMPTS - 1) + [200]
    assert door.heard == [f"failed {MOST_ATTEMPTS} times (MailroomClosed)"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"3", b"[" * 100_000])
def test_what_is_no_json_object_is_refused_and_counted(
    door: Door, mailbox: Mailbox, body: bytes
) -> None:
    assert door.answers(body) == [400]
    assert door.heard == ["not JSON"]
    assert mailbox.calls == 0


def test_a_malformed_update_is_passed_over_so_that_it_does_not_come_for_ever(door: Door) -> None:
    assert door.answers(_body({"update_id": 1, "message": 3})) == [200]
    assert door.heard == ["malformed (AttributeError)"]


def test_what_is_too_long_is_not_read(door: Door, mailbox: Mailbox) -> None:
    assert door.answers(b" " * (MOST_BYTES + 1)) == [413]
    assert mailbox.calls == 0
