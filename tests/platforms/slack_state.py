"""What Slack keeps: apps, workspaces, people, conversations, messages and views, as JSON too."""

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack_blocks import elements_of
from tests.platforms.slack_request import Json, Refused

_numbers = itertools.count(1)


def new_id(letter: str) -> str:
    return f"{letter}0L{next(_numbers):08}"


def with_ids(blocks: list[Json] | None) -> list[Json]:
    """As the platform gives them back: every block and element has an id."""
    kept = copy.deepcopy(blocks or [])
    for block in kept:
        block.setdefault("block_id", f"b{next(_numbers)}")
        for element in elements_of(block):
            element.setdefault("action_id", f"a{next(_numbers)}")
    return kept


@dataclass(slots=True)
class SlackApp:
    """An app and its secrets, as its pages show them.

    `request_url`: where it is called; empty where it calls Slack (Socket Mode). Commands,
    shortcuts and events are those of its manifest; None takes any.
    """

    id: str
    app_token: str
    signing_secret: str
    request_url: str = ""
    events: frozenset[str] | None = None
    commands: frozenset[str] | None = None
    shortcuts: frozenset[str] | None = None
    has_home: bool = True
    has_messages: bool = True


@dataclass(slots=True)
class User:
    """Somebody in a workspace, as users.info tells of them."""

    id: str
    team: str
    name: str
    email: str
    locale: str = "en-GB"
    tz: str = "Europe/London"
    is_email_confirmed: bool = True
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False

    def as_json(self, *, with_email: bool, with_locale: bool) -> Json:
        profile: Json = {"real_name": self.name, "display_name": self.name.split()[0]}
        if with_email and self.email and not self.is_bot:
            profile["email"] = self.email
        told: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower().replace(" ", "."),
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.tz,
            "profile": profile | {"team": self.team},
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if not self.deleted:
            told |= {
                "is_admin": False,
                "is_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
                "is_email_confirmed": self.is_email_confirmed,
            }
        if self.is_stranger:
            told["is_stranger"] = True
        if with_locale:
            told["locale"] = self.locale
        return told


@dataclass(slots=True)
class Shown:
    """A message as it stands now. `only_for`: the one who sees it, where it is ephemeral."""

    ts: str
    user: str
    by_bot: bool
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    files: list[Json] = field(default_factory=list)
    edits: int = 0
    only_for: str = ""

    @property
    def buttons(self) -> list[tuple[Json, Json]]:
        """Each button and its block."""
        return buttons_of(self.blocks)

    @property
    def labels(self) -> list[str]:
        return [button["text"]["text"] for button, _ in self.buttons]

    @property
    def words(self) -> str:
        """All that can be read in it."""
        return "\n".join(texts_of(self.blocks)) if self.blocks else self.text


def _rich(text: str) -> Json:
    """What somebody typed, as the editor of Slack sends it besides."""
    written = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "typed", "elements": [written]}


def buttons_of(blocks: list[Json]) -> list[tuple[Json, Json]]:
    pairs = [(element, block) for block in blocks for element in elements_of(block)]
    return [(element, block) for element, block in pairs if element["type"] == "button"]


def texts_of(what: Any) -> Iterator[str]:
    """The texts in blocks, in reading order."""
    if isinstance(what, list):
        for one in what:
            yield from texts_of(one)
    elif isinstance(what, dict):
        for name, value in what.items():
            if name == "text" and isinstance(value, str):
                yield value
            elif name not in ("value", "private_metadata"):
                yield from texts_of(value)


@dataclass(slots=True)
class Channel:
    """A direct message between somebody and the bot ("im"), or a channel."""

    id: str
    kind: str
    name: str = ""
    user: str = ""
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    messages: dict[str, Shown] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A modal that somebody has open, or their home. `errors` stand at its inputs, by block."""

    id: str
    user: str
    body: Json
    hash: str
    root: str = ""
    previous: str = ""
    external_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.body["blocks"]
        return found

    @property
    def inputs(self) -> list[Json]:
        return [block for block in self.blocks if block["type"] == "input"]

    @property
    def labels(self) -> list[str]:
        """What is asked."""
        return [block["label"]["text"] for block in self.inputs]

    @property
    def words(self) -> str:
        return "\n".join(texts_of(self.blocks))


@dataclass(slots=True)
class Workspace:
    """A workspace that the app is installed in, with the scopes that it was given there."""

    id: str
    name: str
    app: SlackApp
    bot_token: str
    scopes: frozenset[str]
    bot: User
    bot_id: str
    is_installed: bool = True
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    """Of each person: the modals they have open, the one that they see last."""

    def dm(self, user: str) -> Channel:
        """Made when it is first needed."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.user == user:
                return channel
        opened = Channel(new_id("D"), "im", user=user, members={user, self.bot.id})
        self.channels[opened.id] = opened
        return opened

    def reachable(self, channel: str) -> Channel:
        """The conversation that the bot may write in; a person's id is their direct message."""
        if channel in self.users:
            return self._dm_with(self.users[channel])
        found = self.channels.get(channel)
        if found is None:
            raise Refused("channel_not_found")
        if found.is_archived:
            raise Refused("is_archived")
        if self.bot.id not in found.members:
            raise Refused("not_in_channel")
        return self._dm_with(self.users[found.user]) if found.kind == "im" else found

    def _dm_with(self, user: User) -> Channel:
        if user.deleted:
            raise Refused("channel_not_found")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        if not self.app.has_messages:
            raise Refused("messages_tab_disabled")
        return self.dm(user.id)

    def message_json(self, shown: Shown) -> Json:
        told: Json = {
            "type": "message",
            "user": shown.user,
            "text": shown.text,
            "ts": shown.ts,
            "team": self.id,
        }
        if not shown.by_bot:
            told |= {"client_msg_id": f"loop-{shown.ts}", "blocks": [_rich(shown.text)]}
        else:
            told |= {"bot_id": self.bot_id, "app_id": self.app.id, "blocks": shown.blocks}
        if shown.thread_ts:
            told["thread_ts"] = shown.thread_ts
        if shown.files:
            told["files"] = shown.files
        if shown.edits:
            told["edited"] = {"user": shown.user, "ts": shown.ts}
        return told

    def view_json(self, view: View, values: Json | None = None) -> Json:
        return view.body | {
            "id": view.id,
            "team_id": self.id,
            "state": {"values": values or {}},
            "hash": view.hash,
            "previous_view_id": view.previous or None,
            "root_view_id": view.root or view.id,
            "app_id": self.app.id,
            "external_id": view.external_id,
            "app_installed_team_id": self.id,
            "bot_id": self.bot_id,
        }
