"""The connector's answers, as one of the three ways in which a send fails."""

import json

import pytest

from bot.messages import Failure
from bot.platforms.teams.failures import code_in, explain, unreached, wait_in

GONE, LATER, OURS = Failure.RECIPIENT_GONE, Failure.TRY_LATER, Failure.OUR_FAULT


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (403, "MessageWritesBlocked", GONE),
        (403, "ConversationBlockedByUser", GONE),
        (403, "BotNotInConversationRoster", GONE),
        (403, "BotDisabledByAdmin", GONE),
        (403, "NotEnoughPermissions", OURS),
        (403, "", OURS),
        (404, "ConversationNotFound", GONE),
        (404, "", GONE),
        (410, "", GONE),
        (412, "PreconditionFailed", LATER),
        (429, "", LATER),
        (500, "ServiceError", LATER),
        (502, "", LATER),
        (504, "", LATER),
        (408, "", LATER),
        (400, "BadSyntax", OURS),
        (400, "BadArgument", OURS),
        (401, "", LATER),
        (413, "MessageSizeTooBig", OURS),
    ],
)
def test_each_answer_is_one_of_three_failures(status: int, code: str, failure: Failure) -> None:
    found = explain(status, code)
    assert (found.failure, found.detail) == (failure, f"{status} {code}".strip())


def test_the_wait_they_ask_for_is_kept_and_bounded() -> None:
    assert explain(429, "", wait_in("7")).retry_after == 7.0
    assert wait_in("999999") == 3600.0
    assert wait_in("Wed, 21 Oct 2015 07:28:00 GMT") is None
    assert wait_in("-1") is None
    assert wait_in("") is None


def test_no_answer_is_tried_again() -> None:
    assert unreached("ConnectTimeout").failure is LATER
    assert not unreached("ConnectTimeout").refuses_us


@pytest.mark.parametrize(("status", "is_so"), [(401, True), (403, False), (429, False)])
def test_what_is_due_waits_where_our_token_is_refused(status: int, *, is_so: bool) -> None:
    assert explain(status).refuses_us is is_so


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            b'{"error": {"code": "MessageWritesBlocked", "message": "Jo blocked"}}',
            "MessageWritesBlocked",
        ),
        (b'{"code": "BadSyntax"}', "BadSyntax"),
        (b'{"error": "x"}', ""),
        (b"<html>", ""),
        (b"[]", ""),
        (b'{"error": {"code": 7}}', ""),
        (b"", ""),
    ],
)
def test_the_code_is_found_where_there_is_one(body: bytes, code: str) -> None:
    assert code_in(body) == code


def test_what_looks_like_anything_but_a_code_is_not_passed_on() -> None:
    body = json.dumps({"error": {"code": "Jo Example (29:1abc) blocked you"}}).encode()
    assert explain(403, code_in(body)).detail == "403"
