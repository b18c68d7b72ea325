"""The loopback server is what Slack's own client takes for Slack, refusals included."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.sdk_slack import (
    Json,
    Work,
    actions,
    asking,
    button,
    modal,
    section,
    text,
    with_client,
)
from tests.platforms.slack_blocks import mentions_in
from tests.platforms.slack_limits import (
    BAD_GATEWAY,
    DROP,
    DROP_AFTER,
    GARBAGE,
    HANG,
    SERVER_ERROR,
    TOO_MANY,
    Fault,
    RateLimits,
    refused,
    slow,
)
from tests.platforms.slack_manifest import manifest_problems
from tests.platforms.slack_people import Person
from tests.platforms.slack_request import Refused
from tests.platforms.slack_server import START, SlackServer

HOME: Json = {"type": "home", "blocks": [section("My actions")]}


@pytest.fixture
def sam(slack_server: SlackServer) -> Person:
    return slack_server.person("Sam Taylor", "sam@rochdale.example", locale="pl-PL")


def test_a_bot_says_who_it_is_and_whom_it_writes_to(slack_server: SlackServer, sam: Person) -> None:
    async def work(client: AsyncWebClient) -> None:
        me = await client.auth_test()
        assert me["team_id"] == slack_server.workspace().id
        found = await client.users_lookupByEmail(email="SAM@rochdale.example")
        known = (await client.users_info(user=found["user"]["id"], include_locale=True))["user"]
        assert (known["profile"]["email"], known["locale"]) == ("sam@rochdale.example", "pl-PL")
        opened = await client.conversations_open(users=[sam.id])
        sent = await client.chat_postMessage(channel=sam.id, text="One action is due.")
        assert sent["channel"] == opened["channel"]["id"] == sam.channel.id

    with_client(slack_server, work)
    assert sam.heard == ["One action is due."]
    assert slack_server.refusals == []


def test_a_message_changes_in_place_keeps_its_thread_and_goes(
    slack_server: SlackServer, sam: Person
) -> None:
    async def work(client: AsyncWebClient) -> None:
        blocks = [section("Due"), actions(button("Done"))]
        sent = await client.chat_postMessage(channel=sam.id, text="Due", blocks=blocks)
        where = {"channel": sent["channel"], "ts": sent["ts"]}
        await client.chat_postMessage(channel=sam.id, text="Recorded", thread_ts=sent["ts"])
        await client.chat_update(**where, text="Due, still")
        assert sam.dm[0].labels == ["Done"], "an update without blocks keeps those there were"
        await client.chat_update(**where, text="Done", blocks=[])
        other = await client.chat_postMessage(channel=sam.id, text="Gone")
        await client.chat_delete(channel=other["channel"], ts=other["ts"])

    with_client(slack_server, work)
    assert sam.heard == ["Done", "Recorded"]
    assert (sam.dm[0].edits, sam.dm[0].labels) == (2, [])
    assert [one.text for one in sam.thread(sam.dm[0])] == ["Recorded"]


def test_a_file_is_shown_where_it_was_uploaded_to(slack_server: SlackServer, sam: Person) -> None:
    async def work(client: AsyncWebClient) -> None:
        sent = await client.chat_postMessage(channel=sam.id, text="The digest")
        await client.files_upload_v2(
            filename="digest.pdf",
            content=b"%PDF-",
            title="Digest",
            channel=sent["channel"],
            thread_ts=sent["ts"],
        )

    with_client(slack_server, work)
    [shown] = sam.thread(sam.dm[0])
    assert shown.files[0] | {"id": ""} == {
        "id": "",
        "name": "digest.pdf",
        "title": "Digest",
        "size": 5,
    }


def _posts(**more: Any) -> Work:
    return lambda client: client.chat_postMessage(**{"channel": "SAM", "text": "Due"} | more)


def _blocks(*blocks: Json) -> Work:
    return _posts(blocks=list(blocks))


def _opens(view: Json, trigger_id: str = "1.nobody") -> Work:
    return lambda client: client.views_open(trigger_id=trigger_id, view=view)


def _option(number: int) -> Json:
    return {"text": text(f"Option {number}"), "value": str(number)}


def _menu(many: int, **more: Any) -> Json:
    options = [_option(number) for number in range(many)]
    return {"type": "static_select", "options": options} | more


@pytest.mark.parametrize(
    ("work", "error", "why"),
    [
        (lambda c: c.api_call("chat.postMessage", json={"channel": "SAM"}), "no_text", ""),
        (_posts(text="x" * 40_001), "msg_too_long", ""),
        (_posts(channel="U0NOBODY"), "channel_not_found", ""),
        (_posts(channel="GONE"), "channel_not_found", ""),
        (_posts(channel="BOT"), "cannot_dm_bot", ""),
        (_posts(channel="QUIET"), "not_in_channel", ""),
        (_posts(thread_ts="1700000000.000001"), "thread_not_found", ""),
        (_posts(blocks='{"type": "section"}'), "invalid_blocks_format", ""),
        (_blocks(*[section("x")] * 51), "invalid_blocks", "1 to 50|0 to 50"),
        (_blocks(section("x" * 3001)), "invalid_blocks", "less than 3001"),
        (_blocks(section("")), "invalid_blocks", "more than 0"),
        (_blocks({"type": "section"}), "invalid_blocks", "missing required field"),
        (_blocks({"type": "header", "text": text("x" * 151)}), "invalid_blocks", "151"),
        (_blocks({"type": "header", "text": section("x")["text"]}), "invalid_blocks", "mrkdwn"),
        (_blocks({"type": "footer"}), "invalid_blocks", "unsupported type"),
        (_blocks(section("x") | {"colour": "red"}), "invalid_blocks", "additional property"),
        (_blocks(actions(button("x" * 76))), "invalid_blocks", "less than 76"),
        (_blocks(actions(button("x", value="v" * 2001))), "invalid_blocks", "2001"),
        (_blocks(actions(button("x", action="a" * 256))), "invalid_blocks", "256"),
        (_blocks(actions(button("x") | {"url": "the board"})), "invalid_blocks", "look like"),
        (_blocks(actions(button("x"), button("y"))), "invalid_blocks", "action_id must be unique"),
        (
            _blocks(actions(*[button("x", str(number)) for number in range(26)])),
            "invalid_blocks",
            "1 to 25",
        ),
        (
            _blocks(section("x") | {"block_id": "one"}, section("y") | {"block_id": "one"}),
            "invalid_blocks",
            "block_id must be unique",
        ),
        (_blocks(actions(_menu(101))), "invalid_blocks", "1 to 100"),
        (_blocks(actions(_menu(0))), "invalid_blocks", "options"),
        (_blocks(actions(_menu(2, initial_option=_option(7)))), "invalid_blocks", "among"),
        (_blocks(actions(_menu(6, type="overflow"))), "invalid_blocks", "1 to 5"),
        (
            _blocks(actions({"type": "checkboxes", "options": [_option(1)] * 11})),
            "invalid_blocks",
            "1 to 10",
        ),
        (_blocks(*[section("x" * 3000)] * 5), "msg_blocks_too_long", ""),
        (lambda c: c.users_info(user="U0NOBODY"), "user_not_found", ""),
        (lambda c: c.users_lookupByEmail(email="no@x.example"), "users_not_found", ""),
        (lambda c: c.users_lookupByEmail(email="gone@x.example"), "users_not_found", ""),
        (lambda c: c.conversations_open(users="GONE"), "user_disabled", ""),
        (lambda c: c.chat_update(channel="SAM", ts="1.1", text="x"), "channel_not_found", ""),
        (lambda c: c.chat_update(channel="DM", ts="1.1", text="x"), "message_not_found", ""),
        (lambda c: c.chat_update(channel="DM", ts="THEIRS", text="x"), "cant_update_message", ""),
        (lambda c: c.chat_delete(channel="DM", ts="THEIRS"), "cant_delete_message", ""),
        (_opens(modal(asking())), "invalid_trigger_id", ""),
        (_opens(modal(title=text("x" * 25))), "invalid_arguments", "less than 25"),
        (_opens(modal(asking(), submit=text("x" * 25))), "invalid_arguments", "less than 25"),
        (_opens(modal(private_metadata="x" * 3001)), "invalid_arguments", "less than 3001"),
        (_opens(modal(*[section("x")] * 101)), "invalid_arguments", "0 to 100"),
        (_opens(modal(asking(initial_value="x" * 3001))), "invalid_arguments", "3001"),
        (_opens(modal(asking() | {"label": text("x" * 2001)})), "invalid_arguments", "2001"),
        (_opens(modal(asking() | {"hint": text("x" * 2001)})), "invalid_arguments", "2001"),
        (
            _opens({"type": "modal", "title": text("x"), "blocks": [asking()]}),
            "invalid_arguments",
            "submit",
        ),
        (_opens(HOME), "invalid_arguments", "modal"),
        (_opens(modal(*[section("é" * 2900)] * 60)), "view_too_large", ""),
        (lambda c: c.views_update(view_id="V0", view=modal()), "not_found", ""),
        (lambda c: c.views_publish(user_id="U0NOBODY", view=HOME), "user_not_found", ""),
        (lambda c: c.views_publish(user_id="SAM", view=modal()), "invalid_arguments", "home"),
        (
            lambda c: c.files_completeUploadExternal(files=[{"id": "F0", "title": "x"}]),
            "file_not_found",
            "",
        ),
        (lambda c: c.api_call("chat.postMesage", json={}), "unknown_method", ""),
        (lambda c: c.api_call("users.info", json={"user": "SAM"}), "invalid_arguments", "user"),
        (lambda c: c.apps_connections_open(app_token="xoxb-no"), "invalid_auth", ""),
    ],
)
def test_what_slack_refuses_is_refused(
    slack_server: SlackServer, sam: Person, work: Work, error: str, why: str
) -> None:
    gone = slack_server.person("Kim Gone", "gone@x.example", deleted=True)
    quiet = slack_server.channel(slack_server.workspace(), "quiet", has_bot=False)
    sam.says("mine")
    names = {
        "SAM": sam.id,
        "GONE": gone.id,
        "BOT": slack_server.workspace().bot.id,
        "QUIET": quiet.id,
        "DM": sam.channel.id,
        "THEIRS": sam.dm[0].ts,
    }

    class Named(AsyncWebClient):
        """Puts the ids of this run where the table has names."""

        async def api_call(self, api_method: str, **given: Any) -> Any:
            for part in ("params", "json", "data"):
                if isinstance(given.get(part), dict):
                    given[part] = {
                        key: names.get(value, value) if isinstance(value, str) else value
                        for key, value in given[part].items()
                    }
            return await super().api_call(api_method, **given)

    async def run() -> None:
        token = slack_server.workspace().bot_token
        await work(Named(token, base_url=slack_server.api, timeout=20))

    with pytest.raises(SlackApiError) as caught:
        asyncio.run(run())
    assert caught.value.response["error"] == error
    assert not why or any(
        part in reason for part in why.split("|") for reason in slack_server.calls[-1].reasons
    ), slack_server.calls[-1].reasons


def test_what_is_exactly_as_long_as_may_be_is_taken(slack_server: SlackServer, sam: Person) -> None:
    blocks = [
        {"type": "header", "text": text("h" * 150)},
        section("s" * 3000),
        actions(*[button("b" * 75, f"a{number}", "v" * 2000) for number in range(25)]),
        *[section("x")] * 47,
    ]
    with_client(slack_server, _posts(channel=sam.id, text="t" * 40_000, blocks=blocks))
    assert len(sam.last.buttons) == 25
    assert slack_server.refusals == []


@pytest.mark.parametrize(
    ("what", "called"),
    [
        ("Hello <@U1>, <!here>", ["<@U1>", "<!here>"]),
        ("@channel &lt;@U1&gt;", []),
        ({"text": "x", "blocks": [section("<#C1> and @here")]}, ["<#C1>", "@here"]),
        ([section("x") | {"text": {"type": "mrkdwn", "text": "@here", "verbatim": True}}], []),
        ([actions(button("@everyone <!here>"))], []),
    ],
)
def test_who_would_be_called_by_a_message_is_found(what: Any, called: list[str]) -> None:
    assert mentions_in(what) == called


@pytest.mark.parametrize(
    ("scopes", "work", "needed"),
    [
        ("im:write", _posts(), "chat:write"),
        ("chat:write", lambda c: c.conversations_open(users="U1"), "im:write"),
        ("chat:write", lambda c: c.users_info(user="U1"), "users:read"),
        ("users:read", lambda c: c.users_lookupByEmail(email="x"), "users:read.email"),
        (
            "chat:write",
            lambda c: c.files_getUploadURLExternal(filename="x", length=1),
            "files:write",
        ),
    ],
)
def test_a_method_needs_its_scope(
    slack_server: SlackServer, scopes: str, work: Work, needed: str
) -> None:
    slack_server.workspace().scopes = frozenset({scopes})
    with pytest.raises(SlackApiError) as caught:
        with_client(slack_server, work)
    told = caught.value.response
    assert (told["error"], told["needed"], told["provided"]) == ("missing_scope", needed, scopes)


def test_the_email_is_told_with_its_scope_only(slack_server: SlackServer, sam: Person) -> None:
    slack_server.workspace().scopes = frozenset({"users:read"})
    told = with_client(slack_server, lambda client: client.users_info(user=sam.id))
    assert "email" not in told["user"]["profile"]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-1", "invalid_auth")])
def test_a_wrong_token_does_nothing(slack_server: SlackServer, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        with_client(slack_server, lambda client: client.auth_test(), token)


def test_a_token_is_over_when_the_app_is_removed(slack_server: SlackServer) -> None:
    slack_server.uninstall(slack_server.workspace())
    with pytest.raises(SlackApiError, match="account_inactive"):
        with_client(slack_server, lambda client: client.auth_test())


def test_workspaces_do_not_know_each_others_people(slack_server: SlackServer, sam: Person) -> None:
    charity = slack_server.workspace("charity")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        with_client(slack_server, _posts(channel=sam.id), charity.bot_token)


# views


def test_a_trigger_opens_one_modal_and_soon(slack_server: SlackServer, sam: Person) -> None:
    now = 0.0
    slack_server.triggers.clock = lambda: now
    workspace = slack_server.workspace()
    first, late = (slack_server.trigger(workspace, sam.id) for _ in range(2))

    async def work(client: AsyncWebClient) -> None:
        nonlocal now
        opened = await client.views_open(trigger_id=first, view=modal(section("One moment")))
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            await client.views_open(trigger_id=first, view=modal())
        now = 3.01
        with pytest.raises(SlackApiError, match="expired_trigger_id"):
            await client.views_open(trigger_id=late, view=modal())
        view = opened["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(asking()))
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())

    with_client(slack_server, work)
    assert sam.modal is not None
    assert sam.modal.labels == ["Note"]
    sam.closes()
    assert sam.modal is None


def test_a_home_stands_until_the_next_and_knows_its_hash(
    slack_server: SlackServer, sam: Person
) -> None:
    async def work(client: AsyncWebClient) -> None:
        first = await client.views_publish(user_id=sam.id, view=HOME)
        later = {"type": "home", "blocks": [section("Nothing is due")]}
        await client.views_publish(user_id=sam.id, view=later, hash=first["view"]["hash"])
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await client.views_publish(user_id=sam.id, view=HOME, hash=first["view"]["hash"])

    with_client(slack_server, work)
    assert sam.home is not None
    assert sam.home.words == "Nothing is due"


# limits and failures


def test_a_fourth_message_at_once_is_one_too_many_for_a_channel() -> None:
    limits = RateLimits()
    for _ in range(3):
        limits.check("chat.postMessage", "T1", "C1", 0.0)
    with pytest.raises(Refused, match="ratelimited"):
        limits.check("chat.postMessage", "T1", "C1", 0.5)
    limits.check("chat.postMessage", "T1", "C2", 0.5)
    limits.check("chat.postMessage", "T1", "C1", 1.6)
    assert limits.refused == 1


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=60))
def test_a_channel_gets_about_one_message_a_second_and_who_waits_as_told_gets_through(
    gaps: list[float],
) -> None:
    limits, now, taken = RateLimits(), 0.0, []
    for gap in gaps:
        now += gap
        try:
            limits.check("chat.postMessage", "T1", "C1", now)
        except Refused as refused:
            now += refused.retry_after
            limits.check("chat.postMessage", "T1", "C1", now)
        taken.append(now)
    assert len(taken) <= 3 + (taken[-1] - taken[0]) + 1e-6


def test_a_method_has_its_share_of_a_minute() -> None:
    limits = RateLimits()
    for second in range(60):
        limits.check("views.publish", "T1", "", float(second))
    for _ in range(9):
        limits.check("views.publish", "T1", "", 59.0)
    with pytest.raises(Refused, match="ratelimited"):
        limits.check("views.publish", "T1", "", 59.0)
    limits.check("views.publish", "T2", "", 59.0)


def test_the_client_hears_how_long_to_wait(slack_server: SlackServer, sam: Person) -> None:
    slack_server.limits = RateLimits(messages_per_second=0.01)

    async def work(client: AsyncWebClient) -> None:
        for _ in range(3):
            await client.chat_postMessage(channel=sam.id, text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=sam.id, text="x")
        assert caught.value.response.status_code == 429
        assert 50 <= int(caught.value.response.headers["Retry-After"]) <= 100

    with_client(slack_server, work)
    assert len(sam.heard) == 3


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (TOO_MANY, 0),
        (SERVER_ERROR, 0),
        (BAD_GATEWAY, 0),
        (refused("account_inactive"), 0),
        (GARBAGE, 0),
        (HANG, 0),
        (DROP, 0),
        (DROP_AFTER, 1),
    ],
)
def test_what_it_is_told_to_fail_at_fails_once_and_then_no_more(
    slack_server: SlackServer, sam: Person, fault: Fault, sent: int
) -> None:
    kim = slack_server.person("Kim Lee")
    slack_server.fail("chat.postMessage", fault, channel=sam.id)

    async def work(client: AsyncWebClient) -> None:
        client.retry_handlers = []
        await client.chat_postMessage(channel=kim.id, text="another channel")
        client.timeout = 1 if fault is HANG else 20
        with pytest.raises(Exception):  # noqa: B017 - the SDK raises what it met
            await client.chat_postMessage(channel=sam.id, text="x")
        assert len(sam.heard) == sent
        client.timeout = 20
        await client.chat_postMessage(channel=sam.id, text="y")

    with_client(slack_server, work)
    assert sam.heard[-1] == "y"
    assert slack_server.faults.left == 0


def test_a_slow_answer_is_right_all_the_same(slack_server: SlackServer, sam: Person) -> None:
    slack_server.fail("chat.postMessage", slow(0.05))
    with_client(slack_server, _posts(channel=sam.id))
    assert sam.heard == ["Due"]


# response_url and manifest


def test_a_response_url_is_good_for_five_answers_in_half_an_hour(
    slack_server: SlackServer, sam: Person
) -> None:
    workspace = slack_server.workspace()
    with_client(slack_server, _posts(channel=sam.id))
    url = slack_server.response_url(workspace, sam.channel, sam.id, sam.last.ts)
    late = slack_server.response_url(workspace, sam.channel, sam.id)
    with httpx.Client(timeout=20) as http:
        assert http.post(url, json={"text": "Done", "replace_original": True}).text == "ok"
        assert http.post(url, json={"blocks": []}).json()["error"] == "no_text"
        for _ in range(3):
            assert http.post(url, json={"text": "hint"}).status_code == 200
        assert http.post(url, json={"text": "hint"}).json()["error"] == "used_url"
        slack_server.clock = lambda: START + timedelta(minutes=31)
        assert http.post(late, json={"text": "hint"}).json()["error"] == "expired_url"
    assert sam.heard == ["Done", "hint", "hint", "hint"]


MANIFEST: Json = {
    "display_information": {"name": "Listening Loop"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/loop", "description": "My actions"}],
        "shortcuts": [
            {"name": "Actions", "type": "global", "callback_id": "actions", "description": "Mine"}
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}},
    "settings": {
        "socket_mode_enabled": True,
        "event_subscriptions": {"bot_events": ["message.im", "app_home_opened"]},
    },
}


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        (("display_information",), {}, "name is missing"),
        (("display_information", "name"), "x" * 36, "35"),
        (("display_information", "description"), "x" * 141, "140"),
        (("display_information", "long_description"), "short", "174"),
        (("features", "slash_commands"), [{"command": "loop", "description": "x"}], "slash"),
        (("oauth_config", "scopes", "bot"), ["chat:write"], "commands"),
        (("settings", "event_subscriptions", "bot_events"), ["app_mention"], "app_mentions:read"),
        (("settings", "event_subscriptions", "bot_events"), ["message"], "unknown event"),
        (("settings", "socket_mode_enabled"), False, "address"),
        (("surprise",), {}, "unknown"),
    ],
)
def test_a_manifest_is_looked_through(part: tuple[str, ...], value: Any, problem: str) -> None:
    assert manifest_problems(MANIFEST) == []
    wrong: Json = {**MANIFEST}
    place = wrong
    for name in part[:-1]:
        place[name] = {**place[name]}
        place = place[name]
    place[part[-1]] = value
    assert problem in "; ".join(manifest_problems(wrong))


def test_an_app_may_do_what_its_manifest_asks_for_and_no_more(slack_server: SlackServer) -> None:
    workspace = slack_server.workspace("small", manifest=MANIFEST)
    robin = slack_server.person("Robin", workspace=workspace)
    with pytest.raises(AssertionError, match="/other"):
        robin.commands("/other")
    with pytest.raises(AssertionError, match="shortcut"):
        robin.shortcut("other")
    with pytest.raises(SlackApiError, match="missing_scope"):
        with_client(slack_server, lambda c: c.users_info(user=robin.id), workspace.bot_token)
