"""Slack as a door: every workspace of the settings, by Socket Mode or HTTP."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from slack_bolt.app.async_app import AsyncApp
from starlette.routing import BaseRoute

from bot.backoff import Backoff
from bot.door import Hall
from bot.messages import SLACK, Address, DeliveryError, Sender
from bot.platforms.slack.bolt import bolt_app
from bot.platforms.slack.connection import Connection
from bot.platforms.slack.failures import is_final
from bot.platforms.slack.gate import Gate
from bot.platforms.slack.intake import Intake
from bot.platforms.slack.line import Line
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.sender import SlackSender
from bot.platforms.slack.threads import Threads
from bot.platforms.slack.webhook import webhook_route
from bot.platforms.slack.workspace import Workspace, Workspaces, meet
from bot.settings import SlackWorkspace
from storage.language import HOME, Catalogue

_REMEDIES = {
    "missing_scope": "Give the app the permissions of `manifest slack`, and install it again.",
    "not Slack's API": "Check `api` of [slack].",
}
_NEW_TOKEN = "Copy it from the app's pages at api.slack.com again, or install the app again."  # noqa: S105


class SlackDoor:
    """Made without calling anybody; opens in `work`."""

    platform = SLACK
    sender: Sender

    def __init__(self, hall: Hall, *, first_pause: float = 1.0) -> None:
        self.opened = asyncio.Event()
        self._hall = hall
        self._settings = hall.settings.slack
        self._first_pause = first_pause
        words = Catalogue.load("bot")

        def say(key: str, **params: object) -> str:
            return words.say(key, HOME, **params)

        phrases = Phrases.of(say)
        self._workspaces, threads = Workspaces(), Threads()
        self.sender = sender = SlackSender(self._workspaces, threads, phrases, say)
        self._intake = Intake(
            hall.receive,
            hall.clock,
            self._workspaces,
            sender,
            threads,
            phrases,
            on_removal=self._removed,
            tell=hall.tell,
        )
        secrets = (one.signing_secret.get_secret_value() for one in self._settings.every)
        self._gate = Gate(secrets, hall.clock, hall.tell)
        self._apps: dict[str, AsyncApp] = {}
        self._connection: Connection | None = None
        self._log = structlog.get_logger("slack")

    @property
    def refused(self) -> Counter[str]:
        """What was not let in over HTTP, and what nobody could do anything with, by kind."""
        return self._gate.refused + self._intake.passed_over

    @property
    def is_idle(self) -> bool:
        """Whether all that came in is on disk, and what it asks of Slack's screens is done."""
        return self._intake.is_idle and self._intake.errands.are_done

    def routes(self) -> Sequence[BaseRoute]:
        if self._settings.mode != "http":
            return ()
        return (webhook_route(self._gate, self._app_of, self.opened.is_set),)

    def _app_of(self, secret: str) -> AsyncApp:
        """By the secret with which a payload was signed."""
        if secret not in self._apps:
            self._apps[secret] = bolt_app(self._intake, lambda one: one.signing_secret == secret)
        return self._apps[secret]

    async def work(self, stopped: asyncio.Event) -> None:
        self._connection = connection = Connection.open(self._hall.settings)
        met = await asyncio.gather(
            *(self._met(connection, one, n, stopped) for n, one in enumerate(self._every, 1))
        )
        for workspace in met:
            if workspace is not None and self._has_secret(workspace):
                self._workspaces.add(workspace)
        if stopped.is_set() or not self._workspaces.every:
            return
        if self._settings.mode == "http":
            self._open("where Slack calls us")
            await stopped.wait()
        else:
            await self._on_lines(connection, stopped)
        await self._intake.errands.settled()

    async def find(self, email: str) -> Address | None:
        return await self._intake.profiles.find(email)

    async def close(self) -> None:
        await self._intake.errands.settled()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    @property
    def _every(self) -> Sequence[SlackWorkspace]:
        return self._settings.every

    async def _met(
        self, connection: Connection, given: SlackWorkspace, number: int, stopped: asyncio.Event
    ) -> Workspace | None:
        """Who we are there. None where Slack refuses us, which is told, or all was stopped."""
        pauses, has_told = Backoff(self._first_pause), False
        while not stopped.is_set():
            try:
                return await meet(connection, given)
            except DeliveryError as error:
                name = given.name or f"workspace {number}"
                if is_final(error):
                    self._refused(name, "bot token", error)
                    return None
                if not has_told:
                    self._hall.tell(
                        f"Slack: not reached for {name} ({error.detail}). It is tried again; if "
                        "this stays, check the connection, `proxy` of [network], and the firewall."
                    )
                    has_told = True
                self._log.warning("slack not reached", kind=error.detail)
                await pauses.wait(stopped, at_least=error.retry_after or 0.0)
        return None

    def _has_secret(self, workspace: Workspace) -> bool:
        """Without the secret nothing that Slack brings could be told from a forgery."""
        if self._settings.mode != "http" or workspace.signing_secret.strip():
            return True
        self._hall.tell(
            f"Slack: closed for {workspace.name}. There is no signing secret. Copy it from Basic "
            "Information of the app, and give it as `signing_secret`."
        )
        return False

    async def _on_lines(self, connection: Connection, stopped: asyncio.Event) -> None:
        """One line for each app token. One that is refused leaves the others open."""
        by_token: dict[str, list[Workspace]] = {}
        for workspace in self._workspaces.every:
            by_token.setdefault(workspace.app_token, []).append(workspace)
        held = (self._held(connection, *item, stopped) for item in by_token.items())
        await asyncio.gather(*held)

    async def _held(
        self,
        connection: Connection,
        token: str,
        workspaces: Sequence[Workspace],
        stopped: asyncio.Event,
    ) -> None:
        names = ", ".join(one.name for one in workspaces)
        app = bolt_app(self._intake, lambda one: one.app_token == token)
        line = Line(
            connection,
            app,
            token,
            is_idle=lambda: self._intake.is_idle,
            on_open=lambda: self._open("Socket Mode", names),
            first_pause=self._first_pause,
        )
        try:
            await line.hold(stopped)
        except DeliveryError as error:
            self._refused(names, "app token", error)

    def _open(self, way: str, names: str = "") -> None:
        names = names or ", ".join(one.name for one in self._workspaces.every)
        self.opened.set()
        self._hall.tell(f"Slack: {names} ({way})")

    def _refused(self, name: str, token: str, error: DeliveryError) -> None:
        self._log.error("slack refuses us", kind=error.detail)
        remedy = _REMEDIES.get(error.detail, _NEW_TOKEN)
        self._hall.tell(
            f"Slack: closed for {name}. The {token} is not accepted ({error.detail}). {remedy}"
        )

    def _removed(self, workspace: Workspace) -> None:
        self._log.error("the app was removed from a workspace", kind="removed")
        self._hall.tell(
            f"Slack: the app was removed from {workspace.name}, so nobody is reached there. "
            "Install it again and put its new token into the settings, or take the workspace out."
        )
