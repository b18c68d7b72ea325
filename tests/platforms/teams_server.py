"""Teams on this machine: Microsoft's login and the connector, to be the platform in tests.

In a test: `with serving() as teams: sam = teams.person("Sam Taylor"); sam.installs()`.
In a process of its own: `python -m tests.platforms.teams_server --port 0`.
"""

import argparse
import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.platforms.sites import Site, on_thread
from tests.platforms.teams_calls import Answer, Calls, Parcel
from tests.platforms.teams_connector import Call, Connector
from tests.platforms.teams_limits import Fault, Faults, Json, RateLimits
from tests.platforms.teams_login import Login, machine_clock
from tests.platforms.teams_people import Person
from tests.platforms.teams_state import (
    Conversation,
    Member,
    Tenant,
    made_conversation,
    made_member,
    made_tenant,
)

START = datetime(2023, 12, 4, 10, tzinfo=UTC)
APP_ID = "5a1f0c3e-0000-4000-8000-10095bac4001"
SECRET = "loopback~secret~of~nobody"
APP_TENANT = made_tenant("council").id


class TeamsServer:
    """One app's Teams. People may act from any thread; calls are served on the loop's own.

    `clock` stamps activities; `token_clock` tokens, whose checks read the clock of the machine.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = lambda: START,
        token_clock: Callable[[], datetime] = machine_clock,
        limits: RateLimits | None = None,
        records: bool = True,
    ) -> None:
        self.clock = clock
        self.limits = limits
        self.records = records
        self.lock = threading.RLock()
        self.app_id = APP_ID
        self.secret = SECRET
        self.bot_id = f"28:{APP_ID}"
        self.login = Login(APP_ID, SECRET, token_clock, lambda: self.url)
        self.http = Calls(self.login)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.tenants: dict[str, Tenant] = {}
        self.members: dict[tuple[str, str], Member] = {}
        self.conversations: dict[str, Conversation] = {}
        self.url = ""
        connector = Connector(self)
        self._site = Site([*self.login.routes(), *connector.routes()])
        self._personal: dict[str, Conversation] = {}
        self._people: dict[str, Person] = {}
        self._last: Parcel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # life

    async def start(self, port: int = 0) -> str:
        self._loop = asyncio.get_running_loop()
        self.url = f"http://127.0.0.1:{await self._site.start(port)}"
        return self.url

    async def stop(self) -> None:
        await self.http.stop()
        await self._site.stop()
        self._loop = None

    @property
    def service_url(self) -> str:
        """Where the app calls the connector, as activities say it."""
        return f"{self.url}/teams/"

    @property
    def metadata(self) -> str:
        """Where it is said with which keys activities are signed."""
        return f"{self.url}/v1/.well-known/openidconfiguration"

    def calls_at(self, endpoint: str) -> None:
        """Where the app takes activities, such as http://127.0.0.1:8080/teams/messages."""
        self.http.endpoint = endpoint

    def cut_all(self) -> None:
        """Every connection of the app breaks off."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._site.cut_all)

    # who is there

    def tenant(self, name: str = "police") -> Tenant:
        """Made when it is first named."""
        found = made_tenant(name)
        return self.tenants.setdefault(found.id, found)

    def person(
        self, name: str, email: str = "", *, tenant: Tenant | None = None, **more: Any
    ) -> Person:
        """Somebody there, made when first named; `more` is of Member: locale, principal."""
        there = tenant or self.tenant()
        with self.lock:
            for person in self._people.values():
                if (person.member.name, person.member.tenant.id) == (name, there.id):
                    return person
            member = made_member(there, name, email, **more)
            self.members[(there.id, member.id)] = member
            self.members[(there.id, member.aad)] = member
            self._people[member.aad] = Person(self, member)
            return self._people[member.aad]

    def guest(self, name: str, email: str, *, tenant: Tenant | None = None) -> Person:
        """Somebody of elsewhere who was invited."""
        there = tenant or self.tenant()
        principal = f"{email.replace('@', '_')}#EXT#@{there.name}.example"
        return self.person(name, email, tenant=there, principal=principal)

    def member(self, identity: str, tenant: str) -> Member | None:
        return self.members.get((tenant, identity))

    def personal(self, member: Member) -> Conversation:
        """Somebody's chat with the bot."""
        with self.lock:
            found = self._personal.get(member.aad)
            if found is None:
                found = made_conversation(member.tenant, "personal", member)
                self._personal[member.aad] = self.conversations[found.id] = found
            return found

    def team(self, *people: Person) -> Conversation:
        """A channel of a team that the bot is in."""
        members = [person.member for person in people]
        found = made_conversation(members[0].tenant, "channel", *members)
        self.conversations[found.id] = found
        return found

    # what tests ask for

    def fail(self, call: str, *faults: Fault, times: int = 1) -> None:
        """The next calls (open, send, update, delete, member, members; "*": any) fail so."""
        with self.lock:
            self.faults.add(call, faults * times)

    @property
    def pending(self) -> int:
        """What the app was brought, or is to be, and has not answered."""
        return self.http.open

    def called(self, *calls: str) -> list[Call]:
        with self.lock:
            return [one for one in self.calls if one.call in calls]

    @property
    def refusals(self) -> list[str]:
        """Each call that was refused, and why."""
        with self.lock:
            return [f"{one.call} {one.status} {one.why}" for one in self.calls if one.why]

    def tell(
        self,
        activity: Json,
        answered: Callable[[Answer], None] = lambda _: None,
        flaw: str = "",
    ) -> str:
        """Brings an activity to the app; its id."""
        assert self._loop is not None, "the server is not running"
        assert self.http.endpoint, "nobody said where the app is: calls_at"
        parcel = Parcel(activity, answered, flaw)
        with self.lock:
            self.http.given += 1
            self._last = parcel
        self._loop.call_soon_threadsafe(self.http.start, parcel)
        return str(activity["id"])

    def repeats(self) -> None:
        """What was brought last is brought again, as it is."""
        assert self._last is not None, "nothing was brought yet"
        self.tell(self._last.activity, self._last.answered, self._last.flaw)

    def posts(self, activity: Json | bytes, flaw: str = "", service_url: str = "") -> Answer:
        """One call to the app as it is, malformed if need be; waits for the answer.

        From another thread than the app's.
        """
        assert self._loop is not None
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        work = self.http.post(body, service_url or self.service_url, flaw)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


@contextmanager
def serving(**options: Any) -> Iterator[TeamsServer]:
    """A server on a thread and a loop of its own."""
    with on_thread(TeamsServer(**options), "teams") as server:
        yield server


async def serve(port: int, *, strict: bool) -> None:
    """Until it is interrupted."""
    limits = RateLimits() if strict else None
    server = TeamsServer(clock=machine_clock, limits=limits, records=False)
    print(await server.start(port), flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Teams on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    parser.add_argument("--strict", action="store_true", help="with the platform's limits")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(serve(chosen.port, strict=chosen.strict))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
