"""The two listeners: real sockets on loopback, real requests, and an orderly end."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app import assemble
from bot.listeners import Bound, CannotListen, Hurried, Listener, bind, health_route
from bot.settings import Settings
from storage.database import Database

HERE = "127.0.0.1:0"
WORDS = "what somebody wrote"


class _Pages:
    """A small program: who calls, something slow, something that breaks."""

    def __init__(self) -> None:
        self.is_slow = asyncio.Event()
        self.may_go_on = asyncio.Event()
        routes = [
            Route("/who", self.who),
            Route("/slow", self.slow),
            Route("/broken", self.broken),
        ]
        self.app = Starlette(routes=routes)

    async def who(self, request: Request) -> Response:
        assert request.client is not None
        return PlainTextResponse(f"{request.url.scheme} {request.client.host}")

    async def slow(self, _: Request) -> Response:
        self.is_slow.set()
        await self.may_go_on.wait()
        return PlainTextResponse("done")

    async def broken(self, _: Request) -> Response:
        raise ValueError(WORDS)


@asynccontextmanager
async def _listening(pages: _Pages, *proxies: str) -> AsyncIterator[tuple[Listener, Bound]]:
    bound = bind("`public` of [web]", HERE)
    listener = Listener(pages.app, bound, proxies=proxies, stop_seconds=1)
    await listener.start()
    try:
        yield listener, bound
    finally:
        await listener.close()


def test_a_place_that_is_taken_is_named_by_its_setting() -> None:
    first = bind("`public` of [web]", HERE)
    taken = first.host_and_port
    try:
        with pytest.raises(CannotListen) as raised:
            bind("`inside` of [web]", taken)
    finally:
        first.socket.close()
    text = str(raised.value)
    assert f"`inside` of [web] = {taken}" in text
    assert "another program listens there" in text


@pytest.mark.parametrize("address", ["192.0.2.1:8080", "[2001:db8::1]:8080"])
def test_an_address_that_this_machine_has_not_is_named(address: str) -> None:
    with pytest.raises(CannotListen, match="web"):
        bind("`public` of [web]", address)


async def _asked_for(path: str, *proxies: str, **headers: str) -> httpx.Response:
    pages = _Pages()
    async with (
        _listening(pages, *proxies) as (_, bound),
        httpx.AsyncClient(trust_env=False, timeout=20) as client,
    ):
        return await client.get(f"{bound.address}{path}", headers=headers)


_FORWARDED = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "said"),
    [
        ((), "http 127.0.0.1"),
        (("10.0.0.0/24",), "http 127.0.0.1"),
        (("127.0.0.1",), "https 203.0.113.7"),
        (("127.0.0.0/8",), "https 203.0.113.7"),
    ],
)
def test_only_a_proxy_that_is_named_may_say_who_calls(proxies: tuple[str, ...], said: str) -> None:
    assert asyncio.run(_asked_for("/who", *proxies, **_FORWARDED)).text == said


def test_nothing_says_which_server_it_is() -> None:
    assert "server" not in asyncio.run(_asked_for("/who")).headers


def test_what_breaks_is_logged_by_its_kind_alone(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert asyncio.run(_asked_for("/broken")).status_code == 500
    shown = capsys.readouterr()
    everything = shown.out + shown.err + caplog.text
    assert WORDS not in everything
    assert "ValueError" in everything


def test_health_says_whether_the_database_can_be_read_and_nothing_else(
    sqlite_database: Database, now: datetime
) -> None:
    app = assemble(sqlite_database, Settings(), lambda: now)

    async def ask() -> httpx.Response:
        pages = httpx.ASGITransport(app=Starlette(routes=[health_route(app)]))
        async with httpx.AsyncClient(transport=pages, base_url="http://x") as client:
            return await client.get("/health")

    well = asyncio.run(ask())
    assert (well.status_code, well.text) == (200, '{"status":"ok"}')
    assert well.headers["cache-control"] == "no-store"
    app.close()
    file = Path(str(sqlite_database.engine.url.database))
    for path in (file, *file.parent.glob(f"{file.name}-*")):
        path.write_bytes(b"this is not a database" * 1000)
    ill = asyncio.run(ask())
    assert (ill.status_code, ill.text) == (503, '{"status":"unavailable"}')


def test_headers_without_end_are_refused() -> None:
    async def ask() -> bytes:
        async with _listening(_Pages()) as (_, bound):
            host, port = bound.socket.getsockname()
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /who HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 40_000)
            await writer.drain()
            found = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return found

    assert asyncio.run(ask()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /who HT",
        b"POST /who HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
        b"GET /who HTTP/1.1\r\nHost: x\r\n\r\nGET /wh",
    ],
)
def test_who_only_begins_to_ask_does_not_keep_others_out(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hurried, "patience", (0.3, 5.0))

    async def ask() -> bytes:
        async with _listening(_Pages()) as (_, bound):
            host, port = bound.socket.getsockname()
            reader, writer = await asyncio.open_connection(host, port)
            for piece in range(len(begun) // 2 + 1):
                writer.write(begun[2 * piece : 2 * piece + 2])
                await asyncio.sleep(0)
            with suppress(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 3)
            writer.close()
            async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                return (await client.get(f"{bound.address}/who")).content

    assert asyncio.run(ask()) == b"http 127.0.0.1"


def test_an_answer_that_is_never_over_lets_the_connection_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Hurried, "patience", (5.0, 0.3))

    async def ask() -> bytes:
        pages = _Pages()
        async with _listening(pages) as (_, bound):
            host, port = bound.socket.getsockname()
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            found = b""
            with suppress(ConnectionResetError):
                found = await asyncio.wait_for(reader.read(), 3)
            pages.may_go_on.set()
            writer.close()
            await asyncio.sleep(0.05)
            return found

    assert asyncio.run(ask()) == b""


def test_a_request_under_way_is_answered_before_the_listener_ends() -> None:
    async def ask() -> tuple[str, bool]:
        pages = _Pages()
        async with (
            _listening(pages) as (listener, bound),
            httpx.AsyncClient(trust_env=False, timeout=20) as client,
        ):
            request = asyncio.create_task(client.get(f"{bound.address}/slow"))
            await pages.is_slow.wait()
            where = bound.address
            closing = asyncio.create_task(listener.close())
            await asyncio.sleep(0.3)
            async with httpx.AsyncClient(trust_env=False, timeout=20) as late:
                with pytest.raises(httpx.ConnectError):
                    await late.get(f"{where}/who")
            pages.may_go_on.set()
            answer = await request
            await closing
            return answer.text, closing.done()

    assert asyncio.run(ask()) == ("done", True)


def test_a_request_that_never_ends_does_not_keep_the_program_up() -> None:
    async def ask() -> float:
        pages, loop = _Pages(), asyncio.get_running_loop()
        async with (
            _listening(pages) as (listener, bound),
            httpx.AsyncClient(trust_env=False, timeout=20) as client,
        ):
            request = asyncio.create_task(client.get(f"{bound.address}/slow", timeout=30))
            await pages.is_slow.wait()
            began = loop.time()
            await listener.close()
            took = loop.time() - began
            await asyncio.gather(request, return_exceptions=True)
            return took

    assert asyncio.run(ask()) < 4


def test_a_listener_that_was_never_started_gives_its_place_back() -> None:
    bound = bind("`public` of [web]", HERE)
    at = bound.host_and_port
    asyncio.run(Listener(Starlette(), bound).close())
    again = bind("`public` of [web]", at)
    assert isinstance(again.socket, socket.socket)
    again.socket.close()
