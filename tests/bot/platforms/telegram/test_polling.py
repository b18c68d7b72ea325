"""Long polling: nothing is confirmed before it is taken, and one update stops no other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from sqlite3 import OperationalError
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError as DatabaseError
from sqlmodel import select

from bot.mailroom import MailroomClosed
from bot.messages import Edited, Elsewhere, Left, Pressed, Said, Sent
from bot.platforms.telegram import Poller, PollLease, Receiver
from bot.platforms.telegram.receiving import MOST_ATTEMPTS
from bot.writer import Writer
from storage.database import Database
from storage.leases import take_lease
from storage.mail import Lease
from storage.types import Keyring
from tests.bot.platforms.telegram.conftest import NOW, Mailbox, opened, run
from tests.platforms.fixtures import until
from tests.platforms.telegram_limits import (
    BAD_GATEWAY,
    DROP,
    GARBAGE,
    SERVER_ERROR,
    Fault,
)
from tests.platforms.telegram_request import Refused
from tests.platforms.telegram_server import TelegramServer

OUTAGE = MailroomClosed(DatabaseError("", {}, OperationalError("database is locked")))
FAULT = MailroomClosed(RuntimeError("one bad message"))
CONFLICT = Refused(409, "Conflict: terminated by other getUpdates request")


@pytest.fixture
def writer() -> Iterator[Writer]:
    one = Writer()
    yield one
    one.close()


class Desk:
    """One poller on the loopback server, with what it said went wrong."""

    def __init__(self, server: TelegramServer, mailbox: Mailbox, poller: Poller) -> None:
        self.server = server
        self.mailbox = mailbox
        self.poller = poller
        self.stopped = asyncio.Event()

    async def confirmed(self) -> None:
        """Until everything is taken and Telegram knows."""
        await until(lambda: self.server.pending == 0, "every update is confirmed")

    async def taken(self, count: int) -> None:
        await until(lambda: len(self.mailbox.taken) >= count, f"{count} messages are taken")


@pytest.fixture
def polling(
    telegram_server: TelegramServer,
    mailbox: Mailbox,
    keyring: Keyring,
    sqlite_database: Database,
    writer: Writer,
) -> Callable[..., Any]:
    """A context in which a poller runs; `heard` is told of what is passed over."""

    @asynccontextmanager
    async def running(
        *, heard: list[str] | None = None, seconds: float = 30.0
    ) -> AsyncIterator[Desk]:
        async with opened(telegram_server, keyring) as telegram:
            telling = None if heard is None else heard.append
            receiver = Receiver(telegram, mailbox.receive, lambda: NOW, on_trouble=telling)
            lease = PollLease(sqlite_database, writer, lambda: NOW, seconds=seconds)
            poller = Poller(receiver, lease, poll_seconds=10, first_pause=0.01)
            desk = Desk(telegram_server, mailbox, poller)
            task = asyncio.create_task(poller.run(desk.stopped))
            try:
                yield desk
            finally:
                desk.stopped.set()
                await asyncio.wait_for(task, 10)

    return running


def test_whatever_people_do_comes_in_once_in_its_order_and_is_confirmed(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)

    async def work() -> None:
        for number in range(250):
            robin.says(f"word {number}")
        async with polling() as desk:
            await desk.taken(250)
            robin.sends("voice")
            robin.edits("other word")
            robin.blocks()
            await desk.confirmed()

    run(work())
    words = [Said(f"word {number}") for number in range(250)]
    assert mailbox.contents == [*words, Sent("voice"), Edited("other word"), Left()]
    assert mailbox.calls == 253


def test_nothing_is_confirmed_while_it_cannot_be_stored_and_an_outage_lasts_as_long_as_it_may(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)
    heard: list[str] = []
    mailbox.failures = [OUTAGE] * (3 * MOST_ATTEMPTS)

    async def work() -> None:
        robin.says("one")
        robin.says("two")
        async with polling(heard=heard) as desk:
            await until(lambda: mailbox.calls >= 10, "it was tried again")
            assert telegram_server.pending == 2
            assert "cannot be stored" in desk.poller.trouble
            mailbox.failures.clear()
            await desk.confirmed()
            await until(lambda: desk.poller.trouble == "", "the trouble is over")

    run(work())
    assert mailbox.contents == [Said("one"), Said("two")]
    assert heard == []


def test_what_comes_after_a_failure_is_stored_once_and_the_failure_comes_again(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)
    mailbox.failures = [FAULT]

    async def work() -> None:
        robin.says("one")
        robin.says("two")
        async with polling() as desk:
            await desk.confirmed()

    run(work())
    assert sorted(one.text for one in mailbox.contents) == ["one", "two"]


def test_an_update_that_never_works_is_passed_over_and_said_by_kind(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)
    heard: list[str] = []
    mailbox.failures = [FAULT] * MOST_ATTEMPTS

    async def work() -> None:
        robin.says("my dad hits me")
        async with polling(heard=heard) as desk:
            await until(lambda: bool(heard), "it was passed over")
            robin.says("hello")
            await desk.confirmed()

    run(work())
    assert mailbox.contents == [Said("hello")]
    assert heard == [f"failed {MOST_ATTEMPTS} times (MailroomClosed)"]


def test_one_malformed_update_stops_none_beside_it(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)
    heard: list[str] = []

    async def work() -> None:
        robin.says("before")
        telegram_server.raw_update({"message": {"from": 3}})
        telegram_server.raw_update({"callback_query": ["x"]})
        robin.says("after")
        async with polling(heard=heard) as desk:
            await desk.confirmed()

    run(work())
    assert mailbox.contents == [Said("before"), Said("after")]
    assert len(heard) == 2
    assert all(kind.startswith("malformed") for kind in heard)


@pytest.mark.parametrize("fault", [BAD_GATEWAY, SERVER_ERROR, DROP, GARBAGE])
def test_polling_goes_on_after_whatever_the_network_does(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any], fault: Any
) -> None:
    robin = telegram_server.person(5001)
    telegram_server.fail("getUpdates", fault, times=3)

    async def work() -> None:
        robin.says("hello")
        async with polling() as desk:
            await desk.confirmed()
            assert desk.poller.trouble == ""

    run(work())
    assert mailbox.contents == [Said("hello")]
    assert telegram_server.faults.left == 0


def test_a_connection_that_breaks_off_in_the_middle_of_a_poll_is_made_again(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)

    async def work() -> None:
        async with polling() as desk:
            await until(lambda: telegram_server.updates.polls == 1, "it polls")
            telegram_server.cut_all()
            await until(lambda: telegram_server.updates.polls == 2, "it polls again")
            robin.says("hello")
            await desk.confirmed()

    run(work())
    assert mailbox.contents == [Said("hello")]


def test_another_program_that_polls_shows_as_trouble_and_is_waited_for(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    telegram_server.fail("getUpdates", Fault(CONFLICT), times=4)
    robin = telegram_server.person(5001)

    async def work() -> None:
        async with polling() as desk:
            await until(lambda: "409" in desk.poller.trouble, "the trouble is named")
            robin.says("hello")
            await desk.confirmed()
            await until(lambda: desk.poller.trouble == "", "the trouble is over")

    run(work())
    assert mailbox.contents == [Said("hello")]


def test_every_press_is_answered_once_it_is_taken(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)
    shown = robin.chat.add(NOW, by_bot=True, text="?")

    async def work() -> None:
        async with polling() as desk:
            robin.presses_data("s:a:1:0", shown)
            robin.presses_data("s:a:1:0", shown)
            await desk.confirmed()

    run(work())
    assert mailbox.contents == [Pressed("s:a:1:0")] * 2
    assert len(telegram_server.profile.answered) == 2


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "I only talk one to one. Write to me here: t.me/"),
        ("pl-PL", "Rozmawiam tylko z jedną osobą naraz. Napisz do mnie tutaj: t.me/"),
        ("xx", "I only talk one to one. Write to me here: t.me/"),
    ],
)
def test_in_a_group_it_says_where_to_find_it_and_goes(
    telegram_server: TelegramServer,
    mailbox: Mailbox,
    polling: Callable[..., Any],
    language: str,
    line: str,
) -> None:
    group = telegram_server.group(-77)
    group.chat.language = language
    username = telegram_server.chats.username

    async def work() -> None:
        async with polling() as desk:
            group.invites_bot()
            await until(lambda: bool(telegram_server.called("leaveChat")), "it leaves")
            group.says(f"/help@{username}")
            await desk.confirmed()

    run(work())
    assert group.heard == [line + username]
    assert mailbox.contents == [Elsewhere(f"/help@{username}")]


def test_only_who_holds_the_lease_polls_and_another_takes_over_at_once_when_it_ends(
    telegram_server: TelegramServer,
    mailbox: Mailbox,
    polling: Callable[..., Any],
    sqlite_database: Database,
) -> None:
    robin = telegram_server.person(5001)

    async def work() -> None:
        async with polling(seconds=0.3) as second_to_end:
            await until(lambda: telegram_server.updates.polls == 1, "the first polls")
            async with polling(seconds=0.3) as waiting:
                await until(lambda: "another program" in waiting.poller.trouble, "it waits")
                second_to_end.stopped.set()
                await until(lambda: telegram_server.updates.polls >= 2, "the second polls")
                robin.says("hello")
                await waiting.confirmed()

    run(work())
    assert mailbox.contents == [Said("hello")]
    with sqlite_database.reading() as db:
        assert db.exec(select(Lease)).all() == []


def test_who_loses_the_lease_stops_polling(
    telegram_server: TelegramServer, polling: Callable[..., Any], sqlite_database: Database
) -> None:
    async def work() -> None:
        async with polling(seconds=0.2) as desk:
            await until(lambda: telegram_server.updates.polls == 1, "it polls")
            with sqlite_database.writing() as db:
                (row,) = db.exec(select(Lease)).all()
                db.delete(row)
                db.flush()
                assert take_lease(db, row.name, "another", NOW, 3600)
            await until(lambda: "another program" in desk.poller.trouble, "it stops")

    run(work())
    assert telegram_server.updates.polls == 1


def test_what_was_taken_does_not_come_again_after_a_restart(
    telegram_server: TelegramServer, mailbox: Mailbox, polling: Callable[..., Any]
) -> None:
    robin = telegram_server.person(5001)

    async def work() -> None:
        robin.says("hello")
        async with polling() as desk:
            await desk.taken(1)
        assert telegram_server.pending == 0

    run(work())
    assert mailbox.calls == 1


def test_a_stop_in_the_middle_of_a_poll_is_quick(
    telegram_server: TelegramServer, polling: Callable[..., Any]
) -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        async with polling():
            await until(lambda: telegram_server.updates.polls == 1, "it polls")
            began = loop.time()
        return loop.time() - began

    assert run(work()) < 3.0
