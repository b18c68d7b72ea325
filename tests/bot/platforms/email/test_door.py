"""The door on real sockets: out by SMTP, in by IMAP, and what it says when something is wrong."""

import asyncio
from typing import Any

import pytest

from bot.messages import EMAIL, Address, Button, Message, Said
from bot.platforms.email.access import problem_of
from bot.settings import EmailSettings
from tests.bot.platforms.email.conftest import ROBIN, House, Opened, to
from tests.platforms.fixtures import until

HELLO = Message("Two actions are due.", (Button("All on track", "ok:1"),), title="Due this week")
SERVER = {"host": "mail.rochdale.example", "user": "loop", "password": "secret"}


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mail_goes_out_and_its_reply_comes_in(opened: Opened, security: str) -> None:
    with opened(security) as house:
        robin = house.person()

        async def talk() -> None:
            receipt = await house.door.sender.send(to(), HELLO, None)
            assert robin.newest["Message-ID"] == receipt.external_id
            robin.replies("Done, trained 43 staff")
            await house.read()
            [incoming] = house.intake.taken
            assert incoming.content == Said("Done, trained 43 staff")
            assert incoming.sender == to(ROBIN)
            assert incoming.message_id == receipt.external_id

        house.at_work(talk)
        assert house.told == ["E-mail: from loop@rochdale.example; replies are read from INBOX."]


def test_it_opens_nothing_and_everybody_with_an_address_can_be_found(opened: Opened) -> None:
    with opened() as house:
        door = house.door
        assert list(door.routes()) == []
        assert not door.opened.is_set()
        assert asyncio.run(door.find(" Robin.Roe@NHS.example")) == Address(EMAIL, "", ROBIN)
        assert asyncio.run(door.find("no address")) is None


def test_without_a_mailbox_it_sends_and_says_that_nobody_reads(opened: Opened) -> None:
    with opened(imap={}) as house:
        house.at_work(lambda: until(house.door.opened.is_set, "it is open"))
        assert house.told == [
            "E-mail: from loop@rochdale.example; replies are not read ([email.imap] is empty)."
        ]


def closed(house: House) -> list[str]:
    """What it says when its work ends by itself."""
    asyncio.run(asyncio.wait_for(house.door.work(asyncio.Event()), 10))
    assert not house.door.opened.is_set()
    return house.told


def test_it_stays_closed_where_all_would_go_in_the_clear(opened: Opened) -> None:
    with opened(smtp=SERVER | {"security": "none"}) as house:
        [line] = closed(house)
        assert line.startswith('E-mail: closed. `security` of [email.smtp] is "none"')
        assert "secret" not in line


def test_it_says_once_that_a_server_cannot_be_reached_and_opens_when_it_can(
    opened: Opened,
) -> None:
    with opened() as house:
        house.store.faults.greeting = "421 too busy"

        async def wait() -> None:
            await house.say("not yet open. The server that sends cannot be reached (greeting: 421)")
            assert not house.door.opened.is_set()
            house.store.faults.greeting = ""
            await until(house.door.opened.is_set, "it is open")

        house.at_work(wait)
        assert len([line for line in house.told if "not yet open" in line]) == 1


@pytest.mark.parametrize(
    ("part", "values", "says"),
    [
        ("smtp", SERVER, ""),
        ("smtp", SERVER | {"security": "none"}, 'Write "tls" or "starttls"'),
        ("imap", SERVER | {"security": "none", "host": "192.0.2.7"}, "[email.imap]"),
        ("smtp", {"host": "localhost", "security": "none"}, ""),
        ("smtp", {"host": "::1", "security": "none"}, ""),
        ("smtp", SERVER | {"user": ""}, "a password and no user"),
        ("imap", SERVER | {"password": ""}, "LOOP_EMAIL__IMAP__PASSWORD"),
    ],
)
def test_settings_that_cannot_work_are_named_with_their_remedy(
    part: str, values: dict[str, Any], says: str
) -> None:
    email = EmailSettings.model_validate({"address": "loop@rochdale.example", part: values})
    problem = problem_of(email)
    assert says in problem if says else problem == ""


def test_a_user_without_a_password_is_fine_where_tokens_are_fetched() -> None:
    email = EmailSettings.model_validate(
        {"smtp": SERVER | {"password": ""}, "tokens": {"url": "https://login.example/token"}}
    )
    assert problem_of(email) == ""
