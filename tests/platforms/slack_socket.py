"""Socket Mode: the app connects with a ticket, gets envelopes, and acknowledges each."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.platforms.slack_delivery import EVENT, Answer, Parcel
from tests.platforms.slack_request import Json, Refused
from tests.platforms.slack_state import SlackApp

MOST_CONNECTIONS = 10
_LOST = Answer(False, reason="connection_lost")


@dataclass(eq=False, slots=True)
class Link:
    """One connection of an app. What waits on it is lost when it breaks."""

    socket: web.WebSocketResponse
    request: web.Request
    waiting: "dict[str, asyncio.Future[Answer]]" = field(default_factory=dict)
    is_going: bool = False

    def settle(self, envelope: str, answer: Answer) -> bool:
        found = self.waiting.pop(envelope, None)
        if found is None:
            return False
        if not found.done():
            found.set_result(answer)
        return True

    def lose_all(self) -> None:
        for envelope in list(self.waiting):
            self.settle(envelope, _LOST)


class Sockets:
    """The connections of all apps; envelopes go to them in turn, new ones to none that is leaving.

    `unknown`: acknowledgements of nothing that was sent, and other noise of the app.
    """

    def __init__(self) -> None:
        self.links: defaultdict[str, list[Link]] = defaultdict(list)
        self.tickets: dict[str, SlackApp] = {}
        self.unknown: list[str] = []
        self.hellos = 0
        self._came = asyncio.Condition()
        self._turn = 0

    # connecting

    def ticket(self, app: SlackApp, host: str) -> Json:
        """What apps.connections.open gives: an address that works once."""
        if app.request_url:
            raise Refused("not_allowed_token_type")
        ticket = uuid4().hex
        self.tickets[ticket] = app
        return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={app.id}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        app = self.tickets.pop(request.query.get("ticket", ""), None)
        if app is None:
            return web.Response(status=401, text="invalid ticket")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.links[app.id]) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._converse(app, Link(socket, request))
        return socket

    async def _converse(self, app: SlackApp, link: Link) -> None:
        await link.socket.send_json(self._hello(app))
        self.hellos += 1
        self.links[app.id].append(link)
        async with self._came:
            self._came.notify_all()
        try:
            async for message in link.socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(link, message.data)
        finally:
            if link in self.links[app.id]:
                self.links[app.id].remove(link)
            link.lose_all()

    def _hello(self, app: SlackApp) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.links[app.id]) + 1,
            "debug_info": {"host": "applink-loopback", "approximate_connection_time": 18060},
            "connection_info": {"app_id": app.id},
        }

    def _heard(self, link: Link, text: str) -> None:
        try:
            told = json.loads(text)
        except ValueError:
            self.unknown.append("not JSON")
            return
        answer = Answer(True, told.get("payload") or None)
        if not link.settle(told.get("envelope_id", ""), answer):
            self.unknown.append("an unknown envelope")

    # telling

    async def push(self, app: SlackApp, parcel: Parcel, patience: float) -> Answer:
        link = self._next(app)
        if link is None and parcel.kind != EVENT:
            return Answer(False, reason="no_connection")
        while link is None:
            async with self._came:
                await self._came.wait()
            link = self._next(app)
        return await self._sent(link, parcel, patience)

    def _next(self, app: SlackApp) -> Link | None:
        there = [link for link in self.links[app.id] if not (link.is_going or link.socket.closed)]
        self._turn += 1
        return there[self._turn % len(there)] if there else None

    async def _sent(self, link: Link, parcel: Parcel, patience: float) -> Answer:
        envelope = str(uuid4())
        waiting = link.waiting[envelope] = asyncio.get_running_loop().create_future()
        try:
            await link.socket.send_json(_envelope(envelope, parcel))
            return await asyncio.wait_for(waiting, patience)
        except TimeoutError:
            return Answer(False, reason="timeout")
        except (ConnectionError, RuntimeError):
            return _LOST
        finally:
            link.waiting.pop(envelope, None)

    # trouble

    async def warn(self, app: SlackApp) -> None:
        """The connections will be refreshed soon; they go on until then."""
        for link in list(self.links[app.id]):
            await link.socket.send_json({"type": "disconnect", "reason": "warning"})

    async def refresh(self, app: SlackApp) -> None:
        """Each connection is told to come back, and closed."""
        for link in list(self.links[app.id]):
            link.is_going = True
            await link.socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await link.socket.close()

    def cut(self, app: SlackApp | None = None) -> None:
        """Connections break off without a word: those of one app, or all."""
        for app_id, links in self.links.items():
            for link in list(links):
                if app is None or app.id == app_id:
                    _abort(link.request)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _envelope(number: str, parcel: Parcel) -> Json:
    told: Json = {
        "envelope_id": number,
        "payload": parcel.payload,
        "type": parcel.kind,
        "accepts_response_payload": parcel.wants_payload,
    }
    if parcel.kind == EVENT:
        told |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
    return told
