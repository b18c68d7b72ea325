"""Updates on their way to the bot: a queue that is confirmed by offset, polled or pushed."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.http_server import Reply
from tests.platforms.telegram_request import Json, Params, Refused, bad_request, done

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLL = Refused(
    409,
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
)
WEBHOOK_IS_SET = Refused(
    409,
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first",
)


@dataclass(slots=True)
class Updates:
    """What waits for the bot. Only the loop's own thread may poll; anyone may read."""

    waiting: deque[Json] = field(default_factory=deque)
    allowed: list[str] | None = None
    url: str = ""
    last_id: int = 870_000_000
    confirmed: int = 0
    polls: int = 0
    _poll: asyncio.Future[None] | None = None

    def add(self, kind: str, content: Json) -> int:
        """Its id; 0 where the bot does not want updates of this kind."""
        if kind in NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
            return 0
        self.last_id += 1
        self.waiting.append({"update_id": self.last_id, kind: content})
        return self.last_id

    def add_raw(self, update: Json) -> int:
        """An update as it is, whatever it lacks; the id is put in."""
        self.last_id += 1
        self.waiting.append({"update_id": self.last_id} | update)
        return self.last_id

    @property
    def is_polled(self) -> bool:
        return self._poll is not None and not self._poll.done()

    def wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def end_poll(self, why: Refused) -> None:
        """Whoever is polling is told why it is over."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(why)

    def confirm(self, offset: int) -> None:
        """Everything before the offset is forgotten; a negative one keeps so many of the last."""
        if offset < 0:
            offset = self.waiting[offset]["update_id"] if len(self.waiting) >= -offset else 0
        while self.waiting and self.waiting[0]["update_id"] < offset:
            self.confirmed = self.waiting.popleft()["update_id"]

    def settle(self, update_id: int) -> None:
        """This one was taken by the webhook."""
        # People add from other threads meanwhile, so nothing is built anew here.
        for one in list(self.waiting):
            if one["update_id"] == update_id:
                self.waiting.remove(one)
        self.confirmed = max(self.confirmed, update_id)

    async def poll(self, params: Params) -> Reply:
        """getUpdates: at once what there is, else when something comes or the time is over."""
        if self.url:
            return WEBHOOK_IS_SET.reply()
        self.polls += 1
        self.end_poll(OTHER_POLL)
        mine = self._poll = asyncio.get_running_loop().create_future()
        self.allow(params)
        self.confirm(params.number("offset"))
        try:
            if not self.waiting:
                async with asyncio.timeout(min(params.number("timeout"), 50)):
                    await mine
        except TimeoutError:
            return done([])
        except Refused as refused:
            return refused.reply()
        finally:
            mine.cancel()
        limit = min(max(params.number("limit", 100), 1), 100)
        return done([self.waiting[n] for n in range(min(limit, len(self.waiting)))])

    def allow(self, params: Params) -> None:
        """An empty list means all but a few; nothing said leaves it as it was."""
        wanted = params.json("allowed_updates")
        if wanted is not None:
            self.allowed = wanted or None


Call = Callable[[str, Params], Json | None]


@dataclass(slots=True)
class Webhook:
    """Pushes updates: in turn within a chat, chats side by side, again until they are taken."""

    updates: Updates
    call: Call
    secret: str = ""
    most: int = 40
    pauses: Sequence[float] = (0.05, 0.1, 0.2, 0.5, 1.0)
    last_error: str = ""
    failures: int = 0
    _busy: set[int] = field(default_factory=set)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def set(self, params: Params) -> bool:
        url = params.text("url")
        if url and not url.startswith(("https://", "http://127.0.0.1:")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.secret, self.most = params.text("secret_token"), params.number("max_connections", 40)
        if not all(one.isalnum() or one in "_-" for one in self.secret):
            raise bad_request("secret token contains unallowed characters")
        self.updates.url, self.last_error = url, ""
        self.updates.allow(params)
        if params.flag("drop_pending_updates"):
            self.updates.waiting.clear()
        if url:
            self.updates.end_poll(WEBHOOK_IS_SET)
        self.push()
        return True

    def info(self) -> Json:
        told: Json = {
            "url": self.updates.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting),
        }
        if self.updates.url:
            told |= {"max_connections": self.most}
        if self.last_error:
            told |= {"last_error_date": 1_700_000_000, "last_error_message": self.last_error}
        return told

    def push(self) -> None:
        """Starts on every chat that waits and is not being told already."""
        if not self.updates.url:
            return
        for update in list(self.updates.waiting):
            chat = _chat_of(update)
            if chat not in self._busy and len(self._busy) < self.most:
                self._busy.add(chat)
                task = asyncio.get_running_loop().create_task(self._tell(chat, update))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        self.updates.url = ""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, chat: int, update: Json) -> None:
        pauses = iter(self.pauses)
        while self.updates.url and not await self._taken(update):
            self.failures += 1
            await asyncio.sleep(next(pauses, self.pauses[-1]))
        self._busy.discard(chat)
        self.push()

    async def _taken(self, update: Json) -> bool:
        try:
            async with asyncio.timeout(20):
                status, body = await _posted(self.updates.url, self.secret, update)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.last_error = f"Connection failed: {type(error).__name__}"
            return False
        if not 200 <= status < 300:
            self.last_error = f"Wrong response from the webhook: {status}"
            return False
        self.updates.settle(update["update_id"])
        if body.startswith(b"{") and "method" in (asked := json.loads(body)):
            self.call(asked.pop("method"), Params(asked))
        return True


def _chat_of(update: Json) -> int:
    content: Any = next((one for name, one in update.items() if name != "update_id"), {})
    message = content.get("message", content) if isinstance(content, dict) else {}
    found: int = message.get("chat", {}).get("id", 0)
    return found


async def _posted(url: str, secret: str, update: Json) -> tuple[int, bytes]:
    """One POST on a connection of its own, as plain HTTP; the certificate is a proxy's matter."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    body = json.dumps(update).encode()
    lines = [
        f"POST /{path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if secret:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await _answer(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: *([0-9]+)", head)
    content = await (reader.readexactly(int(length[1])) if length else reader.read())
    return int(head.split(" ")[1]), content
