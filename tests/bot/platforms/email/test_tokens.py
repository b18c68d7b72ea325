"""Signing in by tokens: fetched once, kept until shortly before their end, new when refused."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.messages import DeliveryError, Message, Said
from bot.platforms.email import EmailDoor
from bot.platforms.email.failures import NotOurs
from bot.platforms.email.tokens import MailTokens
from bot.settings import EmailSettings, Settings
from tests.bot.platforms.email.conftest import NOW, House, Opened, to
from tests.platforms.http_server import Reply
from tests.platforms.mail_tokens import SECRET, TokenServer

HELLO = Message("Two actions are due.", title="Due this week")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def asking(
    work: Callable[[MailTokens, TokenServer, Clock], Awaitable[None]], secret: str = SECRET
) -> None:
    async def done() -> None:
        async with TokenServer().opened() as server:
            email = EmailSettings.model_validate({"tokens": server.settings(secret)})
            clock = Clock()
            await work(MailTokens(Settings(email=email), clock), server, clock)

    asyncio.run(asyncio.wait_for(done(), 30))


def test_one_token_serves_until_shortly_before_its_end() -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        several = await asyncio.gather(*(tokens.current() for _ in range(5)))
        assert set(several) == {"token-1"}
        clock.now += timedelta(minutes=54)
        assert await tokens.current() == "token-1"
        clock.now += timedelta(minutes=2)
        assert await tokens.current() == "token-2"
        [first, _] = server.asked
        assert (first["client_id"], first["scope"]) == (["loop"], ["mail"])

    asking(work)


@pytest.mark.parametrize("seconds", ["3600", 3600, None, "soon", -5])
def test_its_end_is_read_as_servers_write_it(seconds: Any) -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        server.seconds = seconds
        assert [await tokens.current(), await tokens.current()] == ["token-1", "token-1"]

    asking(work)


def test_one_that_was_refused_is_forgotten() -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        await tokens.current()
        tokens.forget()
        assert await tokens.current() == "token-2"

    asking(work)


def test_a_wrong_secret_is_named_and_never_repeated() -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        with pytest.raises(NotOurs) as raised:
            await tokens.current()
        assert str(raised.value) == "no token: 401 invalid_client"

    asking(work, "another secret")


@pytest.mark.parametrize(
    "answer",
    [Reply(503), Reply(429), Reply(is_dropped=True)],
)
def test_a_server_in_trouble_is_asked_again_later(answer: Reply) -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        server.answer = answer
        with pytest.raises(OSError):
            await tokens.current()
        server.answer = None
        assert await tokens.current() == "token-2"

    asking(work)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"access_token": 5}'])
def test_what_is_no_token_is_none(body: bytes) -> None:
    async def work(tokens: MailTokens, server: TokenServer, clock: Clock) -> None:
        server.answer = Reply(200, body)
        with pytest.raises(NotOurs):
            await tokens.current()

    asking(work)


def by_token(house: House, server: TokenServer, secret: str = SECRET) -> EmailDoor:
    """The same door, signing in by token at both servers."""
    ours = house.door._ours
    open_to_tokens = {"user": house.store.ours, "password": ""}
    email = EmailSettings.model_validate(
        ours.model_dump()
        | {"smtp": ours.smtp.model_dump() | open_to_tokens}
        | {"imap": ours.imap.model_dump() | open_to_tokens}
        | {"tokens": server.settings(secret)}
    )
    hall = house.door._hall
    settings = Settings(email=email, links=hall.settings.links)
    return EmailDoor(
        type(hall)(
            settings, hall.keyring, hall.receive, hall.clock, hall.tell, hall.database, hall.writer
        ),
        first_pause=0.005,
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_out_and_comes_in_by_token_and_one_that_was_taken_back_is_renewed(
    opened: Opened, security: str
) -> None:
    with opened(security) as house:

        async def talk() -> None:
            async with TokenServer(house.store).opened() as server:
                door = by_token(house, server)
                stopped = asyncio.Event()
                working = asyncio.create_task(door.work(stopped))
                await door.sender.send(to(), HELLO, None)
                house.person().replies("Done")
                await house.read()
                with house.store.lock:
                    house.store.tokens = set()
                await door.close()
                await door.sender.send(to(), HELLO, None)
                stopped.set()
                await working
                await door.close()
                assert 2 <= len(server.asked) <= 3

        asyncio.run(asyncio.wait_for(talk(), 30))
        assert len(house.person().inbox) == 2
        assert house.intake.contents == [Said("Done")]


def test_a_secret_that_is_refused_closes_neither_door_for_good_and_is_told(opened: Opened) -> None:
    with opened("tls") as house:

        async def talk() -> None:
            async with TokenServer(house.store).opened() as server:
                door = by_token(house, server, "another secret")
                with pytest.raises(DeliveryError) as raised:
                    await door.sender.send(to(), HELLO, None)
                assert raised.value == DeliveryError.refused("no token: 401 invalid_client")
                stopped = asyncio.Event()
                working = asyncio.create_task(door.work(stopped))
                await house.say("the mailbox is not read: no token: 401 invalid_client")
                stopped.set()
                await working
                await door.close()

        asyncio.run(asyncio.wait_for(talk(), 30))
