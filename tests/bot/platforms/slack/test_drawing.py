"""Messages as Slack takes them: whole, literal, and within its limits."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from bot.messages import Button, Message, Part, Picture
from bot.platforms.slack.drawing import Post, draw, draw_home
from bot.platforms.slack.phrases import Phrases
from bot.platforms.slack.texts import linked
from storage.language import HOME, Catalogue
from surveys.matching import clean
from tests.bot.platforms.slack.drawn import MESSAGES, TEXTS
from tests.platforms.slack_blocks import message_problems, view_problems
from tests.platforms.slack_state import buttons_of, texts_of

WORDS = Catalogue.load("bot")
PHRASES = Phrases.of(lambda key: WORDS.say(key, HOME))


def only(message: Message) -> Post:
    [post] = draw(message, PHRASES)
    return post


def kinds(post: Post) -> list[str]:
    return [block["type"] for block in post.blocks]


def read_out(blocks: Any) -> str:
    """What stands there, letter by letter, as Slack shows it."""
    text = "\n".join(texts_of(list(blocks)))
    for sign in ("\u200b", "\u200f"):
        text = text.replace(sign, "")
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(escape, sign)
    return text


def test_a_reminder_has_a_title_its_actions_with_their_buttons_and_a_foot() -> None:
    post = only(
        Message(
            "Two actions need a word from you.",
            (Button("All my actions", "mine"),),
            title="2 actions are due",
            parts=(
                Part("1.2 Neglect tool, due 31 March", (Button("Done", "done:1", form=True),)),
                Part("3.1 Training, due 30 April", (Button("Done", "done:2", form=True),)),
            ),
            foot="You get one message a day.",
        )
    )
    assert post.text == "2 actions are due"
    assert kinds(post) == [
        *("header", "section"),
        *("divider", "section", "actions"),
        *("divider", "section", "actions"),
        *("context", "actions"),
    ]
    buttons = [button for button, _ in buttons_of(list(post.blocks))]
    assert [(one["value"], one["action_id"]) for one in buttons] == [
        ("done:1", "form:0"),
        ("done:2", "form:1"),
        ("mine", "press:2"),
    ]


def test_a_notification_carries_the_title_or_nothing_of_the_message() -> None:
    assert only(Message("Sam wrote: my dad hits me")).text == "A message from Listening Loop"
    assert only(Message("x", title="Due & <soon>")).text == "Due &amp; &lt;soon&gt;"
    assert len(only(Message("x", title="long " * 99)).text) <= 150


def test_a_title_that_the_text_begins_with_is_not_said_twice() -> None:
    assert kinds(only(Message("2 actions are due.\n\nHere:", title="2 actions are due"))) == [
        "section"
    ]


@pytest.mark.parametrize(
    "words", ["<!channel> <@U1>", "*bold* _it_ ~no~ `code`", "a & b < c", ":smile: > x", "#general"]
)
def test_words_are_data_and_stand_as_they_were_written(words: str) -> None:
    [block] = only(Message(words)).blocks
    assert block["text"] == {"type": "plain_text", "text": words, "emoji": False}


def test_an_address_can_be_pressed_and_nothing_beside_it_does_anything() -> None:
    [block] = only(Message("<!here> *see* https://x.example/a?b=1&c=2.")).blocks
    assert block["text"] == {
        "type": "mrkdwn",
        "text": "&lt;!here&gt; *\u200bsee*\u200b <https://x.example/a?b=1&amp;c=2>.",
        "verbatim": True,
    }


def test_a_button_that_leads_to_a_page_has_its_address_and_no_token() -> None:
    post = only(Message("x", (Button("Open", "", link="https://loop.example/m/1"),)))
    [(button, _)] = buttons_of(list(post.blocks))
    assert button == {
        "type": "button",
        "action_id": "link:0",
        "text": {"type": "plain_text", "text": "Open", "emoji": False},
        "url": "https://loop.example/m/1",
    }


def test_labels_too_long_for_a_button_stand_above_with_their_numbers() -> None:
    long = "an answer that nobody could read on a button " * 2
    post = only(Message("Which?", (Button("Yes", "a"), Button(long, "b", mark="☐"))))
    assert read_out(post.blocks) == f"Which?\n1. Yes\n2. ☐ {long.strip()}\n1\n2"
    [first, second] = [button for button, _ in buttons_of(list(post.blocks))]
    assert first["accessibility_label"] == "Yes"
    assert second["accessibility_label"].startswith("☐ an answer")


@pytest.mark.parametrize("token", ["", "x" * 65, "ü" * 33])
def test_a_token_that_is_ours_to_keep_short_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        draw(Message("x", (Button("Yes", token),)), PHRASES)


def test_more_than_one_post_holds_goes_on_in_the_next_and_the_buttons_come_last() -> None:
    parts = tuple(Part(f"Action {n}", (Button("Done", f"d:{n}"),)) for n in range(40))
    posts = draw(Message("Yours:", (Button("More", "more"),), parts=parts), PHRASES)
    assert len(posts) == 3
    assert all(post.blocks[0]["type"] == "section" for post in posts)
    assert all(post.blocks[-1]["type"] == "actions" for post in posts)
    last = [button["value"] for button, _ in buttons_of(list(posts[-1].blocks))]
    assert last[-1] == "more"


def test_a_picture_is_read_where_it_cannot_be_seen() -> None:
    assert read_out(only(Message("Which?", picture=Picture("a map"))).blocks) == (
        "[Picture: a map]\nWhich?"
    )


def test_lines_of_a_right_to_left_language_run_the_right_way() -> None:
    [block] = only(Message("1.2 مرحبا\nLoop", rtl=True)).blocks
    assert block["text"]["text"] == "\u200f1.2 مرحبا\n\u200fLoop"


def test_a_home_that_has_more_than_fits_says_so_and_keeps_its_own_buttons() -> None:
    parts = tuple(Part(f"Action {n}", (Button("Done", f"d:{n}"),)) for n in range(60))
    message = Message("Yours:", (Button("Settings", "settings"),), parts=parts, foot="As at noon.")
    view = draw_home(message, PHRASES)
    assert not view_problems(view)
    assert "There is more than fits here." in read_out(view["blocks"])
    labels = [button["text"]["text"] for button, _ in buttons_of(view["blocks"])]
    assert labels[-1] == "Settings"
    assert 20 < len(labels) < 60


def test_a_home_that_fits_says_nothing_of_the_kind() -> None:
    view = draw_home(Message("Yours:", (Button("Settings", "settings"),)), PHRASES)
    assert read_out(view["blocks"]) == "Yours:\nSettings"


@given(MESSAGES)
@settings(max_examples=80, deadline=None)
def test_any_message_is_one_that_slack_takes_with_every_button_once(message: Message) -> None:
    posts = draw(message, PHRASES)
    assert [problem for post in posts for problem in message_problems(post.payload)] == []
    drawn = [button for post in posts for button, _ in buttons_of(list(post.blocks))]
    wanted = [one for part in message.parts for one in part.buttons] + list(message.buttons)
    assert [one.get("value", "") for one in drawn] == [one.token for one in wanted]
    ids = [one["action_id"] for one in drawn]
    assert len(set(ids)) == len(ids)


@given(MESSAGES)
@settings(max_examples=40, deadline=None)
def test_nothing_that_was_written_is_lost(message: Message) -> None:
    shown = _squeezed("".join(read_out(post.blocks) for post in draw(message, PHRASES)))
    for text in (message.text, message.foot, *(part.text for part in message.parts)):
        assert _squeezed(read_out([{"text": clean(text)}])) in shown


def _squeezed(text: str) -> str:
    """Without what a break may take away, and without the brackets of links."""
    return re.sub(r"[\s<>]+", "", text)


@given(MESSAGES)
@settings(max_examples=40, deadline=None)
def test_any_message_is_a_home_that_slack_takes(message: Message) -> None:
    assert view_problems(draw_home(message, PHRASES)) == []


@given(TEXTS)
@settings(deadline=None)
def test_no_word_becomes_a_mention_or_a_command(text: str) -> None:
    marks = re.findall(r"<([^>]*)>", linked(text))
    assert all(mark.startswith(("https://", "http://")) for mark in marks)
