"""E-mail as a way out: draws a message, ties it to its reader, and hands it over."""

from collections.abc import Callable
from datetime import datetime

from bot.mailed_links import MailedLinks
from bot.messages import Address, Limits, Message, Receipt
from bot.platforms.email.access import SMTP, Server, problem_of
from bot.platforms.email.drawing import Frame, draw
from bot.platforms.email.envelope import Envelope, recipient_of, sealed
from bot.platforms.email.failures import NotOurs, explain
from bot.platforms.email.references import References, handle_of
from bot.platforms.email.smtp import Outgoing
from bot.platforms.email.tokens import MailTokens
from bot.settings import Settings
from bot.tokens import of_act
from storage.language import HOME, Catalogue

STOP_TOKEN = of_act("stop")
"""The press behind "stop these e-mails", and behind the unsubscribe of a mail program."""

MOST_LETTERS = 200_000
"""Mails may be long; what is longer than this was never meant to be one."""


class EmailSender:
    """Sends one mail to one person. What was sent cannot be edited: each message is a new mail."""

    def __init__(
        self,
        settings: Settings,
        references: References,
        links: MailedLinks,
        tokens: MailTokens,
        clock: Callable[[], datetime],
    ) -> None:
        self.limits = Limits(
            text=MOST_LETTERS,
            buttons=100,
            label=1000,
            per_second=settings.email.per_minute / 60,
            parts=True,
        )
        self._settings = settings
        self._references = references
        self._links = links
        self._clock = clock
        self._words = Catalogue.load("bot")
        server = Server.of(SMTP, settings.email, tokens.current)
        self._outgoing = Outgoing(server, tokens.forget)

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:  # noqa: ARG002 - mails stay
        try:
            if problem := problem_of(self._settings.email):
                raise NotOurs(problem)
            envelope = self._envelope(to, message)
            drawing = draw(message, self._frame(to, envelope.stop_link))
            mail = sealed(drawing, envelope, message.attachments)
            await self._outgoing.send(envelope.sender, recipient_of(to.id), mail)
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None
        return Receipt(envelope.message_id)

    async def check(self) -> None:
        """Whether the server takes us. Raises DeliveryError."""
        try:
            await self._outgoing.check()
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None

    async def close(self) -> None:
        await self._outgoing.close()

    def _envelope(self, to: Address, message: Message) -> Envelope:
        ours, now = self._settings.email, self._clock()
        message_id = self._references.made(to.id, now)
        return Envelope(
            name=ours.name,
            sender=ours.address,
            to=to.id,
            message_id=message_id,
            at=now,
            follows=message.follows,
            stop_mail=f"stop {handle_of(message_id)}" if ours.imap.host else "",
            stop_link=self._links.of(to, STOP_TOKEN, now),
        )

    def _frame(self, to: Address, stop_link: str) -> Frame:
        ours, now = self._settings.email, self._clock()
        reads = bool(ours.imap.host)
        return Frame(
            link=lambda token: self._links.of(to, token, now),
            subject=ours.name,
            number_hint=self._say("email.number") if reads else "",
            small=self._say(
                "email.small",
                partnership=self._settings.partnership.name,
                reads=reads,
                pages=bool(stop_link),
            ),
            stop_label=self._say("email.stop"),
            stop_link=stop_link,
        )

    def _say(self, key: str, **params: object) -> str:
        return self._words.say(key, HOME, **params)
