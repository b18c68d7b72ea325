"""The two listeners, public and inside: HTTP servers in the event loop of everything else."""

import asyncio
import errno
import json
import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11
import structlog
import uvicorn
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.settings import place

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from bot.app import App

STOP_SECONDS = 5
_START_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 5
_HEADER_BYTES = 16 * 1024
_MOST_AT_ONCE = 512
_BACKLOG = 512
_WHY = {
    errno.EADDRINUSE: "another program listens there already; stop it, or set another port",
    errno.EACCES: "this user may not listen there; set a port above 1023",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


class CannotListen(OSError):
    """A listener's address cannot be used; the message names the setting and what to do."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A socket of ours that nobody else can take any more; served or closed in the end."""

    setting: str
    socket: socket.socket

    @property
    def host_and_port(self) -> str:
        host, port = self.socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def address(self) -> str:
        return f"http://{self.host_and_port}"


def bind(setting: str, address: str) -> Bound:
    """Takes the address; port 0 takes any that is free. CannotListen where it cannot be had."""
    host, port = place(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ours = socket.socket(family, socket.SOCK_STREAM)
    try:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind((host, port))
        ours.listen(_BACKLOG)
        ours.setblocking(False)
    except OSError as error:
        ours.close()
        why = _WHY.get(error.errno or 0, error.strerror or "it cannot be used")
        raise CannotListen(f"{setting} = {address}: {why}") from error
    return Bound(setting, ours)


class Hurried(H11Protocol):
    """Closes a connection on which nothing whole is asked for in time, or nobody takes the answer.

    The server alone lets them be for ever, so that a few hundred would keep everybody else out.
    """

    patience = (20.0, 120.0)
    _is_asking = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(is_asking=True)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        is_asking = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if is_asking != self._is_asking:
            self._wait(is_asking=is_asking)

    def _wait(self, *, is_asking: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._is_asking = is_asking
        seconds = self.patience[0] if is_asking else self.patience[1]
        self._timer = self.loop.call_later(seconds, self.transport.abort)


class _Server(uvicorn.Server):
    """Signals are the program's: it stops everything in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """Serves one ASGI app at one address until it is closed."""

    def __init__(
        self,
        app: "ASGIApp",
        bound: Bound,
        *,
        proxies: Sequence[str] = (),
        stop_seconds: int = STOP_SECONDS,
    ) -> None:
        self._bound = bound
        self._stop_seconds = stop_seconds
        self._server = _Server(_config(app, proxies, stop_seconds))
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when it takes requests."""
        _silence()
        self._serving = asyncio.create_task(self._server.serve([self._bound.socket]))
        async with asyncio.timeout(_START_SECONDS):
            while not self._server.started and not self._serving.done():
                await asyncio.sleep(0.01)
        if self._serving.done():
            await self._serving

    async def close(self) -> None:
        """Takes no more requests, answers those under way within a bound, and ends."""
        if self._serving is None:
            self._bound.socket.close()
            return
        self._server.should_exit = True
        done, _ = await asyncio.wait({self._serving}, timeout=self._stop_seconds + 2)
        if not done:
            self._serving.cancel()
        await asyncio.gather(self._serving, return_exceptions=True)


def _config(app: "ASGIApp", proxies: Sequence[str], stop_seconds: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Hurried,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=_MOST_AT_ONCE,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=stop_seconds,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )


class _KindsOnly(logging.Filter):
    """An error of the server is named by its kind: its text could hold what somebody wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None:
            record.msg, record.args = "a page could not be made: %s", (kind.__name__,)
            record.exc_info = record.exc_text = record.stack_info = None
        return True


_KINDS_ONLY = _KindsOnly()


def _silence() -> None:
    ours = logging.getLogger("uvicorn.error")
    ours.setLevel(logging.WARNING)
    ours.addFilter(_KINDS_ONLY)


def health_route(app: "App") -> Route:
    """/health: 200 while the database can be read, else 503; nothing else is told."""

    def read() -> None:
        with app.database.reading() as db:
            db.exec(select(1)).one()

    async def health(_: Request) -> Response:
        try:
            await asyncio.to_thread(read)
        except Exception as error:  # noqa: BLE001 - whatever it is, we are not healthy
            structlog.get_logger("web").warning("not healthy", kind=type(error).__name__)
            return _plain({"status": "unavailable"}, 503)
        return _plain({"status": "ok"}, 200)

    return Route("/health", health, methods=["GET"])


def _plain(content: dict[str, str], status: int) -> Response:
    return Response(
        json.dumps(content, separators=(",", ":")),
        status,
        {"Cache-Control": "no-store"},
        "application/json",
    )
