"""Everything that `run` starts: the doors, the jobs, the delivery; and the order in which it stops.

A door that cannot be opened says why and leaves the others alone.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.backoff import Backoff
from bot.door import Door, Hall
from bot.listeners import Bound, CannotListen, Listener, bind, health_route
from bot.messages import EMAIL, PAGER, SLACK, TEAMS, TELEGRAM, Address
from bot.schedule import jobs

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from starlette.routing import BaseRoute

    from bot.app import App
    from bot.outgoing.delivery import Delivery

_INTAKE_SECONDS = 10.0
_DELIVERY_SECONDS = 30.0
_LAST_SECONDS = 5.0
_FIRST_WORDS_SECONDS = 5.0
_NAMES = {TELEGRAM: "Telegram", SLACK: "Slack", TEAMS: "Teams", EMAIL: "E-mail", PAGER: "Pager"}

Tell = Callable[[str], None]


def doors_of(hall: Hall) -> Iterator[Door]:
    """The platforms that the settings switch on; each imports its SDK only then."""
    settings = hall.settings
    if settings.telegram.is_on:
        from bot.platforms.telegram import TelegramDoor

        yield TelegramDoor(hall)
    if settings.slack.is_on:
        from bot.platforms.slack import SlackDoor

        yield SlackDoor(hall)
    if settings.teams.is_on:
        from bot.platforms.teams import TeamsDoor

        yield TeamsDoor(hall)
    if settings.email.is_on:
        from bot.platforms.email import EmailDoor

        yield EmailDoor(hall)
    if settings.concerns.pager.is_on:
        from bot.platforms.pager import PagerDoor

        yield PagerDoor(hall)


async def serve(app: "App", tell: Tell, *, pages: Bound | None = None) -> None:
    """Runs everything until SIGINT or SIGTERM; a second one ends the process at once.

    `pages`: the place of the survey pages where it was taken already.
    """
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    serving = Serving(app, tell, pages=pages)
    try:
        await serving.open()
        await stopped.wait()
    finally:
        await serving.close()


class Serving:
    """One program at work, opened and closed once."""

    def __init__(self, app: "App", tell: Tell, *, pages: Bound | None = None) -> None:
        self._app = app
        self._tell = tell
        self._pages = pages
        self._no_more_in = asyncio.Event()
        self._no_more_out = asyncio.Event()
        self._listeners: list[Listener] = []
        self._intake: list[asyncio.Task[None]] = []
        self._doors: list[Door] = []
        self._joining: list[asyncio.Task[None]] = []
        self._delivery: Delivery | None = None
        self._sending: asyncio.Task[None] | None = None
        self._jobs: AsyncIOScheduler | None = None
        self._log = structlog.get_logger("run")

    async def open(self) -> None:
        """Opens every door that the settings switch on, and says which are open and where."""
        self._doors = list(doors_of(self._hall()))
        await self._listen()
        for door in self._doors:
            work = partial(door.work, self._no_more_in)
            self._intake.append(asyncio.create_task(self._kept_up(door.platform, work)))
        await self._first_words()
        self._deliver()
        self._tell("Reminders, digests, invitations and review clocks run as they come due.")

    async def _first_words(self) -> None:
        """A short while for the doors to say whether they are open; nobody waits for a network."""
        opened = [asyncio.create_task(door.opened.wait()) for door in self._doors]
        both = [
            asyncio.ensure_future(asyncio.wait(pair, return_when=asyncio.FIRST_COMPLETED))
            for pair in zip(opened, self._intake, strict=True)
        ]
        if both:
            await asyncio.wait(both, timeout=_FIRST_WORDS_SECONDS)
        for task in (*opened, *both):
            task.cancel()

    def _hall(self) -> Hall:
        app = self._app
        return Hall(
            settings=app.settings,
            keyring=app.around.keyring,
            receive=app.mailroom.receive,
            clock=app.around.clock,
            tell=self._tell,
            database=app.database,
            writer=app.writer,
        )

    async def close(self) -> None:
        """Takes nothing more in, finishes what is under way, sends what is due; all bounded."""
        self._no_more_in.set()
        if self._jobs is not None:
            self._jobs.shutdown(wait=False)
        await asyncio.gather(
            *(listener.close() for listener in self._listeners),
            *(_ended(task, _INTAKE_SECONDS) for task in self._intake),
        )
        for task in self._joining:
            task.cancel()
        await self._send_the_last()
        for door in self._doors:
            await door.close()

    # the pages

    async def _listen(self) -> None:
        web = self._app.settings.web
        if not web.on:
            self._tell("Web pages: switched off.")
            return
        from bot.web import inside
        from bot.web.app import inside_app, public_app

        app, known_as, health = self._app, self._app.settings.links.web, health_route(self._app)
        outer = public_app(app, extra_routes=[health, *self._routes()])
        inner = inside_app(app, extra_routes=[*inside.routes(app), health])
        await self._listener(
            "Survey pages",
            lambda: self._pages or bind("`public` of [web]", web.public),
            lambda bound: Listener(outer, bound, proxies=web.trusted_proxies),
            known_as,
        )
        await self._listener(
            "Inside pages",
            lambda: bind("`inside` of [web]", web.inside),
            lambda bound: Listener(inner, bound, proxies=web.trusted_proxies),
            self._app.settings.links.board,
        )

    def _routes(self) -> "list[BaseRoute]":
        return [route for door in self._doors for route in door.routes()]

    async def _listener(
        self,
        name: str,
        take: Callable[[], Bound],
        listening: Callable[[Bound], Listener],
        known_as: str = "",
    ) -> None:
        """One listener, or why there is none."""
        try:
            bound = take()
        except CannotListen as error:
            self._tell(f"{name}: closed. {error}.")
            return
        listener = listening(bound)
        self._listeners.append(listener)
        await listener.start()
        is_elsewhere = known_as not in ("", bound.address)
        self._tell(f"{name}: {bound.address}{f' ({known_as})' if is_elsewhere else ''}")

    # what goes out

    def _deliver(self) -> None:
        delivery = self._delivery = self._app.delivery({})
        self._app.mailroom.on_stored = delivery.wake
        delivery.on_refusal = self._say_refusal
        self._sending = asyncio.create_task(
            self._kept_up("delivery", lambda: delivery.run(self._no_more_out))
        )
        for door in self._doors:
            self._joining.append(asyncio.create_task(self._join(door, delivery)))
        self._jobs = jobs(self._app, delivery, self.find)
        self._jobs.start()

    async def _join(self, door: Door, delivery: "Delivery") -> None:
        from bot.reaching import reach

        await door.opened.wait()
        delivery.join(door.platform, door.sender)
        await reach(self._app, self.find, anew=True)
        delivery.wake()

    def _say_refusal(self, platform: str, kind: str) -> None:
        name = _NAMES.get(platform, platform)
        self._tell(
            f"{name}: refuses us ({kind}), so what is due there waits. Mend its settings (a token "
            "or password may have changed), then start again."
        )

    async def find(self, email: str) -> Address | None:
        """Where somebody with this e-mail can be written to: a chat, and e-mail where none is."""
        for door in sorted(self._doors, key=lambda one: one.platform == EMAIL):
            if door.opened.is_set() and (found := await door.find(email)) is not None:
                return found
        return None

    async def _send_the_last(self) -> None:
        """What was being sent is seen through; then what is due, for a few seconds."""
        delivery, loop = self._delivery, asyncio.get_running_loop()
        if delivery is None or self._sending is None:
            return
        self._no_more_out.set()
        await _ended(self._sending, _DELIVERY_SECONDS)
        until = loop.time() + _LAST_SECONDS

        async def rounds() -> None:
            while loop.time() < until and await delivery.run_once():
                pass

        await _ended(asyncio.create_task(rounds()), _DELIVERY_SECONDS)

    async def _kept_up(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Work that ends by itself; where it breaks it is begun again, after longer and longer."""
        pauses = Backoff()
        while not self._no_more_in.is_set():
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - one door must not close the others
                self._log.error("begun again", door=name, kind=type(error).__name__)
            else:
                return
            await pauses.wait(self._no_more_in)


async def _ended(task: asyncio.Task[None], seconds: float) -> None:
    """Waits for the end of a task; after so long it is cancelled. What it raised is not ours."""
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
    for error in await asyncio.gather(task, return_exceptions=True):
        if isinstance(error, Exception):
            structlog.get_logger("run").error("ended badly", kind=type(error).__name__)
