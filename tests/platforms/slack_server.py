"""Slack on this machine: Web API, Socket Mode and Events API, to be the platform in tests.

In a test: `with serving() as slack: sam = slack.person("Sam"); sam.says("hello")`.
In a process of its own: `python -m tests.platforms.slack_server --port 0`.
"""

import argparse
import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from tests.platforms.sites import on_thread
from tests.platforms.slack_delivery import EVENT, Answer, Deliveries, Parcel
from tests.platforms.slack_events import Calls
from tests.platforms.slack_files import Files
from tests.platforms.slack_limits import Fault, Faults, RateLimits
from tests.platforms.slack_manifest import EVENT_SCOPES, installed
from tests.platforms.slack_methods import Methods
from tests.platforms.slack_people import Person
from tests.platforms.slack_request import Json
from tests.platforms.slack_response_urls import ResponseUrls
from tests.platforms.slack_socket import Sockets
from tests.platforms.slack_state import Channel, SlackApp, User, Workspace, new_id, with_ids
from tests.platforms.slack_views import Triggers, Views
from tests.platforms.slack_web import Call, WebApi

START = datetime(2023, 12, 4, 10, tzinfo=UTC)
ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "im:history",
        "im:read",
        "im:write",
        "users:read",
        "users:read.email",
    }
)


