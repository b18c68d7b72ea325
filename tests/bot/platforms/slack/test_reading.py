"""What Slack sends, read as what somebody did."""

import copy
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Address,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Opened,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.platforms.slack.reading import (
    MALFORMED,
    is_removal,
    read,
    team_of,
    thread_of,
    wants_form,
)
from bot.platforms.slack.texts import words_of
from surveys.matching import clean
from tests.bot.platforms.slack.payloads import (
    SAM,
    TEAM,
    US,
    Json,
    changed,
    command,
    event,
    file_sent,
    mention,
    opened,
    pressed,
    said,
    shortcut,
    submitted,
)

NOW = datetime(2023, 12, 4, 11, tzinfo=UTC)
SENDER = Address("slack", TEAM, SAM)
MESSAGE = "D0SAM:1701687600.000100"


def _content(payload: Json) -> Content | None:
    incoming = read(payload, at=NOW)
    return None if incoming is None else incoming.content


def _read(payload: Json) -> Incoming:
    incoming = read(payload, at=NOW)
    assert incoming is not None
    return incoming


def test_words_carry_their_event_their_sender_and_their_own_id() -> None:
    assert _read(said("done")) == Incoming(
        "slack", TEAM, "Ev0001", SENDER, Said("done"), NOW, MESSAGE
    )


def test_a_press_carries_the_id_of_the_message_with_the_button() -> None:
    assert _read(pressed()) == Incoming(
        "slack", TEAM, "12466734323.1395872398", SENDER, Pressed("not:7"), NOW, MESSAGE
    )


@pytest.mark.parametrize(("action_id", "opens"), [("press:0", False), ("form:12", True)])
def test_a_press_opens_a_form_where_its_button_says_so(action_id: str, *, opens: bool) -> None:
    payload = pressed(action={"action_id": action_id})
    assert _read(payload).opens is opens
    assert wants_form(payload) is opens


def test_a_press_in_the_home_belongs_to_no_message() -> None:
    home = pressed(container={"type": "view", "view_id": "V1"}, message=None, channel=None)
    assert _read(home).message_id == ""


def test_a_press_without_a_trigger_is_the_same_event_when_it_comes_again_and_opens_nothing() -> (
    None
):
    payload = pressed(action={"action_id": "form:0"})
    del payload["trigger_id"]
    other = copy.deepcopy(payload)
    other["actions"][0]["action_ts"] = "1701687611.000000"
    assert _read(payload).event_id == _read(copy.deepcopy(payload)).event_id
    assert _read(payload).event_id != _read(other).event_id
    assert not _read(payload).opens


@pytest.mark.parametrize(
    ("payload", "content"),
    [
        (said("  done, trained 43  "), Said("done, trained 43")),
        (said("/actions"), Said("/actions")),
        (said("it &amp; that &lt;3 &gt; &amp;lt;"), Said("it & that <3 > &lt;")),
        (said(f"<@{US}> hello <@U9|kim>"), Said("hello kim")),
        (said("see <https://a.example/x|a.example/x>"), Said("see https://a.example/x")),
        (said("see <https://a.example/x|the plan>"), Said("see the plan (https://a.example/x)")),
        (said("to <mailto:a@b.example|a@b.example>"), Said("to a@b.example")),
        (said("<#C1|general> <!here> <!subteam^S1|@leads>"), Said("#general @here @leads")),
        (said("in a thread", thread_ts="1701687000.1"), Said("in a thread")),
        (said("also here", subtype="thread_broadcast"), Said("also here")),
        (said("waves", subtype="me_message"), Said("waves")),
        (said("x" * 5000), Said("x" * 4000)),
        (said(""), Sent("other")),
        (file_sent("image/png", "look"), Sent("picture", "look")),
        (file_sent("audio/mp4"), Sent("voice")),
        (file_sent("video/mp4"), Sent("video")),
        (file_sent("application/pdf", "the plan"), Sent("file", "the plan")),
        (changed({"text": "new"}, {"text": "old"}), Edited("new")),
        (mention(f"<@{US}> what is due?"), Elsewhere("what is due?")),
        (opened(), Opened()),
        (shortcut("show_actions"), Said("/actions")),
        (shortcut("give_update"), Said("/update")),
        (command(""), Said("/help")),
        (command("actions"), Said("/actions")),
        (command("/Digest"), Said("/digest")),
        (command("update 1.2 on track"), Said("/update 1.2 on track")),
        (command("done, trained 43"), Said("done, trained 43")),
        (submitted(), Submitted("update:7", {})),
    ],
)
def test_what_somebody_does(payload: Json, content: Content) -> None:
    assert _content(payload) == content


