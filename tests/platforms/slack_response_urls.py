"""The address that comes with a press or a command: five answers within half an hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from aiohttp import web

from tests.platforms.slack_blocks import message_problems
from tests.platforms.slack_request import Json
from tests.platforms.slack_state import Channel, Shown, Workspace, with_ids

MOST_USES = 5
LIFE = timedelta(minutes=30)


@dataclass(slots=True)
class ResponseUrl:
    workspace: Workspace
    channel: Channel
    user: str
    at: datetime
    message_ts: str = ""
    uses: int = 0


class ResponseUrls:
    """`ts` numbers messages."""

    def __init__(self, clock: Callable[[], datetime], ts: Callable[[], str]) -> None:
        self._clock = clock
        self._ts = ts
        self.by_id: dict[str, ResponseUrl] = {}

    def give(self, workspace: Workspace, channel: Channel, user: str, message_ts: str = "") -> str:
        """Its path."""
        number = uuid4().hex
        now = self._clock()
        self.by_id[number] = ResponseUrl(workspace, channel, user, now, message_ts)
        return f"/actions/{workspace.id}/{number}"

    def answer(self, number: str, told: Json) -> web.Response:
        """What somebody posted there is shown, or refused."""
        found = self.by_id.get(number)
        if found is None or self._clock() - found.at > LIFE:
            return _refusal("expired_url", 404)
        if found.uses >= MOST_USES:
            return _refusal("used_url", 404)
        found.uses += 1
        if told.get("delete_original"):
            found.channel.messages.pop(found.message_ts, None)
            return web.Response(text="ok")
        if message_problems({"text": told.get("text"), "blocks": told.get("blocks")}):
            return _refusal("invalid_blocks" if told.get("text") else "no_text", 400)
        self._show(found, told)
        return web.Response(text="ok")

    def _show(self, found: ResponseUrl, told: Json) -> None:
        blocks = with_ids(told.get("blocks"))
        shown = found.channel.messages.get(found.message_ts)
        if told.get("replace_original") and shown is not None:
            shown.text, shown.blocks, shown.edits = told["text"], blocks, shown.edits + 1
            return
        own = "" if told.get("response_type") == "in_channel" else found.user
        self.say(found.workspace, found.channel, told["text"], blocks, own)

    def say(
        self, workspace: Workspace, channel: Channel, text: str, blocks: list[Json], only_for: str
    ) -> None:
        shown = Shown(self._ts(), workspace.bot.id, True, text, blocks, only_for=only_for)
        channel.messages[shown.ts] = shown


def _refusal(error: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)
