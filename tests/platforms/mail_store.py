"""The post on this machine: our mailbox, everybody's inbox, and what goes wrong on the way."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from threading import RLock

OURS = "loop@rochdale.example"
PASSWORD = "a long password"


@dataclass
class Stored:
    """A mail in our mailbox, with the flags it has now."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Faults:
    """What servers do when they are told to. `refused`: answers to RCPT, by recipient.

    `bounces`: recipients whose mail is taken and comes back, with the status of the report.
    `cuts`: so many connections are cut in the middle of a mail. `stores_cut`: so many are cut
    before a flag is set.
    """

    refused: dict[str, str] = field(default_factory=dict)
    bounces: dict[str, str] = field(default_factory=dict)
    data_answer: str = ""
    greeting: str = ""
    cuts: int = 0
    stores_cut: int = 0
    slow_seconds: float = 0.0
    logins_refused: bool = False
    searches_refused: int = 0


class MailStore:
    """What both servers share; they run on a thread of their own, so all of it is locked."""

    def __init__(self, ours: str = OURS) -> None:
        self.ours = ours
        self.password = PASSWORD
        self.tokens: set[str] = set()
        self.faults = Faults()
        self.lock = RLock()
        self.mailbox: list[Stored] = []
        self.inboxes: dict[str, list[EmailMessage]] = defaultdict(list)
        self.raw_sent: list[bytes] = []
        self.commands: list[str] = []
        self.clock: Callable[[], datetime] = lambda: datetime(2023, 12, 1, 9, tzinfo=UTC)

    def arrive(self, raw: bytes) -> int:
        """A mail reaches our mailbox; its number there."""
        with self.lock:
            uid = len(self.mailbox) + 1
            self.mailbox.append(Stored(uid, raw))
            return uid

    def deliver(self, to: str, raw: bytes) -> None:
        """A mail of ours reaches somebody, or comes back."""
        with self.lock:
            self.raw_sent.append(raw)
            address = to.casefold()
            if address == self.ours:
                self.arrive(raw)
            elif status := self.faults.bounces.get(address):
                self.arrive(report(to, raw, status))
            else:
                mail = message_from_bytes(raw, policy=default)
                assert isinstance(mail, EmailMessage)
                self.inboxes[address].append(mail)

    @property
    def unread(self) -> list[Stored]:
        with self.lock:
            return [one for one in self.mailbox if not one.flags & {r"\Seen", r"\Flagged"}]

    @property
    def flagged(self) -> list[Stored]:
        with self.lock:
            return [one for one in self.mailbox if r"\Flagged" in one.flags]


def report(to: str, returned: bytes, status: str = "5.1.1") -> bytes:
    """A delivery status notification (RFC 3464), as Postfix and Exchange write them."""
    action = "failed" if status.startswith("5") else "delayed"
    head = returned.partition(b"\r\n\r\n")[0].decode("ascii")
    note = f"The mail to {to} could not be delivered.\r\nRemote server said: {status}\r\n"
    fields = (
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Fri, 1 Dec 2023 09:00:00 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user\r\n"
    )
    parts = "\r\n".join(
        f"--edge\r\nContent-Type: {kind}\r\n\r\n{body}\r\n"
        for kind, body in (
            ("text/plain; charset=us-ascii", note),
            ("message/delivery-status", fields),
            ("text/rfc822-headers", head),
        )
    )
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\n"
        f"To: {OURS}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <report-{abs(hash((to, head)))}@mx.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r\n\r\n'
        f"{parts}--edge--\r\n"
    ).encode("ascii")


def as_raw(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=SMTP)
