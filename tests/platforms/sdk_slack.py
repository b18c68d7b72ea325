"""Slack's own SDKs, bare, against the loopback server: a client, and a small bolt app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.fixtures import until
from tests.platforms.http_server import HttpServer, Reply, Request
from tests.platforms.slack_server import SlackServer
from tests.platforms.slack_state import Workspace

Json = dict[str, Any]
Work = Callable[[AsyncWebClient], Awaitable[Any]]


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def button(words: str, action: str = "go", value: str = "token") -> Json:
    return {"type": "button", "text": text(words), "action_id": action, "value": value}


def actions(*buttons: Json) -> Json:
    return {"type": "actions", "elements": list(buttons)}


def asking(block_id: str = "note", **element: Any) -> Json:
    """An input of a modal."""
    field = {"type": "plain_text_input", "action_id": "value"} | element
    return {"type": "input", "block_id": block_id, "label": text("Note"), "element": field}


def modal(*blocks: Json, **more: Any) -> Json:
    named = {"type": "modal", "callback_id": "form", "title": text("Update")}
    return named | {"submit": text("Send"), "blocks": list(blocks)} | more


def client_of(server: SlackServer, token: str | None = None) -> AsyncWebClient:
    given = server.workspace().bot_token if token is None else token
    return AsyncWebClient(given, base_url=server.api, timeout=20)


def with_client(server: SlackServer, work: Work, token: str | None = None) -> Any:
    """Runs this with the SDK's own client, over HTTP."""

    async def run() -> Any:
        return await work(client_of(server, token))

    return asyncio.run(run())


class Bolt:
    """A small app: it says back what it hears, and asks for a note in a modal."""

    def __init__(self, server: SlackServer, workspace: Workspace, *, checks: bool = False) -> None:
        self.server = server
        self.workspace = workspace
        self.heard: list[Json] = []
        self.notes: list[str] = []
        self.failing = 0
        client = client_of(server, workspace.bot_token)
        self.app = AsyncApp(
            client=client,
            signing_secret=workspace.app.signing_secret,
            request_verification_enabled=checks,
            ignoring_self_events_enabled=False,
        )
        self.app.event("message")(self._message)
        self.app.event("app_mention")(self._event)
        self.app.event("app_home_opened")(self._home)
        self.app.event("app_uninstalled")(self._event)
        self.app.event("tokens_revoked")(self._event)
        self.app.action("go")(self._pressed)
        self.app.action("menu")(self._noted)
        self.app.view("form")(self._submitted)
        self.app.view_closed("form")(self._noted)
        self.app.command("/loop")(self._command)
        self.app.shortcut("actions")(self._noted)

    async def _event(self, body: Json) -> None:
        self.heard.append(body)

    async def _message(self, body: Json, client: AsyncWebClient) -> None:
        self.heard.append(body)
        event = body["event"]
        if event.get("bot_id") or event.get("subtype") or event["channel_type"] != "im":
            return
        words = event["text"]
        blocks = [section(words), actions(button("Update"))]
        await client.chat_postMessage(channel=event["user"], text=words, blocks=blocks)

    async def _home(self, event: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [section("My actions"), actions(button("Settings"))]}
        await client.views_publish(user_id=event["user"], view=view)

    async def _pressed(
        self, ack: Callable[..., Awaitable[Any]], body: Json, client: AsyncWebClient
    ) -> None:
        await ack()
        self.heard.append(body)
        opened = await client.views_open(trigger_id=body["trigger_id"], view=modal(section("...")))
        view = opened["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(asking()))

    async def _submitted(self, ack: Callable[..., Awaitable[Any]], view: Json) -> None:
        note = view["state"]["values"]["note"]["value"]["value"]
        self.notes.append(note)
        known: dict[str, Json] = {
            "bad": {"response_action": "errors", "errors": {"note": "Say more."}},
            "wrong": {"response_action": "errors", "errors": {"nowhere": "Say more."}},
            "more": {"response_action": "update", "view": modal(asking("second"))},
            "deep": {"response_action": "push", "view": modal(asking("second"))},
            "clear": {"response_action": "clear"},
            "long": {"response_action": "update", "view": modal(title=text("x" * 25))},
        }
        await ack(**known.get(note, {}))

    async def _command(self, ack: Callable[..., Awaitable[Any]], body: Json) -> None:
        self.heard.append(body)
        await ack(f"You asked for {body['text']}.")

    async def _noted(self, ack: Callable[..., Awaitable[Any]], body: Json) -> None:
        await ack()
        self.heard.append(body)

    async def http(self, request: Request) -> Reply:
        """What a web server in front of the app does."""
        if self.failing:
            self.failing -= 1
            return Reply(503)
        asked = AsyncBoltRequest(body=request.body.decode(), headers={**request.headers})
        told = await self.app.async_dispatch(asked)
        return Reply(told.status, (told.body or "").encode())

    async def settled(self) -> None:
        """Until all that was told is acknowledged, and its listeners are done."""
        await until(lambda: self.server.pending == 0, "everything is acknowledged")


@asynccontextmanager
async def by_socket(bolt: Bolt) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(bolt.app, bolt.workspace.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http(bolt: Bolt) -> AsyncIterator[str]:
    server = HttpServer(bolt.http)
    url = f"http://127.0.0.1:{await server.start()}/slack"
    app = bolt.workspace.app
    await asyncio.get_running_loop().run_in_executor(None, bolt.server.by_http, app, url)
    try:
        yield url
    finally:
        await server.stop()
