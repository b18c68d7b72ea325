"""The loopback Slack and Teams of the tests, told apart by who is meant and quick enough to be
the other end of a benchmark.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import aiohttp

from tests.platforms import slack_methods, slack_views, teams_connector, teams_people
from tests.platforms.slack_delivery import Answer as SlackAnswer
from tests.platforms.slack_server import SlackServer
from tests.platforms.slack_state import Workspace
from tests.platforms.slack_web import Call as SlackCall
from tests.platforms.teams_calls import Answer as TeamsAnswer
from tests.platforms.teams_connector import Call as TeamsCall
from tests.platforms.teams_login import Login
from tests.platforms.teams_server import APP_TENANT, TeamsServer

Json = dict[str, Any]
Told = Callable[[str], None]
_SAYING = frozenset({"chat.postMessage", "chat.update"})
_WRITING = frozenset({"send", "update"})
_LONG = 60.0
_KEPT_SECONDS = 3.0
"""The app's server keeps a connection for five: what is sent on one just then is lost."""


def nobody(_: str) -> None:
    """Where nobody listens."""


def _unchecked(check: str, *modules: ModuleType) -> None:
    """What is drawn is checked by the tests; here that would be most of the platform's work."""
    for module in modules:
        vars(module)[check] = lambda _: []


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_SECONDS))


class TimedSlack(SlackServer):
    """Tells of every acknowledgement and of every message that somebody got, by who they are.

    The app is not told of its own messages.
    """

    def __init__(self) -> None:
        super().__init__(records=False, echoes=False)
        _unchecked("message_problems", slack_methods)
        _unchecked("view_problems", slack_views)
        self.deliveries.patience = self.triggers.seconds = _LONG
        self.on_call = self._called
        self.on_acknowledged: Told = nobody
        self.on_said: Told = nobody
        self.refused: list[str] = []

    async def start(self, port: int = 0) -> str:
        self.http._session = _session()
        return await super().start(port)

    @property
    def told(self) -> Json:
        there = self.workspace()
        return {
            "api": self.api,
            "token": there.bot_token,
            "secret": there.app.signing_secret,
            "team": there.id,
        }

    def tell(
        self,
        workspace: Workspace,
        kind: str,
        payload: Json,
        answered: Callable[[SlackAnswer | None], None],
        *,
        wants_payload: bool = False,
    ) -> None:
        who = payload["event"]["user"] if "event" in payload else payload["user"]["id"]

        def done(answer: SlackAnswer | None) -> None:
            answered(answer)
            self.on_acknowledged(who)

        super().tell(workspace, kind, payload, done, wants_payload=wants_payload)

    def _called(self, call: SlackCall) -> None:
        if call.error:
            self.refused.append(f"{call.method}: {call.error}")
        elif call.method in _SAYING:
            channel = call.params.text("channel")
            known = self.workspace().channels.get(channel)
            self.on_said(known.user if known else channel)


class _Heard(list[TeamsCall]):
    """Passes every call on and keeps none."""

    def __init__(self, hear: Callable[[TeamsCall], None]) -> None:
        super().__init__()
        self._hear = hear

    def append(self, call: TeamsCall) -> None:
        self._hear(call)


class _OneToken(Login):
    """Signs once for each place, as Microsoft does within an hour: else it had most of the work."""

    def signed(self, service_url: str, flaw: str = "") -> str:
        if service_url not in self.given_here:
            self.given_here[service_url] = super().signed(service_url, flaw)
        return self.given_here[service_url]

    def __init__(self, login: Login, url: Callable[[], str]) -> None:
        super().__init__(login.app_id, login.secret, login.clock, url)
        self.given_here: dict[str, str] = {}


class QuickTeams(TeamsServer):
    """The same for Teams."""

    def __init__(self) -> None:
        super().__init__()
        _unchecked("all_card_problems", teams_connector, teams_people)
        self.http.login, self.http.patience = _OneToken(self.login, lambda: self.url), _LONG
        self.calls = _Heard(self._called)
        self.on_acknowledged: Told = nobody
        self.on_said: Told = nobody
        self.refused: list[str] = []

    async def start(self, port: int = 0) -> str:
        self.http._session = _session()
        return await super().start(port)

    @property
    def told(self) -> Json:
        return {
            "url": self.url,
            "metadata": self.metadata,
            "app_id": self.app_id,
            "app_tenant": APP_TENANT,
            "secret": self.secret,
            "tenant": self.tenant().id,
            "token": self.login.app_token(APP_TENANT),
        }

    def tell(
        self,
        activity: Json,
        answered: Callable[[TeamsAnswer], None] = lambda _: None,
        flaw: str = "",
    ) -> str:
        who = activity["from"]["aadObjectId"]

        def done(answer: TeamsAnswer) -> None:
            answered(answer)
            self.on_acknowledged(who)

        return super().tell(activity, done, flaw)

    def _called(self, call: TeamsCall) -> None:
        if call.why:
            self.refused.append(f"{call.call}: {call.why}")
        elif call.call in _WRITING:
            for member in self.conversations[call.conversation].members.values():
                self.on_said(member.aad)