@pytest.mark.parametrize(
    "payload",
    [
        said("ours", bot_id="B1"),
        said("ours", subtype="bot_message"),
        said("Slackbot", user="USLACKBOT"),
        said("", subtype="message_deleted"),
        said("", subtype="channel_join"),
        said("among others", channel_type="channel"),
        said("among others", channel_type="mpim"),
        changed({"text": "see x", "attachments": [{}]}, {"text": "see x"}),
        changed({"text": "ours", "bot_id": "B1"}, {"text": "old", "bot_id": "B1"}),
        mention("by a bot", bot_id="B1"),
        opened("messages"),
        event({"type": "team_join", "user": {"id": SAM}}),
        event({"type": "app_uninstalled"}),
        shortcut("of_another_app"),
        pressed(action={"action_id": "link:0", "url": "https://x.example"}),
        pressed(action={"type": "static_select", "value": None}),
        pressed(action={"value": None}),
        {"type": "view_closed", "view": {"id": "V1"}},
        {"type": "message_action", "callback_id": "x"},
        {"type": "url_verification", "challenge": "x"},
        {},
    ],
)
def test_what_concerns_nobody(payload: Json) -> None:
    assert _content(payload) is None


def test_a_form_says_which_it_is_what_stands_in_it_and_what_opened_it() -> None:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "on_track"}
    states: Json = {
        "status": {"type": "static_select", "selected_option": option},
        "mood": {"type": "radio_buttons", "selected_option": None},
        "who": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]},
        "many": {"type": "multi_static_select", "selected_options": []},
        "words": {"type": "plain_text_input", "value": " well\n"},
        "nothing": {"type": "plain_text_input", "value": None},
        "count": {"type": "number_input", "value": "43"},
        "day": {"type": "datepicker", "selected_date": "2024-05-31"},
        "hour": {"type": "timepicker", "selected_time": "09:30"},
    }
    incoming = _read(submitted(states))
    values = {
        "status": "on_track",
        "mood": "",
        "who": "a b",
        "many": "",
        "words": "well",
        "nothing": "",
        "count": "43",
        "day": "2024-05-31",
        "hour": "09:30",
    }
    assert incoming.content == Submitted("update:7", values)
    assert (incoming.message_id, incoming.opens) == (MESSAGE, True)


def test_a_form_sent_again_as_it_was_is_the_same_event_and_a_changed_one_another() -> None:
    text = {"words": {"type": "plain_text_input", "value": "ok"}}
    first = _read(submitted(text)).event_id
    assert _read(submitted(text, trigger_id="another")).event_id == first
    more = {"words": {"type": "plain_text_input", "value": "better"}}
    assert _read(submitted(more)).event_id != first
    assert _read(submitted(text, view={"hash": "2"})).event_id != first
    assert _read(submitted(text, view={"id": "V0002"})).event_id != first


def test_the_workspace_is_the_one_in_which_the_app_is_installed() -> None:
    shared = said("hello") | {"team_id": "T0OTHER"}
    assert team_of(shared) == TEAM
    assert team_of(pressed(team=None)) == TEAM
    assert team_of(submitted(team={"id": "T0OTHER"})) == TEAM
    assert team_of({}) == ""


def test_a_press_on_a_message_in_a_thread_says_where_the_thread_begins() -> None:
    inside = {"ts": "1701687600.000100", "thread_ts": "1701680000.000001"}
    assert thread_of(pressed(message=inside)) == (MESSAGE, "1701680000.000001")
    assert thread_of(pressed()) == ("", "")
    assert thread_of(said()) == ("", "")


@pytest.mark.parametrize(
    ("told", "is_so"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
        ({"type": "message"}, False),
    ],
)
def test_the_app_was_removed(told: Json, *, is_so: bool) -> None:
    assert is_removal(event(told)) is is_so


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in items:
            found += _paths(one, (*path, key))
    return found


_WHOLE = [said(), changed({"text": "a"}, {"text": "b"}), file_sent("image/png"), mention("x")]
_WHOLE += [opened(), pressed(), shortcut("show_actions"), command("actions")]
_WHOLE += [submitted({"words": {"type": "plain_text_input", "value": "ok"}})]
_ANY = st.sampled_from([None, 7, "", "x", [], {}, True, [None], {"id": 3}])


@given(data=st.data())
def test_a_payload_of_any_shape_is_read_or_passed_over(data: st.DataObject) -> None:
    payload = copy.deepcopy(data.draw(st.sampled_from(_WHOLE)))
    path = data.draw(st.sampled_from(_paths(payload)))
    place: Any = payload
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(_ANY)
    with suppress(*MALFORMED):
        incoming = read(payload, at=NOW)
        team_of(payload), thread_of(payload), is_removal(payload), wants_form(payload)
        assert incoming is None or (incoming.event_id and incoming.sender.id and incoming.space)


@given(st.text())
def test_any_words_come_through_as_they_were_typed(text: str) -> None:
    """Slack escapes three signs of what people type."""
    typed = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert words_of(typed) == clean(text)[:4000]
