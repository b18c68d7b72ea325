"""The connector's calls to an app: signed, brought again where they failed, answered at once.

An invoke (a press) is brought once: whoever pressed sees that it failed.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiohttp

from tests.platforms.teams_limits import Json
from tests.platforms.teams_login import Login

PATIENCE = 15.0
PAUSES = (0.05, 0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where nobody answered."""

    status: int
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def may_come_again(self) -> bool:
        return self.status in (0, 408, 429) or self.status >= 500

    def json(self) -> Json | None:
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


@dataclass(slots=True)
class Parcel:
    """An activity on its way. `answered` is called once, with the last answer there was."""

    activity: Json
    answered: Callable[[Answer], None]
    flaw: str = ""


@dataclass(slots=True)
class Calls:
    """`lost`: activities that were given up; `endpoint`: where the app is called."""

    login: Login
    endpoint: str = ""
    patience: float = PATIENCE
    pauses: Sequence[float] = PAUSES
    given: int = 0
    done: int = 0
    retries: int = 0
    lost: list[Json] = field(default_factory=list)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

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
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _carry(self, parcel: Parcel) -> None:
        answer = Answer(0)
        try:
            answer = await self._tried(parcel)
            parcel.answered(answer)
        finally:
            self.done += 1

    async def _tried(self, parcel: Parcel) -> Answer:
        is_invoke = parcel.activity["type"] == "invoke"
        body = json.dumps(parcel.activity).encode()
        answer = await self.post(body, parcel.activity["serviceUrl"], parcel.flaw)
        for pause in () if is_invoke else self.pauses:
            if not answer.may_come_again:
                break
            self.retries += 1
            await asyncio.sleep(pause)
            answer = await self.post(body, parcel.activity["serviceUrl"], parcel.flaw)
        if not answer.is_taken:
            self.lost.append(parcel.activity)
        return answer

    async def post(self, body: bytes, service_url: str, flaw: str = "") -> Answer:
        """One call, as it is."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        token = self.login.signed(service_url, flaw)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(self.patience):
                sent = self._session.post(self.endpoint, data=body, headers=headers)
                async with sent as response:
                    return Answer(response.status, await response.read())
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Answer(0)
