from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.definition import (
    Audience,
    Choice,
    Kind,
    Mode,
    Question,
    Settings,
    Survey,
    text_in,
)

words = st.text(max_size=20)
texts = st.dictionaries(st.sampled_from(["en", "pl", "ur"]), words, max_size=3)
choices = st.lists(st.builds(Choice, words, texts), max_size=3).map(tuple)
questions = st.builds(
    Question,
    name=words,
    kind=st.sampled_from(Kind),
    labels=texts,
    hints=texts,
    choices=choices,
    required=st.booleans(),
    relevant=st.none() | words,
    constraint=st.none() | words,
    sensitive=st.booleans(),
)
settings = st.builds(
    Settings,
    form_id=words,
    titles=texts,
    audience=st.sampled_from(Audience),
    mode=st.sampled_from(Mode),
    opens=st.none() | st.dates(),
    minutes=st.none() | st.integers(1, 60),
)
surveys = st.builds(
    Survey, settings, st.lists(questions, max_size=4, unique_by=lambda q: q.name).map(tuple)
)


@given(surveys)
def test_a_survey_comes_back_from_json_as_it_was(survey: Survey) -> None:
    again = Survey.from_json(survey.to_json())
    assert again == survey
    assert again.fingerprint() == survey.fingerprint()
    assert again.to_json() == survey.to_json()


def test_the_smallest_change_gives_another_fingerprint() -> None:
    one = Survey(Settings("form"), (Question("a", Kind.TEXT, {"en": "Why?"}),))
    other = Survey(Settings("form"), (Question("a", Kind.TEXT, {"en": "Why"}),))
    assert one.fingerprint() != other.fingerprint()
    assert len({one, other, Survey.from_json(one.to_json())}) == 2


def test_the_order_in_which_languages_were_typed_does_not_change_the_fingerprint() -> None:
    one = Survey(Settings("form"), (Question("a", Kind.TEXT, {"en": "Yes", "pl": "Tak"}),))
    other = Survey(Settings("form"), (Question("a", Kind.TEXT, {"pl": "Tak", "en": "Yes"}),))
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("pl", "Tak"), ("pl-PL", "Tak"), ("ur", "Yes"), ("en", "Yes"), ("", "Yes")],
)
def test_a_text_falls_back_to_the_parent_language_and_then_to_the_default(
    language: str, expected: str
) -> None:
    assert text_in({"en": "Yes", "pl": "Tak"}, language, "en") == expected


def test_a_text_without_the_default_language_shows_the_one_it_has() -> None:
    assert text_in({"pl": "Tak"}, "ur", "en") == "Tak"
    assert text_in({"pl": "", "ur": "x"}, "pl", "en") == "x"
    assert text_in({}, "pl", "en") == ""


def test_a_young_person_may_skip_even_what_the_form_requires() -> None:
    must = Question("a", Kind.TEXT, required=True)
    youth = Survey(Settings("form", audience=Audience.YOUTH), (must,))
    practitioners = Survey(Settings("form", audience=Audience.PRACTITIONERS), (must,))
    assert youth.may_skip(must)
    assert not practitioners.may_skip(must)


def test_a_question_is_found_by_its_name() -> None:
    survey = Survey(Settings("form"), (Question("a", Kind.NOTE), Question("b", Kind.TEXT)))
    assert survey.question("b").kind is Kind.TEXT
    assert survey.position("b") == 1
    assert survey.position("c") is None
    with pytest.raises(KeyError):
        survey.question("c")
    assert [question.name for question in survey.free_text()] == ["b"]


def test_settings_without_a_title_are_called_by_their_id() -> None:
    assert Settings("form").title == "form"
    assert Settings("form", {"en": "Hello"}, opens=date(2023, 12, 4)).title == "Hello"
