"""The line of Socket Mode: cut, refreshed, refused; and tokens that are not accepted."""

import asyncio

import pytest

from bot.messages import Said
from storage.database import Database
from tests.bot.platforms.slack.stage import (
    Mailbox,
    address_of,
    installed,
    opened,
    run,
    sam_of,
    settings_for,
)
from tests.platforms.fixtures import until
from tests.platforms.slack_limits import refused
from tests.platforms.slack_server import SlackServer


def test_the_line_is_opened_again_after_it_was_cut_or_refreshed(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)

    async def work() -> None:
        async with opened(slack, sqlite_database, mailbox) as door:
            for number, trouble in enumerate((slack.cut_all, lambda: slack.refresh(app))):
                await asyncio.to_thread(trouble)
                sam.says(f"after {number}")
                await door.settled()

    app = sam.workspace.app
    run(work())
    assert mailbox.contents == [Said("after 0"), Said("after 1")]


def test_slack_that_cannot_be_reached_at_the_start_is_waited_for(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    sam = sam_of(slack)
    slack.fail("auth.test", refused("service_unavailable"), times=2)
    slack.fail("apps.connections.open", refused("internal_error"), times=2)

    async def work() -> list[str]:
        async with opened(slack, sqlite_database, mailbox) as door:
            sam.says("help")
            await door.settled()
            return door.told

    told = run(work())
    assert mailbox.contents == [Said("help")]
    assert [line.split(".")[0].split(" (")[0] for line in told] == [
        "Slack: not reached for council",
        "Slack: council",
    ]


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("auth.test", "The bot token is not accepted (invalid_auth)."),
        ("apps.connections.open", "The app token is not accepted (invalid_auth)."),
    ],
)
def test_a_token_that_is_refused_is_told_with_its_remedy_and_the_others_stay_open(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox, method: str, says: str
) -> None:
    council, nhs = installed(slack), installed(slack, "nhs")
    sam = slack.person("sam", "sam@x.example")
    kim = slack.person("kim", "kim@x.example", workspace=nhs)
    wrong = "xoxb-wrong" if method == "auth.test" else council.bot_token
    line = "xapp-wrong" if method != "auth.test" else council.app.app_token
    settings = settings_for(slack, (council, nhs)).slack.workspaces
    given = [one.model_dump() for one in settings]
    given[0] |= {"bot_token": wrong, "app_token": line}

    async def work() -> list[str]:
        async with opened(slack, sqlite_database, mailbox, council, nhs, given=given) as door:
            await door.until(lambda: len(door.told) == 2, "both were told")
            kim.says("help")
            await until(lambda: bool(mailbox.taken), "it was taken")
            return door.told

    told = run(work())
    assert sum(line.startswith(f"Slack: closed for council. {says}") for line in told) == 1
    assert "Slack: nhs (Socket Mode)" in told
    assert [one.sender for one in mailbox.taken] == [address_of(kim)]
    assert "xapp" not in " ".join(told)
    assert "xoxb" not in " ".join(told)
    assert sam.troubles == []


def test_an_app_that_was_removed_is_told_to_the_administrator(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)

    async def work() -> list[str]:
        async with opened(slack, sqlite_database, mailbox, there) as door:
            slack.uninstall(there)
            await door.settled()
            return door.told

    told = run(work())
    assert "Slack: the app was removed from council" in told[-1]
    assert mailbox.taken == []
