"""What Telegram, Slack and Teams bring: JSON of every kind, and what is folded into it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request
from starlette.requests import Request

from bot.messages import Incoming, Said, Sent, Submitted, storable
from bot.platforms.slack import reading as slack
from bot.platforms.teams import reading as teams
from bot.platforms.teams.failures import code_in, wait_in
from bot.platforms.teams.gate import Refused
from bot.platforms.teams.packing import packed, unpacked
from bot.platforms.teams.reference import may_be_called, reference_in, reference_of
from bot.platforms.teams.webhook import MOST_BYTES
from bot.platforms.teams.webhook import _activity as activity_of
from bot.platforms.telegram import reading as telegram
from bot.platforms.telegram.webhook import _update as update_of
from bot.tokens import read_act, read_form
from storage.types import Keyring
from tests.bot.platforms.slack import payloads as of_slack
from tests.bot.platforms.teams import payloads as of_teams
from tests.bot.platforms.telegram import payloads as of_telegram
from tests.fuzz.target import Target, text_of

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
KEYRING = Keyring({"fuzz": b"k" * 32}, b"l" * 32)
_MOST_LETTERS = 40_000
_NOT_A_BODY = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What the webhook of Slack answers with 400."""


def _check(incoming: Incoming | None) -> None:
    """What every room behind the rim relies on."""
    if incoming is None:
        return
    assert incoming.sender.id
    assert storable(incoming.event_id, 128).isprintable()
    content = incoming.content
    if isinstance(content, Said | Sent):
        words = content.text if isinstance(content, Said) else content.caption
        assert len(words) <= _MOST_LETTERS
        assert "\x00" not in words
    if isinstance(content, Submitted):
        assert all(isinstance(one, str) for one in content.values.values())


def run_telegram(data: bytes) -> None:
    """An update as the webhook takes it, or as one of a poll."""
    update = update_of(data[:1_000_000])
    if update is None:
        return
    try:
        _check(telegram.read(update, bot=of_telegram.BOT, at=NOW))
        telegram.press_of(update)
        telegram.gathering_of(update)
    except telegram.MALFORMED:
        return


def run_slack(data: bytes) -> None:
    """What Bolt makes of a body, and what we make of that."""
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        try:
            asked = to_async_bolt_request(_request(kind), data)
        except _NOT_A_BODY:
            continue
        _read_slack(asked.body)


def _request(kind: str) -> Request:
    head = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "headers": head, "query_string": b""})


def _read_slack(payload: Any) -> None:
    if not isinstance(payload, dict):
        return
    try:
        slack.team_of(payload)
        incoming, _ = slack.read(payload, at=NOW), slack.thread_of(payload)
        _check(incoming)
        slack.is_removal(payload)
        slack.wants_form(payload)
        slack.trigger_of(payload)
        slack.field_names(payload)
    except slack.MALFORMED:
        return


def run_teams(data: bytes) -> None:
    """An activity that was let in."""
    try:
        activity = activity_of(data[:MOST_BYTES])
        incoming = teams.read(activity, at=NOW, keyed=KEYRING.fingerprint)
        _check(incoming)
        teams.tenant_of(activity)
        teams.member_of(activity)
        if incoming is not None:
            teams.filled_in(activity)
            unpacked(str(teams.ours_in(activity).get("p", "")))
        found = reference_in(activity)
        if found is not None:
            may_be_called(found.service_url, is_here=False)
            assert reference_of(found.written()) == found
    except (*teams.MALFORMED, Refused):
        return


def run_folded(data: bytes) -> None:
    """What travels in our own buttons and comes back from whoever made one up."""
    text = text_of(data)
    unpacked(text)
    reference_of(text)
    code_in(data)
    wait_in(text)
    may_be_called(text, is_here=True)
    if (pressed := read_form(text)) is not None:
        assert pressed.step >= 0
    read_act(text)


def _json(*payloads: dict[str, Any]) -> list[bytes]:
    return [json.dumps(one).encode() for one in payloads]