class SlackServer:
    """People may act from any thread; calls are served on the loop's own."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = lambda: START,
        limits: RateLimits | None = None,
        records: bool = True,
        echoes: bool = True,
    ) -> None:
        self.clock = clock
        self.limits = limits
        self.records = records
        self.echoes = echoes
        """Whether the app is told of its own messages, as it is by Slack."""
        self.lock = threading.RLock()
        self.workspaces: dict[str, Workspace] = {}
        self.apps: dict[str, SlackApp] = {}
        self.calls: list[Call] = []
        self.faults = Faults()
        self.triggers = Triggers(monotonic)
        self.methods = Methods(lambda: self.clock(), self._wrote)
        self.views = Views(self.triggers)
        self.files = Files(self.methods, lambda: self.url)
        self.response_urls = ResponseUrls(lambda: self.clock(), self.methods.ts)
        self.sockets = Sockets()
        self.http = Calls(lambda: self.clock())
        self.deliveries = Deliveries(self.sockets, self.http)
        self.on_call: Callable[[Call], None] | None = None
        self.url = ""
        self._web = WebApi(self)
        self._people: dict[str, Person] = {}
        self._last: Parcel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # life

    async def start(self, port: int = 0) -> str:
        """Listens; `api` is what to give as the address of the API."""
        self._loop = asyncio.get_running_loop()
        self.url = f"http://127.0.0.1:{await self._web.start(port)}"
        return self.url

    async def stop(self) -> None:
        await self.deliveries.stop()
        await self.http.stop()
        await self._web.stop()
        self._loop = None

    @property
    def api(self) -> str:
        return f"{self.url}/api/"

    def cut_all(self) -> None:
        """Every connection breaks off, those of Socket Mode too."""
        self._call(self.sockets.cut)
        self._call(self._web.cut_all)

    def refresh(self, app: SlackApp) -> None:
        """Its Socket Mode connections are told to come back, and closed."""
        self._run(self.sockets.refresh(app))

    def warn(self, app: SlackApp) -> None:
        self._run(self.sockets.warn(app))

    # who is there

    def app(self) -> SlackApp:
        """An app of its own, with secrets of its own; Socket Mode until it is called by HTTP."""
        number = new_id("A")
        made = SlackApp(number, f"xapp-1-{number}-loopback", f"signing-{number}")
        self.apps[made.app_token] = made
        return made

    def workspace(
        self,
        name: str = "council",
        *,
        app: SlackApp | None = None,
        manifest: Mapping[str, Any] | None = None,
    ) -> Workspace:
        """A workspace with the app installed: all it may do, or what the manifest asks for."""
        for known in self.workspaces.values():
            if known.name == name:
                return known
        own = app or self.app()
        scopes = ALL_SCOPES if manifest is None else installed(own, manifest)
        number = new_id("T")
        bot = User(new_id("U"), number, "Listening Loop", "", is_bot=True)
        made = Workspace(number, name, own, f"xoxb-{number}-loopback", scopes, bot, new_id("B"))
        made.users[bot.id] = bot
        self.workspaces[made.bot_token] = made
        return made

    def person(
        self, name: str, email: str = "", *, workspace: Workspace | None = None, **more: Any
    ) -> Person:
        """Somebody there, made when first named; `more` is of User: locale, is_restricted, ..."""
        there = workspace or self.workspace()
        with self.lock:
            for user in there.users.values():
                if user.name == name:
                    return self._people[user.id]
            user = User(new_id("U"), more.pop("team", there.id), name, email, **more)
            there.users[user.id] = user
            self._people[user.id] = Person(self, there, user)
            return self._people[user.id]

    def channel(self, workspace: Workspace, name: str, *, has_bot: bool = True) -> Channel:
        members = {workspace.bot.id} if has_bot else set()
        made = Channel(new_id("C"), "channel", name, members=members)
        workspace.channels[made.id] = made
        return made

    def by_http(self, app: SlackApp, url: str) -> None:
        """The app is called from now on, once it has answered the challenge."""
        assert self._loop is not None
        verified = asyncio.run_coroutine_threadsafe(self.http.verify(app, url), self._loop)
        assert verified.result(30), "the address did not answer Slack's challenge"
        app.request_url = url

    def uninstall(self, workspace: Workspace) -> None:
        """The workspace removes the app: its token is over."""
        told = {"tokens": {"oauth": [], "bot": [workspace.bot.id]}, "type": "tokens_revoked"}
        self.event(workspace, "tokens_revoked", told)
        self.event(workspace, "app_uninstalled", {"type": "app_uninstalled"})
        workspace.is_installed = False

    # what tests ask for

    def fail(self, method: str, *faults: Fault, channel: str = "", times: int = 1) -> None:
        """The next calls of a method ("*": of any) fail so, in turn."""
        with self.lock:
            self.faults.add(method, faults * times, channel)

    @property
    def pending(self) -> int:
        """What the app was told, or is to be, and has not acknowledged."""
        return self.deliveries.open

    def called(self, *methods: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.method in methods]

    @property
    def refusals(self) -> list[str]:
        """Each call that was refused, and why."""
        with self.lock:
            wrong = [call for call in self.calls if call.error]
            return [f"{one.method}: {one.error} {'; '.join(one.reasons)}".strip() for one in wrong]

    # telling the app

    def tell(
        self,
        workspace: Workspace,
        kind: str,
        payload: Json,
        answered: Callable[[Answer | None], None],
        *,
        wants_payload: bool = False,
    ) -> None:
        assert workspace.is_installed, "the app is not installed there any more"
        parcel = Parcel(workspace, kind, payload, answered, wants_payload)
        with self.lock:
            self.deliveries.given += 1
            self._last = parcel
        self._call(lambda: self.deliveries.start(parcel))

    def repeats(self) -> None:
        """What was told last is told again, as it is."""
        last = self._last
        assert last is not None, "nothing was told yet"
        wants = last.wants_payload
        self.tell(last.workspace, last.kind, last.payload, last.answered, wants_payload=wants)

    def event(self, workspace: Workspace, name: str, told: Json) -> str:
        """By the Events API, if it was asked for and its scope given; its id."""
        number = new_id("Ev")
        needed = EVENT_SCOPES.get(name, "")
        wanted = workspace.app.events
        if (wanted is not None and name not in wanted) or (
            needed and needed not in workspace.scopes
        ):
            return number
        authorization = {"team_id": workspace.id, "user_id": workspace.bot.id, "is_bot": True}
        payload = {
            "token": "loopback",
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "api_app_id": workspace.app.id,
            "event": told,
            "type": "event_callback",
            "event_id": number,
            "event_time": int(self.clock().timestamp()),
            "authorizations": [authorization | {"is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        self.tell(workspace, EVENT, payload, lambda _: None)
        return number

    def message_event(self, workspace: Workspace, channel: Channel, told: Json) -> str:
        is_im = channel.kind == "im"
        more: Json = {"channel": channel.id, "channel_type": channel.kind, "event_ts": told["ts"]}
        number = self.event(workspace, "message.im" if is_im else "message.channels", told | more)
        if not is_im and f"<@{workspace.bot.id}>" in told.get("text", ""):
            return self.event(workspace, "app_mention", told | more | {"type": "app_mention"})
        return number

    def _wrote(self, workspace: Workspace, channel: Channel, told: Json) -> None:
        if self.echoes:
            self.message_event(workspace, channel, told)

    def trigger(self, workspace: Workspace, user: str) -> str:
        with self.lock:
            return self.triggers.give(workspace, user)

    def response_url(
        self, workspace: Workspace, channel: Channel, user: str, message_ts: str = ""
    ) -> str:
        return self.url + self.response_urls.give(workspace, channel, user, message_ts)

    def answered_command(
        self, workspace: Workspace, channel: Channel, user: str, told: Json
    ) -> None:
        """The words in the acknowledgement of a command."""
        own = "" if told.get("response_type") == "in_channel" else user
        blocks = with_ids(told.get("blocks"))
        self.response_urls.say(workspace, channel, told.get("text", ""), blocks, own)

    def _call(self, work: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(work)

    def _run(self, work: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


@contextmanager
def serving(**options: Any) -> Iterator[SlackServer]:
    """A server on a thread and a loop of its own."""
    with on_thread(SlackServer(**options), "slack") as server:
        yield server


async def serve(port: int, *, strict: bool) -> None:
    """Until it is interrupted."""
    began = monotonic()
    server = SlackServer(
        clock=lambda: START + timedelta(seconds=monotonic() - began),
        limits=RateLimits() if strict else None,
        records=False,
    )
    await server.start(port)
    there = server.workspace()
    secrets = (there.bot_token, there.app.app_token, there.app.signing_secret)
    print(server.api, *secrets, flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Slack on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--strict", action="store_true", help="with the platform's limits")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(serve(chosen.port, strict=chosen.strict))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
