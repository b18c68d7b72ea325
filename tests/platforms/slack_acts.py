"""What Slack tells an app of an act: the payloads of events, presses, forms and commands."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.platforms.slack_blocks import elements_of
from tests.platforms.slack_delivery import COMMAND, INTERACTIVE, Answer
from tests.platforms.slack_request import Json
from tests.platforms.slack_state import (
    Channel,
    Shown,
    User,
    View,
    Workspace,
    buttons_of,
)

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

Answered = Callable[[Answer | None], None]
_CHOOSERS = frozenset({"overflow", "static_select", "radio_buttons"})


class Acts:
    """The acts of people of one workspace."""

    def __init__(self, server: "SlackServer", workspace: Workspace) -> None:
        self._server = server
        self._workspace = workspace

    def known(self, what: str, name: str) -> None:
        """A command or shortcut that the manifest does not have is none that one could use."""
        allowed: frozenset[str] | None = getattr(self._workspace.app, what)
        assert allowed is None or name in allowed, f"the manifest has no {what[:-1]} {name!r}"
        assert "commands" in self._workspace.scopes, "commands and shortcuts need a scope"

    # events

    def message(self, channel: Channel, shown: Shown, subtype: str = "") -> str:
        told = self._workspace.message_json(shown)
        return self._server.message_event(
            self._workspace, channel, told | ({"subtype": subtype} if subtype else {})
        )

    def changed(self, channel: Channel, shown: Shown, before: Json) -> str:
        told = {
            "type": "message",
            "subtype": "message_changed",
            "message": self._workspace.message_json(shown),
            "previous_message": before,
            "hidden": True,
            "ts": self._server.methods.ts(),
        }
        return self._server.message_event(self._workspace, channel, told)

    def home_opened(self, user: User, tab: str) -> str:
        told: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._workspace.dm(user.id).id,
            "tab": tab,
            "event_ts": self._server.methods.ts(),
        }
        home = self._workspace.homes.get(user.id)
        if home is not None and tab == "home":
            told["view"] = self._workspace.view_json(home)
        return self._server.event(self._workspace, "app_home_opened", told)

    # acts that are answered

    def command(
        self, user: User, channel: Channel, name: str, text: str, answered: Answered
    ) -> None:
        team = self._workspace
        payload = {
            "token": "loopback",
            "team_id": team.id,
            "team_domain": team.name,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "im" else channel.name,
            "user_id": user.id,
            "user_name": user.as_json(with_email=False, with_locale=False)["name"],
            "command": name,
            "text": text,
            "api_app_id": team.app.id,
            "is_enterprise_install": "false",
            "response_url": self._server.response_url(team, channel, user.id),
            "trigger_id": self._server.trigger(team, user.id),
        }
        self._server.tell(team, COMMAND, payload, answered, wants_payload=True)

    def shortcut(self, user: User, callback_id: str, answered: Answered) -> None:
        payload = self._of(user, "shortcut") | {
            "callback_id": callback_id,
            "action_ts": self._server.methods.ts(),
            "trigger_id": self._server.trigger(self._workspace, user.id),
        }
        self._tell(payload, answered)

    def pressed(
        self, user: User, channel: Channel, place: Shown | View, action: Json, answered: Answered
    ) -> None:
        payload = self._of(user, "block_actions") | {
            "actions": [action],
            "trigger_id": self._server.trigger(self._workspace, user.id),
            "state": {"values": {}},
        }
        if isinstance(place, View):
            container = {"type": "view", "view_id": place.id}
            payload |= {"container": container, "view": self._workspace.view_json(place)}
        else:
            payload |= self._on_message(user, channel, place)
        self._tell(payload, answered)

    def _on_message(self, user: User, channel: Channel, shown: Shown) -> Json:
        container = {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(shown.only_for),
        }
        if shown.thread_ts:
            container["thread_ts"] = shown.thread_ts
        url = self._server.response_url(self._workspace, channel, user.id, shown.ts)
        told: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": "directmessage"},
            "response_url": url,
        }
        if not shown.only_for:
            told["message"] = self._workspace.message_json(shown)
        return told

    def submitted(self, user: User, view: View, state: Json, answered: Answered) -> None:
        payload = self._of(user, "view_submission") | {
            "trigger_id": self._server.trigger(self._workspace, user.id),
            "view": self._workspace.view_json(view, state),
            "response_urls": [],
        }
        self._tell(payload, answered, wants_payload=True)

    def closed(self, user: User, view: View, answered: Answered) -> None:
        payload = self._of(user, "view_closed") | {
            "view": self._workspace.view_json(view),
            "is_cleared": False,
        }
        self._tell(payload, answered)

    def _tell(self, payload: Json, answered: Answered, *, wants_payload: bool = False) -> None:
        self._server.tell(
            self._workspace, INTERACTIVE, payload, answered, wants_payload=wants_payload
        )

    def _of(self, user: User, kind: str) -> Json:
        team = self._workspace
        name = user.as_json(with_email=False, with_locale=False)["name"]
        return {
            "type": kind,
            "user": {"id": user.id, "username": name, "name": name, "team_id": user.team},
            "api_app_id": team.app.id,
            "token": "loopback",
            "team": {"id": team.id, "domain": team.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    # what can be pressed

    @staticmethod
    def buttons(blocks: list[Json]) -> list[tuple[Json, Json]]:
        return buttons_of(blocks)

    @staticmethod
    def choices(blocks: list[Json], option: str) -> Iterator[tuple[Json, Json]]:
        """Menus that have this option, with their blocks."""
        for block in blocks:
            for element in elements_of(block):
                if element["type"] in _CHOOSERS and any(
                    option in (one["value"], one["text"]["text"])
                    for one in element.get("options", [])
                ):
                    yield element, block
