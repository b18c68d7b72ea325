"""What is said on the desk: the messages that wait for this person, with their buttons.

They are read, not settled: the mailroom settles them when the next thing comes from the desk.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import Attachment, Button, Message
from bot.outgoing.outbox import Claimed
from bot.standing import address_hash
from bot.web.desk.guest import Guest
from bot.web.site import Site
from bot.web.views import saying
from storage.language import HOME
from storage.mail import Conversation, Outbox
from storage.people import Contact

_LEADS_TO = ("https://", "http://", "/", "mailto:")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text with its buttons below it. `head` is its first line, where it has one of its own."""

    text: str
    buttons: tuple[Button, ...] = ()
    head: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """Something to download."""

    name: str
    link: str


@dataclass(frozen=True, slots=True)
class SaidMessage:
    """One message as the desk shows it."""

    text: str
    pieces: tuple[Piece, ...]
    end: Piece
    files: tuple[File, ...] = ()
    rtl: bool = False
    picture: str = ""


def said(db: Db, site: Site, guest: Guest) -> tuple[SaidMessage, ...]:
    """The messages that wait, oldest first, each once."""
    found = (drawn(message, guest, row_id) for row_id, message in _waiting(db, site, guest))
    return tuple(dict.fromkeys(found))


def attachment(db: Db, site: Site, guest: Guest, row_id: int, place: int) -> Attachment | None:
    """A file that goes with a message which waits for this person, and for nobody else."""
    for found, message in _waiting(db, site, guest, row_id):
        if found == row_id and place < len(message.attachments):
            return message.attachments[place]
    return None


def _waiting(
    db: Db, site: Site, guest: Guest, only: int | None = None
) -> Iterator[tuple[int, Message]]:
    contact = db.exec(
        select(Contact).where(Contact.address_hash == address_hash(db, guest.address))
    ).first()
    if contact is None or contact.id is None:
        return
    waiting = (col(Outbox.contact_id) == contact.id, col(Outbox.settled_at).is_(None))
    rows = select(Outbox).where(*waiting).order_by(col(Outbox.id))
    language = _language(db, contact)
    for row in db.exec(rows if only is None else rows.where(col(Outbox.id) == only)):
        message = _rendered(db, site, _claimed(row, guest, language))
        if message is not None and row.id is not None:
            yield row.id, message


def _rendered(db: Db, site: Site, row: Claimed) -> Message | None:
    """One message that cannot be written must not keep the others from being read."""
    try:
        return site.app.wording.render(db, row)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - logged by its kind, like a send that failed
        structlog.get_logger("web").error("a message failed", kind=type(error).__name__)
        return Message(saying(site, HOME)("desk.unwritten"))


def _language(db: Db, contact: Contact) -> str:
    talk = db.get(Conversation, contact.id)
    return (talk.language if talk is not None else "") or contact.language or HOME


def _claimed(row: Outbox, guest: Guest, language: str) -> Claimed:
    assert row.id is not None
    return Claimed(
        id=row.id,
        intent=row.intent,
        params=json.loads(row.params),
        contact_id=row.contact_id,
        person_id=guest.who.person_id,
        to=guest.address,
        language=language,
        attempts=0,
        lapses_at=row.lapses_at,
    )


def drawn(message: Message, guest: Guest, row_id: int = 0) -> SaidMessage:
    """A message in the shape of the page. Files are served from the row that says it."""
    return SaidMessage(
        text=message.text,
        pieces=tuple(_piece(part.text, part.buttons) for part in message.parts),
        end=Piece(message.foot, _kept(message.buttons)),
        files=tuple(
            File(one.name, one.link or f"{guest.path}/file/{row_id}/{place}")
            for place, one in enumerate(message.attachments)
            if one.link or row_id
        ),
        rtl=message.rtl,
        picture=message.picture.alt if message.picture is not None else "",
    )


def _piece(text: str, buttons: tuple[Button, ...]) -> Piece:
    head, _, rest = text.strip().partition("\n")
    return Piece(rest.strip(), _kept(buttons), head.strip())


def _kept(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """Whatever is no address of a page cannot be followed."""
    return tuple(one for one in buttons if not one.link or one.link.startswith(_LEADS_TO))
