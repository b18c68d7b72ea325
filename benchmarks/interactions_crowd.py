"""The other end of the interactions benchmark, a process of its own: Slack, Teams, their people.

`python -m benchmarks.interactions_crowd` prints where a loopback Slack and Teams are. Then each
line of JSON on its input asks for something, and one line of JSON answers when it is done:

- `{"do": "call", "platform": "slack", "url": ..., "clock": ...}`: the app is there from now on;
- `{"do": "meet", "people": [[name, email], ...]}`: they say hello to it for the first time;
- `{"do": "open"}`: everybody opens the form that waits for them;
- `{"do": "go", "kind": "press", "times": 3, "answers": 2}`: everybody does so that often, each
  waiting for the acknowledgement and so many calls of the app's before the next, and it says how
  long all that took, and how long each acknowledgement.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from benchmarks.interactions_screens import Screen, SlackScreen, TeamsScreen
from benchmarks.interactions_sites import QuickTeams, TimedSlack
from tests.platforms.teams_login import machine_clock

Json = dict[str, Any]
PRESS, PAGE, WORDS = "press", "page", "words"
_PATIENCE = 60.0
_LOOK = 0.002
_A_FEW = 5


@dataclass(slots=True)
class Guest:
    """Somebody with so many acts before them; an act is over when it was acknowledged and the app
    has made so many calls for it. `is_filling`: they go on for as long as a form is open.
    """

    screen: Screen
    act: Callable[[], None] = lambda: None
    left: int = 0
    answers: int = 0
    is_filling: bool = False
    is_acknowledged: bool = False
    heard: int = 0
    begun: float = 0.0
    acts: int = 0

    def begin(self, act: Callable[[], None], times: int, answers: int, *, is_filling: bool) -> None:
        self.act, self.left, self.answers = act, times, answers
        self.is_filling, self.acts = is_filling, 0
        self.next()

    def next(self) -> None:
        self.left -= 1
        self.acts += 1
        self.is_acknowledged, self.heard = False, 0
        self.begun = perf_counter()
        self.act()

    def moves(self) -> bool:
        """Goes on with the next act where this one is over; whether they are done."""
        if not self.is_acknowledged or self.heard < self.answers:
            return False
        if self.left <= 0 or (self.is_filling and not self.screen.has_form):
            self.left = -1
            return True
        self.next()
        return False


class Crowd:
    """Everybody on one of the platforms."""

    def __init__(self, slack: TimedSlack, teams: QuickTeams) -> None:
        self._slack = slack
        self._teams = teams
        self._is_slack = True
        self._guests: dict[str, Guest] = {}
        self._waits: list[float] = []
        self._left = 0
        self._all_done = asyncio.Event()
        slack.on_acknowledged = teams.on_acknowledged = self._acknowledged
        slack.on_said = teams.on_said = self._said

    async def call(self, platform: str, url: str, clock: str = "") -> Json:
        self._is_slack = platform == "slack"
        at = datetime.fromisoformat(clock) if clock else None
        self._slack.clock = self._teams.clock = (lambda: at) if at else machine_clock
        if self._is_slack:
            app = self._slack.workspace().app
            assert await self._slack.http.verify(app, url), "nobody answers Slack's challenge"
            app.request_url = url
        else:
            self._teams.calls_at(url)
        return {}

    async def meet(self, people: list[list[str]]) -> Json:
        """A few at a time: who they are is asked of the platform, and nobody waits for it long."""
        screens = [self._screen(name, email) for name, email in people]
        for start in range(0, len(screens), _A_FEW):
            some = screens[start : start + _A_FEW]
            self._guests = {one.id: Guest(one) for one in some}
            for screen in some:
                screen.arrive()
            await self._quiet()
            await self.go(WORDS, 1, 1)
        self._guests = {one.id: Guest(one) for one in screens}
        return {}

    def _screen(self, name: str, email: str) -> Screen:
        if self._is_slack:
            return SlackScreen(self._slack.person(name, email))
        return TeamsScreen(self._teams.person(name, email))

    async def open(self) -> Json:
        told = await self._everybody(lambda one: one.screen.open_form, 1, 0)
        async with asyncio.timeout(_PATIENCE):
            while not all(one.screen.has_form for one in self._guests.values()):
                await asyncio.sleep(_LOOK)
        return told

    async def go(self, kind: str, times: int, answers: int) -> Json:
        if kind == PAGE:
            return await self._everybody(
                lambda one: one.screen.send_page, times, answers, is_filling=True
            )
        if kind == PRESS:
            return await self._everybody(lambda one: one.screen.press, times, answers)
        return await self._everybody(lambda one: one.screen.say, times, answers)

    async def _everybody(
        self,
        act: Callable[[Guest], Callable[[], None]],
        times: int,
        answers: int,
        *,
        is_filling: bool = False,
    ) -> Json:
        self._left, self._waits = len(self._guests), []
        self._all_done.clear()
        begun = perf_counter()
        for one in self._guests.values():
            one.begin(act(one), times, answers, is_filling=is_filling)
        try:
            await asyncio.wait_for(self._all_done.wait(), _PATIENCE)
        except TimeoutError:
            raise RuntimeError(self._stuck()) from None
        seconds = perf_counter() - begun
        await self._quiet()
        acts = sum(one.acts for one in self._guests.values())
        troubles = [text for one in self._guests.values() for text in one.screen.troubles]
        troubles += [*self._slack.refused, *self._teams.refused]
        return {"seconds": seconds, "waits": self._waits, "acts": acts, "troubles": troubles[:5]}

    def _stuck(self) -> str:
        """Who is still at it, and what went wrong."""
        still = [
            f"{one.left} left, acknowledged: {one.is_acknowledged}, heard {one.heard}"
            for one in self._guests.values()
            if one.left >= 0
        ]
        troubles = [text for one in self._guests.values() for text in one.screen.troubles]
        return f"{still[:3]} {[*troubles, *self._slack.refused, *self._teams.refused][:5]}"

    async def _quiet(self) -> None:
        """Until all that was told is acknowledged."""
        async with asyncio.timeout(_PATIENCE):
            while self._slack.pending or self._teams.pending:
                await asyncio.sleep(_LOOK)

    def _acknowledged(self, who: str) -> None:
        guest = self._guests.get(who)
        if guest is not None and not guest.is_acknowledged:
            self._waits.append(perf_counter() - guest.begun)
            guest.is_acknowledged = True
            self._moved(guest)

    def _said(self, who: str) -> None:
        guest = self._guests.get(who)
        if guest is not None:
            guest.heard += 1
            self._moved(guest)

    def _moved(self, guest: Guest) -> None:
        if guest.left >= 0 and guest.moves():
            self._left -= 1
            if not self._left:
                self._all_done.set()


async def serve() -> None:
    """Until the input ends."""
    slack, teams = TimedSlack(), QuickTeams()
    await slack.start()
    await teams.start()
    crowd = Crowd(slack, teams)
    print(json.dumps({"slack": slack.told, "teams": teams.told}), flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    orders: set[asyncio.Task[None]] = set()
    # Whoever asked may end in the midst of it: then all this ends too.
    while line := await reader.readline():
        orders.add(loop.create_task(_obey(crowd, json.loads(line))))
    for order in orders:
        order.cancel()
    await slack.stop()
    await teams.stop()


async def _obey(crowd: Crowd, order: Json) -> None:
    work: dict[str, Callable[..., Awaitable[Json]]] = {
        "call": crowd.call,
        "meet": crowd.meet,
        "open": crowd.open,
        "go": crowd.go,
    }
    try:
        told = await work[order.pop("do")](**order)
    except Exception as error:  # noqa: BLE001 - whoever asked must learn of it
        told = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
