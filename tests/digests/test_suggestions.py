"""Suggestions are counted words: always with a reason, in every language, and of nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.suggestions import (
    Coded,
    Named,
    NewTheme,
    learn,
    new_themes,
    same_words,
    stems,
    suggest,
)

TALK = Named(1, "Somebody to talk to", "A grown-up who listens")
BUSES = Named(2, "Free buses")
CODED = (
    Coded("the school bus is always late", frozenset({2})),
    Coded("Buses are late and cost too much", frozenset({2})),
    Coded("my teacher listens to me", frozenset({1})),
    Coded("a teacher who keeps listening", frozenset({1})),
    Coded("more football please", frozenset()),
)


def test_a_suggestion_says_which_words_it_comes_from_and_how_many_answers_are_like_it() -> None:
    [one] = suggest("The bus was late again", learn((TALK, BUSES), CODED))
    assert (one.theme_id, set(one.because), one.like, one.named) == (2, {"bus", "late"}, 2, True)


def test_earlier_coding_alone_is_enough() -> None:
    learned = learn((Named(1, "Being heard"), BUSES), CODED)
    [one] = suggest("Teachers!", learned)
    assert (one.theme_id, one.because, one.like, one.named) == (1, ("Teachers",), 2, False)


def test_before_anything_is_coded_the_names_and_definitions_speak() -> None:
    learned = learn((TALK, BUSES), ())
    assert [one.theme_id for one in suggest("we should get free travel", learned)] == [2]
    assert suggest("more football", learned) == ()


@pytest.mark.parametrize(
    ("theme", "words"),
    [
        ("Autobusy", "autobus się spóźnia"),
        ("Profesori care ascultă", "un profesor mai bun"),
        ("الحافلات", "حافلات مجانية"),
        ("بسیں اور سفر", "ہمیں سفر مفت چاہیے"),
        ("Listening", "they never LISTEN"),
    ],
    ids=["polish", "romanian", "arabic", "urdu", "english"],
)
def test_the_words_of_a_theme_are_found_in_every_language_we_have(theme: str, words: str) -> None:
    assert [one.theme_id for one in suggest(words, learn((Named(7, theme),), ()))] == [7]


def test_words_that_every_answer_has_suggest_nothing() -> None:
    everywhere = [Coded(f"school {n}", frozenset({1 + n % 2})) for n in range(20)]
    assert suggest("school", learn((Named(1, "One"), Named(2, "Two")), everywhere)) == ()


def test_common_words_are_no_reason() -> None:
    assert stems("I would like them to be there for us") == {}
    assert stems("ہم کو اور ان کے لیے") == {}


def test_what_several_answers_without_a_theme_have_in_common_may_be_a_new_one() -> None:
    said = ["the youth club shuts early", "Youth clubs on Fridays", "a youth club", "buses"]
    assert new_themes(said, (BUSES,)) == (NewTheme(("club", "youth"), 3),)
    assert new_themes(said[:2], ()) == ()


def test_words_of_a_theme_that_is_there_make_no_new_one() -> None:
    assert new_themes(["youth club"] * 4, (Named(1, "The youth club"),)) == ()


def test_capitals_spaces_and_dots_make_no_other_answer() -> None:
    assert same_words(" More  BUSES!! ") == same_words("more buses")
    assert same_words("more buses") != same_words("buses more")
    assert same_words("👍") != same_words("👎")


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6))
def test_any_text_whatever_can_be_read_and_every_suggestion_has_a_reason(
    words: str, others: list[str]
) -> None:
    coded = [Coded(one, frozenset({n % 2})) for n, one in enumerate(others)]
    for one in suggest(words, learn((Named(0, words), Named(1, "")), coded)):
        assert one.because
        assert all(reason in words.replace("’", "'") or reason for reason in one.because)
    new_themes([words, *others], ())
