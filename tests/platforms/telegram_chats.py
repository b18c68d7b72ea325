"""Chats as the platform has them: what stands in them now, and their messages as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.telegram_request import Json, Refused, bad_request

BOT_ID = 7_000_000_001
TOO_OLD = timedelta(hours=48)


@dataclass(slots=True)
class Shown:
    """A message as it stands in a chat now: edits are in it, and the buttons it has left."""

    id: int
    at: datetime
    by_bot: bool
    text: str = ""
    markup: Json | None = None
    photo: bytes | None = None
    more: Json = field(default_factory=dict)
    edits: int = 0

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Label and data of each button, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [(one["text"], one.get("callback_data", "")) for row in rows for one in row]

    @property
    def labels(self) -> list[str]:
        return [label for label, _ in self.buttons]


@dataclass(slots=True)
class Chat:
    """One chat with the bot: a person's own, or a group."""

    id: int
    kind: str = "private"
    language: str = "en"
    name: str = "Robin"
    refusal: Refused | None = None
    messages: dict[int, Shown] = field(default_factory=dict)
    last_id: int = 0

    def add(self, at: datetime, **what: Any) -> Shown:
        self.last_id += 1
        shown = self.messages[self.last_id] = Shown(id=self.last_id, at=at, **what)
        return shown

    def newest_first(self) -> Iterator[Shown]:
        return (self.messages[number] for number in sorted(self.messages, reverse=True))

    def as_json(self) -> Json:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.name}
        return {"id": self.id, "type": self.kind, "title": self.name}

    def user_json(self, user: int | None = None) -> Json:
        return {
            "id": self.id if user is None else user,
            "is_bot": False,
            "first_name": self.name if self.kind == "private" else "Robin",
            "language_code": self.language,
        }


@dataclass(slots=True)
class Chats:
    """All chats of one bot."""

    username: str
    by_id: dict[int, Chat] = field(default_factory=dict)

    def bot_json(self) -> Json:
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Listening Loop",
            "username": self.username,
        }

    def get(self, chat_id: int) -> Chat:
        """The chat that the bot may write to."""
        chat = self.by_id.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.refusal is not None:
            raise chat.refusal
        return chat

    def message_json(self, chat: Chat, shown: Shown, user: int | None = None) -> Json:
        told: Json = {
            "message_id": shown.id,
            "date": int(shown.at.timestamp()),
            "chat": chat.as_json(),
            "from": self.bot_json() if shown.by_bot else chat.user_json(user),
        }
        if shown.photo is not None:
            told |= {"photo": _sizes(shown), "caption": shown.text}
        elif shown.text:
            told["text"] = shown.text
        if shown.markup:
            told["reply_markup"] = shown.markup
        return told | shown.more


def _sizes(shown: Shown) -> list[Json]:
    size = len(shown.photo or b"")
    names = {"file_id": f"photo{shown.id}", "file_unique_id": f"u{shown.id}"}
    return [names | {"width": 320, "height": 240, "file_size": size}]
