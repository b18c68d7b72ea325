"""Microsoft's own SDK, bare, against the loopback server: its client, and its check of tokens."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import jwt

from bot.platforms.teams.sdk import (
    PUBLIC,
    ApiClient,
    Client,
    ClientOptions,
    MessageActivityInput,
    TokenValidator,
)
from tests.platforms.fixtures import until
from tests.platforms.http_server import HttpServer, Reply, Request
from tests.platforms.teams_cards import CARD
from tests.platforms.teams_login import SCOPE
from tests.platforms.teams_server import TeamsServer

Json = dict[str, Any]
Work = Callable[[ApiClient], Awaitable[Any]]


def block(text: str = "One action is due.") -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True}


def execute(title: str = "Send", **data: Any) -> Json:
    told = {"title": title, "data": {"token": "t"} | data}
    fallback = {"type": "Action.Submit"} | told
    return {"type": "Action.Execute", "verb": "press"} | told | {"fallback": fallback}


def asking(**more: Any) -> Json:
    return {"type": "Input.Text", "id": "note", "label": "Note", "maxLength": 40} | more


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body) or [block()]} | more


def message(text: str = "", shown: Json | None = None, **more: Any) -> MessageActivityInput:
    told: Json = {"type": "message"} | ({"text": text} if text else {}) | more
    if shown is not None:
        told["attachments"] = [{"contentType": CARD, "content": shown}]
    return MessageActivityInput.model_validate(told)


async def token_of(server: TeamsServer, **more: str) -> httpx.Response:
    """What the login answers to the app."""
    form = {
        "grant_type": "client_credentials",
        "client_id": server.app_id,
        "client_secret": server.secret,
        "scope": SCOPE,
    }
    async with httpx.AsyncClient(verify=False, timeout=20) as http:
        return await http.post(f"{server.url}/council/oauth2/v2.0/token", data=form | more)


class Naming(httpx.AsyncHTTPTransport):
    """Puts the ids of this run where a table has names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(verify=False)
        self._names = names

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, content = str(request.url), request.content
        for name, identity in self._names.items():
            path = path.replace(f"/{name}", f"/{identity}")
            content = content.replace(f'"{name}"'.encode(), f'"{identity}"'.encode())
        headers = {
            name: value for name, value in request.headers.items() if name != "content-length"
        }
        named = httpx.Request(
            request.method,
            path,
            headers=headers,
            content=content,
            extensions=request.extensions,
        )
        return await super().handle_async_request(named)


def with_api(
    server: TeamsServer,
    work: Work,
    token: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Any:
    """Runs this with the SDK's own client, with a token of the login's unless one is given."""

    async def run() -> Any:
        own = server.login.app_token("council") if token is None else token
        transport = Naming(names or {})
        async with httpx.AsyncClient(timeout=20, transport=transport) as http:
            client = Client(ClientOptions(token=own), _http=http)
            return await work(ApiClient(server.service_url, client))

    return asyncio.run(run())


class App:
    """A small app: it checks tokens with the SDK, keeps what it heard, and answers presses."""

    def __init__(self, server: TeamsServer) -> None:
        self.server = server
        self.heard: list[Json] = []
        self.answer: Json | None = None
        self.failing: list[int] = []
        cloud = replace(PUBLIC, openid_metadata_url=server.metadata)
        self._validator = TokenValidator.for_service(server.app_id, cloud=cloud)

    async def serve(self, request: Request) -> Reply:
        if self.failing:
            return Reply(self.failing.pop(0))
        activity = json.loads(request.body)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            work = self._validator.validate_token(token, activity["serviceUrl"])
            await asyncio.get_running_loop().run_in_executor(None, asyncio.run, work)
        except jwt.PyJWTError:
            return Reply(401)
        self.heard.append(activity)
        return Reply(200, json.dumps(self.answer or {}).encode())

    async def settled(self) -> None:
        await until(lambda: self.server.pending == 0, "everything is answered")


@asynccontextmanager
async def called(app: App) -> AsyncIterator[None]:
    """The app where the connector brings what people do."""
    server = HttpServer(app.serve)
    app.server.calls_at(f"http://127.0.0.1:{await server.start()}/teams/messages")
    try:
        yield
    finally:
        await server.stop()


def runs(app: App, act: Callable[[], Awaitable[None]]) -> None:
    """The app while somebody acts."""

    async def run() -> None:
        async with called(app):
            await act()
            await app.settled()

    asyncio.run(run())
