"""The door with the real SDK on the loopback Slack, by Socket Mode and by HTTP."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.messages import (
    SLACK,
    Ack,
    AckStatus,
    Edited,
    Elsewhere,
    Incoming,
    Message,
    Opened,
    Replace,
    Said,
    Sent,
)
from storage.database import Database
from storage.people import Role
from tests.bot.conftest import staged
from tests.bot.platforms.slack.stage import (
    NUDGE,
    WAYS,
    Mailbox,
    ack,
    address_of,
    installed,
    opened,
    run,
    sam_of,
)
from tests.platforms.slack_limits import refused
from tests.platforms.slack_server import SlackServer, serving


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with serving() as server:
        # A busy machine is not what is tested here.
        server.deliveries.patience = server.triggers.seconds = 20.0
        yield server


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.mark.parametrize("mode", WAYS)
def test_what_people_do_arrives_with_who_they_are(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, mode: str
) -> None:
    sam = sam_of(slack, locale="pl-PL")

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox, mode=mode) as door:
            for act in (
                lambda: sam.says("done, trained 43 < 50 & more"),
                lambda: sam.edits("done, trained 44"),
                lambda: sam.sends("plan.pdf", "the plan"),
                lambda: sam.commands("/loop actions"),
                lambda: sam.commands("/loop"),
                lambda: sam.shortcut("give_update"),
                sam.opens_home,
                sam.opens_messages,
                lambda: sam.says_in(slack.channel(sam.workspace, "general"), "<@bot> hello"),
            ):
                act()
                await door.settled()

    run(work())
    assert mailbox.contents == [
        Said("done, trained 43 < 50 & more"),
        Edited("done, trained 44"),
        Sent("file", "the plan"),
        Said("/actions"),
        Said("/help"),
        Said("/update"),
        Opened(),
        Elsewhere("hello"),
    ]
    assert {one.sender for one in mailbox.taken} == {address_of(sam)}
    assert {one.email for one in mailbox.taken} == {"sam@rochdale.example"}
    assert {one.language for one in mailbox.taken} == {"pl-PL"}
    assert [one.opens for one in mailbox.taken] == [
        False,
        False,
        False,
        *([True] * 3),
        False,
        False,
    ]
    assert len(slack.called("users.info")) == 1
    assert (slack.refusals, sam.troubles) == ([], [])


@pytest.mark.parametrize("mode", WAYS)
def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, mode: str
) -> None:
    sam = sam_of(slack)
    slack.deliveries.pauses = (0.01, 0.01, 0.01)
    slack.deliveries.patience = 0.5
    mailbox.answers.extend((RuntimeError("locked"), RuntimeError("locked")))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox, mode=mode) as door:
            sam.says("done")
            await door.settled()

    run(work())
    assert mailbox.contents == [Said("done")]
    assert mailbox.calls >= 3


def test_a_message_is_put_again_in_its_place(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    mailbox.answers.append(ack(Replace(Message("1.2: handed over."))))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            await door.send(sam, NUDGE)
            sam.presses("Not mine")
            await door.settled()

    run(work())
    assert sam.heard == ["1.2: handed over."]
    assert sam.last.buttons == []


@pytest.mark.parametrize("mode", WAYS)
def test_several_workspaces_are_kept_apart(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, mode: str
) -> None:
    council, nhs = installed(slack), installed(slack, "nhs")
    charity = installed(slack, "charity", app=nhs.app)
    people = [
        slack.person(name, f"{name}@{there.name}.example", workspace=there)
        for name, there in (("sam", council), ("kim", nhs), ("lee", charity))
    ]

    async def work() -> None:
        async with opened(
            slack, sqlite_database, mailbox, council, nhs, charity, mode=mode
        ) as door:
            if mode == "socket":
                await door.until(lambda: len(door.told) == 2, "both lines are open")
            for person in people:
                person.says("help")
                await door.settled()
                await door.send(person, Message(f"Hello {person.user.name}"))
            found = [await door.door.find(one.user.email) for one in people]
            assert found == [address_of(one) for one in people]
            assert await door.door.find("nobody@nhs.example") is None

    run(work())
    assert [one.sender for one in mailbox.taken] == [address_of(one) for one in people]
    assert [one.heard for one in people] == [["Hello sam"], ["Hello kim"], ["Hello lee"]]


def test_somebody_who_is_not_vouched_for_has_no_address(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)
    people = [
        slack.person("stranger", "a@x.example", is_stranger=True, team="TOTHER1"),
        slack.person("guest", "b@x.example", is_restricted=True, is_email_confirmed=False),
        slack.person("guest two", "c@x.example", is_ultra_restricted=True, is_email_confirmed=True),
        slack.person("new", "d@x.example", is_email_confirmed=False),
    ]

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox, there) as door:
            for person in people:
                person.says("help")
                await door.settled()
            assert await door.door.find("a@x.example") is None

    run(work())
    assert [one.email for one in mailbox.taken] == ["", "", "c@x.example", ""]


def test_a_profile_that_could_not_be_read_is_asked_for_the_next_time(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    slack.fail("users.info", refused("internal_error"))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            for _ in range(3):
                sam.says("help")
                await door.settled()
            now = slack.clock()
            slack.clock = lambda: now + timedelta(hours=2)
            sam.says("help")
            await door.settled()

    run(work())
    assert [bool(one.email) for one in mailbox.taken] == [False, True, True, True]
    assert len(slack.called("users.info")) == 3


def test_nothing_of_a_person_or_token_is_written_into_a_log(
    slack: SlackServer,
    sqlite_database: Database,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sam = sam_of(slack)
    caplog.set_level(0)
    slack.fail("chat.postMessage", refused("channel_not_found"))

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            sam.says("my own words")
            await door.settled()
            with pytest.raises(Exception, match="channel_not_found"):
                await door.send(sam, NUDGE)

    run(work())
    out = capsys.readouterr()
    written = caplog.text + out.out + out.err
    secrets = ("my own words", sam.id, sam.workspace.bot_token, sam.workspace.app.app_token)
    assert [one for one in (*secrets, "sam@rochdale", "is due") if one in written] == []


def test_what_was_stored_and_not_acknowledged_is_answered_once(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    """The process ends between the commit and the acknowledgement; another takes over."""
    sam = sam_of(slack)
    slack.deliveries.pauses = (0.05, 0.05, 0.05)
    with staged(sqlite_database) as stage:
        stage.person("sam", Role.MANAGER, linked=False)
        slack.clock = lambda: stage.now
        calls: list[AckStatus] = []

        async def receive(incoming: Incoming) -> Ack:
            taken = await stage.app.mailroom.receive(incoming)
            calls.append(taken.status)
            if len(calls) == 1:
                raise RuntimeError("killed")
            return taken

        async def work() -> None:
            async with opened(
                slack, sqlite_database, mailbox, receive=receive, mode="http"
            ) as door:
                delivery = stage.app.delivery({SLACK: door.door.sender})
                sam.says("help")
                await door.settled()
                await delivery.run_until_idle()

        stage.run(asyncio.wait_for(work(), 30))
    assert calls == [AckStatus.STORED, AckStatus.DUPLICATE]
    assert len(sam.heard) == 1
    assert slack.refusals == []
