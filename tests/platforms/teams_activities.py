"""The activities that Teams makes of what people do."""

import html
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.platforms.teams_limits import Json
from tests.platforms.teams_state import Conversation, Member, new_activity_id

if TYPE_CHECKING:
    from tests.platforms.teams_server import TeamsServer


class Activities:
    """Those of one person. `is_mobile`: what a phone sends is barer."""

    def __init__(self, server: "TeamsServer", member: Member) -> None:
        self._server = server
        self._member = member
        self.is_mobile = False

    def _base(self, conversation: Conversation, kind: str) -> Json:
        member, server = self._member, self._server
        moment = server.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        where: Json = {
            "id": conversation.id,
            "conversationType": conversation.kind,
            "tenantId": conversation.tenant.id,
        }
        if conversation.kind != "personal":
            where["isGroup"] = True
        platform = "iOS" if self.is_mobile else "Windows"
        client = {"type": "clientInfo", "locale": member.locale, "country": "GB"}
        return {
            "type": kind,
            "id": new_activity_id(),
            "timestamp": moment,
            "channelId": "msteams",
            "serviceUrl": server.service_url,
            "from": {"id": member.id, "name": member.name, "aadObjectId": member.aad},
            "conversation": where,
            "recipient": {"id": server.bot_id, "name": "Listening Loop"},
            "channelData": {"tenant": {"id": conversation.tenant.id}},
            "entities": [client | {"platform": platform, "timezone": "Europe/London"}],
            "locale": member.locale,
        }

    def message(self, conversation: Conversation, text: str) -> Json:
        """Words; a desktop sends them as HTML besides."""
        escaped = html.escape(text, quote=False)
        told = self._base(conversation, "message") | {"text": escaped, "textFormat": "plain"}
        if not self.is_mobile:
            shown = f"<p>{escaped}</p>"
            told["attachments"] = [{"contentType": "text/html", "content": shown}]
        return told

    def mention(self, conversation: Conversation, text: str) -> Json:
        """Words to the bot where others read along."""
        told = self.message(conversation, "")
        told["text"] = f"<at>Listening Loop</at> {html.escape(text, quote=False)}"
        bot = {"id": self._server.bot_id, "name": "Listening Loop"}
        name = "<at>Listening Loop</at>"
        told["entities"].append({"type": "mention", "mentioned": bot, "text": name})
        return told

    def edited(self, conversation: Conversation, activity: str, text: str) -> Json:
        told = self.message(conversation, text) | {"type": "messageUpdate", "id": activity}
        told["channelData"]["eventType"] = "editMessage"
        return told

    def file(self, conversation: Conversation, name: str, caption: str) -> Json:
        kind = "application/vnd.microsoft.teams.file.download.info"
        file = {"contentType": kind, "name": name, "content": {"fileType": name.rpartition(".")[2]}}
        told = self.message(conversation, caption)
        told["attachments"] = [*told.get("attachments", []), file]
        return told

    def installed(self, conversation: Conversation) -> list[Json]:
        """Both that a first installation sends."""
        bot = {"id": self._server.bot_id}
        return [
            self._base(conversation, "conversationUpdate") | {"membersAdded": [bot]},
            self._base(conversation, "installationUpdate") | {"action": "add"},
        ]

    def removed(self, conversation: Conversation) -> Json:
        return self._base(conversation, "installationUpdate") | {"action": "remove"}

    def executed(
        self, conversation: Conversation, action: Json, data: Json, on: str, trigger: str
    ) -> Json:
        """A press on Action.Execute; its answer comes back at once."""
        told = self._base(conversation, "invoke") | {
            "id": f"f:{uuid4()}",
            "name": "adaptiveCard/action",
            "replyToId": on,
            "value": {"action": _named(action) | {"data": data}, "trigger": trigger},
        }
        told["channelData"] |= {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{on}"}}
        return told

    def submitted(self, conversation: Conversation, data: Json, on: str) -> Json:
        """A press on Action.Submit, also where an old app falls back to it."""
        told = self._base(conversation, "message") | {"replyToId": on, "value": data}
        told["channelData"] |= {"source": {"name": "message"}, "legacy": {"replyToId": f"1:{on}"}}
        return told


def _named(action: Json) -> Json:
    return {name: action[name] for name in ("type", "id", "title", "verb") if name in action}
