"""The methods of the Web API that know people and write messages, as strict as the real ones."""

import itertools
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.platforms.slack_blocks import message_problems
from tests.platforms.slack_request import Json, Params, Refused
from tests.platforms.slack_state import Channel, Shown, User, Workspace, with_ids

SCOPES: dict[str, frozenset[str]] = {
    "apps.connections.open": frozenset({"connections:write"}),
    "chat.delete": frozenset({"chat:write"}),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.info": frozenset({"im:read", "channels:read"}),
    "conversations.open": frozenset({"im:write"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "users.info": frozenset({"users:read"}),
    "users.lookupByEmail": frozenset({"users:read.email"}),
}
"""What a method needs, one of these; a method that is not here needs none."""
Method = Callable[[Workspace, Params], Any]
_TS = re.compile(r"\d{10}\.\d{6}")
_TOO_LONG = "msg_blocks_too_long"
_count = itertools.count(1)


class Methods:
    """`told` is called with each message that was written, changed or deleted."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        told: Callable[[Workspace, Channel, Json], None],
    ) -> None:
        self._clock = clock
        self._told = told
        self.table: dict[str, Method] = {
            "auth.test": self.auth_test,
            "users.info": self.users_info,
            "users.lookupByEmail": self.lookup_by_email,
            "conversations.open": self.open_conversation,
            "conversations.info": self.conversation_info,
            "chat.postMessage": self.post_message,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.update": self.update,
            "chat.delete": self.delete,
        }

    def ts(self) -> str:
        """Unique, and in order as long as the clock goes forward."""
        return f"{int(self._clock().timestamp())}.{next(_count) % 1_000_000:06}"

    # who is who

    def auth_test(self, workspace: Workspace, _: Params) -> Json:
        return {
            "url": f"https://{workspace.name}.slack.com/",
            "team": workspace.name,
            "user": workspace.bot.name,
            "team_id": workspace.id,
            "user_id": workspace.bot.id,
            "bot_id": workspace.bot_id,
            "is_enterprise_install": False,
        }

    def users_info(self, workspace: Workspace, params: Params) -> Json:
        found = workspace.users.get(params.needed("user"))
        if found is None:
            raise Refused("user_not_found")
        return {"user": _user(workspace, found, with_locale=params.flag("include_locale"))}

    def lookup_by_email(self, workspace: Workspace, params: Params) -> Json:
        email = params.needed("email").lower()
        for user in workspace.users.values():
            if user.email.lower() == email and not (user.deleted or user.is_bot):
                return {"user": _user(workspace, user, with_locale=False)}
        raise Refused("users_not_found")

    # conversations

    def open_conversation(self, workspace: Workspace, params: Params) -> Json:
        names = [one for one in params.text("users").split(",") if one]
        if len(names) != 1:
            raise Refused("users_list_not_supplied" if not names else "not_enough_users")
        user = workspace.users.get(names[0])
        if user is None:
            raise Refused("user_not_found")
        if user.is_bot or user.deleted:
            raise Refused("cannot_dm_bot" if user.is_bot else "user_disabled")
        return {"channel": {"id": workspace.reachable(user.id).id}}

    def conversation_info(self, workspace: Workspace, params: Params) -> Json:
        channel = workspace.channels.get(params.needed("channel"))
        if channel is None:
            raise Refused("channel_not_found")
        is_im = channel.kind == "im"
        return {"channel": {"id": channel.id, "is_im": is_im, "user": channel.user}}

    # messages

    def post_message(self, workspace: Workspace, params: Params) -> Json:
        channel = workspace.reachable(params.needed("channel"))
        blocks = _checked(params)
        thread = params.text("thread_ts")
        if thread and thread not in channel.messages:
            raise Refused("thread_not_found")
        shown = self.written(workspace, channel, params.text("text"), blocks, thread)
        return {"channel": channel.id, "ts": shown.ts, "message": workspace.message_json(shown)}

    def written(
        self,
        workspace: Workspace,
        channel: Channel,
        text: str,
        blocks: list[Json] | None,
        thread: str = "",
        files: list[Json] | None = None,
    ) -> Shown:
        """A message of the bot, which it is told of as of all others."""
        shown = Shown(
            self.ts(), workspace.bot.id, True, text, with_ids(blocks), thread, files or []
        )
        channel.messages[shown.ts] = shown
        self._told(workspace, channel, workspace.message_json(shown))
        return shown

    def post_ephemeral(self, workspace: Workspace, params: Params) -> Json:
        channel = workspace.reachable(params.needed("channel"))
        blocks, user = _checked(params), params.needed("user")
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        shown = Shown(self.ts(), workspace.bot.id, True, params.text("text"), with_ids(blocks))
        shown.only_for = user
        channel.messages[shown.ts] = shown
        return {"message_ts": shown.ts}

    def update(self, workspace: Workspace, params: Params) -> Json:
        channel, shown = self._own(workspace, params, "cant_update_message")
        before = workspace.message_json(shown)
        keeps = "blocks" not in params.values
        blocks = shown.blocks if keeps else with_ids(_checked(params))
        if keeps:
            _checked(params)
        shown.text, shown.blocks = params.text("text"), blocks
        shown.edits += 1
        told = workspace.message_json(shown)
        more = {"message": told, "previous_message": before, "ts": self.ts()}
        self._told(workspace, channel, _hidden("message_changed", more))
        return {"channel": channel.id, "ts": shown.ts, "text": shown.text, "message": told}

    def delete(self, workspace: Workspace, params: Params) -> Json:
        channel, shown = self._own(workspace, params, "cant_delete_message")
        del channel.messages[shown.ts]
        gone = {
            "deleted_ts": shown.ts,
            "previous_message": workspace.message_json(shown),
            "ts": self.ts(),
        }
        self._told(workspace, channel, _hidden("message_deleted", gone))
        return {"channel": channel.id, "ts": shown.ts}

    def _own(self, workspace: Workspace, params: Params, refusal: str) -> tuple[Channel, Shown]:
        """A message of the bot's own, found by the conversation's id: a person's will not do."""
        name, ts = params.needed("channel"), params.needed("ts")
        if name in workspace.users or name not in workspace.channels:
            raise Refused("channel_not_found")
        channel = workspace.channels[name]
        shown = channel.messages.get(ts) if _TS.fullmatch(ts) else None
        if shown is None or shown.only_for:
            raise Refused("message_not_found")
        if not shown.by_bot:
            raise Refused(refusal)
        return channel, shown


def _hidden(subtype: str, more: Json) -> Json:
    return {"type": "message", "subtype": subtype, "hidden": True} | more


def _user(workspace: Workspace, user: User, *, with_locale: bool) -> Json:
    with_email = "users:read.email" in workspace.scopes
    return user.as_json(with_email=with_email, with_locale=with_locale)


def _checked(params: Params) -> list[Json] | None:
    """The blocks, where text and blocks are such as Slack takes."""
    blocks = params.json("blocks", "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not params.text("text"):
        raise Refused("no_text")
    problems = message_problems({"text": params.text("text"), "blocks": blocks})
    if any(one.endswith("[text]") for one in problems):
        raise Refused("msg_too_long", tuple(problems))
    if any(one.startswith(_TOO_LONG) for one in problems):
        raise Refused(_TOO_LONG)
    if problems:
        raise Refused("invalid_blocks", tuple(problems))
    return blocks
