"""Alerts on their way to a service that rings people up, over real sockets on this machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import PAGER, Address, Alert, DeliveryError, Failure, Message, Receipt
from bot.platforms.pager.sender import PagerSender
from bot.settings import ConcernSettings, PagerSettings, Settings
from tests.platforms.http_server import HttpServer, Reply, Request

ALERT = Alert(
    "VWPS9Z4V", "red", datetime(2023, 12, 22, 23, 55, tzinfo=UTC), "https://b.example/x", True
)
RINGS = Message("A text needs you (red)", alert=ALERT)
RITA = Address(PAGER, "", "key-of-rita")
TOKEN = "token-of-the-tests"


class Service:
    """The other end: what it was sent, and what it says."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Request] = []
        self._replies = list(replies)

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def run(self, work: Callable[[PagerSender], Awaitable[Any]], path: str = "/ring") -> Any:
        async def run() -> Any:
            server = HttpServer(self.answer)
            port = await server.start()
            sender = PagerSender(_settings(f"http://127.0.0.1:{port}{path}"))
            try:
                return await work(sender)
            finally:
                await sender.close()
                await server.stop()

        return asyncio.run(run())


def _settings(url: str) -> Settings:
    pager = PagerSettings.model_validate({"url": url, "token": TOKEN})
    return Settings(concerns=ConcernSettings(pager=pager))


def _fails(*replies: Reply) -> DeliveryError:
    async def work(sender: PagerSender) -> DeliveryError:
        with pytest.raises(DeliveryError) as raised:
            await sender.send(RITA, RINGS, None)
        return raised.value

    found = Service(*replies).run(work)
    assert isinstance(found, DeliveryError)
    return found


def test_it_is_sent_a_reference_and_never_a_word() -> None:
    service = Service(Reply(202, b'{"id": "1"}'))
    receipt = service.run(lambda sender: sender.send(RITA, RINGS, None))
    assert receipt == Receipt("VWPS9Z4V")
    [request] = service.requests
    assert (request.method, request.target) == ("POST", "/ring")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.body) == {
        "to": "key-of-rita",
        "reference": "VWPS9Z4V",
        "tier": "red",
        "due": "2023-12-22T23:55:00+00:00",
        "link": "https://b.example/x",
        "repeat": True,
    }


@pytest.mark.parametrize(
    ("status", "failure", "refuses_us"),
    [
        (301, Failure.OUR_FAULT, False),
        (307, Failure.OUR_FAULT, False),
        (400, Failure.OUR_FAULT, False),
        (401, Failure.TRY_LATER, True),
        (403, Failure.TRY_LATER, True),
        (410, Failure.RECIPIENT_GONE, False),
        (429, Failure.TRY_LATER, False),
        (500, Failure.TRY_LATER, False),
        (503, Failure.TRY_LATER, False),
    ],
)
def test_each_answer_is_one_of_three_failures(
    status: int, failure: Failure, refuses_us: bool
) -> None:
    error = _fails(Reply(status))
    assert (error.failure, error.refuses_us) == (failure, refuses_us)
    assert TOKEN not in str(error)
    assert "ring" not in str(error)


def test_a_redirect_is_not_followed() -> None:
    service = Service(Reply(302))

    async def work(sender: PagerSender) -> None:
        with pytest.raises(DeliveryError):
            await sender.send(RITA, RINGS, None)

    service.run(work)
    assert len(service.requests) == 1


def test_a_line_that_breaks_is_tried_later() -> None:
    assert _fails(Reply(is_dropped=True)).failure is Failure.TRY_LATER


def test_where_nobody_listens_it_is_tried_later() -> None:
    async def run() -> DeliveryError:
        server = HttpServer(lambda _: Reply())
        port = await server.start()
        await server.stop()
        sender = PagerSender(_settings(f"http://127.0.0.1:{port}/ring"))
        with pytest.raises(DeliveryError) as raised:
            await sender.send(RITA, RINGS, None)
        await sender.close()
        return raised.value

    assert asyncio.run(run()).failure is Failure.TRY_LATER


def test_an_address_that_is_not_https_is_never_called() -> None:
    async def run() -> DeliveryError:
        sender = PagerSender(_settings("http://pager.example/ring"))
        with pytest.raises(DeliveryError) as raised:
            await sender.send(RITA, RINGS, None)
        await sender.close()
        return raised.value

    assert asyncio.run(run()).failure is Failure.OUR_FAULT


def test_what_is_no_alert_is_not_for_a_pager() -> None:
    service = Service(Reply())

    async def work(sender: PagerSender) -> None:
        with pytest.raises(DeliveryError):
            await sender.send(RITA, replace(RINGS, alert=None), None)

    service.run(work)
    assert service.requests == []
