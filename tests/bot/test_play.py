"""`survey play` without a terminal: the same lines always give the same play."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.play import Opening, Playing
from bot.play_answers import BadAnswers, read_answers, work_out
from bot.play_record import NotATranscript, first_difference, read, replayed, write
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey

START = Opening("en", datetime(2023, 12, 4, 10, tzinfo=UTC))
CHOICES = (Choice("red", {"en": "Red", "pl": "Czerwony"}), Choice("blue", {"en": "Blue"}))
COLOUR = Question("colour", Kind.SELECT_ONE, {"en": "Which?", "pl": "Który?"}, choices=CHOICES)
WHY = Question("why", Kind.TEXT, {"en": "Why?"}, default="no reason", relevant="${colour} = 'red'")
MANY = Question("many", Kind.INTEGER, {"en": "How many?"}, constraint=". < 10")
TWICE = Question("twice", Kind.CALCULATE, calculation="${many} * 2")
FORM = Survey(Settings("form", titles={"en": "A form"}), (COLOUR, WHY, MANY, TWICE), ("en", "pl"))


def recorded(*lines: str) -> str:
    playing = Playing(FORM, START)
    first = playing.shown
    return write("form.md", playing, first, [(line, playing.say(line)) for line in lines])


def test_an_empty_line_keeps_what_a_question_starts_with() -> None:
    playing = Playing(FORM, START)
    assert "Enter keeps: no reason" in playing.say("1")
    assert "How many?" in playing.say("")
    assert playing.values() == {"colour": "red", "why": "no reason"}


def test_an_empty_line_is_refused_where_there_is_nothing_to_keep() -> None:
    playing = Playing(FORM, START)
    assert playing.say("").startswith("There was nothing in that message.")


def test_leaving_out_what_has_a_start_leaves_it_blank() -> None:
    playing = Playing(FORM, START)
    playing.say("red")
    playing.say("/skip")
    assert playing.values() == {"colour": "red"}


def test_a_transcript_reads_back_and_replays_as_it_was() -> None:
    text = recorded("1", "because", "99", "/language pl", "/back", "/back", "2", "4")
    transcript = read(text)
    assert transcript.opening == START
    assert transcript.form == "form.md"
    assert replayed(FORM, transcript) == text
    assert "= twice: 8" in text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["1", "2", "/back", "/skip", "/language pl", "", "> 1", "= x: 1", "#"]),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        ),
        max_size=8,
    )
)
def test_whatever_was_typed_a_play_replays_as_it_was(lines: list[str]) -> None:
    playing = Playing(FORM, START)
    first = playing.shown
    said = [(line, playing.say(line)) for line in lines if not playing.is_over]
    text = write("form.md", playing, first, said)
    assert first_difference(text, replayed(FORM, read(text))) is None


def test_the_first_difference_is_said_with_what_was_typed_before() -> None:
    text = recorded("1", "because", "3")
    changed = text.replace("How many?", "How few?")
    said = first_difference(changed, replayed(FORM, read(changed)))
    assert said is not None
    assert 'after "because"' in said
    assert "before: [3 of 3] How few?" in said
    assert "now:    [3 of 3] How many?" in said


def test_a_play_that_stops_early_is_a_difference() -> None:
    text = recorded("2", "3")
    assert first_difference(text, text + "\n> 4\n") == (
        f'Line {len(text.splitlines()) + 1}, after "3":\n'
        "  before: (nothing more)\n  now:    (an empty line)"
    )


@pytest.mark.parametrize(
    "text",
    ["", "form: a.md", "form: a\nlanguage: en\nstart: noon\nseed: 1\n", "\x00\x01",
     "form: a\nlanguage: en\nstart: 2023-12-04T10:00:00\nseed: 1\n"],
)  # fmt: skip
def test_what_is_no_transcript_is_refused_with_what_is_missing(text: str) -> None:
    with pytest.raises(NotATranscript, match="transcript"):
        read(text)


def answers(given: dict[str, Any], form: Survey = FORM) -> tuple[dict[str, str], dict[str, str]]:
    found = work_out(form, START, given)
    return found.values, found.rejected


@pytest.mark.parametrize("colour", ["red", "Red", ["red"], "1"])
def test_answers_are_given_as_stored_or_as_read(colour: object) -> None:
    values, rejected = answers({"colour": colour, "why": "it is warm", "many": 4})
    assert values == {"colour": "red", "why": "it is warm", "many": "4", "twice": "8"}
    assert rejected == {}


def test_what_is_not_spoken_of_keeps_its_start_and_null_leaves_it_out() -> None:
    assert answers({"colour": "red"})[0]["why"] == "no reason"
    assert answers({"colour": "red", "why": None})[0]["why"] == ""


def test_what_cannot_be_read_is_blank_and_what_breaks_a_constraint_counts_both_are_reported() -> (
    None
):
    found = work_out(FORM, START, {"colour": "green", "many": 12, "size": 1, "twice": 3})
    assert found.values == {"colour": "", "why": "", "many": "12", "twice": "24"}
    assert found.rejected == {"colour": "not_a_choice", "many": "constraint"}
    assert (found.unknown, found.not_asked) == (["size"], ["twice"])
    assert not found.is_whole


def test_a_required_question_without_an_answer_does_not_stop_the_rest() -> None:
    settings_ = Settings("staff", audience=Audience.PRACTITIONERS)
    form = Survey(settings_, (Question("a", Kind.INTEGER, required=True), MANY))
    values, rejected = answers({"many": 3}, form)
    assert (values, rejected) == ({"a": "", "many": "3"}, {"a": "required"})


def test_answers_are_taken_in_any_order_also_where_they_do_not_apply() -> None:
    double = Question("double", Kind.INTEGER, calculation="${many} * 2")
    form = Survey(FORM.settings, (WHY, double, MANY, COLOUR), ("en", "pl"))
    given = {"double": 5, "why": "warm", "many": 2, "colour": "blue"}
    found = work_out(form, START, given)
    assert found.values == {"why": "", "double": "5", "many": "2", "colour": "blue"}
    assert (found.not_relevant, found.not_asked, found.rejected) == (["why"], ["why"], {})
    assert found.offered == {"colour": ["red", "blue"]}
    backwards = dict(reversed(list({**given, "colour": "red"}.items())))
    assert work_out(form, START, backwards).values["why"] == "warm"


def test_two_corrections_hold_where_one_is_calculated_from_the_other() -> None:
    first = Question("first", Kind.INTEGER, calculation="${second} + 1")
    second = Question("second", Kind.INTEGER, calculation="${many} + 1")
    form = Survey(FORM.settings, (first, second, MANY), ("en", "pl"))
    values, _ = answers({"first": 7, "second": 5, "many": 1}, form)
    assert values == {"first": "7", "second": "5", "many": "1"}


def test_a_choice_that_is_not_on_offer_reads_as_blank_and_is_reported() -> None:
    other = Question("other", Kind.SELECT_ONE, choices=CHOICES, choice_filter="name != ${colour}")
    form = Survey(FORM.settings, (other, COLOUR), ("en", "pl"))
    found = work_out(form, START, {"other": "red", "colour": "red"})
    assert (found.values["other"], found.offered["other"]) == ("", ["blue"])
    assert found.rejected == {"other": "not_a_choice"}


def test_several_choices_may_be_a_list_or_words_with_spaces() -> None:
    many = Question("m", Kind.SELECT_MULTIPLE, choices=CHOICES)
    form = Survey(Settings("form"), (many,))
    for both in ("red blue", ["blue", "red"], "Blue, Red"):
        assert answers({"m": both}, form) == ({"m": "red blue"}, {})


def test_numbers_and_truths_of_json_are_read_as_people_write_them() -> None:
    number = Question("n", Kind.DECIMAL)
    form = Survey(Settings("form"), (number, Question("t", Kind.TEXT)))
    assert answers({"n": 2.5, "t": True}, form)[0] == {"n": "2.5", "t": "true"}
    assert answers({"n": 2.0, "t": 7}, form)[0] == {"n": "2", "t": "7"}


@pytest.mark.parametrize("text", ["[1", "[]", '"a"', "\ufeff{", "[" * 100_000])
def test_a_file_that_holds_no_answers_is_refused_with_what_to_write(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "answers.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadAnswers, match="question"):
        read_answers(path)
