"""The loopback server is what Microsoft's own client takes for Teams, refusals included."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from microsoft_teams.api.clients.conversation.params import CreateConversationParams

from bot.platforms.teams.sdk import Account, ApiClient
from tests.platforms.fixtures import until
from tests.platforms.sdk_teams import (
    Json,
    Work,
    asking,
    block,
    card,
    execute,
    message,
    token_of,
    with_api,
)
from tests.platforms.teams_cards import card_problems, card_size
from tests.platforms.teams_limits import (
    BAD_GATEWAY,
    DROP,
    DROP_AFTER,
    GARBAGE,
    HANG,
    PRECONDITION,
    SERVER_ERROR,
    TIMED_OUT,
    TOO_MANY,
    WINDOWS,
    Fault,
    RateLimits,
    Refused,
    slow,
)
from tests.platforms.teams_people import Person
from tests.platforms.teams_schema import all_card_problems
from tests.platforms.teams_server import TeamsServer
from tests.platforms.teams_state import Standing


@pytest.fixture
def sam(teams_server: TeamsServer) -> Person:
    person = teams_server.person("Sam Taylor", "sam@police.example")
    person.member.standing = Standing.INSTALLED
    return person


def _sends(text: str = "Due", shown: Json | None = None, room: str = "SAM") -> Work:
    return lambda api: api.conversations.create_activity(room, message(text, shown))


def test_a_message_is_sent_changed_and_taken_away(teams_server: TeamsServer, sam: Person) -> None:
    room = sam.conversation.id

    async def work(api: ApiClient) -> None:
        sent = await api.conversations.create_activity(room, message(shown=card(block("Due"))))
        reply = await api.conversations.reply_to_activity(room, sent.id, message("And this"))
        await api.conversations.update_activity(room, sent.id, message(shown=card(block("Done"))))
        assert [one.words for one in sam.chat] == ["Done", "And this"]
        assert sam.last.reply_to == sent.id
        await api.conversations.delete_activity(room, reply.id)

    with_api(teams_server, work)
    assert sam.heard == ["Done"]
    assert sam.last.edits == 1
    assert teams_server.refusals == []


def test_a_member_is_known_by_email_and_a_guest_by_their_name(
    teams_server: TeamsServer, sam: Person
) -> None:
    guest = teams_server.guest("Kim Lee", "kim@charity.example")
    guest.member.standing = Standing.INSTALLED
    rooms = [one.conversation.id for one in (sam, guest)]

    async def work(api: ApiClient) -> list[Any]:
        there = api.conversations
        return [
            await there.get_member_by_id(rooms[0], sam.member.id),
            await there.get_member_by_id(rooms[1], guest.member.id),
            *(await there.get_members(rooms[0])),
        ]

    known, stranger, listed = with_api(teams_server, work)
    assert (known.email, known.tenant_id) == ("sam@police.example", sam.member.tenant.id)
    assert known.aad_object_id == listed.aad_object_id == sam.id
    assert "#EXT#" in stranger.user_principal_name


def _opens(*ids: str, tenant: str = "") -> Work:
    """A conversation with these people."""

    async def work(api: ApiClient) -> Any:
        members = [Account(id=one) for one in ids]
        given = CreateConversationParams(members=members, tenant_id=tenant or None)
        return await api.conversations.create(given)

    return work


def test_a_conversation_is_opened_with_somebody_who_has_the_app(
    teams_server: TeamsServer, sam: Person
) -> None:
    found = with_api(teams_server, _opens(sam.member.id, tenant=sam.member.tenant.id))
    assert found.id == sam.conversation.id


@pytest.mark.parametrize(
    ("work", "status", "why"),
    [
        (_sends(room="a:nowhere"), 404, "ConversationNotFound"),
        (_sends(room="BLOCKED"), 403, "MessageWritesBlocked"),
        (_sends(room="REMOVED"), 403, "BotNotInConversationRoster"),
        (_sends(room="GONE"), 404, "ConversationNotFound"),
        (_sends(""), 400, "text or an attachment"),
        (_sends("x" * 60_000), 413, "MessageSizeTooBig"),
        (_sends("", card(*[block("x" * 900)] * 40)), 413, "MessageSizeTooBig"),
        (_sends("", card(version="1.6")), 400, "version"),
        (_sends("", card({"type": "CompoundButton", "title": "x"})), 400, "unsupported type"),
        (_sends("", card({"type": "TextBlock"})), 400, "missing required field: text"),
        (_sends("", card(block() | {"colour": "red"})), 400, "additional property"),
        (_sends("", card(asking(label=""))), 400, "label"),
        (_sends("", card(asking(), asking())), 400, "unique"),
        (_sends("", card(actions=[execute(str(n)) for n in range(7)])), 400, "0 to 6"),
        (_sends("", card(actions=[{"type": "Action.OpenUrl", "url": "x"}])), 400, "url"),
        (
            lambda api: api.conversations.update_activity("SAM", "0", message("x")),
            404,
            "ActivityNotFoundInConversation",
        ),
        (lambda api: api.conversations.delete_activity("SAM", "THEIRS"), 403, "Forbidden"),
        (
            lambda api: api.conversations.get_member_by_id("SAM", "29:nobody"),
            404,
            "MemberNotFoundInConversation",
        ),
        (_opens("29:nobody", tenant="TENANT"), 400, "BadArgument"),
        (_opens("STRANGER", tenant="TENANT"), 403, "ForbiddenOperationException"),
        (_opens("STRANGER", tenant="elsewhere"), 400, "BadArgument"),
        (_opens("STRANGER"), 400, "BadSyntax"),
    ],
)
def test_what_teams_refuses_is_refused(
    teams_server: TeamsServer, sam: Person, work: Work, status: int, why: str
) -> None:
    people = {standing.name: teams_server.person(standing.name.title()) for standing in Standing}
    for name, person in people.items():
        person.member.standing = Standing[name]
    teams_server.http.endpoint = "http://127.0.0.1:9/"
    theirs = sam.says("mine")
    names = {one: person.conversation.id for one, person in people.items()} | {
        "SAM": sam.conversation.id,
        "THEIRS": theirs,
        "STRANGER": people["NONE"].member.id,
        "TENANT": sam.member.tenant.id,
    }

    with pytest.raises(httpx.HTTPStatusError) as caught:
        with_api(teams_server, work, names=names)
    assert caught.value.response.status_code == status
    assert why in teams_server.refusals[-1]


@pytest.mark.parametrize("token", ["", "made.up.token"])
def test_without_a_token_of_the_login_nothing_is_done(
    teams_server: TeamsServer, sam: Person, token: str
) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        with_api(teams_server, _sends(room=sam.conversation.id), token)
    assert sam.heard == []


def test_a_token_is_good_until_it_is_forgotten(teams_server: TeamsServer, sam: Person) -> None:
    async def work(api: ApiClient) -> None:
        await api.conversations.create_activity(sam.conversation.id, message("one"))
        teams_server.login.forget_tokens()
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            await api.conversations.create_activity(sam.conversation.id, message("two"))

    with_api(teams_server, work)
    assert sam.heard == ["one"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 400, "unauthorized_client"),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_the_login_gives_tokens_to_the_app_alone(
    teams_server: TeamsServer, form: dict[str, str], status: int, error: str
) -> None:
    reply = asyncio.run(token_of(teams_server, **form))
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert teams_server.login.given == {}


# limits and failures


def test_an_eighth_message_in_a_second_is_one_too_many() -> None:
    limits = RateLimits()
    for number in range(7):
        limits.check("a:1", "police", number / 10)
    with pytest.raises(Refused) as refused:
        limits.check("a:1", "police", 0.9)
    assert (refused.value.status, refused.value.retry_after) == (429, 1)
    limits.check("a:2", "police", 0.9)
    limits.check("a:1", "police", 1.05)
    with pytest.raises(Refused, match="429"):
        limits.check("a:1", "police", 1.2)
    assert limits.refused == 2


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=90))
def test_no_window_holds_more_than_it_may_and_who_waits_as_told_gets_through(
    gaps: list[float],
) -> None:
    limits, now, taken = RateLimits(), 0.0, []
    for gap in gaps:
        now += gap
        try:
            limits.check("a:1", "police", now)
        except Refused as refused:
            now += refused.retry_after
            limits.check("a:1", "police", now)
        taken.append(now)
    for most, seconds in WINDOWS:
        assert all(
            after - before >= seconds - 1e-6
            for before, after in zip(taken, taken[most:], strict=False)
        )


def test_thirty_seconds_have_room_for_sixty() -> None:
    limits = RateLimits()
    for number in range(60):
        limits.check("a:1", "police", number * 0.4)
    with pytest.raises(Refused, match="429"):
        limits.check("a:1", "police", 28.0)
    limits.check("a:1", "police", 30.1)


@pytest.mark.parametrize(
    ("fault", "status", "sent"),
    [
        (TOO_MANY, 429, 0),
        (PRECONDITION, 412, 0),
        (SERVER_ERROR, 500, 0),
        (BAD_GATEWAY, 502, 0),
        (TIMED_OUT, 504, 0),
        (GARBAGE, 0, 0),
        (HANG, 0, 0),
        (DROP, 0, 0),
        (DROP_AFTER, 0, 1),
    ],
)
def test_what_it_is_told_to_fail_at_fails_once_and_then_no_more(
    teams_server: TeamsServer, sam: Person, fault: Fault, status: int, sent: int
) -> None:
    teams_server.fail("send", fault)
    room = sam.conversation.id

    async def work(api: ApiClient) -> None:
        call = asyncio.ensure_future(api.conversations.create_activity(room, message("x")))
        if fault is HANG:
            await until(lambda: teams_server.faults.left == 0, "it waits for an answer")
            call.cancel()
        with pytest.raises((httpx.HTTPError, ValueError, asyncio.CancelledError)) as caught:
            await call
        reply = getattr(caught.value, "response", None)
        assert (reply.status_code if reply is not None else 0) == status
        assert len(sam.heard) == sent
        await api.conversations.create_activity(room, message("y"))

    with_api(teams_server, work)
    assert sam.heard[-1] == "y"
    assert teams_server.faults.left == 0


def test_a_refusal_says_how_long_to_wait(teams_server: TeamsServer, sam: Person) -> None:
    teams_server.limits = RateLimits(windows=((1, 60.0),))

    async def work(api: ApiClient) -> str:
        await api.conversations.create_activity(sam.conversation.id, message("x"))
        with pytest.raises(httpx.HTTPStatusError) as caught:
            await api.conversations.create_activity(sam.conversation.id, message("x"))
        return str(caught.value.response.headers["Retry-After"])

    assert 1 <= int(with_api(teams_server, work)) <= 60


def test_a_slow_answer_is_right_all_the_same(teams_server: TeamsServer, sam: Person) -> None:
    teams_server.fail("send", slow(0.05))
    with_api(teams_server, _sends(room=sam.conversation.id))
    assert sam.heard == ["Due"]


# cards


def test_a_card_of_exactly_the_largest_size_is_taken() -> None:
    shown = card(*[block("x" * 900)] * 28)
    shown["body"].append(block(""))
    shown["body"][-1]["text"] = "x" * (28 * 1024 - card_size(shown))
    assert card_problems(shown) == []
    shown["body"][-1]["text"] += "x"
    assert card_problems(shown) == ["the card has 28673 bytes, more than 28672"]


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ({"type": "Card"}, "unsupported type"),
        (card() | {"title": "x"}, "additional property: title"),
        (card({"type": "Container", "items": [{"type": "Nothing"}]}), "card/body/0/items/0"),
        (card({"type": "Input.ChoiceSet", "id": "a", "label": "A", "choices": []}), "1 to 1000"),
        (card({"type": "Input.Date", "id": "a", "label": "A", "value": "1 May"}), "look like"),
        (card({"type": "FactSet", "facts": [{"title": "x"}]}), "missing required field: value"),
        (card({"type": "ActionSet", "actions": []}), "1 to 6"),
        (card(actions=[execute() | {"style": "loud"}]), "one of"),
        (card(actions=[execute() | {"fallback": {"type": "Action.None"}}]), "unsupported type"),
        (card(refresh={"action": execute(), "userIds": ["29:x"] * 61}), "at most 60"),
        (card(refresh={"action": {"type": "Action.Submit"}}), "unsupported type"),
    ],
)
def test_what_no_card_may_have_is_found(shown: Json, problem: str) -> None:
    assert problem in "; ".join(card_problems(shown))


def test_what_only_the_official_schema_knows_is_found() -> None:
    column = {"type": "Column", "items": [block()], "width": ["auto"]}
    shown = card({"type": "ColumnSet", "columns": [column]})
    assert card_problems(shown) == []
    assert all_card_problems(shown) != []
