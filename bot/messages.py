"""What every platform speaks: what came in, what goes out, and how a send can fail."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

WEB = "web"
TELEGRAM = "telegram"

PAGED = frozenset({WEB})
"""Platforms whose people come for their pages; what we have to say waits there for them."""
STORED = frozenset({TELEGRAM})
"""Platforms whose company stores every chat."""
AGED = frozenset({TELEGRAM})
"""Platforms whose own terms ask for an age."""
CLEARED = frozenset({TELEGRAM})
"""Platforms that let a bot take the messages of the last two days off the screen."""


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a platform; `space` is the workspace or tenant where the platform has them."""

    platform: str
    space: str
    id: str

    @property
    def is_paged(self) -> bool:
        """Whether they read pages that are drawn from where they stand: nothing is sent there."""
        return self.platform in PAGED

    @property
    def is_stored(self) -> bool:
        """Whether the platform's company keeps what is written there, which people are told."""
        return self.platform in STORED

    @property
    def asks_age(self) -> bool:
        """Whether one has to be of some age to be there at all."""
        return self.platform in AGED

    @property
    def can_clear(self) -> bool:
        """Whether we can take messages off their screen; elsewhere we say how they do it."""
        return self.platform in CLEARED


@dataclass(frozen=True, slots=True)
class Said:
    """Words typed by a person."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button; the token says which, and of which asking."""

    token: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """Answers of a page, modal or card to the session `form`: by question, as they are stored.

    Names of choices joined by spaces, digits, ISO dates, words; "" leaves a question out.
    """

    form: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody came in by a link, a poster or a come-back code; empty without one."""

    invite: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture, voice note or file. It is never fetched: we know its kind and what is written

    below it. Kinds: picture, video, voice, file, sticker, place, contact, forwarded, other.
    """

    kind: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Words said to us where others read along, such as in a group; they answer nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Edited:
    """An old message was changed; the new words."""

    text: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked the bot or removed it."""


Content = Said | Pressed | Submitted | Arrived | Sent | Elsewhere | Edited | Left


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of a platform. `event_id` is unique within platform and space.

    `message_id`: the platform's id of the message itself or, for a press, of the one that carries
    the button; empty where there is none. `language`: what the sender's app is set to, where the
    platform says it; somebody new is greeted in it.
    """

    platform: str
    space: str
    event_id: str
    sender: Address
    content: Content
    received_at: datetime
    message_id: str = ""
    language: str = ""


class AckStatus(StrEnum):
    """What became of an incoming message: all three mean that it is safe on disk."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to tap. The token is opaque to platforms, at most 64 bytes.

    Where buttons are numbered, one with a `command` ("/skip") is shown as that word instead, and
    one that is `tap_only` (done with ticking) is left out. `mark` stands before the label of a
    button that ticks ("☐", "☑", "2.") and is not shown there either.
    """

    label: str
    token: str
    command: str = ""
    tap_only: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with a message; `alt` is read where it cannot be seen.

    `content` is base64; empty where the file is not there, and then the words stand for it.
    """

    alt: str
    media_type: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, on any platform. `rtl` turns the layout for right-to-left languages.

    `scale`: the buttons are the steps of a scale and belong into one line; labels that are numbers
    themselves are not numbered again there. The picture stands above the text. `typed_hint` says
    how to answer where buttons cannot be tapped. `replaces`: the platform's id of a message that
    this takes the place of. `clears`: ids of messages to take off the screen first.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rtl: bool = False
    scale: bool = False
    picture: Picture | None = None
    typed_hint: str = ""
    replaces: str = ""
    clears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Fill the form that the rim has opened."""

    form: str
    message: Message


@dataclass(frozen=True, slots=True)
class Replace:
    """Put this in place of the message that was pressed."""

    message: Message


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """Show these at the fields of the form that was sent."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NextPage:
    """Go on with the next page of the form."""

    form: str
    message: Message


Now = OpenForm | Replace | FieldErrors | NextPage


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to the platform: given only when the message is on disk."""

    status: AckStatus
    now: Now | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes: lengths in characters, rates as its documentation publishes them."""

    text: int = 4000
    buttons: int = 8
    label: int = 60
    per_second: float | None = None
    per_contact_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of a send: the platform's own id of the message, and where it went if they moved."""

    external_id: str
    moved_to: Address | None = None


class Failure(StrEnum):
    """The three ways in which a send fails; they decide what happens next."""

    TRY_LATER = "try_later"
    RECIPIENT_GONE = "recipient_gone"
    OUR_FAULT = "our_fault"


@dataclass
class DeliveryError(Exception):
    """A send that failed. `detail` names the kind of error, never a person or a word."""

    failure: Failure
    detail: str
    retry_after: float | None = None

    def __str__(self) -> str:
        return f"{self.failure}: {self.detail}"


class Sender(Protocol):
    """A platform's way out. `replacing` is the external id of a message to put this in place of."""

    limits: Limits

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Menu:
    """The buttons of the last message by number: "2" means the second."""

    tokens: tuple[str, ...] = field(default=())

    def pick(self, text: str) -> str | None:
        """The token that a typed number stands for; "2", "2." and "2)" are the same.

        Digits of any script count: a person writes numbers as their keyboard does.
        """
        digits = text.strip().rstrip(".)").strip()
        if not (digits.isdecimal() and len(digits) <= 3):
            return None
        place = int(digits) - 1
        return self.tokens[place] if 0 <= place < len(self.tokens) else None


def fit(message: Message, limits: Limits) -> Message:
    """The message within a platform's limits: too many buttons become a numbered list.

    Where the text is too long it gives way, never the list.
    """
    text, buttons, listed = message.text, message.buttons, ""
    if len(buttons) > limits.buttons or any(len(b.label) > limits.label for b in buttons):
        listed, buttons = f"\n\n{as_list(message)}", ()
        text = with_hint(message)
    room = max(limits.text - len(listed), 0)
    if len(text) > room:
        text = text[: max(room - 1, 0)].rstrip() + "…"
    return replace(message, text=(text + listed)[: limits.text], buttons=buttons)


def storable(text: str, most: int) -> str:
    """A platform's id as it is, or its digest where a column could not hold it."""
    if len(text) <= most and text.isprintable():
        return text
    return f"#{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def _are_numbers(labels: list[str]) -> bool:
    return all(label.strip()[:1].isdecimal() for label in labels)


def with_hint(message: Message) -> str:
    """The text for where buttons are numbered, with how to answer by typing."""
    return "\n\n".join(part for part in (message.text, message.typed_hint) if part)


def as_list(message: Message) -> str:
    """The buttons as text: numbered, a scale in one line, commands as the words to type."""
    shown = [button for button in message.buttons if not button.tap_only]
    numbered = [button.label for button in shown if not button.command]
    commands = [button.command for button in shown if button.command]
    if message.rtl:
        commands = [f"\u2066{command}\u2069" for command in commands]
    lines = [f"{number}) {label}" for number, label in enumerate(numbered, 1)]
    if message.scale:
        lines = ["  ".join(numbered if _are_numbers(numbered) else lines)]
    return "\n".join(f"  {line}" for line in [*lines, "  ".join(commands)] if line)
