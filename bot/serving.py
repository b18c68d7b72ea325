"""Everything that `run` starts: the doors, the jobs, the delivery; and the order in which it stops.

A door that cannot be opened says why and leaves the others alone.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from bot.backoff import Backoff
from bot.listeners import Bound, CannotListen, Listener, bind, health_route
from bot.messages import TELEGRAM, DeliveryError, Failure, Sender
from bot.network import ask_telegram
from bot.schedule import jobs

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from starlette.routing import Route

    from bot.app import App
    from bot.outgoing.delivery import Delivery
    from bot.platforms.telegram import Poller, Receiver, Telegram

_INTAKE_SECONDS = 10.0
_DELIVERY_SECONDS = 30.0
_LAST_SECONDS = 5.0
_LOOK_SECONDS = 2.0

Tell = Callable[[str], None]


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
        self._telegram: Telegram | None = None
        self._delivery: Delivery | None = None
        self._sending: asyncio.Task[None] | None = None
        self._jobs: AsyncIOScheduler | None = None
        self._log = structlog.get_logger("run")

    async def open(self) -> None:
        """Opens every door that the settings switch on, and says which are open and where."""
        receiver = self._meet_telegram()
        await self._listen(receiver)
        if receiver is not None:
            await self._open_telegram(receiver)
        self._deliver()
        self._tell("Reminders, digests, invitations and review clocks run as they come due.")

    async def close(self) -> None:
        """Takes nothing more in, finishes what is under way, sends what is due; all bounded."""
        self._no_more_in.set()
        if self._jobs is not None:
            self._jobs.shutdown(wait=False)
        await asyncio.gather(
            *(listener.close() for listener in self._listeners),
            *(_ended(task, _INTAKE_SECONDS) for task in self._intake),
        )
        await self._send_the_last()
        if self._telegram is not None:
            await self._telegram.close()

    # the pages

    async def _listen(self, receiver: "Receiver | None") -> None:
        web = self._app.settings.web
        if not web.on:
            self._tell("Web pages: switched off.")
            return
        from bot.web import inside
        from bot.web.app import inside_app, public_app

        app, known_as, health = self._app, self._app.settings.links.web, health_route(self._app)
        outer = public_app(app, extra_routes=[health, *self._webhook(receiver)])
        inner = inside_app(app, extra_routes=[*inside.routes(app), health])
        await self._door(
            "Survey pages",
            lambda: self._pages or bind("`public` of [web]", web.public),
            lambda bound: Listener(outer, bound, proxies=web.trusted_proxies),
            known_as,
        )
        await self._door(
            "Inside pages",
            lambda: bind("`inside` of [web]", web.inside),
            lambda bound: Listener(inner, bound),
        )

    async def _door(
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

    # Telegram

    def _meet_telegram(self) -> "Receiver | None":
        app = self._app
        if not app.settings.telegram.is_on:
            return None
        from bot.platforms.telegram import Receiver, Telegram

        self._telegram = Telegram.open(app.settings, app.around.keyring)
        return Receiver(self._telegram, app.mailroom.receive, app.around.clock)

    def _webhook(self, receiver: "Receiver | None") -> "list[Route]":
        if receiver is None or self._app.settings.telegram.mode == "polling":
            return []
        from bot.platforms.telegram import webhook_route

        return [webhook_route(receiver)]

    async def _open_telegram(self, receiver: "Receiver") -> None:
        """A token that is refused closes this door; a network that is away is waited for."""
        telegram = receiver.telegram
        try:
            await telegram.start()
        except DeliveryError as error:
            await self._say_why(error)
            if error.failure is not Failure.TRY_LATER:
                await telegram.close()
                self._telegram = None
                return
        else:
            self._tell(f"Telegram: https://t.me/{telegram.username}")
        self._intake.append(asyncio.create_task(self._kept_up(TELEGRAM, self._work(receiver))))

    async def _say_why(self, error: DeliveryError) -> None:
        answer = await asyncio.to_thread(ask_telegram, self._app.settings)
        why = f"{answer.trouble} {answer.remedy}" if answer.trouble else f"({error.detail})."
        state = "not yet open" if error.failure is Failure.TRY_LATER else "closed"
        self._tell(f"Telegram: {state}. {why}")

    def _work(self, receiver: "Receiver") -> Callable[[], Awaitable[object]]:
        """What goes on while this door is open: polling, or until the webhook is set."""
        app, telegram = self._app, receiver.telegram

        async def begun() -> bool:
            was_open = telegram.is_started
            is_open = await telegram.start_when_possible(self._no_more_in)
            if is_open and not was_open:
                self._tell(f"Telegram: https://t.me/{telegram.username}")
            return is_open

        if app.settings.telegram.mode == "webhook":
            return begun
        from bot.platforms.telegram import Poller, PollLease

        lease = PollLease(app.database, app.writer, app.around.clock)

        async def poll() -> None:
            if await begun():
                poller = Poller(receiver, lease)
                watching = asyncio.create_task(self._tell_trouble(poller))
                try:
                    await poller.run(self._no_more_in)
                finally:
                    watching.cancel()

        return poll

    async def _tell_trouble(self, poller: "Poller") -> None:
        """Says what keeps messages from coming in, once each time it changes."""
        told = ""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if poller.trouble != told:
                told = poller.trouble
                self._tell(f"Telegram: {told or 'all is well again'}.")

    # what goes out

    def _deliver(self) -> None:
        senders: dict[str, Sender] = {}
        if self._telegram is not None:
            senders[TELEGRAM] = self._telegram
        delivery = self._delivery = self._app.delivery(senders)
        self._app.mailroom.on_stored = delivery.wake
        self._sending = asyncio.create_task(
            self._kept_up("delivery", lambda: delivery.run(self._no_more_out))
        )
        self._jobs = jobs(self._app, delivery)
        self._jobs.start()

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
