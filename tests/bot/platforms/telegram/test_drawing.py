"""A message as Telegram takes it: nothing is cut off, and every limit is kept."""

import base64
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Button, Message, Picture
from bot.platforms.telegram.drawing import (
    MOST_BUTTONS,
    MOST_IN_CAPTION,
    MOST_IN_LABEL,
    MOST_IN_ROW,
    MOST_UNITS,
    draw,
    in_words,
)
from surveys.matching import clean

CONTROLS = (
    Button("Back", "b", command="/back"),
    Button("Skip", "k", command="/skip"),
    Button("Stop", "x", command="/stop"),
)
PNG = base64.b64encode(b"\x89PNG a picture").decode()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _labels(message: Message) -> list[list[str]]:
    return [[key.label for key in row] for row in draw(message).rows]


def _buttons(*labels: str) -> tuple[Button, ...]:
    return tuple(Button(label, f"t{place}") for place, label in enumerate(labels))


def test_controls_stand_in_one_row_at_the_end() -> None:
    message = Message("?", (*_buttons("Often", "Sometimes", "Never"), *CONTROLS))
    assert _labels(message) == [["Often"], ["Sometimes"], ["Never"], ["Back", "Skip", "Stop"]]


def test_done_stands_between_the_ticks_and_the_controls() -> None:
    done = Button("Done", "d", tap_only=True)
    ticks = (Button("At home", "-0", mark="☑"), Button("At school", "+1", mark="☐"))
    message = Message("?", (*ticks, done, *CONTROLS[:1]))
    assert _labels(message) == [["☑ At home", "☐ At school"], ["Done"], ["Back"]]


@pytest.mark.parametrize(
    ("labels", "sizes"),
    [
        (["1", "2", "3", "4", "5"], [5]),
        ([str(n) for n in range(11)], [6, 5]),
        (["Never", "Rarely", "Often", "Always"], [4]),
        (["Strongly agree", "Agree", "Disagree", "Strongly disagree"], [1, 1, 1, 1]),
        (["I do not agree with this at all", "I agree"], [1, 1]),
    ],
)
def test_a_scale_of_numbers_has_even_rows_and_one_of_words_a_row_or_a_column(
    labels: list[str], sizes: list[int]
) -> None:
    message = Message("?", _buttons(*labels), scale=True)
    assert [len(row) for row in _labels(message)] == sizes


@pytest.mark.parametrize(
    ("labels", "sizes"),
    [
        (["Yes", "No"], [2]),
        (["Yes", "No", "Tell me more"], [1, 1, 1]),
        (["Home", "School", "Park", "Online", "Bus"], [2, 2, 1]),
        (["At home with my family", "At school"], [1, 1]),
    ],
)
def test_short_answers_pair_up_and_others_stand_below_one_another(
    labels: list[str], sizes: list[int]
) -> None:
    assert [len(row) for row in _labels(Message("?", _buttons(*labels)))] == sizes


def test_labels_too_long_for_a_phone_stand_in_the_text_and_their_numbers_on_the_keys() -> None:
    long = "Somebody at school, such as a teacher or the nurse"
    drawing = draw(Message("Who listens?", (*_buttons(long, "A friend"), *CONTROLS)))
    assert drawing.parts == (f"Who listens?\n\n1) {long}\n2) A friend",)
    assert [(key.label, key.token) for key in drawing.rows[0]] == [("1", "t0"), ("2", "t1")]


def test_a_tick_on_a_long_label_is_seen_on_its_key() -> None:
    long = "Somebody at school, such as a teacher or the nurse"
    ticks = (Button(long, "-0", mark="☑"), Button("A friend", "+1", mark="☐"))
    drawing = draw(Message("Who?", ticks))
    assert drawing.parts == (f"Who?\n\n1) {long}\n2) A friend",)
    assert [key.label for key in drawing.rows[0]] == ["☑ 1", "☐ 2"]


