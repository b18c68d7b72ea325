"""A small HTTP/1.1 server on bare asyncio, quick enough to be the other end of benchmarks."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

_HEAD_END = b"\r\n\r\n"
_TOO_LONG = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request; names of headers are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. `is_dropped`: the connection is cut instead; `is_silent`: nothing is said."""

    status: int = 200
    body: bytes = b""
    is_dropped: bool = False
    is_silent: bool = False

    def encoded(self) -> bytes:
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        head = (
            f"HTTP/1.1 {self.status} {phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("ascii") + self.body


Waiting = Coroutine[Any, Any, Reply]
Handler = Callable[[Request], Reply | Waiting]
"""Answers at once where it can; a coroutine only where it has to wait."""


class Connection(asyncio.Protocol):
    """One connection, kept alive; its requests are answered one after another."""

    def __init__(self, handler: Handler, all_open: "set[Connection]") -> None:
        self._handler = handler
        self._all_open = all_open
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._all_open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._all_open.discard(self)
        self._transport = None
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._task is None and (request := self._taken()) is not None:
            self._handle(request)

    def cut(self) -> None:
        """Ends it as a network does: without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _taken(self) -> Request | None:
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return None
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        start = end + len(_HEAD_END)
        if length > _TOO_LONG:
            self.cut()
            return None
        if len(self._buffer) < start + length:
            return None
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        method, target, *_ = lines[0].split(" ")
        return Request(method, target, headers, body)

    def _handle(self, request: Request) -> None:
        found = self._handler(request)
        if isinstance(found, Reply):
            self._write(found)
        else:
            self._task = asyncio.get_running_loop().create_task(self._wait_for(found))

    async def _wait_for(self, waiting: Waiting) -> None:
        self._write(await waiting)
        self._task = None
        self.data_received(b"")

    def _write(self, reply: Reply) -> None:
        if self._transport is None or reply.is_silent:
            return
        if reply.is_dropped:
            self._transport.abort()
        else:
            self._transport.write(reply.encoded())


class HttpServer:
    """Listens on 127.0.0.1; 0 takes a port that is free."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._handler, self._open), "127.0.0.1", port
        )
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut_all()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # so that the connections learn that they were lost

    def cut_all(self) -> None:
        """Every connection there is breaks off."""
        for connection in list(self._open):
            connection.cut()
