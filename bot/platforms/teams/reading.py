"""One activity as Teams sends it, read as what somebody did. Pure; plain JSON, no SDK.

An activity that is not as Microsoft describes it raises one of `MALFORMED`.
"""

import html
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from bot.messages import (
    TEAMS,
    Address,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Left,
    Met,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.platforms.teams.marks import FIELD, OURS, SEVERAL
from bot.platforms.teams.reference import reference_in
from surveys.matching import clean

MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
MOST_LETTERS = 10_000
_MOST_IN_TOKEN = 64
_MOST_FIELDS = 200

_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)
_NOT_FILES = ("text/html", "text/plain", "messagereference", "application/vnd.microsoft.card.")
_KINDS = {"image": "picture", "video": "video", "audio": "voice"}

Keyed = Callable[..., str]
"""Parts to a keyed hash: ids of conversations do not rest in the books as they are."""


def read(activity: Mapping[str, Any], *, at: datetime, keyed: Keyed) -> Incoming | None:
    """What somebody did; None where it is nothing to us (typing, a reaction, a team's changes)."""
    content = _content(activity)
    if content is None:
        return None
    return Incoming(
        TEAMS,
        tenant_of(activity),
        _event_id(activity, content, keyed),
        _sender(activity, content),
        content,
        at,
        _message_id(activity, content),
        _language(activity),
        opens=isinstance(content, Said | Pressed | Submitted),
    )


def is_invoke(activity: Mapping[str, Any]) -> bool:
    """Whether the answer goes into the reply to the request itself."""
    return activity.get("type") == "invoke"


def is_personal(activity: Mapping[str, Any]) -> bool:
    """Whether nobody else reads along."""
    conversation = activity["conversation"]
    kind = conversation.get("conversationType")
    return kind == "personal" or (kind is None and not conversation.get("isGroup"))


def tenant_of(activity: Mapping[str, Any]) -> str:
    """The organisation whose Teams it is; empty where the activity does not say."""
    tenant = _of(_of(activity, "channelData"), "tenant").get("id")
    return _text(tenant or _of(activity, "conversation").get("tenantId"))


def member_of(activity: Mapping[str, Any]) -> str:
    """The id by which the sender is a member of the conversation."""
    return _text(_of(activity, "from").get("id"))


def ours_in(activity: Mapping[str, Any]) -> Mapping[str, Any]:
    """What we put into the button that was pressed; empty where it was none of ours."""
    found = _data(activity).get(OURS)
    return found if isinstance(found, dict) else {}


def filled_in(activity: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in on a card, by the names of its fields."""
    values = {}
    for key, value in list(_data(activity).items())[:_MOST_FIELDS]:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            continue
        text = str(value)[:MOST_LETTERS]
        if key.startswith(SEVERAL):
            values[key.removeprefix(SEVERAL)] = " ".join(
                map(unquote, filter(None, text.split(",")))
            )
        elif key.startswith(FIELD):
            values[key.removeprefix(FIELD)] = clean(text)
    return values


def _content(activity: Mapping[str, Any]) -> Content | None:
    kind = activity.get("type")
    if kind == "message":
        return _message(activity)
    if kind == "invoke":
        is_ours = activity.get("name") == "adaptiveCard/action" and is_personal(activity)
        return _pressed(activity) if is_ours else None
    if not is_personal(activity):
        return None
    if kind == "messageUpdate":
        is_edit = _of(activity, "channelData").get("eventType") == "editMessage"
        return Edited(_words(activity)) if is_edit else None
    return _presence(activity)


def _presence(activity: Mapping[str, Any]) -> Content | None:
    """Installed and removed. A first installation comes twice, under two names."""
    kind, action = activity.get("type"), activity.get("action")
    if kind == "installationUpdate":
        if action in ("remove", "remove-upgrade"):
            return Left("left") if action == "remove" else None
        return Met() if action == "add" else None
    if kind == "conversationUpdate":
        bot = _of(activity, "recipient").get("id")
        added = activity.get("membersAdded") or ()
        return Met() if bot and any(one.get("id") == bot for one in added) else None
    return None


def _message(activity: Mapping[str, Any]) -> Content | None:
    if not is_personal(activity):
        return Elsewhere(_words(activity)) if _is_for_us(activity) else None
    if pressed := _pressed(activity):
        return pressed
    words = _words(activity)
    if kind := _file_kind(activity):
        return Sent(kind, words)
    return Said(words) if words else None


def _pressed(activity: Mapping[str, Any]) -> Content | None:
    ours = ours_in(activity)
    token, form = ours.get("t"), ours.get("f")
    if isinstance(form, str) and 0 < len(form) <= _MOST_IN_TOKEN:
        return Submitted(form, filled_in(activity))
    if isinstance(token, str) and 0 < len(token.encode()) <= _MOST_IN_TOKEN:
        return Pressed(token)
    return None


def _data(activity: Mapping[str, Any]) -> Mapping[str, Any]:
    """Action.Submit sends it as the value, Action.Execute within the action."""
    value = _of(activity, "value")
    return _of(_of(value, "action"), "data") if is_invoke(activity) else value


def _is_for_us(activity: Mapping[str, Any]) -> bool:
    bot = _of(activity, "recipient").get("id")
    return any(
        one.get("type") == "mention" and _of(one, "mentioned").get("id") == bot
        for one in activity.get("entities") or ()
    )


def _file_kind(activity: Mapping[str, Any]) -> str:
    for one in activity.get("attachments") or ():
        kind = _text(one.get("contentType")).lower()
        if not kind.startswith(_NOT_FILES):
            return _KINDS.get(kind.partition("/")[0], "file")
    return ""


def _words(activity: Mapping[str, Any]) -> str:
    """What was typed, without the mention of us. Teams escapes what would be markup."""
    text = _MENTION.sub(" ", _text(activity.get("text")))
    return clean(html.unescape(text).replace("\r\n", "\n").replace("\xa0", " "))[:MOST_LETTERS]


def _sender(activity: Mapping[str, Any], content: Content) -> Address:
    """Nobody is ever written to where others read along: such a place is not kept."""
    sender = activity["from"]
    reference = None if isinstance(content, Elsewhere) else reference_in(activity)
    identity = _text(sender.get("aadObjectId") or sender["id"])
    if not identity:
        raise ValueError("an activity without a sender")
    where = reference.written() if reference else ""
    return Address(TEAMS, tenant_of(activity), identity, where)


def _event_id(activity: Mapping[str, Any], content: Content, keyed: Keyed) -> str:
    """The same when it comes again. An edit has the id of what it edits; a welcome is said once."""
    conversation = _text(activity["conversation"]["id"])
    moment = _text(activity.get("timestamp"))
    if isinstance(content, Met):
        return keyed("teams met", conversation, moment[: len("2024-01-31T10:00")])
    parts = [_text(activity["type"]), _text(activity["id"])]
    if not parts[1]:
        raise ValueError("an activity without an id")
    if isinstance(content, Edited):
        parts += [moment, content.text]
    return keyed("teams event", conversation, *parts)


def _message_id(activity: Mapping[str, Any], content: Content) -> str:
    """Of our message whose button it was; a form that came as a message of its own has none."""
    if isinstance(content, Submitted):
        return _text(ours_in(activity).get("m"))
    return _text(activity.get("replyToId" if isinstance(content, Pressed) else "id"))


def _language(activity: Mapping[str, Any]) -> str:
    return _text(activity.get("locale"))[:12]


def _of(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
