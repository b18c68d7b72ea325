"""The pager's door: it opens outwards alone, and asks nobody before the first alert."""

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.door import Hall
from bot.messages import PAGER, Address
from bot.platforms.pager.drawing import problem_of
from bot.platforms.pager.sender import PagerSender


class PagerDoor:
    """A service that rings people up, switched on."""

    platform = PAGER

    def __init__(self, hall: Hall) -> None:
        self.opened = asyncio.Event()
        self._hall = hall
        self.sender = PagerSender(hall.settings)

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def find(self, email: str) -> Address | None:  # noqa: ARG002 - keys are given by hand
        return None

    async def work(self, stopped: asyncio.Event) -> None:  # noqa: ARG002 - there is nothing to do
        if problem := problem_of(self._hall.settings.concerns.pager.url):
            self._hall.tell(f"Pager: closed. {problem}")
            return
        self.opened.set()
        self._hall.tell("Pager: alerts go out to it; try it with somebody before a survey opens.")

    async def close(self) -> None:
        await self.sender.close()
