"""What people do reaches a bare bolt app as from Slack: by Socket Mode, and signed by HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.fixtures import until
from tests.platforms.http_server import HttpServer, Reply
from tests.platforms.sdk_slack import Bolt, actions, asking, by_http, by_socket, modal, text
from tests.platforms.slack_delivery import EVENT, INTERACTIVE
from tests.platforms.slack_events import body_of, signed
from tests.platforms.slack_people import Person
from tests.platforms.slack_server import SlackServer
from tests.platforms.teams_login import machine_clock

Way = Callable[[Bolt], AbstractAsyncContextManager[Any]]
Act = Callable[[Bolt, Person], Awaitable[None]]
WAYS = {"socket": by_socket, "http": by_http}


@pytest.fixture
def sam(slack_server: SlackServer) -> Person:
    slack_server.triggers.seconds = 30.0
    slack_server.deliveries.patience = 30.0
    return slack_server.person("Sam Taylor", "sam@rochdale.example")


def runs(server: SlackServer, sam: Person, act: Act, way: Way = by_socket) -> Bolt:
    """A bare app while somebody acts."""
    bolt = Bolt(server, sam.workspace)

    async def run() -> None:
        async with way(bolt):
            await act(bolt, sam)
            await bolt.settled()

    asyncio.run(run())
    return bolt


async def _opens_form(bolt: Bolt, sam: Person) -> None:
    sam.says("hello")
    await until(lambda: bool(sam.heard), "the app answers")
    sam.presses("Update")
    await until(lambda: sam.modal is not None and bool(sam.modal.inputs), "the form is there")


@pytest.mark.parametrize("way", WAYS)
def test_words_presses_and_forms_reach_the_app_by(
    slack_server: SlackServer, sam: Person, way: str
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        await _opens_form(bolt, sam)
        sam.fills({"Note": "Trained 43 staff"})
        await bolt.settled()
        assert sam.modal is None

    bolt = runs(slack_server, sam, act, WAYS[way])
    assert bolt.notes == ["Trained 43 staff"]
    assert bolt.heard[0]["event"]["text"] == "hello"
    assert bolt.heard[0]["event"]["channel_type"] == "im"
    assert (sam.troubles, slack_server.refusals) == ([], [])


@pytest.mark.parametrize("way", WAYS)
def test_a_command_is_answered_to_them_alone_by(
    slack_server: SlackServer, sam: Person, way: str
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        sam.commands("/loop actions")
        sam.shortcut("actions")
        await bolt.settled()
        await until(lambda: len(bolt.heard) == 2, "both are heard")

    bolt = runs(slack_server, sam, act, WAYS[way])
    assert sam.last.only_for == sam.id
    assert sam.heard == ["You asked for actions."]
    assert bolt.heard[0]["text"] == "actions"
    assert sorted(one.get("type", "command") for one in bolt.heard) == ["command", "shortcut"]


def test_the_app_hears_itself_and_every_change_as_it_does_from_slack(
    slack_server: SlackServer, sam: Person
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        sam.says("a < b & c")
        await until(lambda: bool(sam.heard), "the app answers")
        sam.edits("d")
        sam.sends("notes.txt", "see this")
        slack_server.uninstall(sam.workspace)
        await until(lambda: len(bolt.heard) == 6, "all six are heard")

    bolt = runs(slack_server, sam, act)
    told = [one["event"] for one in bolt.heard]
    assert told[0]["text"] == "a &lt; b &amp; c"
    assert [one["bot_id"] for one in told if "bot_id" in one] == [sam.workspace.bot_id]
    kinds = {one.get("subtype", one["type"]) for one in told}
    assert kinds >= {"message_changed", "file_share", "tokens_revoked", "app_uninstalled"}
    assert len({one["event_id"] for one in bolt.heard}) == len(bolt.heard)


def test_words_in_a_channel_come_with_a_mention_only_where_there_is_one(
    slack_server: SlackServer, sam: Person
) -> None:
    general = slack_server.channel(sam.workspace, "general")

    async def act(bolt: Bolt, sam: Person) -> None:
        sam.says_in(general, "nobody in particular")
        sam.says_in(general, "<@bot> hello")
        await until(lambda: len(bolt.heard) == 3, "both are heard, and the mention")

    bolt = runs(slack_server, sam, act)
    events = [one["event"] for one in bolt.heard]
    assert [one["type"] for one in events].count("app_mention") == 1
    assert f"<@{sam.workspace.bot.id}> hello" in [one["text"] for one in events]


def test_a_home_is_there_once_it_was_opened(slack_server: SlackServer, sam: Person) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        sam.opens_home()
        await until(lambda: sam.home is not None, "the home is published")
        sam.presses_home("Settings")
        await until(lambda: sam.modal is not None and bool(sam.modal.inputs), "the form is there")

    runs(slack_server, sam, act)
    assert sam.home is not None
    assert sam.home.words.splitlines()[0] == "My actions"


def test_what_is_picked_from_a_menu_and_a_form_that_is_closed_are_told(
    slack_server: SlackServer, sam: Person
) -> None:
    options = [{"text": text(name), "value": name.lower()} for name in ("Done", "At risk")]
    menu = {"type": "overflow", "action_id": "menu", "options": options}
    hint = "Only you see this."

    async def act(bolt: Bolt, sam: Person) -> None:
        client = bolt.app.client
        await client.chat_postMessage(channel=sam.id, text="Due", blocks=[actions(menu)])
        await client.chat_postEphemeral(channel=sam.id, user=sam.id, text=hint)
        sam.picks("At risk")
        trigger = slack_server.trigger(sam.workspace, sam.id)
        await client.views_open(trigger_id=trigger, view=modal(notify_on_close=True))
        for _ in range(2):
            trigger = slack_server.trigger(sam.workspace, sam.id)
            await client.views_push(trigger_id=trigger, view=modal(asking()))
        trigger = slack_server.trigger(sam.workspace, sam.id)
        with pytest.raises(SlackApiError, match="push_limit_reached"):
            await client.views_push(trigger_id=trigger, view=modal())
        for _ in range(3):
            sam.closes()
        await until(lambda: len(told(bolt)) == 2, "both are told")

    def told(bolt: Bolt) -> list[Any]:
        return [one for one in bolt.heard if "event" not in one]

    picked, closed = told(runs(slack_server, sam, act))
    assert picked["actions"][0]["selected_option"] == options[1]
    assert (closed["type"], closed["view"]["notify_on_close"]) == ("view_closed", True)
    assert (sam.last.text, sam.last.only_for) == (hint, sam.id)
    kim = slack_server.person("Kim Lee")
    assert kim.dm == []
    assert sam.modal is None


@pytest.mark.parametrize(
    ("note", "labels", "errors", "troubles"),
    [
        ("bad", ["Note"], {"Note": "Say more."}, []),
        ("more", ["Note"], {}, []),
        ("deep", ["Note"], {}, []),
        ("clear", None, {}, []),
        ("", None, {}, None),
        ("wrong", ["Note"], {}, ["errors name blocks"]),
        ("long", ["Note"], {}, ["less than 25"]),
    ],
)
def test_what_a_form_is_answered_with_is_done(
    slack_server: SlackServer,
    sam: Person,
    note: str,
    labels: list[str] | None,
    errors: dict[str, str],
    troubles: list[str] | None,
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        await _opens_form(bolt, sam)
        if troubles is None:
            with pytest.raises(AssertionError, match="filled in"):
                sam.fills({"Note": note})
            with pytest.raises(AssertionError, match="nothing asks for"):
                sam.fills({"Note": "x", "Date": "2024-01-01"})
            sam.closes()
        else:
            sam.fills({"Note": note})
        await bolt.settled()

    runs(slack_server, sam, act)
    assert (sam.modal.labels if sam.modal else None) == labels
    assert sam.errors == errors
    assert len(sam.troubles) == len(troubles or [])
    assert all(part in sam.troubles[0] for part in troubles or [])
    if note == "deep":
        assert len(sam.workspace.stacks[sam.id]) == 2


# what is not acknowledged


def test_the_same_comes_again_to_the_letter_when_it_is_repeated(
    slack_server: SlackServer, sam: Person
) -> None:
    slack_server.echoes = False

    async def act(bolt: Bolt, sam: Person) -> None:
        sam.says("once")
        slack_server.repeats()
        await until(lambda: len(bolt.heard) == 2, "both are heard")

    bolt = runs(slack_server, sam, act)
    assert bolt.heard[0]["event_id"] == bolt.heard[1]["event_id"]


def test_an_event_comes_again_and_says_so_and_is_given_up_after_three_times(
    slack_server: SlackServer, sam: Person
) -> None:
    slack_server.deliveries.pauses = (0.0, 0.01, 0.02)
    slack_server.echoes = False

    async def act(bolt: Bolt, sam: Person) -> None:
        bolt.failing = 2
        sam.says("one")
        await until(lambda: len(bolt.heard) == 1, "the third try is taken")
        bolt.failing = 4
        sam.says("two")
        await bolt.settled()

    bolt = runs(slack_server, sam, act, by_http)
    assert [one["event"]["text"] for one in bolt.heard] == ["one"]
    assert [one["event"]["text"] for one in slack_server.deliveries.lost] == ["two"]
    assert slack_server.deliveries.retries == 5


def test_a_press_is_told_once_and_they_see_that_it_failed(
    slack_server: SlackServer, sam: Person
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        sam.says("hello")
        await until(lambda: bool(sam.heard), "the app answers")
        await bolt.settled()
        bolt.failing = 1
        sam.presses("Update")
        await bolt.settled()

    bolt = runs(slack_server, sam, act, by_http)
    assert sam.troubles == ["press: the app did not answer"]
    assert all("event" in one for one in bolt.heard)


def test_an_envelope_that_is_not_acknowledged_in_time_comes_again(
    slack_server: SlackServer, sam: Person
) -> None:
    slack_server.deliveries.patience = 0.05
    slack_server.deliveries.pauses = (0.0,)
    app = sam.workspace.app

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            url = slack_server.sockets.ticket(app, slack_server.url.removeprefix("http://"))["url"]
            async with session.ws_connect(url) as link:
                assert (await link.receive_json())["connection_info"]["app_id"] == app.id
                sam.says("hello")
                first = await link.receive_json()
                again = await link.receive_json()
                assert first["payload"] == again["payload"]
                assert first["envelope_id"] != again["envelope_id"]
                assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
                slack_server.deliveries.patience = 30.0
                await link.send_json({"envelope_id": again["envelope_id"]})
                await until(lambda: slack_server.pending == 0, "it is acknowledged")
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)

    asyncio.run(run())


@pytest.mark.parametrize("breaks", ["refresh", "cut"])
def test_the_client_comes_back_and_hears_what_it_missed(
    slack_server: SlackServer, sam: Person, breaks: str
) -> None:
    async def act(bolt: Bolt, sam: Person) -> None:
        app = sam.workspace.app
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, slack_server.warn, app)
        if breaks == "refresh":
            await loop.run_in_executor(None, slack_server.refresh, app)
        else:
            slack_server.cut_all()
        sam.says("are you there?")
        await until(lambda: bool(sam.heard), "the app answers")

    bolt = runs(slack_server, sam, act)
    assert "are you there?" in [one["event"]["text"] for one in bolt.heard]
    assert slack_server.sockets.hellos >= 2


def test_without_a_connection_events_wait_and_acts_fail(
    slack_server: SlackServer, sam: Person
) -> None:
    sam.says("is anybody there?")
    sam.commands("/loop help")
    assert not sam.heard

    async def act(bolt: Bolt, sam: Person) -> None:
        await until(lambda: bool(sam.heard), "the app answers")

    runs(slack_server, sam, act)
    assert sam.heard == ["is anybody there?\nUpdate"]
    assert sam.troubles == ["command: the app did not answer"]


def test_an_app_has_ten_connections_and_each_envelope_goes_to_one(
    slack_server: SlackServer, sam: Person
) -> None:
    app, heard = sam.workspace.app, []
    host = slack_server.url.removeprefix("http://")

    async def listen(link: aiohttp.ClientWebSocketResponse) -> None:
        async for message in link:
            told = message.json()
            if told["type"] == "events_api":
                heard.append(told["payload"]["event"]["text"])
                await link.send_json({"envelope_id": told["envelope_id"]})

    async def run() -> None:
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
            tickets = [slack_server.sockets.ticket(app, host) for _ in range(11)]
            links = [await session.ws_connect(one["url"]) for one in tickets[:10]]
            for link in links:
                assert (await link.receive_json())["type"] == "hello"
                tasks.create_task(listen(link))
            eleventh = await session.ws_connect(tickets[10]["url"])
            assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
            for number in range(20):
                sam.says(str(number))
            await until(lambda: slack_server.pending == 0, "all are acknowledged")
            await eleventh.close()
            for link in links:
                await link.close()

    asyncio.run(run())
    assert sorted(map(int, heard)) == list(range(20))


# the signature


@pytest.mark.parametrize(
    ("secret", "late", "status"),
    [("", 0, 200), ("another", 0, 401), ("", 301, 401), ("", -301, 401)],
)
def test_bolt_takes_what_is_signed_here_and_refuses_what_is_forged_or_stale(
    slack_server: SlackServer, sam: Person, secret: str, late: int, status: int
) -> None:
    slack_server.clock = machine_clock
    bolt = Bolt(slack_server, sam.workspace, checks=True)
    app = sam.workspace.app

    async def run() -> int:
        async with by_http(bolt) as url:
            payload = {"type": "event_callback", "event": {"type": "app_uninstalled"}}
            body = body_of(EVENT, payload | {"team_id": sam.workspace.id})
            app.signing_secret = secret or app.signing_secret
            at = machine_clock() - timedelta(seconds=late)
            headers = signed(app, body, at, EVENT)
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, data=body, headers=headers) as response,
            ):
                return response.status

    assert asyncio.run(run()) == status
    assert len(bolt.heard) == (status == 200)


def test_an_address_that_does_not_answer_the_challenge_is_not_called(
    slack_server: SlackServer, sam: Person
) -> None:
    app = sam.workspace.app

    async def run() -> None:
        server = HttpServer(lambda _: Reply(200, b"{}"))
        url = f"http://127.0.0.1:{await server.start()}/slack"
        loop = asyncio.get_running_loop()
        with pytest.raises(AssertionError, match="challenge"):
            await loop.run_in_executor(None, slack_server.by_http, app, url)
        await server.stop()

    asyncio.run(run())
    assert app.request_url == ""


def test_an_act_is_a_form_with_json_in_it() -> None:
    assert body_of(INTERACTIVE, {"type": "x"}) == b"payload=%7B%22type%22%3A+%22x%22%7D"
