"""People and groups on the loopback platform: what they do, and what is on their screen."""

from typing import TYPE_CHECKING, Any

from tests.platforms.telegram_chats import BOT_ID, TOO_OLD, Chat, Shown
from tests.platforms.telegram_request import Json, Refused

if TYPE_CHECKING:
    from tests.platforms.telegram_server import TelegramServer

_BLOCKED = Refused(403, "Forbidden: bot was blocked by the user")
_FILE = {"file_id": "f1", "file_unique_id": "u1", "file_size": 4096}


class Person:
    """Somebody with the app. Each act is one update, or as many as the app would send."""

    def __init__(self, server: "TelegramServer", chat: Chat, user: int | None = None) -> None:
        self._server = server
        self.chat = chat
        self._user = user
        self._presses = 0

    # what they do; each gives the id of its update

    def says(self, text: str) -> int:
        return self._sends(text=text, more=_command(text))

    def arrives(self, token: str = "") -> int:
        """By a link, or by the button that says Start."""
        return self.says(f"/start {token}".strip())

    def presses(self, what: str) -> int:
        """The newest button with this label, or these data, that is on the screen."""
        shown, data = self.button(what)
        return self.presses_data(data, shown)

    def presses_data(self, data: str, shown: Shown) -> int:
        """A button they saw, whether or not it is still there: taps cross with edits."""
        server = self._server
        with server.lock:
            self._presses += 1
            query = f"{self.chat.id}{self._presses:06}"
            server.profile.queries[query] = server.clock()
            return server.update(
                "callback_query",
                {
                    "id": query,
                    "from": self.chat.user_json(self._user),
                    "chat_instance": str(self.chat.id),
                    "message": self._pressed_message(shown),
                    "data": data,
                },
            )

    def _pressed_message(self, shown: Shown) -> Json:
        """Of an old message, or of one that is gone, the platform tells no more than its number."""
        server = self._server
        if server.clock() - shown.at > TOO_OLD or shown.id not in self.chat.messages:
            return {"chat": self.chat.as_json(), "message_id": shown.id, "date": 0}
        return server.chats.message_json(self.chat, shown)

    def edits(self, text: str, nth_last: int = 1) -> int:
        """One of their own messages, the last unless it says otherwise."""
        server = self._server
        with server.lock:
            own = [one for one in self.chat.newest_first() if not one.by_bot and one.text]
            shown = own[nth_last - 1]
            shown.text = text
            told = server.chats.message_json(self.chat, shown, self._user)
            told["edit_date"] = int(server.clock().timestamp())
            return server.update("edited_message", told)

    def sends(self, kind: str, caption: str = "") -> int:
        """sticker, voice, photo, video, document, audio, video_note, location, contact, ..."""
        more = {kind: _CONTENTS.get(kind, _FILE)}
        return self._sends(more=more | ({"caption": caption} if caption else {}))

    def forwards(self, text: str) -> int:
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1_700_000_000}
        return self._sends(text=text, more={"forward_origin": origin})

    def blocks(self) -> int:
        with self._server.lock:
            self.chat.refusal = _BLOCKED
            return self._member("member", "kicked")

    def unblocks(self) -> int:
        with self._server.lock:
            self.chat.refusal = None
            return self._member("kicked", "member")

    def _member(self, old: str, new: str) -> int:
        server = self._server
        bot = server.chats.bot_json()
        return server.update(
            "my_chat_member",
            {
                "chat": self.chat.as_json(),
                "from": self.chat.user_json(self._user),
                "date": int(server.clock().timestamp()),
                "old_chat_member": {"user": bot, "status": old} | _until(old),
                "new_chat_member": {"user": bot, "status": new} | _until(new),
            },
        )

    def _sends(self, *, text: str = "", more: Json | None = None) -> int:
        server = self._server
        with server.lock:
            shown = self.chat.add(server.clock(), by_bot=False, text=text, more=more or {})
            told = server.chats.message_json(self.chat, shown, self._user)
            return server.update("message", told)

    # what they see

    @property
    def screen(self) -> list[Shown]:
        """The messages as they stand now: edits applied, deletions gone."""
        with self._server.lock:
            return list(reversed(list(self.chat.newest_first())))

    @property
    def heard(self) -> list[str]:
        """What the bot's messages say now."""
        return [one.text for one in self.screen if one.by_bot]

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        return next(one for one in reversed(self.screen) if one.by_bot)

    @property
    def labels(self) -> list[str]:
        """The buttons of the newest message that has any."""
        return next((one.labels for one in reversed(self.screen) if one.buttons), [])

    def button(self, what: str) -> tuple[Shown, str]:
        """The newest button with this label, behind a tick or not, or with these data."""
        for shown in reversed(self.screen):
            for label, data in shown.buttons:
                if what in (label, data) or label.endswith(f" {what}"):
                    return shown, data
        raise AssertionError(f"there is no button {what!r} on the screen of {self.chat.id}")

    def loses(self, shown: Shown) -> None:
        """They delete a message for both sides: no update tells of it."""
        with self._server.lock:
            del self.chat.messages[shown.id]


class Group(Person):
    """A group that the bot is in; who speaks there is one of its members."""

    def invites_bot(self) -> int:
        with self._server.lock:
            return self._member("left", "member")

    def becomes_supergroup(self, new_id: int) -> int:
        """The old id is refused from now on, and says what the new one is."""
        with self._server.lock:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            self.chat.refusal = Refused(400, text, {"migrate_to_chat_id": new_id})
            self._server.group(new_id, kind="supergroup")
            return self._sends(more={"migrate_to_chat_id": new_id})


def _command(text: str) -> Json:
    if not text.startswith("/"):
        return {}
    length = len(text.split()[0]) if text.split() else 1
    return {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}


def _until(status: str) -> Json:
    return {"until_date": 0} if status == "kicked" else {}


_CONTENTS: dict[str, Any] = {
    "photo": [_FILE | {"width": 320, "height": 240}],
    "sticker": _FILE
    | {
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "type": "regular",
        "emoji": "🙂",
    },
    "voice": _FILE | {"duration": 3, "mime_type": "audio/ogg"},
    "video": _FILE | {"width": 320, "height": 240, "duration": 3},
    "video_note": _FILE | {"length": 240, "duration": 3},
    "audio": _FILE | {"duration": 3},
    "location": {"latitude": 53.61, "longitude": -2.15},
    "contact": {"phone_number": "07700900123", "first_name": "Sam"},
    "dice": {"emoji": "🎲", "value": 4},
    "new_chat_members": [{"id": BOT_ID, "is_bot": True, "first_name": "Listening Loop"}],
}
