"""A loopback server on aiohttp: it listens on 127.0.0.1, and can run on a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from aiohttp import web

_LARGEST = 32 * 1024 * 1024


class Site:
    """Routes, served on a port that is free unless one is named."""

    def __init__(self, routes: Sequence[web.RouteDef]) -> None:
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> int:
        app = web.Application(client_max_size=_LARGEST)
        app.add_routes(self._routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def stop(self) -> None:
        self.cut_all()
        if self._runner is not None:
            await self._runner.cleanup()

    def cut_all(self) -> None:
        """Every connection breaks off, as a network does: without a word."""
        if self._runner is not None and self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                if connection.transport is not None:
                    connection.transport.abort()


class Server(Protocol):
    async def start(self, port: int = 0) -> str: ...

    async def stop(self) -> None: ...


S = TypeVar("S", bound=Server)


@contextmanager
def on_thread(server: S, name: str) -> Iterator[S]:
    """The server on a thread and a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=name, daemon=True)
    thread.start()

    def run(work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(30)

    run(server.start())
    try:
        yield server
    finally:
        run(server.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
