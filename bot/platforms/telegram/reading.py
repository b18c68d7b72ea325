"""One update as Telegram sends it, read as what somebody did. Pure; plain JSON, no SDK.

An update that is not as Telegram describes it raises one of `MALFORMED`: it can be passed over
without the ones beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.messages import (
    TELEGRAM,
    Address,
    Arrived,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Left,
    Pressed,
    Said,
    Sent,
)
from surveys.matching import clean

MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
MOST_LETTERS = 4096

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,32}))?(?=\s|$)")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FORWARDED = ("forward_origin", "forward_date")
_KINDS = {
    "photo": "picture",
    "animation": "picture",  # stands before "document", which is there as well
    "video": "video",
    "video_note": "video",
    "voice": "voice",
    "audio": "voice",
    "document": "file",
    "sticker": "sticker",
    "venue": "place",
    "location": "place",
    "contact": "contact",
}
_FRAME = frozenset(
    (
        *("message_id", "message_thread_id", "from", "sender_chat", "sender_boost_count", "chat"),
        *("date", "edit_date", "business_connection_id", "is_topic_message", "via_bot"),
        *("is_automatic_forward", "reply_to_message", "external_reply", "quote", "reply_to_story"),
        *("has_protected_content", "is_from_offline", "media_group_id", "author_signature"),
        *("paid_star_count", "effect_id", "reply_markup", "direct_messages_topic"),
        *("sender_business_bot", "link_preview_options", "entities", "sender_tag"),
    )
)
_NOTICES = frozenset(
    (
        *("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"),
        *("users_shared", "chat_shared", "connected_website", "passport_data", "web_app_data"),
        *("successful_payment", "refunded_payment", "boost_added", "chat_background_set"),
        *("proximity_alert_triggered", "gift", "unique_gift", "gift_upgrade_sent"),
        *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo"),
        *("delete_chat_photo", "group_chat_created", "supergroup_chat_created"),
        *("channel_chat_created", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
        *("video_chat_participants_invited", "forum_topic_created", "forum_topic_edited"),
        *("forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden"),
        *("general_forum_topic_unhidden", "giveaway_created", "giveaway_completed"),
        *("paid_message_price_changed", "direct_message_price_changed"),
        *("checklist_tasks_done", "checklist_tasks_added"),
    )
)


@dataclass(frozen=True, slots=True)
class Gathering:
    """A group or channel that the bot has found itself in; `language` of who did something."""

    chat: int
    language: str
    can_write: bool


def read(update: Mapping[str, Any], *, bot: str, at: datetime) -> Incoming | None:
    """What somebody did; None for what concerns nobody. `bot` is our name without the @."""
    number = update_number(update)
    if (query := update.get("callback_query")) is not None:
        return _pressed(query, number, at)
    for key in ("message", "edited_message"):
        if (message := update.get(key)) is not None:
            return _message(message, number, at, bot=bot, is_edit=key == "edited_message")
    if (change := update.get("my_chat_member")) is not None:
        return _membership(change, number, at)
    return None


def update_number(update: Mapping[str, Any]) -> int:
    """Its place in the row of all updates."""
    number = update["update_id"]
    if type(number) is not int:
        raise TypeError("update_id is not a number")
    return number


def press_of(update: Mapping[str, Any]) -> str:
    """The id under which Telegram waits to hear that a press has arrived; empty if it is none."""
    query = update.get("callback_query")
    found = query.get("id") if isinstance(query, Mapping) else None
    return found if isinstance(found, str) else ""


def gathering_of(update: Mapping[str, Any]) -> Gathering | None:
    """Where an update comes from a group or channel that we are in: we do not stay."""
    change = update.get("my_chat_member")
    event = change or update.get("message") or update.get("edited_message")
    event = event or update.get("channel_post")
    if not isinstance(event, Mapping) or _kind_of_chat(event) == "private":
        return None
    if change and change["new_chat_member"]["status"] in ("left", "kicked"):
        return None
    chat = event["chat"]["id"]
    if type(chat) is not int:
        raise TypeError("a chat's id is not a number")
    who = event.get("from") or {}
    is_group = _kind_of_chat(event) in ("group", "supergroup")
    return Gathering(chat, str(who.get("language_code") or ""), is_group)


def _kind_of_chat(event: Mapping[str, Any]) -> str:
    return _text(event["chat"]["type"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("words are not a text")
    return value


def _incoming(
    who: Mapping[str, Any], number: int, at: datetime, content: Content, message_id: str = ""
) -> Incoming:
    person = who["id"]
    if type(person) is not int:
        raise TypeError("a person's id is not a number")
    sender = Address(TELEGRAM, "", str(person))
    language = _text(who.get("language_code") or "")[:12]
    return Incoming(TELEGRAM, "", str(number), sender, content, at, message_id, language)


def _id_of(message: Mapping[str, Any]) -> str:
    found = message["message_id"]
    if type(found) is not int:
        raise TypeError("a message's id is not a number")
    return str(found)


def _pressed(query: Mapping[str, Any], number: int, at: datetime) -> Incoming | None:
    token = query.get("data")
    if token is None:
        return None
    message = query.get("message")  # may be too old to be shown: it has its id all the same
    message_id = "" if message is None else _id_of(message)
    return _incoming(query["from"], number, at, Pressed(_text(token)), message_id)


def _membership(change: Mapping[str, Any], number: int, at: datetime) -> Incoming | None:
    gone = change["new_chat_member"]["status"] in ("kicked", "left")
    if _kind_of_chat(change) != "private" or not gone:
        return None
    return _incoming(change["from"], number, at, Left())


def _message(
    message: Mapping[str, Any], number: int, at: datetime, *, bot: str, is_edit: bool
) -> Incoming | None:
    who = message.get("from")
    if who is None or who.get("is_bot"):
        return None
    if _kind_of_chat(message) == "private":
        content = _edited(message) if is_edit else _content(message, who, bot)
    else:
        content = _among_others(message, bot)
    return None if content is None else _incoming(who, number, at, content, _id_of(message))


def _words(message: Mapping[str, Any]) -> str:
    """What is written in it or below it."""
    found = message.get("text")
    if found is None:
        found = message.get("caption")
    return "" if found is None else clean(_text(found))[:MOST_LETTERS]


def _edited(message: Mapping[str, Any]) -> Content | None:
    words = _words(message)
    return Edited(words) if words else None


def _among_others(message: Mapping[str, Any], bot: str) -> Content | None:
    """Words in a group count only where they are meant for us."""
    words = _words(message)
    reply = message.get("reply_to_message") or {}
    is_reply = bool(bot) and (reply.get("from") or {}).get("username") == bot
    command = _COMMAND.match(words)
    is_ours = command is not None and (command[2] or bot).casefold() == bot.casefold()
    is_named = bool(bot) and f"@{bot}".casefold() in words.casefold()
    return Elsewhere(words) if words and (is_reply or is_ours or is_named) else None


def _content(message: Mapping[str, Any], who: Mapping[str, Any], bot: str) -> Content | None:
    words = _words(message)
    if any(key in message for key in _FORWARDED):
        return Sent("forwarded", words)
    if message.get("text") is not None:
        return _said(words, bot)
    for key, kind in _KINDS.items():
        if message.get(key) is not None:
            if kind == "contact" and (own := _own_number(message[key], who)):
                return Said(own)
            return Sent(kind, words)
    left = message.keys() - _FRAME
    if not left or left & _NOTICES:
        return None
    return Sent("other", words or _written_in(message))


def _said(words: str, bot: str) -> Content:
    """Words; a command without the name of the bot behind it."""
    if not words:
        return Sent("other")
    command = _COMMAND.match(words)
    if command is None or (command[2] and command[2].casefold() != bot.casefold()):
        return Said(words)
    name, rest = command[1].casefold(), words[command.end() :]
    if name == "start" and (not rest or _TOKEN.fullmatch(rest.strip())):
        return Arrived(rest.strip())
    # Behind /start there may be anything, such as words that somebody has to read.
    return Said(f"/{name}{rest}")


def _own_number(contact: Mapping[str, Any], who: Mapping[str, Any]) -> str:
    """The telephone number where somebody shares their own, which is an answer; else nothing."""
    is_own = contact.get("user_id") is not None and contact["user_id"] == who["id"]
    return clean(_text(contact["phone_number"])) if is_own else ""


def _written_in(message: Mapping[str, Any]) -> str:
    """The words of what somebody made up themselves: a poll or a list of things to do."""
    parts: list[str] = []
    if poll := message.get("poll"):
        parts = [_text(poll["question"]), *(_text(one["text"]) for one in poll["options"])]
    elif checklist := message.get("checklist"):
        parts = [_text(checklist["title"]), *(_text(one["text"]) for one in checklist["tasks"])]
    return clean("\n".join(parts))[:MOST_LETTERS]
