"""What Slack has to tell an app, and how often it tries: three times more for an event.

An act of somebody (a press, a form, a command) is told once: they see that it failed, and may do
it again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.platforms.slack_request import Json
from tests.platforms.slack_state import SlackApp, Workspace

EVENT, INTERACTIVE, COMMAND = "events_api", "interactive", "slash_commands"
PATIENCE = 3.0
PAUSES = (0.05, 1.0, 5.0)
"""Of the real ones - at once, a minute, five minutes - a sixtieth."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How the app took it. `reason`: why it did not, as the next try says it."""

    is_taken: bool
    payload: Json | None = None
    reason: str = ""


@dataclass(slots=True)
class Parcel:
    """One thing to tell. `answered` is called once: with the app's answer, or None for none."""

    workspace: Workspace
    kind: str
    payload: Json
    answered: Callable[[Answer | None], None]
    wants_payload: bool = False
    attempt: int = 0
    reason: str = ""


class Transport(Protocol):
    """A way to the app: it calls us (Socket Mode), or we call it."""

    async def push(self, app: SlackApp, parcel: Parcel, patience: float) -> Answer: ...


@dataclass(slots=True)
class Deliveries:
    """Every parcel on its way. `lost`: events that were given up after the last try."""

    sockets: Transport
    calls: Transport
    patience: float = PATIENCE
    pauses: Sequence[float] = PAUSES
    lost: list[Json] = field(default_factory=list)
    retries: int = 0
    given: int = 0
    done: int = 0
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    @property
    def open(self) -> int:
        """How many are on their way. Who gives one in counts it; the loop counts what is done."""
        return self.given - self.done

    def start(self, parcel: Parcel) -> None:
        """On the loop."""
        task = asyncio.get_running_loop().create_task(self._carry(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Asks again: `wait_for` loses a cancellation that comes together with its answer."""
        while self._tasks:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(set(self._tasks), timeout=0.2)

    async def _carry(self, parcel: Parcel) -> None:
        answer: Answer | None = None
        try:
            answer = await self._tried(parcel)
            parcel.answered(answer)
        finally:
            self.done += 1

    async def _tried(self, parcel: Parcel) -> Answer | None:
        pauses = iter(self.pauses if parcel.kind == EVENT else ())
        while True:
            app = parcel.workspace.app
            transport = self.calls if app.request_url else self.sockets
            answer = await transport.push(app, parcel, self.patience)
            if answer.is_taken:
                return answer
            pause = next(pauses, None)
            if pause is None:
                self._give_up(parcel)
                return None
            parcel.attempt, parcel.reason = parcel.attempt + 1, answer.reason
            self.retries += 1
            await asyncio.sleep(pause)

    def _give_up(self, parcel: Parcel) -> None:
        if parcel.kind == EVENT:
            self.lost.append(parcel.payload)
