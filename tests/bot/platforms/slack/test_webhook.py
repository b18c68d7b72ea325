"""What is brought over HTTP: by Slack alone, once, and never too much."""

import json
from datetime import timedelta
from typing import Any

import httpx

from bot.messages import (
    Said,
)
from bot.platforms.slack.gate import MOST_BYTES
from storage.database import Database
from tests.bot.platforms.slack.payloads import command
from tests.bot.platforms.slack.stage import (
    Mailbox,
    installed,
    opened,
    run,
)
from tests.bot.platforms.slack.stage import Opened as Door
from tests.platforms.slack_events import body_of, signed
from tests.platforms.slack_limits import refused
from tests.platforms.slack_server import SlackServer


def _asked(door: Door, body: bytes, headers: dict[str, str]) -> Any:
    async def post() -> httpx.Response:
        async with httpx.AsyncClient(timeout=10) as client:
            return await client.post(door.url, content=body, headers=headers)

    return post()


EVENT = {
    "type": "event_callback",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "text": "done",
        "ts": "1701687600.000100",
    },
}


def test_forged_stale_replayed_and_oversized_requests_are_refused_and_counted(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there, other = installed(slack), installed(slack, "nhs")

    async def work() -> dict[str, int]:
        async with opened(slack, sqlite_database, mailbox, there, other, mode="http") as door:
            body = json.dumps(EVENT | {"team_id": there.id}).encode()
            now = slack.clock()

            def by(app: Any, at: Any = now, content: bytes = body) -> dict[str, str]:
                return signed(app, content, at, "events_api")

            good = by(there.app)
            answers = [
                (await _asked(door, content, headers)).status_code
                for content, headers in (
                    (body, {"content-type": "application/json"}),
                    (body, good | {"X-Slack-Signature": "v0=" + "0" * 64}),
                    (body, good | {"X-Slack-Request-Timestamp": "now"}),
                    (body + b" ", good),
                    (body, by(there.app, now - timedelta(minutes=6))),
                    (body, by(there.app, now + timedelta(minutes=6))),
                    (b"x" * (MOST_BYTES + 1), good),
                    (b"\xff", by(there.app, content=b"ok")),
                    (b"{", by(there.app, content=b"{")),
                    # Signed by the app of one workspace, and says that it comes from another.
                    (body, by(other.app)),
                    (body, good),
                    (body, good),
                    (body, good | {"X-Slack-Retry-Num": "1"}),
                )
            ]
            assert answers == [401] * 6 + [413, 401, 400, 200, 200, 401, 200]
            told = [line for line in door.told if "forged" in line or "passed over" in line]
            assert told == [
                "Slack: a request was refused: forged.",
                "Slack: passed over: not of our workspaces.",
            ]
            return dict(door.door.refused)

    refused_by_kind = run(work())
    assert refused_by_kind == {
        "unsigned": 2,
        "forged": 2,
        "stale": 2,
        "oversized": 1,
        "malformed": 2,
        "replayed": 1,
        "not of our workspaces": 1,
    }
    assert mailbox.contents == [Said("done")]


def test_before_it_is_open_nothing_is_taken_but_slack_hears_that_we_are_there(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)
    slack.fail("auth.test", refused("service_unavailable"), times=1_000)

    async def work() -> list[int]:
        async with opened(slack, sqlite_database, mailbox, there, mode="http", waits=False) as door:
            body = json.dumps(EVENT | {"team_id": there.id}).encode()
            headers = signed(there.app, body, slack.clock(), "events_api")
            return [(await _asked(door, body, headers)).status_code]

    assert run(work()) == [503]
    assert mailbox.taken == []


def test_a_payload_that_is_not_as_slack_describes_it_is_passed_over_and_counted(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)
    broken: list[dict[str, Any]] = [
        {"type": "event_callback", "event": None},
        {"type": "event_callback", "event": {"type": "message", "channel_type": "im", "user": 1}},
        {"type": "block_actions", "actions": [{"type": "button", "value": "x"}]},
        {"type": "view_submission", "view": {"id": "V1"}},
    ]

    async def work() -> dict[str, int]:
        async with opened(slack, sqlite_database, mailbox, there, mode="http") as door:
            for payload in broken:
                kind = "events_api" if payload["type"] == "event_callback" else "interactive"
                body = body_of(kind, payload | {"team_id": there.id})
                headers = signed(there.app, body, slack.clock(), kind)
                assert (await _asked(door, body, headers)).status_code in (200, 400)
            return dict(door.door.refused)

    assert sum(run(work()).values()) == len(broken)
    assert mailbox.taken == []


def test_who_gives_a_command_among_others_is_told_where_the_answer_comes(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)

    async def work() -> list[str]:
        async with opened(slack, sqlite_database, mailbox, there, mode="http") as door:
            answers = []
            for place in ("general", "directmessage"):
                given = command("actions", team_id=there.id, channel_name=place, trigger_id=place)
                body = body_of("slash_commands", given)
                headers = signed(there.app, body, slack.clock(), "slash_commands")
                answers.append((await _asked(door, body, headers)).text)
            return answers

    among_others, alone = run(work())
    assert json.loads(among_others) == {
        "response_type": "ephemeral",
        "text": "The answer is in our chat.",
    }
    assert alone == ""
    assert mailbox.contents == [Said("/actions")] * 2


def test_a_workspace_without_a_signing_secret_stays_closed_and_that_is_told(
    slack: SlackServer, sqlite_database: Database, mailbox: Mailbox
) -> None:
    there = installed(slack)
    given = [{"name": "council", "bot_token": there.bot_token}]

    async def work() -> list[str]:
        async with opened(
            slack,
            sqlite_database,
            mailbox,
            there,
            mode="http",
            given=given,
            waits=False,
            is_called=False,
        ) as door:
            await door.until(lambda: bool(door.told), "it was told")
            return door.told

    [told] = run(work())
    assert told.startswith("Slack: closed for council. There is no signing secret.")
