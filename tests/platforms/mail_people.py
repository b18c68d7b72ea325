"""People with a mail program each: they read, follow links, reply in the way of their program."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from html.parser import HTMLParser
from itertools import count

from tests.platforms.mail_store import MailStore, as_raw

_NUMBERS = count(1)
Write = Callable[[EmailMessage, str, EmailMessage], None]


class _Links(HTMLParser):
    """Labels of a page of HTML and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._link = ""
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._link, self._label = dict(attrs).get("href") or "", ""

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.found.append((self._label.strip(), self._link))


def text_in(mail: EmailMessage, kind: str = "plain") -> str:
    """One of the two forms of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def links_in(mail: EmailMessage) -> list[tuple[str, str]]:
    reader = _Links()
    reader.feed(text_in(mail, "html"))
    return reader.found


class MailPerson:
    """Somebody with an address. Nothing but what arrived in their inbox is known to them."""

    def __init__(self, store: MailStore, address: str, name: str = "Robin Roe") -> None:
        self.address = address
        self.name = name
        self._store = store

    @property
    def inbox(self) -> list[EmailMessage]:
        with self._store.lock:
            return list(self._store.inboxes[self.address.casefold()])

    @property
    def newest(self) -> EmailMessage:
        assert self.inbox, "nothing arrived yet"
        return self.inbox[-1]

    def follows(self, label: str) -> str:
        """Where the link of the newest mail leads that has it; AssertionError where none has."""
        for mail in reversed(self.inbox):
            for found, link in links_in(mail):
                if found == label:
                    return link
        raise AssertionError(f"no link {label!r}; there are {links_in(self.newest)}")

    def replies(self, words: str, style: str = "gmail", to: EmailMessage | None = None) -> bytes:
        """An answer to the newest mail, or to another; the mail as it was sent."""
        answered = self.newest if to is None else to
        mail = self._begun(f"Re: {answered['Subject']}")
        mail["In-Reply-To"] = str(answered["Message-ID"])
        mail["References"] = str(answered["Message-ID"])
        STYLES[style](mail, words, answered)
        return self._sent(mail)

    def writes(self, words: str, subject: str = "Hello") -> bytes:
        """A mail that answers nothing."""
        mail = self._begun(subject)
        mail.set_content(words)
        return self._sent(mail)

    def is_away(self) -> bytes:
        """Their program answers by itself."""
        mail = self._begun(f"Automatic reply: {self.newest['Subject']}")
        mail["In-Reply-To"] = str(self.newest["Message-ID"])
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content("I am on leave until Monday.")
        return self._sent(mail)

    def unsubscribes(self) -> bytes:
        """The button of a mail program that sends a mail for it."""
        header = str(self.newest["List-Unsubscribe"])
        found = re.search(r"<mailto:[^?>]+\?subject=([^>]+)>", header)
        assert found, header
        mail = self._begun(found.group(1).replace("%20", " "))
        mail.set_content("")
        return self._sent(mail)

    def _begun(self, subject: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = self._store.ours
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self._store.clock())
        mail["Message-ID"] = f"<{next(_NUMBERS)}.{self.address}>"
        return mail

    def _sent(self, mail: EmailMessage) -> bytes:
        raw = as_raw(mail)
        self._store.arrive(raw)
        return raw


def _quoted(mail: EmailMessage) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text_in(mail).split("\n"))


def _plain(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    mail.set_content(words)


def _gmail(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    sender = answered["From"]
    mail.set_content(
        f"{words}\n\nOn Fri, 1 Dec 2023 at 09:00, {sender} wrote:\n\n{_quoted(answered)}"
    )


def _bottom(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    mail.set_content(
        f"On 01/12/2023 09:00, {answered['From']} wrote:\n{_quoted(answered)}\n\n{words}"
    )


def _outlook(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    mail.set_content(
        f"{words}\n\nKind regards\nRobin Roe\nDesignated Nurse\n\n{'_' * 32}\n"
        f"From: {answered['From']}\nSent: 01 December 2023 09:00\nTo: {answered['To']}\n"
        f"Subject: {answered['Subject']}\n\n{text_in(answered)}"
    )


def _outlook_html(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    lines = "".join(f'<p class="MsoNormal">{line}<o:p></o:p></p>' for line in words.split("\n"))
    mail.set_content(
        "<html><head><style>p.MsoNormal {margin:0cm}</style></head><body>"
        f'<div class="WordSection1">{lines}<div style="border-top:solid #E1E1E1 1.0pt">'
        f'<p class="MsoNormal"><b>From:</b> Listening Loop &lt;{answered["From"]}&gt;<br>'
        "<b>Sent:</b> 01 December 2023 09:00<br><b>To:</b> Robin<br><b>Subject:</b> Yours</p>"
        "</div>"
        f"{text_in(answered, 'html')}</div></body></html>",
        subtype="html",
    )


def _phone(mail: EmailMessage, words: str, answered: EmailMessage) -> None:
    sender = answered["From"]
    mail.set_content(
        f"{words}\n\nSent from my iPhone\n\nOn 1 Dec 2023, at 09:00, {sender} wrote:\n\n"
        f"{_quoted(answered)}"
    )


STYLES: dict[str, Write] = {
    "plain": _plain,
    "gmail": _gmail,
    "bottom": _bottom,
    "outlook": _outlook,
    "outlook_html": _outlook_html,
    "phone": _phone,
}
