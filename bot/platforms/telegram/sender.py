"""Telegram as a platform: the one class that speaks to it."""

import asyncio
from dataclasses import replace

import structlog
from telegram.error import ChatMigrated, TelegramError

from bot.backoff import Backoff
from bot.errands import Errands
from bot.messages import TELEGRAM, Address, DeliveryError, Failure, Limits, Message, Receipt
from bot.platforms.telegram.connection import Connection
from bot.platforms.telegram.failures import explain
from bot.platforms.telegram.greeting import LANGUAGES, greet
from bot.platforms.telegram.reading import Gathering
from bot.platforms.telegram.screen import NO_PREVIEW, Screen
from bot.settings import Settings
from storage.language import HOME, Catalogue
from storage.types import Keyring

LIMITS = Limits(text=20_000, buttons=100, label=4096, per_second=30.0, per_contact_seconds=1.0)
"""A long text goes out in parts and a long label into the text (`draw`), so little is refused."""

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
WEBHOOK_PATH = "/telegram"
_WEBHOOK_CONNECTIONS = 20
_GREETING_SECONDS = 30.0


class Telegram:
    """Sends, and sets the bot up. `start` before anything else; `username` is known then."""

    def __init__(self, settings: Settings, connection: Connection, *, secret: str) -> None:
        self.limits = replace(LIMITS, per_second=settings.telegram.per_second)
        self.username = settings.links.telegram
        self.secret = secret
        self.connection = connection
        self.is_started = False
        self.trouble = ""
        self._bot = connection.bot
        self._settings = settings
        self._words = Catalogue.load("bot")
        self._errands = Errands("telegram")
        self._screen = Screen(connection.bot, self._errands)
        self._log = structlog.get_logger("telegram")

    @classmethod
    def open(cls, settings: Settings, keyring: Keyring) -> "Telegram":
        """Nothing is sent yet. The webhook's secret is made from the keys, not stored."""
        secret = keyring.fingerprint("telegram webhook", settings.telegram.token.get_secret_value())
        return cls(settings, Connection.open(settings), secret=secret)

    async def start(self) -> None:
        """Learns who we are, chooses polling or webhook, and sets up menus and descriptions."""
        try:
            me = await self._bot.get_me()
            self.username = me.username or self.username
            await self._choose_way()
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None
        self.is_started, self.trouble = True, ""
        try:
            async with asyncio.timeout(_GREETING_SECONDS):
                await greet(self._bot, self._words, self._settings.telegram)
        except (TelegramError, TimeoutError) as error:
            # It works without, and the next start tries again.
            self._log.warning("menus were not set", kind=type(error).__name__)

    async def start_when_possible(self, stopped: asyncio.Event) -> bool:
        """Tries until Telegram can be reached; False when it was stopped before."""
        pauses = Backoff()
        while not self.is_started and not stopped.is_set():
            try:
                await self.start()
            except DeliveryError as error:
                self.trouble = f"Telegram cannot be reached ({error.detail})"
                self._log.warning("telegram not reached", kind=error.detail)
                await pauses.wait(stopped, at_least=error.retry_after or 0.0)
        return self.is_started

    async def close(self) -> None:
        await self._errands.settled()
        await self.connection.close()

    async def _choose_way(self) -> None:
        if self._settings.telegram.mode == "polling":
            await self._bot.delete_webhook(drop_pending_updates=False)
            return
        if not self._settings.links.web:
            raise DeliveryError(Failure.OUR_FAULT, "no `web` in [links] for the webhook")
        await self._bot.set_webhook(
            f"{self._settings.links.web.rstrip('/')}{WEBHOOK_PATH}",
            allowed_updates=WANTED,
            secret_token=self.secret,
            max_connections=_WEBHOOK_CONNECTIONS,
        )

    # small things beside

    def answer_press(self, query: str) -> None:
        """Takes the clock off the button, in the background."""
        if query:
            self._errands.run(lambda: self._bot.answer_callback_query(query))

    def leave(self, gathering: Gathering) -> None:
        """Says in a group where we can be found, and goes; in the background."""
        self._errands.run(lambda: self._leave(gathering))

    async def _leave(self, gathering: Gathering) -> None:
        base = gathering.language.partition("-")[0]
        language = base if base in LANGUAGES else HOME
        line = self._words.say("telegram.group", language, link=f"t.me/{self.username}")
        if gathering.can_write:
            try:
                await self._bot.send_message(gathering.chat, line, link_preview_options=NO_PREVIEW)
            except TelegramError as error:
                self._log.debug("group not told", kind=type(error).__name__)
        await self._bot.leave_chat(gathering.chat)

    # send

    async def send(self, to: Address, message: Message, replacing: str | None) -> Receipt:
        try:
            try:
                return Receipt(await self._screen.put(int(to.id), message, replacing or ""))
            except ChatMigrated as moved:
                new = moved.new_chat_id
                number = await self._screen.put(new, replace(message, clears=()), "")
                return Receipt(number, Address(TELEGRAM, to.space, str(new)))
        except Exception as error:  # noqa: BLE001 - told apart by `explain`
            raise explain(error) from None
