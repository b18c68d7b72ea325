"""Telegram, the real mailroom and a real database together: what is confirmed is on disk."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot.app import App, assemble
from bot.platforms.telegram import Poller, PollLease, Receiver, Telegram
from storage.database import Database
from storage.mail import InboxKey
from storage.people import Contact
from storage.types import Keyring
from tests.bot.platforms.telegram.conftest import NOW, opened, run, settings_for
from tests.platforms.fixtures import until
from tests.platforms.telegram_server import TelegramServer


@pytest.fixture
def app(telegram_server: TelegramServer, sqlite_database: Database) -> Iterator[App]:
    one = assemble(sqlite_database, settings_for(telegram_server), lambda: NOW)
    yield one
    one.writer.close()


def _poller(app: App, telegram: Telegram) -> Poller:
    receiver = Receiver(telegram, app.mailroom.receive, app.around.clock)
    lease = PollLease(app.database, app.writer, app.around.clock, seconds=1.0)
    return Poller(receiver, lease, poll_seconds=10, first_pause=0.01)


def _events(app: App) -> list[str]:
    with app.database.reading() as db:
        return [one.event_id for one in db.exec(select(InboxKey)).all()]


def test_whoever_writes_gets_an_answer_and_their_address_is_known(
    telegram_server: TelegramServer, keyring: Keyring, app: App
) -> None:
    robin = telegram_server.person(5001, language="pl")

    async def work() -> None:
        async with opened(telegram_server, keyring) as telegram:
            stopped = asyncio.Event()
            polling = asyncio.create_task(_poller(app, telegram).run(stopped))
            robin.arrives()
            await until(lambda: telegram_server.pending == 0, "it is confirmed")
            await app.delivery({"telegram": telegram}).run_until_idle()
            stopped.set()
            await polling

    run(work())
    assert len(robin.heard) == 1
    assert "999" in robin.heard[0]
    with app.database.reading() as db:
        (contact,) = db.exec(select(Contact)).all()
    assert (contact.platform, contact.address) == ("telegram", "5001")


def test_while_the_database_is_locked_nothing_is_confirmed_and_afterwards_nothing_is_lost(
    telegram_server: TelegramServer, keyring: Keyring, app: App
) -> None:
    robin = telegram_server.person(5001)

    async def work() -> None:
        async with opened(telegram_server, keyring) as telegram:
            stopped = asyncio.Event()
            poller = _poller(app, telegram)
            polling = asyncio.create_task(poller.run(stopped))
            await until(lambda: telegram_server.updates.polls > 0, "it polls")
            with Session(app.database.engine) as locking:
                locking.execute(text("UPDATE lease SET until = until"))
                numbers = [robin.says("one"), robin.says("two")]
                await until(lambda: poller.trouble != "", "it is in trouble")
                assert telegram_server.pending == 2
                assert _events(app) == []
                locking.rollback()
            await until(lambda: telegram_server.pending == 0, "both are confirmed")
            assert sorted(_events(app)) == [str(number) for number in numbers]
            stopped.set()
            await polling

    run(work())
