"""Telegram's door: polling or webhook, and what is said while it cannot be opened."""

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.door import Hall
from bot.messages import TELEGRAM, Address, DeliveryError, Failure
from bot.network import ask_telegram
from bot.platforms.telegram.lease import PollLease
from bot.platforms.telegram.polling import Poller
from bot.platforms.telegram.receiving import Receiver
from bot.platforms.telegram.sender import Telegram
from bot.platforms.telegram.webhook import webhook_route

_LOOK_SECONDS = 2.0


class TelegramDoor:
    """A token that is refused closes it; a network that is away is waited for."""

    platform = TELEGRAM

    def __init__(self, hall: Hall) -> None:
        self.sender = Telegram.open(hall.settings, hall.keyring)
        self.opened = asyncio.Event()
        self._hall = hall
        self._receiver = Receiver(self.sender, hall.receive, hall.clock)

    def routes(self) -> Sequence[BaseRoute]:
        is_polling = self._hall.settings.telegram.mode == "polling"
        return [] if is_polling else [webhook_route(self._receiver)]

    async def work(self, stopped: asyncio.Event) -> None:
        if not await self._open(stopped):
            return
        self.opened.set()
        if self._hall.settings.telegram.mode == "webhook":
            return
        hall = self._hall
        poller = Poller(self._receiver, PollLease(hall.database, hall.writer, hall.clock))
        watching = asyncio.create_task(self._tell_trouble(poller))
        try:
            await poller.run(stopped)
        finally:
            watching.cancel()

    async def find(self, email: str) -> Address | None:  # noqa: ARG002 - nobody is known so there
        return None

    async def close(self) -> None:
        await self.sender.close()

    async def _open(self, stopped: asyncio.Event) -> bool:
        try:
            await self.sender.start()
        except DeliveryError as error:
            await self._say_why(error)
            if _is_final(error):
                return False
            if not await self.sender.start_when_possible(stopped):
                return False
        self._hall.tell(f"Telegram: https://t.me/{self.sender.username}")
        return True

    async def _say_why(self, error: DeliveryError) -> None:
        answer = await asyncio.to_thread(ask_telegram, self._hall.settings)
        why = f"{answer.trouble} {answer.remedy}" if answer.trouble else f"({error.detail})."
        state = "closed" if _is_final(error) else "not yet open"
        self._hall.tell(f"Telegram: {state}. {why}")

    async def _tell_trouble(self, poller: Poller) -> None:
        """Says what keeps messages from coming in, once each time it changes."""
        told = ""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if poller.trouble != told:
                told = poller.trouble
                self._hall.tell(f"Telegram: {told or 'all is well again'}.")


def _is_final(error: DeliveryError) -> bool:
    """Whether waiting would change nothing: the settings have to be mended first."""
    return error.refuses_us or error.failure is not Failure.TRY_LATER
