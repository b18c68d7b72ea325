"""One payload as Slack sends it, read as what somebody did. Pure; plain JSON, no SDK.

A payload that is not as Slack describes it raises one of `MALFORMED`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.messages import (
    SLACK,
    Address,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Opened,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.platforms.slack.texts import words_of
from bot.platforms.slack.values import values_of

MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError)
FORM_PRESS = "form"
LINK_PRESS = "link"
PLAIN_PRESS = "press"
"""What `action_id` of a button begins with: opens a form, leads to a page, or neither."""
COMMANDS = frozenset(("actions", "update", "digest", "survey", "surveys", "help", "settings"))
SHORTCUTS = {"show_actions": "/actions", "give_update": "/update"}
_SPOKEN = frozenset(("", "file_share", "thread_broadcast", "me_message"))
_KINDS = {"image": "picture", "video": "video", "audio": "voice"}

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Who:
    space: str
    user: str


def read(payload: Payload, *, at: datetime) -> Incoming | None:
    """What somebody did; None for what concerns nobody."""
    kind = payload.get("type")
    if kind == "event_callback":
        return _event(payload, at)
    if kind == "block_actions":
        return _pressed(payload, at)
    if kind == "view_submission":
        return _submitted(payload, at)
    if kind == "shortcut":
        return _shortcut(payload, at)
    return _command(payload, at) if "command" in payload else None


def team_of(payload: Payload) -> str:
    """The workspace in which the app got this; empty where it does not say."""
    given = payload.get("authorizations")
    granted = given[0] if isinstance(given, list) and given else {}
    view, team, user = (payload.get(name) or {} for name in ("view", "team", "user"))
    found = (
        granted.get("team_id"),
        view.get("app_installed_team_id"),
        payload.get("team_id"),
        team.get("id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
    )
    return next((one for one in found if isinstance(one, str) and one), "")


def is_removal(payload: Payload) -> bool:
    """Whether this says that the app was taken out of the workspace."""
    event = payload.get("event") or {}
    if event.get("type") == "tokens_revoked":
        return bool((event.get("tokens") or {}).get("bot"))
    return bool(event.get("type") == "app_uninstalled")


def trigger_of(payload: Payload) -> str:
    """What lets us open a form for three seconds; empty where there is none."""
    found = payload.get("trigger_id")
    return found if isinstance(found, str) else ""


def wants_form(payload: Payload) -> bool:
    """Whether a button was pressed that says that it opens a form."""
    actions = payload.get("actions")
    if payload.get("type") != "block_actions" or not isinstance(actions, list) or not actions:
        return False
    return str(actions[0].get("action_id", "")).startswith(FORM_PRESS)


def thread_of(payload: Payload) -> tuple[str, str]:
    """The message with the pressed button, and the one whose thread it stands in; empty if none."""
    message = payload.get("message") or {}
    thread, ts = message.get("thread_ts"), message.get("ts")
    channel = (payload.get("container") or {}).get("channel_id")
    return (f"{channel}:{ts}", str(thread)) if channel and thread and thread != ts else ("", "")


def view_id(payload: Payload) -> str:
    """The form that was sent; empty for anything else."""
    found = (payload.get("view") or {}).get("id")
    return found if isinstance(found, str) and payload.get("type") == "view_submission" else ""


def field_names(payload: Payload) -> tuple[str, ...]:
    """What can be filled in on the form that was sent: where an error can be shown."""
    blocks = (payload.get("view") or {}).get("blocks") or ()
    return tuple(str(one["block_id"]) for one in blocks if one.get("type") == "input")


def metadata(message_id: str) -> str:
    """What a form carries with it: the message whose button opened it."""
    return json.dumps({"message": message_id})


def origin_of(payload: Payload) -> str:
    """The message whose button opened the form that was sent."""
    kept = (payload.get("view") or {}).get("private_metadata") or "{}"
    return str(json.loads(kept).get("message", ""))


# events


def _event(payload: Payload, at: datetime) -> Incoming | None:
    event = payload["event"]
    kind, event_id = event["type"], _text(payload["event_id"])
    if kind == "message":
        return _message(event, team_of(payload), event_id, at)
    if kind == "app_mention" and not event.get("bot_id"):
        words = words_of(_text(event.get("text") or ""))
        content: Content = Elsewhere(words)
    elif kind == "app_home_opened" and event.get("tab") == "home":
        content = Opened()
    else:
        return None
    who = _Who(team_of(payload), _text(event["user"]))
    return _incoming(who, event_id, content, at)


def _message(event: Payload, team: str, event_id: str, at: datetime) -> Incoming | None:
    """Words in our chat; a channel's words reach us as a mention, and only when they name us."""
    if event.get("channel_type") != "im":
        return None
    subtype = event.get("subtype") or ""
    if subtype == "message_changed":
        return _edited(event, team, event_id, at)
    user = event.get("user")
    if subtype not in _SPOKEN or event.get("bot_id") or not user or user == "USLACKBOT":
        return None
    message_id = f"{_text(event['channel'])}:{_text(event['ts'])}"
    who = _Who(team, _text(user))
    return _incoming(who, event_id, _content(event), at, message_id)


