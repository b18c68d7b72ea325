"""A message as Adaptive Cards: nothing is cut off, nothing reads as markup, every limit is kept."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.messages import Attachment, Button, Message, Part, Picture
from bot.platforms.teams.drawing import draw, summary_of
from surveys.matching import clean
from tests.bot.platforms.teams.card_checks import buttons, elements, problems, words
from tests.bot.platforms.teams.strategies import MESSAGES

FEW = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink what is so big takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


_PLACE = re.compile(r"\n\(\d+/\d+\)$")


def _bare(text: str) -> str:
    return "".join(text.replace("\u2060", "").split())


def _buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"B{number}", f"t{number}") for number in range(count))


@FEW
@given(MESSAGES)
def test_every_message_is_cards_that_teams_takes(message: Message) -> None:
    for card in draw(message):
        assert problems(card) == []


@FEW
@given(MESSAGES)
def test_nothing_of_a_message_gets_lost(message: Message) -> None:
    shown = _bare("".join(_PLACE.sub("", words(card)) for card in draw(message)))
    for text in (message.text, message.foot, *(part.text for part in message.parts)):
        assert _bare(clean(text)) in shown, "something is missing"
    drawn = [one for card in draw(message) for one in elements(card) if "verb" in one]
    wanted = [*message.buttons, *(one for part in message.parts for one in part.buttons)]
    assert sorted(one["data"]["loop"]["t"] for one in drawn) == sorted(
        one.token for one in wanted if not one.link
    )


@pytest.mark.parametrize(
    "text",
    [
        "*not* bold",
        "_not_ slanted",
        "[no](https://link.example)",
        "- no list",
        "1. no list",
        "# no heading",
        "`no code`",
        "a < b & c",
        "see https://link.example",
        "> no quote",
        "back\\slash",
    ],
)
def test_words_that_look_like_markup_are_shown_as_they_were_typed(text: str) -> None:
    (card,) = draw(Message(text))
    assert card["body"] == [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]}
    ]


def test_a_date_function_in_somebodys_words_is_not_carried_out() -> None:
    (card,) = draw(Message("{{DATE(2024-01-01T00:00:00Z)}}"))
    assert words(card) == "{\u2060{DATE(2024-01-01T00:00:00Z)}}"


def test_plain_lines_are_wrapped_text_and_a_paragraph_keeps_its_lines_together() -> None:
    (card,) = draw(Message("One\nTwo\n\nThree"))
    assert [(one["text"], one.get("spacing")) for one in card["body"]] == [
        ("One", None),
        ("Two", "None"),
        ("Three", None),
    ]
    assert all(one["wrap"] for one in card["body"])


def test_a_button_is_answered_at_once_and_an_older_app_sends_the_same() -> None:
    (card,) = draw(Message("?", (Button("On track", "tok"),)))
    button = buttons(card)["On track"]
    assert (button["verb"], button["data"]) == ("press", {"loop": {"t": "tok"}})
    fallback = button["fallback"]
    assert (fallback["type"], fallback["data"]) == ("Action.Submit", button["data"])


def test_each_part_has_its_own_buttons_below_it() -> None:
    parts = (Part("1.1 first", (Button("Done", "a"),)), Part("1.2 second", (Button("Done", "b"),)))
    (card,) = draw(
        Message("Two are due.", (Button("Later", "l"),), parts=parts, foot="That is all.")
    )
    assert [one["type"] for one in card["body"]] == [
        "TextBlock",
        "Container",
        "Container",
        "TextBlock",
        "ActionSet",
    ]
    tokens = [one["items"][1]["actions"][0]["data"]["loop"]["t"] for one in card["body"][1:3]]
    assert tokens == ["a", "b"]


@pytest.mark.parametrize(("count", "rows"), [(6, [6]), (7, [4, 3]), (13, [5, 4, 4])])
def test_teams_hides_none_of_many_buttons(count: int, rows: list[int]) -> None:
    (card,) = draw(Message("?", _buttons(count)))
    sets = [one for one in card["body"] if one["type"] == "ActionSet"]
    assert [len(one["actions"]) for one in sets] == rows


def test_a_label_too_long_for_a_phone_stands_in_the_text_and_its_number_on_the_button() -> None:
    long = "I talked with the family about what happened and we agreed on what comes next"
    choices = (Button(long, "a"), Button("No", "b"), Button("Skip", "s", command="/skip"))
    (card,) = draw(Message("?", choices))
    assert words(card) == f"?\n1) {long}\n2) No"
    assert list(buttons(card)) == ["1", "2", "Skip"]


def test_a_link_and_a_file_with_a_link_open_pages_and_a_file_without_is_named() -> None:
    files = (
        Attachment("digest.pdf", "application/pdf", b"%PDF", "https://loop.example/f/1"),
        Attachment("other.pdf", "application/pdf", b"%PDF"),
    )
    message = Message(
        "Here.", (Button("Board", "", link="https://loop.example/b"),), attachments=files
    )
    (card,) = draw(message)
    links = {title: one["url"] for title, one in buttons(card).items()}
    assert links == {"Board": "https://loop.example/b", "digest.pdf": "https://loop.example/f/1"}
    assert "[other.pdf]" in words(card)


def test_a_small_picture_is_shown_with_its_words_and_a_big_one_is_its_words() -> None:
    (card,) = draw(Message("?", picture=Picture("A bus", "image/png", "iVBORw0KGgo=")))
    assert card["body"][0]["altText"] == "A bus"
    (card,) = draw(Message("?", picture=Picture("A bus", "image/png", "A" * 40_000)))
    assert words(card) == "[Picture: A bus]\n?"


def test_a_long_message_is_several_cards_that_say_so() -> None:
    parts = tuple(Part(f"{number} " + "x" * 1500, _buttons(4)) for number in range(40))
    cards = draw(Message("Forty are due.", parts=parts))
    assert len(cards) > 2
    assert [words(card).split("\n")[-1] for card in cards] == [
        f"({number}/{len(cards)})" for number in range(1, len(cards) + 1)
    ]
    assert words(cards[0]).startswith("Forty are due.")


def test_right_to_left_turns_the_card() -> None:
    (card,) = draw(Message("سلام", rtl=True))
    assert card["rtl"] is True


def test_a_message_without_words_is_a_card_all_the_same() -> None:
    (card,) = draw(Message(""))
    assert problems(card) == []


def test_a_notification_says_the_title_or_how_it_begins() -> None:
    assert (
        summary_of(Message("First line\nmore", title="Two actions are due"))
        == "Two actions are due"
    )
    assert summary_of(Message("\nFirst line\nmore")) == "First line"


@pytest.mark.parametrize("token", ["", "x" * 65])
def test_a_token_that_could_not_come_back_is_our_mistake(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        draw(Message("?", (Button("a", token),)))
