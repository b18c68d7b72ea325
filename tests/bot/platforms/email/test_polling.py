"""Reading the mailbox: nothing is let go before it is on disk, and one mail stops no other."""

from sqlite3 import OperationalError

import pytest
from sqlalchemy.exc import OperationalError as DatabaseError

from bot.lease import OneNodeLease
from bot.mailroom import MailroomClosed
from bot.messages import Elsewhere, Left, Message, Said
from bot.platforms.email.loops import MOST_AT_ONCE
from bot.platforms.email.polling import NAME
from bot.platforms.email.receiving import MOST_ATTEMPTS
from bot.writer import Writer
from storage.database import Database
from tests.bot.platforms.email.conftest import NOW, House, Opened, to
from tests.bot.platforms.email.mails import reply
from tests.platforms.fixtures import until
from tests.platforms.mail_people import STYLES

HELLO = Message("Two actions are due.", title="Due this week")
OUTAGE = MailroomClosed(DatabaseError("", {}, OperationalError("database is locked")))
FAULT = MailroomClosed(RuntimeError("one bad message"))


async def greet(house: House) -> None:
    await house.door.sender.send(to(), HELLO, None)


@pytest.mark.parametrize("style", STYLES)
def test_a_reply_of_every_program_is_what_was_written(opened: Opened, style: str) -> None:
    words = "Tŷ Gŵyr: done 🎉, trained 43 staff.\nThe rest in May."

    with opened() as house:

        async def talk() -> None:
            await greet(house)
            house.person().replies(words, style)
            await house.read()

        house.at_work(talk)
        [incoming] = house.intake.taken
        assert incoming.content == Said(words)


def test_absence_notes_end_here_and_are_marked_as_read(opened: Opened) -> None:
    with opened() as house:

        async def talk() -> None:
            await greet(house)
            house.person().is_away()
            await house.read()

        house.at_work(talk)
        assert house.intake.calls == 0
        assert house.door.receiver.passed_over == 1
        assert len(house.person().inbox) == 1


def test_a_mail_that_came_back_is_a_person_who_cannot_be_reached(opened: Opened) -> None:
    with opened() as house:
        house.store.faults.bounces["gone@nhs.example"] = "5.1.1"
        house.store.faults.bounces["late@nhs.example"] = "4.4.7"

        async def talk() -> None:
            await house.door.sender.send(to("gone@nhs.example"), HELLO, None)
            await house.door.sender.send(to("late@nhs.example"), HELLO, None)
            await house.read()

        house.at_work(talk)
        [incoming] = house.intake.taken
        assert incoming.content == Left("bounced")
        assert incoming.sender == to("gone@nhs.example")


def test_the_unsubscribe_of_a_mail_program_and_a_mail_out_of_the_blue(opened: Opened) -> None:
    with opened() as house:

        async def talk() -> None:
            await greet(house)
            house.person().unsubscribes()
            house.person().writes("Is this the right address?")
            await house.read()

        house.at_work(talk)
        assert house.intake.contents == [Said("/stop"), Elsewhere("Is this the right address?")]


def test_nothing_is_marked_while_it_cannot_be_stored(opened: Opened) -> None:
    with opened() as house:
        house.intake.failures = [OUTAGE] * (MOST_ATTEMPTS + 5)

        async def talk() -> None:
            await greet(house)
            house.person().replies("Done")
            await house.say("cannot be stored")
            assert house.store.unread
            await house.read()
            await house.say("read again")

        house.at_work(talk)
        assert house.intake.contents == [Said("Done")]
        assert house.store.flagged == []


def test_one_that_fails_again_and_again_is_set_aside_and_others_come_in(opened: Opened) -> None:
    with opened() as house:
        house.intake.failures = [FAULT] * MOST_ATTEMPTS

        async def talk() -> None:
            await greet(house)
            house.person().replies("the bad one")
            await house.say("flagged in the mailbox: it failed")
            house.person().replies("the good one")
            await house.read()

        house.at_work(talk)
        assert house.intake.contents == [Said("the good one")]
        assert len(house.store.flagged) == 1
        assert not any("bad one" in line or "robin" in line for line in house.told)


def test_a_connection_that_ends_between_commit_and_mark_counts_the_mail_once(
    opened: Opened,
) -> None:
    with opened("tls") as house:
        house.store.faults.stores_cut = 2

        async def talk() -> None:
            await greet(house)
            house.person().replies("Done")
            await house.read()

        house.at_work(talk)
        assert house.intake.calls == 3
        assert house.intake.contents == [Said("Done")]


def test_two_programs_that_answer_each_other_come_to_an_end(opened: Opened) -> None:
    with opened() as house:

        async def talk() -> None:
            await greet(house)
            for number in range(MOST_AT_ONCE + 3):
                before = len(house.intake.taken)
                house.person().replies(f"Your ticket {number} was received", "plain")
                await house.read()
                if len(house.intake.taken) > before:
                    await greet(house)

        house.at_work(talk)
        assert len(house.intake.taken) == MOST_AT_ONCE
        assert len(house.person().inbox) == MOST_AT_ONCE + 1
        assert house.store.flagged
        assert any("too many mails from one address" in line for line in house.told)


def test_more_than_one_fetch_brings_all_come_in_their_order(opened: Opened) -> None:
    with opened() as house:
        people = [f"p{n:02}@nhs.example" for n in range(45)]

        async def talk() -> None:
            for person in people:
                house.store.arrive(reply(f"I am {person}", sender=person))
            house.store.arrive(b"\xff\xfe no mail at all \x00")
            await house.read()

        house.at_work(talk)
        assert [one.sender.id for one in house.intake.taken] == people


def test_a_wrong_password_and_a_server_in_trouble_are_told_once_and_waited_for(
    opened: Opened,
) -> None:
    with opened("starttls") as house:
        house.store.faults.logins_refused = True

        async def talk() -> None:
            await house.say("refuses to let us in")
            await house.say("refuses us (sign in: 535")
            house.store.faults.searches_refused = 2
            house.store.faults.logins_refused = False
            await house.say("the mailbox is read again")
            await house.say("E-mail: from")

        house.at_work(talk)
        assert len([line for line in house.told if "to let us in" in line]) == 1


def test_only_the_node_with_the_lease_reads(
    opened: Opened, sqlite_database: Database, writer: Writer
) -> None:
    other = OneNodeLease(NAME, sqlite_database, writer, lambda: NOW)

    with opened() as house:

        async def talk() -> None:
            assert await other.take()
            house.store.arrive(reply("Done"))
            await house.say("replies are read from INBOX")
            await until(lambda: "CAPABILITY" not in house.store.commands, "nothing is read")

        async def goes() -> None:
            assert await other.take()
            await greet(house)

        house.at_work(talk, goes)
        assert house.store.commands == []
        assert house.intake.calls == 0