def _telegram() -> Sequence[bytes]:
    p = of_telegram
    poll = {"question": "Who?", "options": [{"text": "me"}]}
    return _json(
        p.said("I told my teacher"),
        p.said("/start abc_DEF-1"),
        p.said("/delete@rochdale_listens_bot AAAA-BBBB-CCC1", chat=p.GROUP),
        p.pressed(),
        p.sent(photo=[p.FILE], caption="look"),
        p.sent(contact={"phone_number": "+44 161", "user_id": 5001}),
        p.sent(poll=poll),
        p.sent(checklist={"title": "t", "tasks": [{"text": "a"}]}),
        p.member("kicked"),
        p.member("member", chat=p.GROUP),
        {"update_id": 1, "edited_message": p.message(text="new words", edit_date=3)},
    )


def _slack() -> Sequence[bytes]:
    p = of_slack
    field = {"type": "plain_text_input", "value": "43 staff"}
    ticks = {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}
    told = _json(
        p.said("done <@U1> &amp; <https://x|x>"),
        p.changed({"text": "new"}, {"text": "old"}),
        p.file_sent("image/png", "look"),
        p.opened(),
        p.mention("<@U0LOOP> hello"),
        p.pressed(),
        p.submitted({"note": field, "which": ticks}),
        p.shortcut("give_update"),
    )
    forms = [urlencode({"payload": one.decode()}).encode() for one in told[5:]]
    return [*told, *forms, urlencode(p.command("actions of mine")).encode()]


def _teams() -> Sequence[bytes]:
    p = of_teams
    return _json(
        p.said("1.2 on track &amp; <b>"),
        p.submitted({"ours": {"t": "not:7"}}),
        p.executed({"loop": {"f": "update:7", "m": "1", "p": "x"}, "f.note": "43"}),
        p.in_a_team("hello"),
        p.activity("installationUpdate", action="add"),
        p.activity("conversationUpdate", membersAdded=[{"id": p.BOT}]),
        p.activity("messageUpdate", text="x", channelData={"eventType": "editMessage"}),
    )


def _folded() -> Sequence[bytes]:
    from bot.forms import Field, FieldKind, Form

    form = Form("update:7", "How is it?", (Field("note", FieldKind.TEXT, "A line"),), "Send")
    kept = {"service_url": of_teams.SERVICE, "conversation": of_teams.CHAT, "bot": of_teams.BOT}
    return [
        packed(form).encode(),
        json.dumps(kept).encode(),
        b'{"error": {"code": "ConversationBlockedByUser"}}',
        b"s:ab12:3:skip",
        b"not:7",
        b"https://smba.trafficmanager.net/uk/",
    ]


TARGETS = (
    Target(
        "telegram",
        run_telegram,
        _telegram,
        (
            "bot.platforms.telegram.reading",
            "bot.platforms.telegram.webhook",
            "bot.platforms.telegram.polling",
        ),
        ("update_id", "message", "callback_query", "poll", "checklist", "forward_origin"),
    ),
    Target(
        "slack",
        run_slack,
        _slack,
        (
            "bot.platforms.slack.reading",
            "bot.platforms.slack.webhook",
            "bot.platforms.slack.values",
            "bot.platforms.slack.texts",
        ),
        ("payload=", "type", "block_actions", "view_submission", "<@U1>", "<!here>", "command"),
    ),
    Target(
        "teams",
        run_teams,
        _teams,
        (
            "bot.platforms.teams.reading",
            "bot.platforms.teams.webhook",
            "bot.platforms.teams.reference",
        ),
        ("invoke", "message", "<at>", "</at>", "tenant", "serviceUrl", "%00"),
    ),
    Target(
        "folded",
        run_folded,
        _folded,
        (
            "bot.platforms.teams.packing",
            "bot.platforms.teams.failures",
            "bot.tokens",
            "bot.platforms.teams.reference",
        ),
        ("s:", ":", "skip", "{", "https://", "@", "127.0.0.1"),
    ),
)
