"""A drawn mail as the bytes that a server takes: headers, both forms, attachments. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from bot.messages import Attachment
from bot.platforms.email.drawing import Drawing
from bot.platforms.email.failures import NotAnAddress

_MESSAGE_ID = re.compile(r"<[\x21-\x3b=\x3f-\x7e]{1,250}@[\x21-\x3b=\x3f-\x7e]{1,250}>")
_LINK = re.compile(r"https?://[\x21-\x3b=\x3f-\x7e]+")
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u2028\u2029]+")
_MEDIA_TYPE = re.compile(r"([\w.+-]+)/([\w.+-]+)", re.ASCII)


_WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe"})


class _MailPolicy(EmailPolicy):
    """Ids and addresses of pages are not folded: in the middle they would lose their meaning."""

    def fold(self, name: str, value: str) -> str:
        if name.casefold() not in _WHOLE:
            return str(super().fold(name, value))
        return f"{name}: {value.replace(', ', f',{self.linesep} ')}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.casefold() not in _WHOLE:
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")


_POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom, and what ties a mail to others. `stop_mail`: subject that unsubscribes.

    `follows`: the Message-ID of the mail in whose thread it belongs; `stop_link`: the page to
    which mail programs may post for somebody who presses their "unsubscribe".
    """

    name: str
    sender: str
    to: str
    message_id: str
    at: datetime
    follows: str = ""
    stop_mail: str = ""
    stop_link: str = ""


def sealed(drawing: Drawing, envelope: Envelope, attachments: tuple[Attachment, ...] = ()) -> bytes:
    """The whole mail, in ASCII. Raises NotAnAddress where `to` is none."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(_plain(envelope.name), addr_spec=envelope.sender)
    mail["To"] = _address(envelope.to)
    mail["Subject"] = drawing.subject
    mail["Date"] = envelope.at
    mail["Message-ID"] = envelope.message_id
    if _MESSAGE_ID.fullmatch(envelope.follows):
        mail["In-Reply-To"] = envelope.follows
        mail["References"] = envelope.follows
    mail["Auto-Submitted"] = "auto-generated"
    _unsubscribing(mail, envelope)
    mail.set_content(drawing.text, cte="quoted-printable")
    mail.add_alternative(drawing.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        _attach(mail, attachment)
    return mail.as_bytes()


def _address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError) as error:
        raise NotAnAddress from error
    # Few servers take names beyond ASCII before the @; a domain has another way to be written.
    if not (address.username.isascii() and address.domain and _plain(text) == text):
        raise NotAnAddress
    try:
        domain = address.domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAnAddress from error
    return Address(username=address.username, domain=domain)


def recipient_of(text: str) -> str:
    """The address as the server is told it. Raises NotAnAddress."""
    return _address(text).addr_spec


def _unsubscribing(mail: EmailMessage, envelope: Envelope) -> None:
    """RFC 8058: the link may be posted to without a question; opening it changes nothing."""
    ways = []
    if envelope.stop_mail:
        subject = envelope.stop_mail.replace(" ", "%20")
        ways.append(f"<mailto:{envelope.sender}?subject={subject}>")
    if _LINK.fullmatch(envelope.stop_link):
        ways.append(f"<{envelope.stop_link}>")
    if ways:
        mail["List-Unsubscribe"] = ", ".join(ways)
    if _LINK.fullmatch(envelope.stop_link):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    found = _MEDIA_TYPE.fullmatch(attachment.media_type)
    kind, subkind = found.groups() if found else ("application", "octet-stream")
    if kind in {"multipart", "message"}:
        kind, subkind = "application", "octet-stream"
    name = _NOT_IN_A_NAME.sub(" ", _plain(attachment.name)).strip(" .") or "file"
    options: dict[str, Any] = {"maintype": kind, "subtype": subkind, "filename": name[:100]}
    mail.add_attachment(attachment.content, **options)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
