"""The methods of the Bot API that write to chats, with the checks that the real one makes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.platforms.telegram_chats import TOO_OLD, Chat, Chats, Shown
from tests.platforms.telegram_request import Json, Params, Refused, bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_DATA = 64
MOST_BUTTONS = 100
_LEFT = Refused(403, "Forbidden: bot is not a member of the group chat")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
Method = Callable[[Params], Any]


class Methods:
    """Sending, editing and deleting."""

    def __init__(self, chats: Chats, clock: Callable[[], datetime]) -> None:
        self._chats = chats
        self._clock = clock
        self.table: dict[str, Method] = {
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "sendchataction": self.send_chat_action,
            "editmessagetext": self.edit_text,
            "editmessagecaption": self.edit_caption,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete_message,
            "deletemessages": self.delete_messages,
            "leavechat": self.leave_chat,
            "getchat": self.get_chat,
        }

    def send_message(self, params: Params) -> Json:
        chat = self._chats.get(params.chat())
        text = _text(params, "text", LONGEST_TEXT)
        if not text:
            raise bad_request("message text is empty")
        return self._sent(chat, text=text, markup=_markup(params))

    def send_photo(self, params: Params) -> Json:
        chat = self._chats.get(params.chat())
        name = params.text("photo").removeprefix("attach://") or "photo"
        photo = params.files.get(name)
        if not photo:
            raise bad_request("there is no photo in the request")
        caption = _text(params, "caption", LONGEST_CAPTION)
        return self._sent(chat, text=caption, markup=_markup(params), photo=photo)

    def send_chat_action(self, params: Params) -> bool:
        self._chats.get(params.chat())
        return True

    def _sent(self, chat: Chat, **what: Any) -> Json:
        shown = chat.add(self._clock(), by_bot=True, **what)
        return self._chats.message_json(chat, shown)

    def edit_text(self, params: Params) -> Json:
        chat, shown = self._editable(params)
        if shown.photo is not None:
            raise bad_request("there is no text in the message to edit")
        text = _text(params, "text", LONGEST_TEXT)
        if not text:
            raise bad_request("message text is empty")
        return self._edited(chat, shown, text, _markup(params))

    def edit_caption(self, params: Params) -> Json:
        chat, shown = self._editable(params)
        if shown.photo is None:
            raise bad_request("there is no caption in the message to edit")
        return self._edited(chat, shown, _text(params, "caption", LONGEST_CAPTION), _markup(params))

    def edit_markup(self, params: Params) -> Json:
        chat, shown = self._editable(params)
        return self._edited(chat, shown, shown.text, _markup(params))

    def _editable(self, params: Params) -> tuple[Chat, Shown]:
        chat = self._chats.get(params.chat())
        shown = chat.messages.get(params.number("message_id"))
        if shown is None:
            raise bad_request("message to edit not found")
        if not shown.by_bot:
            raise bad_request("message can't be edited")
        return chat, shown

    def _edited(self, chat: Chat, shown: Shown, text: str, markup: Json | None) -> Json:
        if (text, markup) == (shown.text, shown.markup):
            raise bad_request(_NOT_MODIFIED)
        shown.text, shown.markup = text, markup
        shown.edits += 1
        told = self._chats.message_json(chat, shown)
        return told | {"edit_date": int(self._clock().timestamp())}

    def delete_message(self, params: Params) -> bool:
        chat = self._chats.get(params.chat())
        number = params.number("message_id")
        if number not in chat.messages:
            raise bad_request("message to delete not found")
        self._delete(chat, [number])
        return True

    def delete_messages(self, params: Params) -> bool:
        """What is not there is passed over; one that is too old stops them all."""
        chat = self._chats.get(params.chat())
        numbers = params.json("message_ids")
        if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
            raise bad_request("there must be 1-100 message identifiers")
        self._delete(chat, [int(one) for one in numbers if int(one) in chat.messages])
        return True

    def _delete(self, chat: Chat, numbers: list[int]) -> None:
        now = self._clock()
        if any(now - chat.messages[number].at > TOO_OLD for number in numbers):
            raise bad_request("message can't be deleted for everyone")
        for number in numbers:
            del chat.messages[number]

    def leave_chat(self, params: Params) -> bool:
        chat = self._chats.get(params.chat())
        if chat.kind == "private":
            raise bad_request("chat member status can't be changed in private chats")
        chat.refusal = _LEFT
        return True

    def get_chat(self, params: Params) -> Json:
        return self._chats.get(params.chat()).as_json() | {"accent_color_id": 0}


def _text(params: Params, name: str, most: int) -> str:
    """Without what stands round it; counted as the platform counts, in UTF-16."""
    text = params.text(name).strip()
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > most:
        raise bad_request(
            "message is too long" if name == "text" else "message caption is too long"
        )
    return text


def _markup(params: Params) -> Json | None:
    markup: Json | None = params.json("reply_markup")
    if not markup or "inline_keyboard" not in markup:
        return None
    buttons = [one for row in markup["inline_keyboard"] for one in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    for one in buttons:
        _check_button(one)
    return markup if buttons else None


def _check_button(button: Json) -> None:
    if not button.get("text", "").strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must be non-empty")
    if button.get("url"):
        return
    if not 1 <= len(button.get("callback_data", "").encode()) <= LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
