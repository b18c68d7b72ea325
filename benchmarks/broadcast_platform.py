"""The other end of the broadcast benchmark, a process of its own: the platform with its limits.

`python -m benchmarks.broadcast_platform PEOPLE SECONDS` prints the address of a loopback Bot API
server that has so many people and counts strictly: 30 calls in any second, one a second in a chat.
When the broadcast has reached the first, strangers begin to ask for help, about two in a second.
After so many seconds it prints, as JSON, how many were told, what was refused, how long each
stranger waited for the reply, and how many calls for others came in between.
"""

import asyncio
import json
import random
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter

from tests.platforms.telegram_chats import Chat
from tests.platforms.telegram_limits import RateLimits
from tests.platforms.telegram_request import Json
from tests.platforms.telegram_server import START, TelegramServer

FIRST_STRANGER = 10_000_000
REPLIES_A_SECOND = 2.0
_SETTLING_SECONDS = 2.0
_PATIENCE = 10.0


@dataclass(slots=True)
class Watch:
    """What is seen at the platform while it is counted."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0
    asked: dict[int, tuple[float, int]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)

    def sent(self, chat: Chat, _: Json) -> None:
        self.begun.set()
        asked = self.asked.pop(chat.id, None)
        if asked is not None:
            self.waits.append(perf_counter() - asked[0])
            self.behind.append(self.calls - asked[1])
        self.calls += 1


async def watch(people: int, seconds: float) -> None:
    """Serves, lets strangers ask, and tells what it saw."""
    begun, limits, seen = perf_counter(), RateLimits(), Watch()
    server = TelegramServer(
        clock=lambda: START + timedelta(seconds=perf_counter() - begun),
        limits=limits,
        records=False,
    )
    server.on_sent = seen.sent
    for number in range(1, people + 1):
        server.person(number)
    print(json.dumps({"url": await server.start(), "token": server.token}), flush=True)
    await seen.begun.wait()
    await asyncio.sleep(_SETTLING_SECONDS)
    began, calls = perf_counter(), seen.calls
    asking = asyncio.create_task(_ask(server, seen))
    await asyncio.sleep(seconds)
    rate = (seen.calls - calls) / (perf_counter() - began)
    asking.cancel()
    deadline = perf_counter() + _PATIENCE
    while seen.asked and perf_counter() < deadline:
        await asyncio.sleep(0.05)
    told = {"rate": rate, "waits": seen.waits, "behind": seen.behind, "unanswered": len(seen.asked)}
    print(json.dumps(told | {"refused": limits.refused}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


async def _ask(server: TelegramServer, seen: Watch) -> None:
    """Somebody new each time, so that nobody's own limit counts."""
    dice, number = random.Random(7), FIRST_STRANGER
    while True:
        await asyncio.sleep(dice.expovariate(REPLIES_A_SECOND))
        number += 1
        person = server.person(number)
        seen.asked[number] = (perf_counter(), seen.calls)
        person.says("/help")


if __name__ == "__main__":
    asyncio.run(watch(int(sys.argv[1]), float(sys.argv[2])))
