"""What every platform speaks: what came in, what goes out, and how a send can fail."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.forms import Form

WEB = "web"
TELEGRAM = "telegram"
SLACK = "slack"
TEAMS = "teams"
EMAIL = "email"
PAGER = "pager"
"""A service that rings people up: alerts go out to it, and nothing comes in."""
DESK = "desk"
"""Pages for one person who works with us, reached by a link in an e-mail."""

PAGED = frozenset({WEB, DESK})
"""Platforms whose people come for their pages; what we have to say waits there for them."""
DRAWN = frozenset({WEB})
"""Those of them whose pages draw by themselves where somebody stands: it is not said as well."""
STAFFED = frozenset({SLACK, TEAMS, EMAIL, DESK})
"""Platforms of people who work with us: whoever we do not know there gets help and nothing else."""
FORMED = frozenset({SLACK, TEAMS, DESK})
"""Platforms that show a page of a form at once; elsewhere questions are put one by one."""
HOMED = frozenset({SLACK})
"""Platforms that keep a place for us; what is pressed there is pressed on no message."""
FORMED_IN_PLACE = frozenset({TEAMS})
"""Platforms where a form takes the place of the message whose button opened it."""
EDITED = frozenset({SLACK, TEAMS})
"""Platforms where a message that was answered is put again in place, as things stand now."""
STORED = frozenset({TELEGRAM, SLACK, TEAMS})
"""Platforms whose company stores every chat."""
AGED = frozenset({TELEGRAM})
"""Platforms whose own terms ask for an age."""
CLEARED = frozenset({TELEGRAM})
"""Platforms that let a bot take the messages of the last two days off the screen."""


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a platform; `space` is the workspace or tenant where the platform has them.

    `reference`: what else their platform needs to write to them (Teams), for its own eyes.
    """

    platform: str
    space: str
    id: str
    reference: str = field(default="", compare=False, repr=False)

    @property
    def is_paged(self) -> bool:
        """Whether they read pages that are drawn from where they stand: nothing is sent there."""
        return self.platform in PAGED

    @property
    def is_drawn(self) -> bool:
        """Whether their page shows by itself the question, care, stopping and the ending."""
        return self.platform in DRAWN

    @property
    def is_stored(self) -> bool:
        """Whether the platform's company keeps what is written there, which people are told."""
        return self.platform in STORED

    @property
    def asks_age(self) -> bool:
        """Whether one has to be of some age to be there at all."""
        return self.platform in AGED

    @property
    def is_staffed(self) -> bool:
        """Whether only people whom we know may do anything there."""
        return self.platform in STAFFED

    @property
    def takes_forms(self) -> bool:
        """Whether a page of a form can be shown there, if the act can open one."""
        return self.platform in FORMED

    @property
    def can_edit(self) -> bool:
        """Whether a message of ours can be put again in its place."""
        return self.platform in EDITED

    @property
    def has_home(self) -> bool:
        """Whether their platform keeps a place for us."""
        return self.platform in HOMED

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
    """What was filled in on a `Form` (bot/forms.py), by the names of its fields.

    Values of options joined by spaces, digits, ISO dates, words; "" leaves a field out.
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
class Opened:
    """They came to the place that a platform keeps for us (Slack's home, a desk of their own)."""


@dataclass(frozen=True, slots=True)
class Met:
    """We were installed for them, or written to for the first time: time for a welcome."""


@dataclass(frozen=True, slots=True)
class Left:
    """They cannot be reached there any more: left (blocked or removed us), stopped, bounced."""

    why: str = "left"


Content = Said | Pressed | Submitted | Arrived | Sent | Elsewhere | Edited | Opened | Met | Left


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of a platform. `event_id` is unique within platform and space.

    `message_id`: the platform's id of the message itself or, for a press or a form that a press
    opened, of the one that carries the button; for an e-mail of the one that it replies to; empty
    where there is none. `language`: what the sender's app is set to, where the platform says it;
    somebody new is greeted in it. `email`: their work e-mail, where the platform vouches for it.
    `opens`: the rim has a form open, or can answer with one, and `Ack.now` may fill it.
    """

    platform: str
    space: str
    event_id: str
    sender: Address
    content: Content
    received_at: datetime
    message_id: str = ""
    language: str = ""
    email: str = field(default="", repr=False)
    opens: bool = False


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
    button that ticks ("☐", "☑", "2.") and is not shown there either. One with a `link` leads to a
    page and has no token. `form`: pressing it opens a form where the platform shows forms.
    """

    label: str
    token: str
    command: str = ""
    tap_only: bool = False
    mark: str = ""
    link: str = ""
    form: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message with its own buttons below it, such as one action of several."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """What a machine that rings somebody up is told of a text: never a word of it."""

    reference: str
    tier: str
    due: datetime
    link: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; `link` leads to it where files cannot be sent."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    link: str = ""


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

    `parts` come below the text and above `foot`, each with its buttons; where a platform does not
    draw them so, `flat` makes one text of all. `title`: the subject of an e-mail, the line of a
    notification; never a person's words. `follows`: the id of a message in whose thread it belongs.
    `home`: it is not a message but what stands in the place that the platform keeps for us.
    `alert`: the same for a pager, which takes nothing else.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    rtl: bool = False
    scale: bool = False
    picture: Picture | None = None
    typed_hint: str = ""
    replaces: str = ""
    clears: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    foot: str = ""
    title: str = ""
    follows: str = ""
    home: bool = False
    attachments: tuple[Attachment, ...] = ()
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Fill the form that the rim has opened."""

    form: Form


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

    form: Form


Now = OpenForm | Replace | FieldErrors | NextPage


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to the platform: given only when the message is on disk."""

    status: AckStatus
    now: Now | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes: lengths in characters, rates as its documentation publishes them.

    `parts`: it draws the parts of a message itself, and cuts what is too long itself.
    """

    text: int = 4000
    buttons: int = 8
    label: int = 60
    per_second: float | None = None
    per_contact_seconds: float = 0.0
    parts: bool = False


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
    """A send that failed. `detail` names the kind of error, never a person or a word.

    `refuses_us`: the platform does not accept who we are (a token, a password). What is due waits
    then until somebody has mended that.
    """

    failure: Failure
    detail: str
    retry_after: float | None = None
    refuses_us: bool = False

    @classmethod
    def refused(cls, detail: str) -> "DeliveryError":
        """It is neither this message nor its reader: we are not let in at all."""
        return cls(Failure.TRY_LATER, detail, refuses_us=True)

    def __str__(self) -> str:
        return f"{self.failure}: {self.detail}"


class Sender(Protocol):
    """A platform's way out. `replacing` is the external id of a message to put this in place of."""

    limits: Limits

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt: ...


def storable(text: str, most: int) -> str:
    """A platform's id as it is, or its digest where a column could not hold it."""
    if len(text) <= most and text.isprintable():
        return text
    return f"#{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
