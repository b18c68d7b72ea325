"""The Bot Framework's connector: conversations, activities and members, strictly."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.faults import failed, refusal_reply
from tests.platforms.teams_cards import CARD, LARGEST, card_size
from tests.platforms.teams_limits import Fault, Json, Refused
from tests.platforms.teams_schema import all_card_problems
from tests.platforms.teams_state import Conversation, Seen, Standing, new_activity_id

if TYPE_CHECKING:
    from tests.platforms.teams_server import TeamsServer

_ROOT = "/teams/v3/conversations"
_ONE = _ROOT + "/{conversation}"
_COUNTED = frozenset({"send", "update", "open"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call is about; ids are empty where its address has none."""

    conversation: str
    activity: str
    member: str
    body: Json


Work = Callable[[Asked], tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the app, and how it was answered; `at` in seconds of the monotonic clock.

    `call`: open, send, update, delete, member or members. `why`: the code of the refusal and its
    reason, "" where it went well. `is_done`: it was carried out, whatever the app heard.
    """

    call: str
    conversation: str
    body: Json
    at: float
    status: int
    why: str
    is_done: bool


class Connector:
    """Serves one TeamsServer."""

    def __init__(self, server: "TeamsServer") -> None:
        self._server = server

    def routes(self) -> list[web.RouteDef]:
        activity = _ONE + "/activities/{activity}"
        return [
            web.post(_ROOT, self._serving("open", self._open)),
            web.post(_ONE + "/activities", self._serving("send", self._send)),
            web.post(activity, self._serving("send", self._send)),
            web.put(activity, self._serving("update", self._update)),
            web.delete(activity, self._serving("delete", self._delete)),
            web.get(_ONE + "/members", self._serving("members", self._members)),
            web.get(_ONE + "/pagedMembers", self._serving("members", self._paged)),
            web.get(_ONE + "/members/{member}", self._serving("member", self._member)),
        ]

    def _serving(self, call: str, work: Work) -> Any:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                body = json.loads(await request.text() or "{}")
            except ValueError:
                body = None
            fault = self._fault(call)
            if fault is not None and fault.seconds:
                await asyncio.sleep(fault.seconds)
            if fault is None or fault.is_only_slow:
                return self._done(request, call, work, body)
            if fault.is_after:
                self._done(request, call, work, body)
            else:
                self._record(request, call, body, fault.status or 0, "fault", is_done=False)
            return await failed(request, fault)

        return serve

    def _fault(self, call: str) -> Fault | None:
        with self._server.lock:
            return self._server.faults.next(call)

    def _done(self, request: web.Request, call: str, work: Work, body: Any) -> web.Response:
        with self._server.lock:
            try:
                self._admit(request, call, body)
                at = request.match_info.get
                ids = (at("conversation", ""), at("activity", ""), at("member", ""))
                status, told = work(Asked(*ids, body))
            except Refused as refused:
                why = f"{refused.code}: {refused.message}"
                self._record(request, call, body, refused.status, why, is_done=False)
                return refusal_reply(refused)
            self._record(request, call, body, status, "", is_done=True)
        return web.json_response(told, status=status)

    def _admit(self, request: web.Request, call: str, body: Any) -> None:
        server = self._server
        if not server.login.is_good(request.headers.get("Authorization", "")):
            text = "Authorization has been denied for this request."
            raise Refused(401, "Unauthorized", text)
        if not isinstance(body, dict):
            raise Refused(400, "BadSyntax", "the body is not a JSON object")
        if call in _COUNTED and server.limits is not None:
            name = request.match_info.get("conversation", "")
            tenant = server.conversations[name].tenant.id if name in server.conversations else ""
            server.limits.check(name or "open", tenant, monotonic())

    def _record(
        self, request: web.Request, call: str, body: Any, status: int, why: str, *, is_done: bool
    ) -> None:
        name = request.match_info.get("conversation", "")
        found = Call(call, name, body or {}, monotonic(), status, why, is_done)
        if self._server.records:
            self._server.calls.append(found)

    # what can be asked

    def _open(self, asked: Asked) -> tuple[int, Any]:
        body = asked.body
        members = body.get("members") or []
        tenant = body.get("tenantId") or _of(body, "channelData", "tenant", "id")
        if len(members) != 1 or not tenant:
            raise Refused(400, "BadSyntax", "one member and a tenant are needed")
        found = self._server.member(str(members[0].get("id", "")), str(tenant))
        if found is None:
            raise Refused(400, "BadArgument", "Failed to decrypt pairwise id")
        if found.standing in (Standing.NONE, Standing.REMOVED):
            text = "The bot is not installed for this user."
            raise Refused(403, "ForbiddenOperationException", text)
        conversation = self._server.personal(found)
        told: Json = {"id": conversation.id}
        if body.get("activity"):
            conversation.check()
            told["activityId"] = self._written(conversation, body["activity"]).id
        return 201, told

    def _send(self, asked: Asked) -> tuple[int, Any]:
        conversation = self._conversation(asked)
        conversation.check()
        if asked.body.get("type") == "typing":
            return 202, {}
        return 201, {"id": self._written(conversation, asked.body).id}

    def _written(self, conversation: Conversation, body: Json) -> Seen:
        self._check_activity(body)
        seen = Seen(new_activity_id(), True, body.get("text", "") or "", _card(body))
        seen.reply_to = body.get("replyToId", "") or ""
        conversation.messages[seen.id] = seen
        return seen

    def _update(self, asked: Asked) -> tuple[int, Any]:
        _, seen = self._message(asked)
        self._check_activity(asked.body)
        seen.text, seen.card = asked.body.get("text", "") or "", _card(asked.body)
        seen.edits += 1
        return 200, {"id": seen.id}

    def _delete(self, asked: Asked) -> tuple[int, Any]:
        conversation, seen = self._message(asked)
        del conversation.messages[seen.id]
        return 200, {}

    def _members(self, asked: Asked) -> tuple[int, Any]:
        conversation = self._conversation(asked)
        conversation.check()
        return 200, [one.as_json() for one in conversation.members.values()]

    def _paged(self, asked: Asked) -> tuple[int, Any]:
        status, members = self._members(asked)
        return status, {"members": members}

    def _member(self, asked: Asked) -> tuple[int, Any]:
        conversation = self._conversation(asked)
        conversation.check()
        wanted = asked.member
        for one in conversation.members.values():
            if wanted in (one.id, one.aad):
                return 200, one.as_json()
        raise Refused(404, "MemberNotFoundInConversation", "Member not found.")

    # checks

    def _conversation(self, asked: Asked) -> Conversation:
        found = self._server.conversations.get(asked.conversation)
        if found is None:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        return found

    def _message(self, asked: Asked) -> tuple[Conversation, Seen]:
        conversation = self._conversation(asked)
        conversation.check()
        seen = conversation.messages.get(asked.activity)
        if seen is None:
            raise Refused(404, "ActivityNotFoundInConversation", "The activity is not there.")
        if not seen.by_bot:
            raise Refused(403, "ForbiddenOperationException", "the message is not the bot's own")
        return conversation, seen

    def _check_activity(self, body: Json) -> None:
        if body.get("type") != "message":
            raise Refused(400, "BadSyntax", "the type of the activity is missing or not known")
        sender = _of(body, "from", "id")
        if sender and sender != self._server.bot_id:
            raise Refused(403, "Forbidden", "the activity is from another bot")
        attachments = body.get("attachments") or []
        if not body.get("text") and not attachments:
            raise Refused(400, "BadSyntax", "Activity must include text or an attachment")
        if len(json.dumps(body, ensure_ascii=False).encode("utf-16-le")) > 100 * 1024:
            raise Refused(413, "MessageSizeTooBig", "Message size too large.")
        for one in attachments:
            _check_attachment(one)


def _check_attachment(one: Json) -> None:
    if one.get("contentType") != CARD:
        raise Refused(400, "BadArgument", f"Unknown attachment type: {one.get('contentType')}")
    if card_size(one.get("content")) > LARGEST:
        raise Refused(413, "MessageSizeTooBig", "Message size too large.")
    problems = all_card_problems(one.get("content"))
    if problems:
        raise Refused(400, "BadArgument", "; ".join(problems))


def _card(body: Json) -> Json | None:
    found = [one["content"] for one in body.get("attachments") or []]
    return found[0] if found else None


def _of(found: Any, *path: str) -> Any:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
