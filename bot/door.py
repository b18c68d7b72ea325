"""What a platform's door is to `run`: routes, a way out, and work that goes on while it is open."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.routing import BaseRoute

from bot.messages import Ack, Address, Incoming, Sender
from bot.settings import Settings
from bot.writer import Writer
from storage.database import Database
from storage.types import Keyring

Receive = Callable[[Incoming], Awaitable[Ack]]


@dataclass(frozen=True, slots=True)
class Hall:
    """What every door opens from. `receive` returns when a message is on disk (mailroom).

    `tell` says a line to whoever watches `run`, `database` and `writer` are for leases alone.
    """

    settings: Settings
    keyring: Keyring = field(repr=False)
    receive: Receive
    clock: Callable[[], datetime]
    tell: Callable[[str], None]
    database: Database
    writer: Writer


class Door(Protocol):
    """A platform that was switched on. Made without calling anybody: all calls are in `work`."""

    @property
    def platform(self) -> str: ...

    @property
    def sender(self) -> Sender: ...

    @property
    def opened(self) -> asyncio.Event:
        """Set by `work` once the platform lets us in: only then is anything sent through it."""
        ...

    def routes(self) -> Sequence[BaseRoute]:
        """What the public listener serves for it, from before `work` begins."""
        ...

    async def work(self, stopped: asyncio.Event) -> None:
        """Opens, says with `tell` where it is open or why not, and takes in until `stopped`.

        A network that is away is waited for (bot/backoff.py); settings that are refused are told,
        and it returns.
        """
        ...

    async def find(self, email: str) -> Address | None:
        """Who has this work e-mail there, though they never wrote; None where nobody can say."""
        ...

    async def close(self) -> None: ...
