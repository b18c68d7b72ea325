"""Many people on a platform, what they are told, and a delivery that runs beside the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.messages import Address, Limits, Message
from bot.outgoing.delivery import Delivery
from bot.platforms.console import PLATFORM
from bot.standing import address_hash
from storage.mail import Urgency, queue
from storage.people import Contact
from tests.bot.stage import Stage


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[None]:
    stopped = asyncio.Event()
    work = asyncio.create_task(delivery.run(stopped))
    try:
        yield
    finally:
        stopped.set()
        await asyncio.wait_for(work, 40)


async def until(is_so: Callable[[], object], seconds: float = 40.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.005)


def has_heard(stage: Stage, name: str, many: int) -> bool:
    return len(stage.heard(name)) == many


def contact(stage: Stage, name: str, platform: str = PLATFORM) -> int:
    """A young person on a platform."""
    to = Address(platform, "", name)
    with stage.database.writing() as db:
        found = Contact(platform=platform, address=name, address_hash=address_hash(db, to))
        db.add(found)
        db.flush()
        assert found.id is not None
        return found.id


def say(stage: Stage, key: str, who: int, urgency: Urgency = Urgency.REPLY) -> None:
    say_all(stage, {key: who}, urgency)


def say_all(stage: Stage, rows: dict[str, int], urgency: Urgency) -> None:
    with stage.database.writing() as db:
        for key, who in rows.items():
            queue(
                db,
                key=key,
                intent="say",
                contact_id=who,
                now=stage.now,
                params={"wording": "young.clear"},
                urgency=urgency,
            )


def crowd(stage: Stage, many: int) -> None:
    """Everybody is told something at once."""
    people = {f"told:{number}": contact(stage, f"c{number}") for number in range(many)}
    say_all(stage, people, Urgency.BROADCAST)


def with_limits(stage: Stage, limits: Limits) -> Delivery:
    stage.recorder.limits = limits
    return stage.app.delivery({PLATFORM: stage.recorder})


def slowly(seconds: float) -> Callable[[Address, Message], Awaitable[None]]:
    async def wait(*_: object) -> None:
        await asyncio.sleep(seconds)

    return wait
