"""A Bot API server on this machine, to be the platform in tests and benchmarks.

In a test: `with serving() as server: server.person(7).says("hello")`. In a process of its own:
`python -m tests.platforms.telegram_server --port 0`, which prints the address.
"""

import argparse
import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from tests.platforms.http_server import HttpServer, Reply, Request, Waiting
from tests.platforms.telegram_chats import Chat, Chats
from tests.platforms.telegram_limits import COUNTED, Fault, Faults, RateLimits
from tests.platforms.telegram_methods import Methods
from tests.platforms.telegram_people import Group, Person
from tests.platforms.telegram_profile import Profile
from tests.platforms.telegram_request import (
    Json,
    Params,
    Refused,
    done,
    params_of,
    split_target,
)
from tests.platforms.telegram_updates import Updates, Webhook

TOKEN = "7000000001:AAEloopbackTokenOfNobody_0123456789"
USERNAME = "listening_loop_bot"
START = datetime(2023, 12, 4, 10, tzinfo=UTC)
_UNAUTHORIZED = Refused(401, "Unauthorized")
_NOT_FOUND = Refused(404, "Not Found")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot, and how it was answered; `at` in seconds of the monotonic clock.

    `is_done`: it was carried out, even where a fault kept the bot from hearing so.
    """

    method: str
    params: Params
    at: float
    status: int
    is_done: bool

    @property
    def chat(self) -> int:
        return self.params.number("chat_id")


class TelegramServer:
    """One bot's platform. People may act from any thread; calls are served on the loop's own."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        clock: Callable[[], datetime] = lambda: START,
        limits: RateLimits | None = None,
        records: bool = True,
    ) -> None:
        self.token = token
        self.clock = clock
        self.limits = limits
        self.lock = threading.RLock()
        self.chats = Chats(USERNAME)
        self.updates = Updates()
        self.webhook = Webhook(self.updates, self._called_back)
        self.profile = Profile(self.chats, lambda: self.clock())
        self.faults = Faults()
        self.calls: list[Call] = []
        self.url = ""
        self.on_sent: Callable[[Chat, Json], None] | None = None
        self._records = records
        self._methods = Methods(self.chats, lambda: self.clock()).table | self.profile.table()
        self._methods |= {
            "setwebhook": self.webhook.set,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": lambda _: self.webhook.info(),
        }
        self._http = HttpServer(self._handle)
        self._loop: asyncio.AbstractEventLoop | None = None

    # life

    async def start(self, port: int = 0) -> str:
        """Listens; the address to give as `base_url`, without the token."""
        self._loop = asyncio.get_running_loop()
        self.url = f"http://127.0.0.1:{await self._http.start(port)}"
        return self.url

    async def stop(self) -> None:
        await self.webhook.stop()
        await self._http.stop()
        self._loop = None

    def cut_all(self) -> None:
        """Every connection breaks off, long polls too."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._http.cut_all)

    # people

    def person(self, number: int, *, language: str = "en", name: str = "Robin") -> Person:
        """Somebody who has opened the chat with the bot."""
        with self.lock:
            chat = self.chats.by_id.setdefault(number, Chat(number, "private", language, name))
            return Person(self, chat)

    def group(self, number: int, *, kind: str = "group", member: int = 1) -> Group:
        """A group; its number is negative."""
        with self.lock:
            chat = self.chats.by_id.setdefault(number, Chat(number, kind, name="Year 10"))
            return Group(self, chat, member)

    def update(self, kind: str, content: Json) -> int:
        """Puts an update into the queue and wakes whoever waits for it."""
        with self.lock:
            number = self.updates.add(kind, content)
        self._wake()
        return number

    def raw_update(self, update: Json) -> int:
        """An update as it is, malformed if need be."""
        with self.lock:
            number = self.updates.add_raw(update)
        self._wake()
        return number

    def _wake(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        with self.lock:
            self.updates.wake()
            self.webhook.push()

    # what tests ask for

    def fail(self, method: str, *faults: Fault, chat: int | None = None, times: int = 1) -> None:
        """The next calls of a method ("*": of any but getUpdates) fail so, in turn."""
        with self.lock:
            self.faults.add(method, faults * times, chat)

    @property
    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        with self.lock:
            return len(self.updates.waiting)

    @property
    def is_polled(self) -> bool:
        """Whether a long poll is waiting."""
        return self.updates.is_polled

    def called(self, *methods: str) -> list[Call]:
        """Calls of these methods, in order; their names as the documentation spells them."""
        wanted = {method.lower() for method in methods}
        with self.lock:
            return [call for call in self.calls if call.method in wanted]

    # serving

    def _handle(self, request: Request) -> Reply | Waiting:
        found = split_target(request.target)
        if found is None:
            return _NOT_FOUND.reply()
        token, method = found
        if token != self.token:
            return _UNAUTHORIZED.reply()
        try:
            params = params_of(request)
        except ValueError:
            return Refused(400, "Bad Request: can't parse the request").reply()
        with self.lock:
            return self._answer(method, params)

    def _answer(self, method: str, params: Params) -> Reply | Waiting:
        fault = self.faults.next(method, params)
        if fault is not None and not fault.is_after:
            self._record(method, params, fault.answer(), is_done=False)
            return fault.answer()
        if method == "getupdates":
            return self.updates.poll(params)
        reply = self._done(method, params)
        self._record(method, params, reply, is_done=reply.status == 200)
        return reply if fault is None else fault.answer()

    def _record(self, method: str, params: Params, reply: Reply, *, is_done: bool) -> None:
        if self._records:
            self.calls.append(Call(method, params, monotonic(), reply.status, is_done))

    def _done(self, method: str, params: Params) -> Reply:
        work = self._methods.get(method)
        if work is None:
            return _NOT_FOUND.reply()
        try:
            if self.limits is not None and method in COUNTED:
                self.limits.check(params.chat(), monotonic())
            result = work(params)
        except Refused as refused:
            return refused.reply()
        if self.on_sent is not None and method in COUNTED:
            self.on_sent(self.chats.by_id[params.chat()], result)
        return done(result)

    def _called_back(self, method: str, params: Params) -> Json | None:
        """A method that the bot named in its answer to the webhook."""
        with self.lock:
            reply = self._done(method.lower(), params)
            self._record(method.lower(), params, reply, is_done=reply.status == 200)
        return None

    def _delete_webhook(self, params: Params) -> Any:
        return self.webhook.set(Params(dict(params.values) | {"url": "", "secret_token": ""}))


@contextmanager
def serving(**options: Any) -> Iterator[TelegramServer]:
    """A server on a thread and a loop of its own."""
    server = TelegramServer(**options)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="telegram", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def serve(port: int, *, strict: bool) -> None:
    """Until it is interrupted."""
    began = monotonic()
    server = TelegramServer(
        clock=lambda: START + timedelta(seconds=monotonic() - began),
        limits=RateLimits() if strict else None,
        records=False,
    )
    print(await server.start(port), flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="A Bot API server on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--strict", action="store_true", help="with the platform's limits")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(serve(chosen.port, strict=chosen.strict))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
