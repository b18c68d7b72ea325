"""Mails that say that another mail did not arrive, in the standard form and in older ones. Pure.

Anybody can write such a mail, so it counts only where it carries the signed id of one that we had
sent to the address it names.
"""

import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.utils import getaddresses

from bot.platforms.email.bodies import words_of

_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY_CODE = re.compile(r"\b5\d\d[ -]")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,200}\w")
_STILL_TRYING = re.compile(r"delayed|warning|will (be )?(retr|try)|still trying", re.IGNORECASE)
_MOST = 20
_LONGEST_RETURNED = 50_000

Fits = Callable[[str, str], str]
"""Our id in a text, if it was made for this address; see `References.fitting`."""


def is_report(mail: Message) -> bool:
    """Whether a mail server wrote it about another mail, or about its being read."""
    if mail.get_content_type() == "multipart/report":
        return True
    sender = str(mail.get("From", "")).casefold()
    return bool(mail.get("X-Failed-Recipients")) or "mailer-daemon" in sender


def bounced(mail: Message, fits: Fits) -> tuple[str, str]:
    """Whom a mail of ours cannot reach for good, and that mail's id; empty where nobody."""
    kind = str(mail.get_param("report-type", "") or "").casefold()
    if mail.get_content_type() == "multipart/report":
        if kind != "delivery-status" or not _has_failed(mail):
            return "", ""
    elif not _has_failed_in_words(mail):
        return "", ""
    returned = _returned(mail)
    for address in _recipients(mail):
        if found := fits(returned, address):
            return address, found
    return "", ""


def _has_failed(mail: Message) -> bool:
    """For good: an action "failed" with a status of the class 5."""
    for fields in _delivery_fields(mail):
        action = str(fields.get("Action", "")).strip().casefold()
        status = _STATUS.search(str(fields.get("Status", "")))
        if action == "failed" and (status is None or status.group(1) == "5"):
            return True
    return False


def _has_failed_in_words(mail: Message) -> bool:
    text = words_of(mail)[:20_000]
    subject = str(mail.get("Subject", ""))
    if _STILL_TRYING.search(subject):
        return False
    classes = {found.group(1) for found in _STATUS.finditer(text)}
    is_final = "5" in classes if classes else _REPLY_CODE.search(text) is not None
    return is_final or bool(mail.get("X-Failed-Recipients"))


def _delivery_fields(mail: Message) -> Iterator[Message]:
    """The groups of fields of the machine-readable part."""
    for part in mail.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (one for one in payload[:_MOST] if isinstance(one, Message))


def _recipients(mail: Message) -> list[str]:
    """All addresses that it may be about; which one it is the signature says."""
    found: list[str] = []
    for fields in _delivery_fields(mail):
        for name in ("Original-Recipient", "Final-Recipient"):
            found += _ADDRESS.findall(str(fields.get(name, "")))
    found += _ADDRESS.findall(str(mail.get("X-Failed-Recipients", "")))
    for part in mail.walk():
        if part is not mail:
            found += [address for _, address in getaddresses([str(part.get("To", ""))])]
    found += _ADDRESS.findall(words_of(mail)[:20_000])
    return list(dict.fromkeys(one.casefold() for one in found if one))[:_MOST]


def _returned(mail: Message) -> str:
    """Where the id of the mail that came back can stand."""
    texts = [str(mail.get("In-Reply-To", "")), str(mail.get("References", ""))]
    for part in mail.walk():
        if part is not mail:
            texts.append(str(part.get("Message-ID", "")))
        if part.get_content_type() in ("text/rfc822-headers", "text/plain"):
            payload = part.get_payload(decode=True)
            found = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            texts.append(found[:_LONGEST_RETURNED])
    return "\n".join(texts)
