"""Sending over sockets: into a chat that is known, in place of what is there, with our token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.messages import TEAMS, Address, Button, DeliveryError, Failure, Message, Part, Receipt
from bot.platforms.teams.connection import Connection
from bot.platforms.teams.members import Members, vouched
from bot.platforms.teams.reference import Reference
from bot.platforms.teams.sdk import TeamsChannelAccount
from bot.platforms.teams.sender import LIMITS, TeamsSender
from tests.bot.platforms.teams.card_checks import problems, words
from tests.bot.platforms.teams.conftest import Connector, listening, run, settings_for
from tests.bot.platforms.teams.payloads import TENANT

HELLO = Message("Hello.", (Button("Yes", "y"),), title="A word")
Part_ = Callable[[Connector, Connection], Awaitable[Any]]


def with_connection(part: Part_, **more: Any) -> Any:
    async def work() -> Any:
        async with listening() as connector:
            connection = Connection(settings_for(login=connector.url, **more))
            try:
                return await part(connector, connection)
            finally:
                await connection.close()

    return run(work())


def address(connector: Connector, conversation: str = "a:1") -> Address:
    where = Reference(f"{connector.url}/uk/", conversation, "28:bot")
    return Address(TEAMS, TENANT, "p", where.written())


def test_a_message_goes_into_its_chat_as_a_card_with_a_line_for_the_notification() -> None:
    async def part(connector: Connector, connection: Connection) -> Receipt:
        found = await TeamsSender(connection).send(address(connector), HELLO, None)
        ((method, target, body),) = connector.calls
        assert (method, target) == ("POST", "/uk/v3/conversations/a:1/activities")
        assert (body["type"], body["summary"], body["from"]) == (
            "message",
            "A word",
            {"id": "28:bot"},
        )
        (attachment,) = body["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert problems(attachment["content"]) == []
        assert words(attachment["content"]) == "Hello."
        assert connector.tokens == ["Bearer tok"]
        return found

    assert with_connection(part) == Receipt("m1")


def test_our_token_is_fetched_once_and_again_when_it_was_refused() -> None:
    async def part(connector: Connector, connection: Connection) -> list[int]:
        sender = TeamsSender(connection)
        await sender.send(address(connector), HELLO, None)
        await sender.send(address(connector), HELLO, None)
        before = connector.logins
        connector.answers.append((401, {}))
        await sender.send(address(connector), HELLO, None)
        after = connector.logins
        connector.answers += [(401, {}), (401, {})]
        with pytest.raises(DeliveryError) as caught:
            await sender.send(address(connector), HELLO, None)
        assert caught.value == DeliveryError.refused("401")
        return [before, after]

    assert with_connection(part) == [1, 2]


@pytest.mark.parametrize(
    ("app_tenant", "place"), [("", "botframework.com"), (TENANT, TENANT), ("../x", "..%2Fx")]
)
def test_we_sign_in_where_the_app_is_registered(app_tenant: str, place: str) -> None:
    async def part(connector: Connector, connection: Connection) -> str:
        await connection.login()
        return connector.signed_in_at

    assert with_connection(part, app_tenant=app_tenant) == place


@pytest.mark.parametrize("status", [400, 401])
def test_a_secret_that_the_login_refuses_keeps_what_is_due_waiting(status: int) -> None:
    async def part(connector: Connector, connection: Connection) -> None:
        connector.login = (status, {"error": "invalid_client", "error_description": "secret"})
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(address(connector), HELLO, None)
        assert (caught.value.failure, caught.value.refuses_us) == (Failure.TRY_LATER, True)
        assert connector.calls == []

    with_connection(part)


def test_without_an_app_of_ours_no_token_is_sent() -> None:
    async def part(connector: Connector, connection: Connection) -> None:
        await TeamsSender(connection).send(address(connector), HELLO, None)
        assert connector.tokens == [""]

    with_connection(part, app_id="", app_secret="", accept_unsigned_requests=True)


def test_a_message_is_put_in_place_of_another() -> None:
    async def part(connector: Connector, connection: Connection) -> list[Any]:
        sender = TeamsSender(connection)
        found: list[Any] = [await sender.send(address(connector), HELLO, "m/9")]
        connector.answers.append((200, {}))
        found.append(await sender.send(address(connector), HELLO, "m8"))
        return [*found, *(call[:2] for call in connector.calls)]

    assert with_connection(part) == [
        Receipt("m/9"),
        Receipt("m8"),
        ("PUT", "/uk/v3/conversations/a:1/activities/m%2F9"),
        ("PUT", "/uk/v3/conversations/a:1/activities/m8"),
    ]


def test_what_is_not_there_any_more_is_sent_anew() -> None:
    async def part(connector: Connector, connection: Connection) -> Receipt:
        connector.answers.append((404, {"error": {"code": "ActivityNotFoundInConversation"}}))
        return await TeamsSender(connection).send(address(connector), HELLO, "m0")

    assert with_connection(part) == Receipt("m2")


def test_somebody_who_blocked_us_is_not_sent_anything_anew() -> None:
    async def part(connector: Connector, connection: Connection) -> Failure:
        connector.answers.append((403, {"error": {"code": "MessageWritesBlocked"}}))
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(address(connector), HELLO, "m0")
        assert len(connector.calls) == 1
        return caught.value.failure

    assert with_connection(part) is Failure.RECIPIENT_GONE


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (403, {"error": {"code": "BotNotInConversationRoster"}}, Failure.RECIPIENT_GONE),
        (404, {}, Failure.RECIPIENT_GONE),
        (429, {}, Failure.TRY_LATER),
        (502, "oops", Failure.TRY_LATER),
        (413, {}, Failure.OUR_FAULT),
    ],
)
def test_a_send_that_fails_says_how(status: int, body: Any, failure: Failure) -> None:
    async def part(connector: Connector, connection: Connection) -> Failure:
        connector.answers.append((status, body))
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(address(connector), HELLO, None)
        return caught.value.failure

    assert with_connection(part) is failure


def test_a_connector_that_is_not_there_is_tried_again() -> None:
    async def part(connector: Connector, connection: Connection) -> Failure:
        await connection.login()
        gone = Address(TEAMS, TENANT, "p", Reference("http://127.0.0.1:9/", "a").written())
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(gone, HELLO, None)
        return caught.value.failure

    assert with_connection(part) is Failure.TRY_LATER


@pytest.mark.parametrize("reference", ["", "nonsense"])
def test_nobody_can_be_written_to_before_the_app_is_installed(reference: str) -> None:
    async def part(connector: Connector, connection: Connection) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(Address(TEAMS, TENANT, "p", reference), HELLO, None)
        assert connector.calls == []
        return caught.value

    assert with_connection(part).failure is Failure.RECIPIENT_GONE


def test_our_token_goes_to_no_place_that_may_not_have_it() -> None:
    async def part(connector: Connector, connection: Connection) -> None:
        where = Reference("http://evil.example/", "a:1").written()
        with pytest.raises(DeliveryError) as caught:
            await TeamsSender(connection).send(Address(TEAMS, TENANT, "p", where), HELLO, None)
        assert caught.value.failure is Failure.OUR_FAULT
        assert connector.logins == 0

    with_connection(part)


def test_at_microsoft_our_token_never_goes_to_this_machine() -> None:
    async def work() -> None:
        connection = Connection(settings_for())
        where = Reference("http://127.0.0.1:9/", "a:1").written()
        try:
            with pytest.raises(DeliveryError) as caught:
                await TeamsSender(connection).send(Address(TEAMS, TENANT, "p", where), HELLO, None)
            assert caught.value.failure is Failure.OUR_FAULT
        finally:
            await connection.close()

    run(work())


LONG = Message("Many.", parts=tuple(Part("x" * 2400, (Button("a", "a"),)) for _ in range(12)))


def test_a_long_message_goes_out_in_order_and_its_first_card_is_the_one_that_is_changed() -> None:
    async def part(connector: Connector, connection: Connection) -> tuple[Receipt, list[str]]:
        connector.answers += [(200, {"id": "m1"}), (429, {})]
        found = await TeamsSender(connection).send(address(connector), LONG, None)
        ends = [
            words(body["attachments"][0]["content"]).split("\n")[-1]
            for _, _, body in connector.calls
        ]
        return found, ends

    found, ends = with_connection(part)
    assert found == Receipt("m1")
    assert ends == ["(1/2)", "(2/2)", "(2/2)"]


def test_a_long_message_that_is_put_again_changes_its_first_card_alone() -> None:
    async def part(connector: Connector, connection: Connection) -> list[str]:
        await TeamsSender(connection).send(address(connector), LONG, "m1")
        return [method for method, _, _ in connector.calls]

    assert with_connection(part) == ["PUT"]


def test_the_pace_is_within_what_microsoft_publishes() -> None:
    assert 1 / LIMITS.per_contact_seconds <= 60 / 30
    assert LIMITS.per_second is not None
    assert LIMITS.per_second <= 30


# who is who

JO = {"id": "29:1", "email": "Jo@Police.example", "userPrincipalName": "jo@police.example"}


@pytest.mark.parametrize(
    ("member", "email"),
    [
        (JO, "jo@police.example"),
        ({"id": "29:1", "userPrincipalName": "jo@police.example"}, "jo@police.example"),
        ({**JO, "userPrincipalName": "jo_nhs.example#EXT#@police.example"}, ""),
        ({**JO, "tenantId": "another"}, ""),
        ({**JO, "tenantId": TENANT}, "jo@police.example"),
        ({**JO, "userRole": "guest"}, ""),
        ({**JO, "userRole": "anonymous"}, ""),
        ({"id": "29:1", "email": "nonsense", "userPrincipalName": "a@b"}, ""),
        ({"id": "29:1"}, ""),
    ],
)
def test_an_organisation_vouches_for_its_own_people_alone(
    member: dict[str, Any], email: str
) -> None:
    assert vouched(TeamsChannelAccount.model_validate(member), TENANT) == email


def test_a_person_is_looked_up_once_an_hour() -> None:
    async def part(connector: Connector, connection: Connection) -> list[str]:
        connector.member = JO
        members, where = Members(connection), Reference(connector.url, "a:1")
        found = [await members.email_of(where, TENANT, "29:1") for _ in range(3)]
        assert connector.calls == [("GET", "/v3/conversations/a:1/members/29:1", None)]
        await members.email_of(where, TENANT, "29:2")
        assert len(connector.calls) == 2
        return found

    assert with_connection(part) == ["jo@police.example"] * 3


def test_a_connector_that_does_not_answer_vouches_for_nobody_and_is_asked_again_soon() -> None:
    async def part(connector: Connector, connection: Connection) -> str:
        connector.answers += [(503, {})]
        members, where = Members(connection), Reference(connector.url, "a:1")
        found = await members.email_of(where, TENANT, "29:1")
        until, _ = members._known[TENANT, "29:1"]
        assert until < asyncio.get_running_loop().time() + 61
        return found

    assert with_connection(part) == ""
