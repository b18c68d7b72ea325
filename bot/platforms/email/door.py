"""The e-mail door: sends over SMTP, reads replies over IMAP, and opens nothing to the outside."""

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.backoff import Backoff
from bot.door import Hall
from bot.lease import OneNodeLease
from bot.mailed_links import MailedLinks
from bot.messages import EMAIL, Address, DeliveryError, Failure
from bot.platforms.email.access import IMAP, Server, problem_of
from bot.platforms.email.mailbox import Mailbox
from bot.platforms.email.polling import NAME, MailPoller
from bot.platforms.email.receiving import Receiver
from bot.platforms.email.references import References
from bot.platforms.email.sender import EmailSender
from bot.platforms.email.tokens import MailTokens
from bot.refusals import say_refused


class EmailDoor:
    """E-mail, switched on. `poller` is there where a mailbox is read."""

    platform = EMAIL

    def __init__(self, hall: Hall, *, first_pause: float = 1.0) -> None:
        self.opened = asyncio.Event()
        self._hall = hall
        self._ours = hall.settings.email
        self._first_pause = first_pause
        self._tokens = MailTokens(hall.settings, hall.clock)
        self._references = References(hall.keyring, self._ours.address)
        links = MailedLinks(hall.settings, hall.keyring)
        self.sender = EmailSender(hall.settings, self._references, links, self._tokens, hall.clock)
        self.receiver = Receiver(
            self._ours.address, self._references, hall.receive, hall.clock, self._set_aside
        )
        self.poller = self._poller() if self._ours.imap.host else None

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def find(self, email: str) -> Address | None:
        """Everybody with an e-mail can be reached here."""
        address = email.strip().casefold()
        return Address(EMAIL, "", address) if "@" in address else None

    async def work(self, stopped: asyncio.Event) -> None:
        if problem := problem_of(self._ours):
            self._hall.tell(f"E-mail: closed. {problem}")
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_out(stopped))
            if self.poller is not None:
                group.create_task(self.poller.run(stopped))

    async def close(self) -> None:
        await self.sender.close()

    async def _look_out(self, stopped: asyncio.Event) -> None:
        """Says where the way out is open, or why not; what waits goes out when it is."""
        pauses, told = Backoff(self._first_pause), ""
        while not stopped.is_set():
            try:
                await self.sender.check()
            except DeliveryError as error:
                if error.detail != told:
                    told = error.detail
                    self._hall.tell(f"E-mail: not yet open. {_why(error)}")
                await pauses.wait(stopped)
            else:
                self.opened.set()
                self._hall.tell(self._open_line())
                return

    def _open_line(self) -> str:
        if self.poller is None:
            return (
                f"E-mail: from {self._ours.address}; replies are not read ([email.imap] is empty)."
            )
        return f"E-mail: from {self._ours.address}; replies are read from {self._ours.folder}."

    def _poller(self) -> MailPoller:
        hall = self._hall
        server = Server.of(IMAP, self._ours, self._tokens.current)
        return MailPoller(
            Mailbox(server, self._ours.folder),
            self.receiver,
            OneNodeLease(NAME, hall.database, hall.writer, hall.clock),
            self._tokens if server.token is not None else None,
            seconds=self._ours.poll_seconds,
            on_trouble=self._mailbox_trouble,
            first_pause=self._first_pause,
        )

    def _mailbox_trouble(self, trouble: str) -> None:
        state = f"not read: {trouble}" if trouble else "read again"
        self._hall.tell(f"E-mail: the mailbox is {state}.")

    def _set_aside(self, why: str) -> None:
        what = "E-mail: a mail was left unread and flagged in the mailbox"
        say_refused(self._hall.tell, what, why, self.receiver.set_aside[why])


def _why(error: DeliveryError) -> str:
    if error.failure is Failure.TRY_LATER and not error.refuses_us:
        return f"The server that sends cannot be reached ({error.detail}); it is tried again."
    return f"The server that sends refuses us ({error.detail}). Check [email.smtp]."
