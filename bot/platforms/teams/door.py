"""Teams as a door: mounted in our own pages, open when Microsoft's keys are here."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from starlette.routing import BaseRoute

from bot.backoff import Backoff, sleep
from bot.door import Hall
from bot.messages import TEAMS, Address, DeliveryError, Failure, Sender
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.errands import Errands
from bot.platforms.teams.gate import Gate, hindrance
from bot.platforms.teams.keys import FRESH_SECONDS, Keys
from bot.platforms.teams.members import Members
from bot.platforms.teams.receiving import Receiver
from bot.platforms.teams.sender import TeamsSender
from bot.platforms.teams.webhook import PATH, Desk


class TeamsDoor:
    """Nothing is called before `work`; until the keys are here whoever comes is asked to wait."""

    platform = TEAMS

    def __init__(self, hall: Hall) -> None:
        self.opened = asyncio.Event()
        self._hall = hall
        self._teams = hall.settings.teams
        self._connection = Connection(hall.settings)
        self._keys = Keys(self._teams.metadata, self._connection.fetch)
        self._errands = Errands()
        sender = TeamsSender(self._connection)
        members = Members(self._connection)
        self._desk = Desk(
            Gate(hall.settings, self._keys),
            Receiver(hall, sender, members, self._errands),
            hall.tell,
        )
        self._desk.hindrance = hindrance(hall.settings)
        self._log = structlog.get_logger("teams")
        self.sender: Sender = sender

    @property
    def refused(self) -> Counter[str]:
        """What did not get through, by kind."""
        return self._desk.refused

    @property
    def is_idle(self) -> bool:
        """Whether all that is done beside the answers is done."""
        return self._errands.are_done

    def routes(self) -> Sequence[BaseRoute]:
        return (self._desk.route(),)

    async def work(self, stopped: asyncio.Event) -> None:
        if self._desk.hindrance:
            self._hall.tell(f"Teams: closed. {_sentence(self._desk.hindrance)}.")
            return
        if self._teams.accept_unsigned_requests:
            self._hall.tell(
                "Teams: open on this machine alone, for a trial; nobody's word is checked there."
            )
            self.opened.set()
            await stopped.wait()
            return
        if await self._is_open(stopped):
            self.opened.set()
            self._hall.tell(f"Teams: {self._hall.settings.links.web.rstrip('/')}{PATH}")
            await self._keep_keys_fresh(stopped)

    async def find(self, email: str) -> Address | None:  # noqa: ARG002 - the door's signature
        """Nobody: Teams tells us of people once they have the app."""
        return None

    async def close(self) -> None:
        await self._errands.settled()
        await self._connection.close()

    async def _is_open(self, stopped: asyncio.Event) -> bool:
        """Waits for a network that is away; a secret that is refused is told and waited for no
        longer.
        """
        pauses, is_told = Backoff(), False
        while not stopped.is_set():
            try:
                await self._keys.refresh()
                await self._connection.login()
            except (DeliveryError, ValueError) as error:
                if isinstance(error, DeliveryError) and _is_final(error):
                    self._shut(error.detail)
                    return False
                kind = error.detail if isinstance(error, DeliveryError) else type(error).__name__
                if not is_told:
                    self._hall.tell(f"Teams: waiting. Microsoft cannot be reached ({kind}).")
                is_told = True
                self._log.warning("teams not reached", kind=kind)
                await pauses.wait(stopped)
            else:
                return True
        return False

    def _shut(self, why: str) -> None:
        self._desk.hindrance = why
        self._hall.tell(
            f"Teams: closed. {_sentence(why)}; check `app_id` and `app_tenant` of [teams] and "
            "LOOP_TEAMS__APP_SECRET, then start again."
        )

    async def _keep_keys_fresh(self, stopped: asyncio.Event) -> None:
        while not stopped.is_set():
            await sleep(stopped, FRESH_SECONDS)
            if stopped.is_set():
                return
            try:
                await self._keys.refresh()
            except Exception as error:  # noqa: BLE001 - the old ones serve, and it is tried again
                self._log.warning("keys not fetched", kind=type(error).__name__)


def _is_final(error: DeliveryError) -> bool:
    """Whether nothing gets better before somebody mends the settings."""
    return error.refuses_us or error.failure is Failure.OUR_FAULT


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