def _edited(event: Payload, team: str, event_id: str, at: datetime) -> Incoming | None:
    """The new words; a message also changes when a link in it is shown, which nobody did."""
    new, old = event["message"], event.get("previous_message") or {}
    user, words = new.get("user"), words_of(_text(new.get("text") or ""))
    is_ours = new.get("bot_id") or not user
    if is_ours or not words or words == words_of(_text(old.get("text") or "")):
        return None
    message_id = f"{_text(event['channel'])}:{_text(new['ts'])}"
    return _incoming(_Who(team, _text(user)), event_id, Edited(words), at, message_id)


def _content(event: Payload) -> Content:
    words = words_of(_text(event.get("text") or ""))
    files = event.get("files") or ()
    if files:
        family = str(files[0].get("mimetype") or "").partition("/")[0]
        return Sent(_KINDS.get(family, "file"), words)
    return Said(words) if words else Sent("other")


# acts


def _pressed(payload: Payload, at: datetime) -> Incoming | None:
    action = payload["actions"][0]
    token = action.get("value")
    if action.get("type") != "button" or str(action["action_id"]).startswith(LINK_PRESS):
        return None
    if not token:
        return None
    place = payload.get("container") or {}
    is_message = place.get("type") == "message"
    message_id = f"{place['channel_id']}:{place['message_ts']}" if is_message else ""
    event_id = trigger_of(payload) or _digest(payload["user"]["id"], token, action["action_ts"])
    return _incoming(
        _actor(payload),
        event_id,
        Pressed(_text(token)),
        at,
        message_id,
        opens=wants_form(payload) and bool(trigger_of(payload)),
    )


def _submitted(payload: Payload, at: datetime) -> Incoming:
    """What was filled in.

    Somebody whose answer was lost on the way presses again, and that is the same event: it is
    named by the form as it stood and by what stands in it.
    """
    view = payload["view"]
    values = values_of(view)
    event_id = _digest(_text(view["id"]), str(view.get("hash")), json.dumps(values))
    content = Submitted(_text(view["callback_id"]), values)
    return _incoming(_actor(payload), event_id, content, at, origin_of(payload), opens=True)


def _shortcut(payload: Payload, at: datetime) -> Incoming | None:
    words = SHORTCUTS.get(payload["callback_id"])
    if words is None:
        return None
    return _incoming(_actor(payload), _text(payload["trigger_id"]), Said(words), at, opens=True)


def _command(payload: Payload, at: datetime) -> Incoming:
    words = words_of(_text(payload.get("text") or ""))
    first, _, rest = words.partition(" ")
    if not words:
        words = "/help"
    elif first.casefold().lstrip("/") in COMMANDS:
        words = f"/{first.casefold().lstrip('/')} {rest}".rstrip()
    who = _Who(team_of(payload), _text(payload["user_id"]))
    return _incoming(who, _text(payload["trigger_id"]), Said(words), at, opens=True)


def _actor(payload: Payload) -> _Who:
    return _Who(team_of(payload), _text(payload["user"]["id"]))


def _incoming(
    who: _Who,
    event_id: str,
    content: Content,
    at: datetime,
    message_id: str = "",
    *,
    opens: bool = False,
) -> Incoming:
    if not (who.space and who.user and event_id):
        raise ValueError("nobody says who did this, or where")
    sender = Address(SLACK, who.space, who.user)
    return Incoming(SLACK, who.space, event_id, sender, content, at, message_id, opens=opens)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("words are not a text")
    return value