def test_a_place_in_an_order_of_long_labels_stands_beside_its_label() -> None:
    long = "Somebody at school, such as a teacher or the nurse"
    drawing = draw(Message("Who?", (Button(long, "-0", mark="2."), Button("A friend", "+1"))))
    assert drawing.parts == (f"Who?\n\n1) {long} [2.]\n2) A friend",)
    assert [key.label for key in drawing.rows[0]] == ["1", "2"]


def test_right_to_left_begins_at_the_right_and_every_line_runs_that_way() -> None:
    message = Message("سؤال\n\n999", (*_buttons("1", "2", "3"), *CONTROLS), rtl=True, scale=True)
    assert _labels(message) == [["3", "2", "1"], ["Stop", "Skip", "Back"]]
    assert draw(message).parts == ("\u200fسؤال\n\n\u200f999",)


def test_a_picture_goes_with_its_words_and_the_question_below_it() -> None:
    drawing = draw(
        Message("How is it?", _buttons("1"), picture=Picture("A gate", "image/png", PNG))
    )
    assert drawing.parts == ("[Picture: A gate]\n\nHow is it?",)
    assert drawing.photo == b"\x89PNG a picture"


@pytest.mark.parametrize(
    "picture",
    [
        Picture("A gate"),
        Picture("A gate", "image/svg+xml", PNG),
        Picture("A gate", "image/png", "not base64!"),
    ],
)
def test_a_picture_that_cannot_be_sent_is_its_words(picture: Picture) -> None:
    drawing = draw(Message("How is it?", picture=picture))
    assert (drawing.parts, drawing.photo) == (("[Picture: A gate]\n\nHow is it?",), b"")


def test_a_long_question_stands_below_its_picture() -> None:
    text = "word " * 400
    message = Message(text, picture=Picture("A gate", "image/jpeg", PNG))
    assert draw(message).parts == ("[Picture: A gate]", text.strip())
    assert draw(in_words(message)).photo == b""


def test_a_token_that_telegram_would_refuse_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="token"):
        draw(Message("?", (Button("Yes", "x" * 65),)))


def test_many_choices_are_listed_to_be_typed() -> None:
    drawing = draw(Message("?", (*_buttons(*(f"Choice {n}" for n in range(130))), *CONTROLS)))
    assert "130) Choice 129" in drawing.parts[0]
    assert [[key.label for key in row] for row in drawing.rows] == [["Back", "Skip", "Stop"]]


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
_LONG = st.lists(st.sampled_from(["a", "ž", "🙂", "سلام", " ", "\n", "\n\n"]) | _TEXT, max_size=60)
_BUTTON = st.builds(
    Button,
    label=st.text(min_size=1, max_size=60),
    token=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64),
    command=st.sampled_from(["", "", "", "/skip"]),
    tap_only=st.booleans(),
)
_MESSAGE = st.builds(
    Message,
    text=_LONG.map("".join) | _LONG.map(lambda parts: "".join(parts) * 40),
    buttons=st.lists(_BUTTON, max_size=40).map(tuple),
    rtl=st.booleans(),
    scale=st.booleans(),
    picture=st.none()
    | st.builds(
        Picture, alt=_TEXT, media_type=st.just("image/png"), content=st.sampled_from(["", PNG])
    ),
)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text.replace("\u200f", ""))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_MESSAGE)
def test_every_limit_is_kept_and_no_word_is_lost(message: Message) -> None:
    drawing = draw(message)
    keys = [key for row in drawing.rows for key in row]
    assert drawing.parts
    for place, part in enumerate(drawing.parts):
        is_caption = bool(drawing.photo) and place == 0
        assert _units(part) <= (MOST_IN_CAPTION if is_caption else MOST_UNITS)
        assert is_caption or part.strip()
    assert len(keys) <= MOST_BUTTONS
    assert all(len(row) <= MOST_IN_ROW for row in drawing.rows)
    assert all(key.label and len(key.token.encode()) <= 64 for key in keys)
    assert sorted(key.token for key in keys) == sorted(one.token for one in message.buttons)
    words = _bare("".join(drawing.parts))
    assert _bare(clean(message.text)) in words
    for one in message.buttons:
        if not one.command and not one.tap_only and len(one.label) > MOST_IN_LABEL:
            assert _bare(clean(one.label)) in words
