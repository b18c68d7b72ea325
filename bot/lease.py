"""The right to do what only one node may: poll a platform, read a mailbox."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from os import getpid
from socket import gethostname

import structlog

from bot.writer import Writer
from storage.database import Database
from storage.leases import give_up_lease, take_lease

SECONDS = 30.0


class OneNodeLease:
    """A lease row of this process. After a crash another takes over when it has run out."""

    def __init__(
        self,
        name: str,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime],
        *,
        seconds: float = SECONDS,
    ) -> None:
        self.seconds = seconds
        self.holder = f"{gethostname()[:40]}:{getpid()}:{secrets.token_hex(3)}"
        self._name = name
        self._database = database
        self._writer = writer
        self._clock = clock
        self._log = structlog.get_logger("lease")

    async def take(self) -> bool:
        """Takes or prolongs it; False while another holds it, or where nobody can know."""
        try:
            return await self._writer.run(self._taken)
        except Exception as error:  # noqa: BLE001 - the database is away just now
            self._log.warning("lease not taken", lease=self._name, kind=type(error).__name__)
            return False

    async def keep(self, lost: asyncio.Event) -> None:
        """Prolongs it in good time, and says when it is lost."""
        while not lost.is_set():
            await asyncio.sleep(self.seconds / 3)
            if not await self.take():
                lost.set()

    async def give_up(self) -> None:
        try:
            await self._writer.run(self._given_up)
        except Exception as error:  # noqa: BLE001 - then it runs out by itself
            self._log.info("lease not given up", lease=self._name, kind=type(error).__name__)

    def _taken(self) -> bool:
        with self._database.writing() as db:
            return take_lease(db, self._name, self.holder, self._clock(), self.seconds)

    def _given_up(self) -> None:
        with self._database.writing() as db:
            give_up_lease(db, self._name, self.holder)
