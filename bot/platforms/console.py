"""The terminal as a platform: `chat --as EMAIL` and the demo speak through it."""

from collections.abc import Callable
from datetime import datetime

from bot.messages import (
    Address,
    Arrived,
    Content,
    DeliveryError,
    Edited,
    Failure,
    Incoming,
    Left,
    Limits,
    Message,
    Receipt,
    Said,
    Sent,
)
from bot.numbered import as_list, flat, with_hint
from surveys.matching import clean

PLATFORM = "console"
LIMITS = Limits(text=4000, buttons=30, label=200)
_RIGHT_TO_LEFT = "\u200f"


def read(line: str, *, who: str, event_id: str, at: datetime) -> Incoming | None:
    """One line typed. A few words in brackets stand for what a terminal cannot do."""
    text = clean(line)
    if not text:
        return None
    content: Content = Said(text[: LIMITS.text])
    if text.split(maxsplit=1)[0] == "/start":
        content = Arrived(text.removeprefix("/start").strip())
    elif text.casefold() in ("[picture]", "[voice]", "[file]"):
        content = Sent(text.casefold().strip("[]"))
    elif text.casefold().startswith("[edit] "):
        content = Edited(text[7:])
    elif text.casefold() == "[leave]":
        content = Left()
    return Incoming(PLATFORM, "", event_id, Address(PLATFORM, "", who), content, at)


def draw(message: Message) -> str:
    """Plain text: buttons are numbered, those that are commands stand in a line of their own.

    A picture is the words that stand for it.
    """
    message = flat(message)
    parts = [f"[Picture: {message.picture.alt}]"] if message.picture else []
    parts += [with_hint(message), as_list(message)] if message.buttons else [message.text]
    mark = _RIGHT_TO_LEFT if message.rtl else ""
    return "\n".join(f"{mark}{line}" for line in "\n".join(parts).splitlines())


def explain(error: Exception) -> DeliveryError:
    """A closed terminal cannot be written to; anything else is ours."""
    if isinstance(error, BrokenPipeError | ValueError):
        return DeliveryError(Failure.RECIPIENT_GONE, "terminal closed")
    return DeliveryError(Failure.OUR_FAULT, type(error).__name__)


class Console:
    """Shows what is sent by calling `show(address, text)`."""

    limits = LIMITS

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show
        self._sent = 0

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:  # noqa: ARG002
        try:
            self._show(to.id, draw(message))
        except Exception as error:
            raise explain(error) from error
        self._sent += 1
        return Receipt(f"line-{self._sent}")
