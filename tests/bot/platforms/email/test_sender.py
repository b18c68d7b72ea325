"""Sending on real sockets: each refusal has its meaning, and a dead connection is opened again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.messages import Attachment, Button, DeliveryError, Failure, Message
from bot.platforms.email.sender import STOP_TOKEN
from tests.bot.platforms.email.conftest import NOW, PAGES, ROBIN, House, Opened, to
from tests.platforms.mail_people import text_in

HELLO = Message("Two actions are due.", (Button("Done", "done:1"),), title="Due this week")
GONE, LATER, OURS = Failure.RECIPIENT_GONE, Failure.TRY_LATER, Failure.OUR_FAULT


def during(house: House, work: Callable[[], Awaitable[Any]]) -> Any:
    """Sends without the door being at work."""

    async def done() -> Any:
        try:
            return await work()
        finally:
            await house.door.close()

    return asyncio.run(asyncio.wait_for(done(), 30))


def failing(house: House, address: str = ROBIN, message: Message = HELLO) -> DeliveryError:
    async def send() -> None:
        await house.door.sender.send(to(address), message, None)

    with pytest.raises(DeliveryError) as raised:
        during(house, send)
    return raised.value


def test_links_are_for_one_person_and_lead_to_our_pages(opened: Opened) -> None:
    with opened() as house:
        sam = house.person("sam@council.example")

        async def send() -> None:
            await house.door.sender.send(to(), HELLO, None)
            await house.door.sender.send(to("Sam@council.example"), HELLO, None)

        during(house, send)
        links = house.door.sender._links
        for person in (house.person(), sam):
            link = person.follows("Done")
            assert link.startswith(f"{PAGES}/m/")
            mailed = links.read(link.removeprefix(f"{PAGES}/m/"), NOW)
            assert mailed is not None
            assert mailed.token == "done:1"
        assert house.person().follows("Done") != sam.follows("Done")
        stop = links.read(sam.follows("Stop these e-mails").rpartition("/")[2], NOW)
        assert stop is not None
        assert stop.token == STOP_TOKEN


def test_without_pages_and_mailbox_it_says_what_can_be_done_truthfully(opened: Opened) -> None:
    with opened(web="", imap={}) as house:

        async def send() -> None:
            await house.door.sender.send(to(), HELLO, None)

        during(house, send)
        text = text_in(house.person().newest)
        assert "1) Done" in text
        assert "are not read" in text
        assert "reply with" not in text
        assert house.person().newest["List-Unsubscribe"] is None


def test_what_stands_small_at_the_end_is_in_paragraphs(opened: Opened) -> None:
    with opened() as house:

        async def send() -> None:
            await house.door.sender.send(to(), HELLO, None)

        during(house, send)
        small = text_in(house.person().newest).replace("\r", "").partition("-- \n")[2]
        assert [paragraph.split()[0] for paragraph in small.split("\n\n")] == ["You", "The", "To"]


def test_a_message_in_a_thread_follows_the_one_before(opened: Opened) -> None:
    with opened() as house:

        async def send() -> None:
            first = await house.door.sender.send(to(), HELLO, None)
            again = Message("Recorded.", follows=first.external_id, replaces="x")
            await house.door.sender.send(to(), again, "x")

        during(house, send)
        first, second = house.person().inbox
        assert second["In-Reply-To"] == first["Message-ID"]


def test_one_connection_serves_many_mails(opened: Opened) -> None:
    with opened("tls") as house:

        async def send() -> None:
            sends = (
                house.door.sender.send(to(f"p{n}@nhs.example"), HELLO, None) for n in range(20)
            )
            receipts = await asyncio.gather(*sends)
            assert len({one.external_id for one in receipts}) == 20

        during(house, send)
        assert len(house.store.raw_sent) == 20
        assert house.server.connections == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("550 5.1.1 nobody here", GONE),
        ("550 5.2.1 disabled", GONE),
        ("450 4.2.0 greylisted", LATER),
        ("550 5.7.1 no relaying", OURS),
    ],
)
def test_a_recipient_that_is_refused_is_told_apart_and_others_still_get_theirs(
    opened: Opened, answer: str, failure: Failure
) -> None:
    with opened() as house:
        house.store.faults.refused["nobody@nhs.example"] = answer
        assert failing(house, "nobody@nhs.example").failure is failure

        async def send() -> None:
            with pytest.raises(DeliveryError):
                await house.door.sender.send(to("nobody@nhs.example"), HELLO, None)
            await house.door.sender.send(to(), HELLO, None)

        during(house, send)
        assert len(house.person().inbox) == 1


def test_a_connection_that_is_cut_is_opened_again_for_the_next_try(opened: Opened) -> None:
    with opened() as house:
        house.store.faults.cuts = 1

        async def send() -> None:
            with pytest.raises(DeliveryError) as raised:
                await house.door.sender.send(to(), HELLO, None)
            assert raised.value.failure is LATER
            await house.door.sender.send(to(), HELLO, None)

        during(house, send)
        assert len(house.person().inbox) == 1


def test_a_server_that_is_slow_is_given_up_in_time_and_the_next_mail_is_a_whole_one(
    opened: Opened,
) -> None:
    with opened() as house:
        house.store.faults.slow_seconds = 5.0

        async def send() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await house.door.sender.send(to(), HELLO, None)
            house.store.faults.slow_seconds = 0.0
            await house.door.sender.send(to("sam@council.example"), HELLO, None)

        during(house, send)
        assert len(house.person("sam@council.example").inbox) == 1


def test_what_is_too_large_or_refused_as_such_is_our_fault(opened: Opened) -> None:
    with opened() as house:
        house.store.faults.data_answer = "552 5.3.4 too big"
        big = Message("x", attachments=(Attachment("a.pdf", "application/pdf", b"x" * 1000),))
        assert failing(house, message=big).failure is OURS


def test_a_wrong_password_keeps_what_is_due_waiting_and_is_named_by_its_step(
    opened: Opened,
) -> None:
    with opened("tls") as house:
        house.store.faults.logins_refused = True
        error = failing(house)
        assert (error.failure, error.refuses_us) == (LATER, True)
        assert error.detail.partition(" 5.")[0] == "sign in: 535"


def test_nobody_listening_is_tried_later(opened: Opened) -> None:
    with opened(smtp={"host": "127.0.0.1", "port": 1, "security": "none"}) as house:
        assert failing(house).failure is LATER


def test_a_certificate_that_is_not_trusted_is_no_server_of_ours(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for security in ("tls", "starttls"):
        with opened(security) as house:
            error = failing(house)
            assert (error.failure, error.detail) == (LATER, "its certificate is not trusted here")
            assert house.store.raw_sent == []


def test_a_server_without_tls_is_not_told_the_password(opened: Opened) -> None:
    more = {"host": "127.0.0.1", "security": "starttls", "user": "x", "password": "y"}
    with opened("none") as house:
        more["port"] = str(house.server.smtp_port)
        with opened("none", smtp=more) as other:
            assert failing(other).refuses_us
        assert house.store.raw_sent == []


def test_an_address_that_is_none_is_gone_without_a_call(opened: Opened) -> None:
    with opened(smtp={"host": "127.0.0.1", "port": 1, "security": "none"}) as house:
        assert failing(house, "no address").failure is GONE


def test_logs_say_no_address_and_no_word(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with opened("starttls") as house:
        house.store.faults.refused["nobody@nhs.example"] = "550 5.1.1 no"
        failing(house, "nobody@nhs.example")
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("mail.log")]
    assert "nobody" not in " ".join(ours)
