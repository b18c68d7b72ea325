"""The other end of the Telegram benchmark, a process of its own: the platform and its people.

`python -m benchmarks.telegram_crowd` prints the address of a loopback Bot API server. Then each
line of JSON on its input asks for something, and one line of JSON answers when it is done:
`{"do": "gather", "token": ..., "people": ..., "first": ...}` brings people to their first question
(without a token nobody has to be brought anywhere), `{"do": "go"}` lets all of them answer at once,
each waiting for the reply to one answer before the next, and says how long that took.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from benchmarks.updates import Given, Tap, script, update_of
from bot.tokens import read_form
from tests.platforms.telegram_chats import Chat
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_request import Json
from tests.platforms.telegram_server import TelegramServer

_WAY_IN = (":yes", ":over")
"""How the data of the buttons end that lead to the first question."""


@dataclass(slots=True)
class Guest:
    """Somebody with answers to give. `step`: the newest question on their screen."""

    person: Person
    answers: list[Given]
    is_echoed: bool
    step: int = 0
    given: int = 0
    asked_at: float = 0.0
    way_in: set[str] = field(default_factory=set)

    @property
    def is_done(self) -> bool:
        return self.given == len(self.answers)

    def answer(self, server: TelegramServer) -> None:
        """The next answer: tapped or typed, as the script has it."""
        given = self.answers[self.given]
        self.given += 1
        self.asked_at = perf_counter()
        if self.is_echoed:
            self._answer_anyhow(server, given)
        elif isinstance(given, Tap):
            self.person.presses(self._choice(given.place))
        else:
            self.person.says(given.text)

    def _choice(self, place: int) -> str:
        """The data of this choice on the newest keyboard."""
        for _, data in self.person.last.buttons:
            press = read_form(data)
            if press is not None and press.what == str(place):
                return data
        raise AssertionError(f"question {self.step} has no choice {place} on its keyboard")

    def _answer_anyhow(self, server: TelegramServer, given: Given) -> None:
        """The same kinds of updates, whatever the bot on the other side has shown."""
        chat, number = self.person.chat.id, server.updates.last_id + 1
        token = f"s:{chat:012}:{self.given}"
        update = update_of(given, update_id=number, chat=chat, token=token, sent_at=1_701_700_000)
        [kind] = update.keys() - {"update_id"}
        if kind == "callback_query":
            server.profile.queries[update[kind]["id"]] = server.clock()
        server.update(kind, update[kind])


class Crowd:
    """Everybody who answers in one round."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self._guests: dict[int, Guest] = {}
        self._waits: list[float] = []
        self._left = 0
        self._is_answering = False
        self._all_done = asyncio.Event()
        server.on_sent = self._heard

    async def gather(self, people: int, first: int, token: str) -> Json:
        self._guests = {
            first + n: Guest(self._server.person(first + n), script(n), is_echoed=not token)
            for n in range(people)
        }
        self._left, self._is_answering = len(self._guests), False
        self._all_done.clear()
        if token:
            for guest in self._guests.values():
                guest.person.arrives(token)
            await self._all_done.wait()
        return {"people": people}

    async def go(self) -> Json:
        self._left, self._is_answering, self._waits = len(self._guests), True, []
        self._all_done.clear()
        before = Counter(call.method for call in self._server.calls)
        begun = perf_counter()
        for guest in self._guests.values():
            guest.answer(self._server)
        await self._all_done.wait()
        seconds = perf_counter() - begun
        calls = Counter(call.method for call in self._server.calls) - before
        return {"seconds": seconds, "waits": self._waits, "calls": dict(calls)}

    def _heard(self, chat: Chat, message: Json) -> None:
        guest = self._guests.get(chat.id)
        if guest is None:
            return
        if self._is_answering:
            self._replied(guest, message)
        elif _step(message) > 0:
            guest.step = _step(message)
            self._one_less()
        else:
            self._on_the_way(guest, message)

    def _on_the_way(self, guest: Guest, message: Json) -> None:
        for data in _data(message):
            if data.endswith(_WAY_IN) and data not in guest.way_in:
                guest.way_in.add(data)
                guest.person.presses(data)

    def _replied(self, guest: Guest, message: Json) -> None:
        """A reply counts when it puts the next question, or when it is the last."""
        step = _step(message)
        if not (guest.is_echoed or guest.is_done or step > guest.step):
            return
        guest.step = max(step, guest.step)
        if guest.asked_at:
            self._waits.append(perf_counter() - guest.asked_at)
            guest.asked_at = 0.0
            if guest.is_done:
                self._one_less()
            else:
                guest.answer(self._server)

    def _one_less(self) -> None:
        self._left -= 1
        if not self._left:
            self._all_done.set()


def _data(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [one.get("callback_data", "") for row in rows for one in row]


def _step(message: Json) -> int:
    """The number of the question that a message puts; 0 where it puts none."""
    presses = (read_form(data) for data in _data(message))
    return max((press.step for press in presses if press is not None), default=0)


async def serve() -> None:
    """Until the input ends."""
    server = TelegramServer()
    crowd = Crowd(server)
    print(json.dumps({"url": await server.start(), "token": server.token}), flush=True)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    orders: set[asyncio.Task[None]] = set()
    # Whoever asked may end in the midst of it: then all this ends too.
    while line := await reader.readline():
        orders.add(loop.create_task(_obey(crowd, json.loads(line))))
    for order in orders:
        order.cancel()
    await server.stop()


async def _obey(crowd: Crowd, order: dict[str, Any]) -> None:
    if order["do"] == "gather":
        told = await crowd.gather(order["people"], order["first"], order["token"])
    else:
        told = await crowd.go()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
