"""What Slack answers, as one of the three ways in which a send fails."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.messages import DeliveryError, Failure
from bot.platforms.slack.failures import explain, is_final

GONE, LATER, OURS = Failure.RECIPIENT_GONE, Failure.TRY_LATER, Failure.OUR_FAULT


def _error(data: object, status: int = 200, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=data,  # type: ignore[arg-type]
        headers=headers,
        status_code=status,
    )
    return SlackApiError("for U0SAM: no", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("user_not_found", GONE),
        ("channel_not_found", GONE),
        ("is_archived", GONE),
        ("not_in_channel", GONE),
        ("user_disabled", GONE),
        ("cannot_dm_bot", GONE),
        ("ratelimited", LATER),
        ("internal_error", LATER),
        ("fatal_error", LATER),
        ("service_unavailable", LATER),
        ("request_timeout", LATER),
        ("team_added_to_org", LATER),
        ("invalid_blocks", OURS),
        ("msg_too_long", OURS),
        ("msg_blocks_too_long", OURS),
        ("messages_tab_disabled", OURS),
        ("missing_scope", OURS),
        ("no_permission", OURS),
        ("invalid_auth", LATER),
        ("token_revoked", LATER),
        ("account_inactive", LATER),
        ("something_new", OURS),
    ],
)
def test_each_code_of_slack(code: str, failure: Failure) -> None:
    found = explain(_error({"ok": False, "error": code}))
    assert (found.failure, found.detail) == (failure, code)


@pytest.mark.parametrize(
    ("error", "failure", "detail"),
    [
        (_error({"ok": False, "error": "U0SAM is away"}), LATER, "status 200"),
        (_error({}), LATER, "status 200"),
        (_error({}, 502), LATER, "status 502"),
        (_error({"error": "invalid_auth"}, 503), LATER, "invalid_auth"),
        (_error({}, 404), OURS, "status 404"),
        (TimeoutError(), LATER, "TimeoutError"),
        (ConnectionResetError(), LATER, "ConnectionResetError"),
        (aiohttp.ServerDisconnectedError(), LATER, "ServerDisconnectedError"),
        (aiohttp.ClientPayloadError(), LATER, "ClientPayloadError"),
        (SlackRequestError("for U0SAM"), OURS, "SlackRequestError"),
        (ValueError("U0SAM"), OURS, "ValueError"),
    ],
)
def test_each_other_trouble_by_its_kind_alone(
    error: Exception, failure: Failure, detail: str
) -> None:
    found = explain(error)
    assert (found.failure, found.detail) == (failure, detail)
    assert "U0SAM" not in str(found)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after": "0"}, 0.0), ({"Retry-After": "soon"}, 30.0)],
)
def test_slack_says_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    error = _error({"ok": False, "error": "ratelimited"}, 429, **headers)
    assert explain(error) == DeliveryError(LATER, "ratelimited", seconds)


def test_what_is_known_already_stays_as_it_is() -> None:
    known = DeliveryError(GONE, "x")
    assert explain(known) is known


@pytest.mark.parametrize(
    ("code", "is_so"),
    [("invalid_auth", True), ("missing_scope", True), ("internal_error", False), ("x", False)],
)
def test_a_door_is_not_opened_again_with_a_token_that_is_refused(code: str, *, is_so: bool) -> None:
    assert is_final(explain(_error({"ok": False, "error": code}))) is is_so


@pytest.mark.parametrize(
    ("code", "is_so"),
    [
        ("invalid_auth", True),
        ("not_authed", True),
        ("token_revoked", True),
        ("token_expired", True),
        ("account_inactive", True),
        ("missing_scope", False),
        ("user_not_found", False),
        ("ratelimited", False),
    ],
)
def test_what_is_due_waits_where_our_token_is_refused(code: str, *, is_so: bool) -> None:
    found = explain(_error({"ok": False, "error": code}))
    assert found.refuses_us is is_so
    assert not is_so or (found.failure, found.retry_after) == (LATER, None)
