"""One message onto one screen: parts in order, in place of an older one where it can be."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest

from bot.errands import Errands
from bot.messages import Message
from bot.platforms.telegram.drawing import Drawing, Key, draw, in_words
from bot.platforms.telegram.failures import is_gone, is_unchanged
from bot.platforms.telegram.one_chat import OneChat

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_AT_ONCE = 100
_PHOTOS_KNOWN = 1000


@dataclass(frozen=True, slots=True)
class _Part:
    """What one message of Telegram's holds; `rest`: its keyboard and how it is shown, as JSON."""

    text: str
    photo: bytes
    rest: dict[str, Any]


class Screen:
    """Puts messages on people's screens and takes them off again. Raises the SDK's errors."""

    def __init__(self, bot: Bot, errands: Errands) -> None:
        self._bot = bot
        self._errands = errands
        # Which picture a message shows: only then can its words be changed below it.
        self._photos: OrderedDict[tuple[int, str], str] = OrderedDict()
        self._log = structlog.get_logger("telegram")

    async def put(self, chat_id: int, message: Message, replacing: str) -> str:
        """The id of the message that has the keyboard. The pause between parts is kept."""
        chat = OneChat(chat_id)
        await self._clear(chat_id, [int(one) for one in message.clears if one.isdecimal()])
        drawing = draw(message)
        try:
            return await self._show(chat, drawing, replacing)
        except BadRequest as error:
            if not drawing.photo or is_gone(error):
                raise
            # Telegram does not take this picture: its words stand for it.
            return await self._show(chat, draw(in_words(message)), replacing)

    async def _clear(self, chat_id: int, numbers: Sequence[int]) -> None:
        """Takes messages off the screen; those that cannot be taken off stay."""
        for start in range(0, len(numbers), _AT_ONCE):
            some = list(numbers[start : start + _AT_ONCE])
            try:
                await self._bot.delete_messages(chat_id, some)
            except BadRequest as error:
                if is_gone(error):
                    raise
                for number in some:  # one that is too old has kept all others there
                    await self._delete(chat_id, number)

    async def _delete(self, chat_id: int, number: int) -> None:
        try:
            await self._bot.delete_message(chat_id, number)
        except BadRequest as error:
            self._log.debug("message stays", kind=type(error).__name__)

    async def _show(self, chat: OneChat, drawing: Drawing, replacing: str) -> str:
        parts = _parts(drawing)
        number = await self._replaced(chat, replacing, parts[0]) if replacing.isdecimal() else ""
        for part in parts[1:] if number else parts:
            number = await self._post(chat, part)
        return number

    async def _replaced(self, chat: OneChat, number: str, part: _Part) -> str:
        """The id of the old message where it says the new thing now; empty where it cannot."""
        if await self._edited(chat, number, part):
            return number
        # What cannot be changed must not stay behind with the buttons of an old question.
        self._errands.run(lambda: self._delete(chat.id, int(number)))
        return ""

    async def _edited(self, chat: OneChat, number: str, part: _Part) -> bool:
        if part.photo and self._photos.get((chat.id, number)) != _digest(part.photo):
            return False
        edit = self._edit_caption if part.photo else self._edit_text
        try:
            await chat.call(lambda: edit(chat.id, int(number), part))
        except BadRequest as error:
            if is_gone(error):
                raise
            return is_unchanged(error)
        return True

    async def _edit_text(self, chat_id: int, number: int, part: _Part) -> None:
        await self._bot.edit_message_text(part.text, chat_id, number, api_kwargs=part.rest)

    async def _edit_caption(self, chat_id: int, number: int, part: _Part) -> None:
        await self._bot.edit_message_caption(
            chat_id, number, caption=part.text, api_kwargs=part.rest
        )

    async def _post(self, chat: OneChat, part: _Part) -> str:
        if part.photo:
            return await self._post_photo(chat, part)
        sent = await chat.call(
            lambda: self._bot.send_message(chat.id, part.text, api_kwargs=part.rest)
        )
        return str(sent.message_id)

    async def _post_photo(self, chat: OneChat, part: _Part) -> str:
        sent = await chat.call(
            lambda: self._bot.send_photo(
                chat.id, part.photo, part.text, filename="picture", api_kwargs=part.rest
            )
        )
        number = str(sent.message_id)
        self._photos[chat.id, number] = _digest(part.photo)
        while len(self._photos) > _PHOTOS_KNOWN:
            self._photos.popitem(last=False)
        return number


def _parts(drawing: Drawing) -> list[_Part]:
    last = len(drawing.parts) - 1
    return [
        _Part(
            text,
            drawing.photo if place == 0 else b"",
            _rest(drawing.rows if place == last else (), is_text=not drawing.photo or place > 0),
        )
        for place, text in enumerate(drawing.parts)
    ]


def _digest(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def _rest(rows: Sequence[Sequence[Key]], *, is_text: bool) -> dict[str, Any]:
    # Not the SDK's classes: to make them and take them apart again costs more than all that
    # drawing does.
    rest: dict[str, Any] = {"link_preview_options": {"is_disabled": True}} if is_text else {}
    if rows:
        keys = [[{"text": key.label, "callback_data": key.token} for key in row] for row in rows]
        rest["reply_markup"] = {"inline_keyboard": keys}
    return rest
