"""What Telegram sends, read as what somebody did."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Address,
    Arrived,
    Content,
    Edited,
    Elsewhere,
    Incoming,
    Left,
    Pressed,
    Said,
    Sent,
)
from bot.platforms.telegram.reading import (
    MALFORMED,
    Gathering,
    gathering_of,
    press_of,
    read,
)
from tests.bot.platforms.telegram.payloads import (
    BOT,
    FILE,
    GROUP,
    PRIVATE,
    ROBIN,
    US,
    Json,
    member,
    message,
    pressed,
    said,
    sent,
)

NOW = datetime(2023, 12, 4, 11, tzinfo=UTC)
ORIGIN = {"type": "hidden_user", "sender_user_name": "Sam", "date": 1701600000}


def _content(update: Json) -> Content | None:
    incoming = read(update, bot=BOT, at=NOW)
    return None if incoming is None else incoming.content


def test_a_message_carries_its_number_its_sender_and_its_id() -> None:
    assert read(said("hello"), bot=BOT, at=NOW) == Incoming(
        "telegram", "", "870000001", Address("telegram", "", "5001"), Said("hello"), NOW, "31", "en"
    )


def test_a_press_carries_the_id_of_the_message_with_the_button() -> None:
    incoming = read(pressed(), bot=BOT, at=NOW)
    assert incoming is not None
    assert (incoming.content, incoming.message_id) == (Pressed("s:ab12:3:0"), "30")
    assert press_of(pressed()) == "2147483648"


def test_a_press_on_a_message_too_old_to_be_shown_counts_all_the_same() -> None:
    old = {"message_id": 12, "chat": PRIVATE, "date": 0}
    incoming = read(pressed(message=old), bot=BOT, at=NOW)
    assert incoming is not None
    assert incoming.message_id == "12"
    nowhere = pressed()
    del nowhere["callback_query"]["message"]
    assert _content(nowhere) == Pressed("s:ab12:3:0")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Nobody listens at my school.", Said("Nobody listens at my school.")),
        ("  3  ", Said("3")),
        ("to\x00rn \ud83d text", Said("torn  text")),
        ("\x07", Sent("other")),
        ("/stop", Said("/stop")),
        ("/STOP", Said("/stop")),
        (f"/stop@{BOT}", Said("/stop")),
        (f"/delete@{BOT.upper()} ABCD-EFGH-JKMN", Said("/delete ABCD-EFGH-JKMN")),
        ("/stop@another_bot he hits me", Said("/stop@another_bot he hits me")),
        ("/stopp it", Said("/stopp it")),
        ("stop/", Said("stop/")),
        ("/start", Arrived("")),
        ("/start  ", Arrived("")),
        ("/start kP3-x_9Q", Arrived("kP3-x_9Q")),
        (f"/start@{BOT} ABCD-EFGH", Arrived("ABCD-EFGH")),
        ("/start my dad hits me", Said("/start my dad hits me")),
        ("/start\nhelp me", Said("/start\nhelp me")),
        (f"/start {'x' * 65}", Said(f"/start {'x' * 65}")),
        ("/ not a command", Said("/ not a command")),
        ("x" * 5000, Said("x" * 4096)),
    ],
)
def test_words_and_commands(text: str, content: Content) -> None:
    assert _content(said(text)) == content


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"photo": [FILE], "caption": "look"}, Sent("picture", "look")),
        ({"photo": [FILE]}, Sent("picture")),
        ({"animation": FILE, "document": FILE}, Sent("picture")),
        ({"video": FILE, "caption": "c"}, Sent("video", "c")),
        ({"video_note": FILE}, Sent("video")),
        ({"voice": FILE}, Sent("voice")),
        ({"audio": FILE}, Sent("voice")),
        ({"document": FILE, "caption": "my diary"}, Sent("file", "my diary")),
        ({"sticker": FILE | {"emoji": "🙂"}}, Sent("sticker")),
        ({"location": {"latitude": 53.6, "longitude": -2.1}}, Sent("place")),
        ({"venue": {"title": "x"}, "location": {"latitude": 53.6}}, Sent("place")),
        ({"contact": {"phone_number": "07700900123", "first_name": "Sam"}}, Sent("contact")),
        (
            {"contact": {"phone_number": "07700900123", "user_id": 5002}},
            Sent("contact"),
        ),
        ({"contact": {"phone_number": "07700900123", "user_id": 5001}}, Said("07700900123")),
        ({"dice": {"emoji": "🎲", "value": 4}}, Sent("other")),
        ({"story": {"id": 1}}, Sent("other")),
        ({"game": {"title": "x"}}, Sent("other")),
        ({"something_of_next_year": {"a": 1}}, Sent("other")),
        (
            {"poll": {"question": "Is he right?", "options": [{"text": "no"}, {"text": "yes"}]}},
            Sent("other", "Is he right?\nno\nyes"),
        ),
        (
            {"checklist": {"title": "Run", "tasks": [{"text": "bag"}]}},
            Sent("other", "Run\nbag"),
        ),
        ({"text": "he said this", "forward_origin": ORIGIN}, Sent("forwarded", "he said this")),
        ({"photo": [FILE], "caption": "c", "forward_date": 1}, Sent("forwarded", "c")),
        ({"text": "yes", "reply_to_message": message(text="?"), "quote": {}}, Said("yes")),
        ({"pinned_message": message(text="x")}, None),
        ({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}}, None),
        ({}, None),
    ],
)
def test_what_else_can_be_sent_is_known_by_kind_and_by_what_is_written(
    more: Json, content: Content | None
) -> None:
    assert _content(sent(**more)) == content


def test_an_edit_is_its_new_words() -> None:
    update = {"update_id": 1, "edited_message": message(text="I meant no", edit_date=2)}
    assert _content(update) == Edited("I meant no")
    update["edited_message"] = message(caption="of home", photo=[FILE])
    assert _content(update) == Edited("of home")
    update["edited_message"] = message(location={"latitude": 1.0})
    assert _content(update) is None


@pytest.mark.parametrize(
    ("text", "more", "is_heard"),
    [
        ("hello all", {}, False),
        (f"hello @{BOT}", {}, True),
        ("/stop", {}, True),
        (f"/stop@{BOT}", {}, True),
        ("/stop@another_bot", {}, False),
        ("yes", {"reply_to_message": {"message_id": 3, "from": US}}, True),
        ("yes", {"reply_to_message": {"message_id": 3, "from": ROBIN}}, False),
    ],
)
def test_in_a_group_only_words_for_us_are_heard_and_they_answer_nothing(
    text: str, more: Json, is_heard: bool
) -> None:
    update = said(text, chat=GROUP, **more)
    assert _content(update) == (Elsewhere(text) if is_heard else None)
    assert gathering_of(update) == Gathering(-4001, "en", can_write=True)


@pytest.mark.parametrize(
    ("update", "is_left"),
    [
        (member("kicked"), True),
        (member("left"), True),
        (member("member"), False),
        (member("kicked", chat=GROUP), False),
    ],
)
def test_who_blocks_the_bot_has_left(update: Json, is_left: bool) -> None:
    assert _content(update) == (Left() if is_left else None)


@pytest.mark.parametrize(
    ("update", "gathering"),
    [
        (member("member", chat=GROUP), Gathering(-4001, "en", can_write=True)),
        (
            member("administrator", chat={"id": -9, "type": "channel"}),
            Gathering(-9, "en", can_write=False),
        ),
        (member("kicked", chat=GROUP), None),
        (member("member"), None),
        (said("hello"), None),
        (pressed(), None),
        (
            {
                "update_id": 1,
                "channel_post": {"message_id": 1, "chat": {"id": -9, "type": "channel"}},
            },
            Gathering(-9, "", can_write=False),
        ),
    ],
)
def test_a_group_is_known_for_as_long_as_we_are_in_it(
    update: Json, gathering: Gathering | None
) -> None:
    assert gathering_of(update) == gathering


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1, "message_reaction": {"chat": PRIVATE}},
        {"update_id": 1, "callback_query": {"id": "1", "from": ROBIN, "game_short_name": "x"}},
        {"update_id": 1, "message": {"message_id": 1, "chat": PRIVATE, "text": "no sender"}},
        {"update_id": 1, "message": message(text="x") | {"from": US}},
    ],
)
def test_what_concerns_nobody_is_left_alone(update: Json) -> None:
    assert read(update, bot=BOT, at=NOW) is None


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "1", "message": message(text="x")},
        {"update_id": True, "message": message(text="x")},
        {"update_id": 1, "message": 3},
        {"update_id": 1, "message": {"from": ROBIN, "chat": PRIVATE, "text": "no id"}},
        {"update_id": 1, "message": message(text=5)},
        {"update_id": 1, "message": message(text="x") | {"from": {"id": "5001"}}},
        {"update_id": 1, "message": message(text="x") | {"chat": {}}},
        {"update_id": 1, "callback_query": {"id": "1", "from": {}, "data": "x"}},
        {"update_id": 1, "my_chat_member": {"chat": PRIVATE, "from": ROBIN}},
    ],
)
def test_what_is_malformed_says_so_by_one_of_a_few_kinds(update: Json) -> None:
    with pytest.raises(MALFORMED):
        read(update, bot=BOT, at=NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_REAL = [
    said("/start abc"),
    sent(photo=[FILE], caption="c"),
    sent(poll={"question": "q", "options": [{"text": "a"}]}),
    sent(contact={"phone_number": "1", "user_id": 5001}),
    pressed(),
    member("member", chat=GROUP),
    said("/stop", chat=GROUP, reply_to_message=message(text="x")),
]


@st.composite
def _damaged(draw: st.DrawFn) -> Any:
    """A real update with one of its parts replaced by anything, or anything at all."""
    if draw(st.booleans()):
        return draw(_JSON)

    def damage(part: Any) -> Any:
        if not isinstance(part, dict) or not part or draw(st.integers(0, 4)) == 0:
            return draw(_JSON)
        name = draw(st.sampled_from(sorted(part)))
        return part | {name: damage(part[name])}

    return damage(draw(st.sampled_from(_REAL)))


@given(_damaged())
def test_whatever_comes_is_read_or_raises_one_of_a_few_kinds(update: Any) -> None:
    try:
        incoming = read(update, bot=BOT, at=NOW)
        press_of(update)
        gathering_of(update)
    except MALFORMED:
        return
    assert incoming is None or incoming.sender.platform == "telegram"
