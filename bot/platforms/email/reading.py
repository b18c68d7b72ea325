"""A mail that came, as what it means to us. Pure; no SDK.

Only a reply that carries the signed id of a mail of ours, from the address that it was sent to, is
taken as that person's word. What programs write by themselves is never an answer.
"""

import hashlib
import re
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from bot.messages import EMAIL, Address, Content, Elsewhere, Incoming, Left, Said, Sent
from bot.platforms.email.bodies import has_files, words_of
from bot.platforms.email.bounces import Fits, bounced, is_report
from bot.platforms.email.quotes import own_words

MOST_BYTES = 1_000_000
MOST_LETTERS = 4000
STOP = "/stop"

_MOST_BOUNDARIES = 30
_LONGEST_HEADERS = 100_000
_BOUNDARY = re.compile(rb"boundary\s*[*=]", re.IGNORECASE)
_BULK = frozenset({"bulk", "auto_reply", "auto-reply", "junk", "list"})
_MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponse",
    "X-Auto-Reply",
    "List-Id",
    "Feedback-ID",
)
_AWAY = re.compile(
    r"\s*(automatic reply|auto(matic)?[- ]?re(ply|sponse)|out of (the )?office|ateb awtomatig"
    r"|automatische antwort|odpowiedź automatyczna|undeliverable)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"\s*(stop|unsubscribe)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\]{1,250}")


class TooTangled(ValueError):
    """No mail program writes so many parts within parts, or such headers."""


def read(raw: bytes, *, ours: str, fits: Fits, at: datetime) -> Incoming | None:
    """What a mail means; None where it means nothing. `ours`: the address it came to.

    Raises TooTangled.
    """
    try:
        return _read(raw, ours, fits, at)
    except RecursionError:  # brackets within brackets, in a From line for instance
        raise TooTangled from None


def _read(raw: bytes, ours: str, fits: Fits, at: datetime) -> Incoming | None:
    mail = _parsed(raw[:MOST_BYTES])
    if is_report(mail):
        return _bounce(mail, raw, fits, at)
    sender = sender_of(mail)
    if not sender or sender == ours.casefold() or is_automatic(mail):
        return None
    answered = fits(_references(mail), sender)
    subject = _header(mail, "Subject")
    if _STOP.match(subject) and (found := fits(subject, sender)):
        return _incoming(mail, raw, sender, Said(STOP), at, found)
    content = _content(mail, ours, is_proven=bool(answered))
    return None if content is None else _incoming(mail, raw, sender, content, at, answered)


def _parsed(raw: bytes) -> Message:
    """Raises TooTangled where it would take the standard parser very long to read."""
    if sum(1 for _ in _BOUNDARY.finditer(raw)) > _MOST_BOUNDARIES:
        raise TooTangled
    mail = message_from_bytes(raw)
    for part in mail.walk():
        if sum(len(str(value)) for value in part.values()) > _LONGEST_HEADERS:
            raise TooTangled
    return mail


def sender_of(mail: Message) -> str:
    """Who wrote, where that is exactly one address; in small letters."""
    lines = mail.get_all("From", [])
    if len(lines) != 1:
        return ""
    found = [address for _, address in getaddresses([str(lines[0])])]
    is_one = len(found) == 1 and _ADDRESS.fullmatch(found[0]) is not None
    return found[0].casefold() if is_one else ""


def is_automatic(mail: Message) -> bool:
    """Whether a program wrote it: absence notes, lists, receipts."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().casefold()
    if submitted not in ("", "no"):
        return True
    if _header(mail, "Precedence").strip().casefold() in _BULK:
        return True
    if any(mail.get(name) is not None for name in _MARKS):
        return True
    if str(mail.get("Return-Path", "x")).strip() == "<>":
        return True
    return _AWAY.match(_header(mail, "Subject")) is not None


def _bounce(mail: Message, raw: bytes, fits: Fits, at: datetime) -> Incoming | None:
    address, answered = bounced(mail, fits)
    if not address:
        return None
    return _incoming(mail, raw, address, Left("bounced"), at, answered)


def _content(mail: Message, ours: str, *, is_proven: bool) -> Content | None:
    text = own_words(words_of(mail), ours)[:MOST_LETTERS].strip()
    if not is_proven:
        return Elsewhere(text)
    if text:
        return Said(text)
    return Sent("file") if has_files(mail) else None


def _incoming(
    mail: Message, raw: bytes, sender: str, content: Content, at: datetime, answered: str
) -> Incoming:
    is_their_word = bool(answered) and not isinstance(content, Left)
    return Incoming(
        platform=EMAIL,
        space="",
        event_id=_event_id(mail, raw, sender),
        sender=Address(EMAIL, "", sender),
        content=content,
        received_at=at,
        message_id=answered,
        email=sender if is_their_word else "",
    )


def _event_id(mail: Message, raw: bytes, sender: str) -> str:
    """The same for every copy of a mail, and nobody can use up the one of somebody else."""
    known = str(mail.get("Message-ID", "")).strip().encode("utf-8", "surrogateescape") or raw
    return hashlib.sha256(b"\x1f".join((sender.encode(), known))).hexdigest()[:40]


def _references(mail: Message) -> str:
    """The newest first: what it answers, then the rest of the thread from its end."""
    thread = str(mail.get("References", "")).split()
    return " ".join([str(mail.get("In-Reply-To", "")), *reversed(thread[-50:])])


def _header(mail: Message, name: str) -> str:
    raw = str(mail.get(name, ""))[:1000]
    try:
        return str(make_header(decode_header(raw)))
    except (ValueError, LookupError, UnicodeError):
        return raw
