"""The right to poll: Telegram ends the older of two polls, so only one node may."""

from collections.abc import Callable
from datetime import datetime

from bot.lease import SECONDS, OneNodeLease
from bot.writer import Writer
from storage.database import Database

NAME = "telegram:poll"


class PollLease(OneNodeLease):
    """The lease of the one that polls Telegram."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime],
        *,
        seconds: float = SECONDS,
    ) -> None:
        super().__init__(NAME, database, writer, clock, seconds=seconds)
