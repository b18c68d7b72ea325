"""What Teams sends, read as what somebody did."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    TEAMS,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Left,
    Met,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from bot.platforms.teams.reading import MALFORMED, MOST_LETTERS, read
from bot.platforms.teams.reference import reference_of
from tests.bot.platforms.teams.payloads import (
    BOT,
    CHAT,
    OBJECT,
    PERSON,
    SERVICE,
    TENANT,
    activity,
    executed,
    in_a_team,
    said,
    submitted,
)

NOW = datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
PRESS = {"loop": {"t": "abc-1"}}
FORM = {
    "loop": {"f": "update:7", "m": "1705300000000"},
    "q.words": " All done ",
    "s.who": "a,b%2Cc",
}


def keyed(*parts: str) -> str:
    return "|".join(parts)


def met(found: dict[str, Any]) -> Incoming | None:
    return read(found, at=NOW, keyed=keyed)


def event_of(found: dict[str, Any]) -> str:
    incoming = met(found)
    assert incoming is not None
    return incoming.event_id


@pytest.mark.parametrize(
    ("found", "content"),
    [
        (said("actions"), Said("actions")),
        (said("<at>Listening Loop</at> actions"), Said("actions")),
        (
            said("done &amp; dusted, 5 &lt; 6&nbsp;now\r\nyes"),
            Said("done & dusted, 5 < 6 now\nyes"),
        ),
        (said("/actions"), Said("/actions")),
        (said("   "), None),
        (submitted(PRESS), Pressed("abc-1")),
        (executed(PRESS), Pressed("abc-1")),
        (submitted(FORM), Submitted("update:7", {"words": "All done", "who": "a b,c"})),
        (executed(FORM), Submitted("update:7", {"words": "All done", "who": "a b,c"})),
        (executed({"loop": {"t": "x" * 65}}), None),
        (executed({"other": "app"}), None),
        (executed(PRESS, name="composeExtension/query"), None),
        (executed(PRESS, conversation={"id": "19:x", "conversationType": "channel"}), None),
        (in_a_team("how are we doing?"), Elsewhere("how are we doing?")),
        (in_a_team("lunch?", mentions=False), None),
        (activity("installationUpdate", action="add"), Met()),
        (activity("installationUpdate", action="remove"), Left("left")),
        (activity("installationUpdate", action="add-upgrade"), None),
        (activity("conversationUpdate", membersAdded=[{"id": BOT}]), Met()),
        (activity("conversationUpdate", membersAdded=[{"id": PERSON}]), None),
        (activity("conversationUpdate", membersRemoved=[{"id": PERSON}]), None),
        (
            activity("messageUpdate", text="late", channelData={"eventType": "editMessage"}),
            Edited("late"),
        ),
        (
            activity("messageUpdate", text="late", channelData={"eventType": "undeleteMessage"}),
            None,
        ),
        (activity("messageReaction", reactionsAdded=[{"type": "like"}]), None),
        (activity("messageDelete"), None),
        (activity("typing"), None),
        (activity("endOfConversation"), None),
    ],
)
def test_each_activity_is_what_somebody_did(found: dict[str, Any], content: Content | None) -> None:
    incoming = met(found)
    assert (incoming.content if incoming else None) == content


@pytest.mark.parametrize(
    ("kind", "read_as"),
    [
        ("application/vnd.microsoft.teams.file.download.info", "file"),
        ("image/png", "picture"),
        ("audio/mp4", "voice"),
        ("video/mp4", "video"),
    ],
)
def test_a_file_is_known_by_its_kind_and_never_by_its_content(kind: str, read_as: str) -> None:
    incoming = met(activity(text="here", attachments=[{"contentType": kind, "contentUrl": "x"}]))
    assert incoming is not None
    assert incoming.content == Sent(read_as, "here")


def test_the_address_is_the_person_in_their_tenant_with_where_to_write_to() -> None:
    incoming = met(said("hello"))
    assert incoming is not None
    assert (incoming.platform, incoming.space) == (TEAMS, TENANT)
    assert (incoming.sender.space, incoming.sender.id) == (TENANT, OBJECT)
    where = reference_of(incoming.sender.reference)
    assert where is not None
    assert (where.service_url, where.conversation, where.bot) == (SERVICE, CHAT, BOT)
    assert (incoming.language, incoming.opens, incoming.email) == ("en-GB", True, "")


def test_a_person_without_a_directory_id_goes_by_their_id_in_teams() -> None:
    incoming = met({**said("hello"), "from": {"id": PERSON}})
    assert incoming is not None
    assert incoming.sender.id == PERSON


def test_a_place_where_others_read_along_is_never_kept_as_where_to_write_to() -> None:
    incoming = met(in_a_team("hello"))
    assert incoming is not None
    assert incoming.sender.reference == ""


@pytest.mark.parametrize(
    ("found", "message_id"),
    [
        (said("hello"), "1705311012345"),
        (submitted(PRESS), "1705311000000"),
        (executed(PRESS), "1705311000000"),
        (executed(FORM), "1705300000000"),
        (executed({"loop": {"f": "update:7"}}), ""),
    ],
)
def test_a_press_names_the_message_that_has_the_button(
    found: dict[str, Any], message_id: str
) -> None:
    incoming = met(found)
    assert incoming is not None
    assert incoming.message_id == message_id


def test_the_same_activity_has_the_same_event_and_another_another() -> None:
    assert event_of(said("a")) == event_of(said("a"))
    others = {
        event_of(said("a")),
        event_of(said("a", id="1705311012346")),
        event_of({**said("a"), "conversation": {"id": "a:2", "conversationType": "personal"}}),
        event_of(executed(PRESS)),
    }
    assert len(others) == 4


def test_each_edit_of_one_message_is_an_event_of_its_own() -> None:
    edit = activity("messageUpdate", text="a", channelData={"eventType": "editMessage"})
    later = {**edit, "timestamp": "2024-01-15T09:31:00Z"}
    assert event_of(edit) == event_of(dict(edit))
    assert len({event_of(edit), event_of(later), event_of(said("a"))}) == 3


def test_an_installation_that_is_told_twice_is_one_welcome() -> None:
    once = activity("installationUpdate", action="add", id="f:1")
    again = activity("conversationUpdate", membersAdded=[{"id": BOT}], id="f:2")
    assert event_of(once) == event_of(again)


def test_a_very_long_text_is_cut() -> None:
    incoming = met(said("x" * 50_000))
    assert incoming is not None
    assert incoming.content == Said("x" * MOST_LETTERS)


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "message"},
        {**said("a"), "from": None},
        {**said("a"), "id": None},
        {**said("a"), "conversation": []},
        {**said("a"), "from": {"name": "nobody"}},
        {**said("a"), "attachments": ["x"]},
    ],
)
def test_what_is_not_as_it_should_be_is_malformed(broken: dict[str, Any]) -> None:
    with pytest.raises(MALFORMED):
        met(broken)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "loop", "t", "f", "action", "data", "type", "name"]), inner
        )
    ),
    max_leaves=5,
)


@given(
    st.sampled_from(["message", "invoke", "messageUpdate", "installationUpdate", "x"]),
    st.dictionaries(st.sampled_from([*activity(), "value", "text", "attachments", "name"]), ODD),
)
def test_nothing_but_malformed_is_ever_raised(kind: str, odd: dict[str, Any]) -> None:
    try:
        found = met({**activity(kind), **odd})
    except MALFORMED:
        return
    assert found is None or found.event_id
