import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.reading_age import read, syllables

EASY = (
    "How safe do you feel on your way to school?",
    "Who would you talk to if you were worried about something at home?",
    "How often do adults notice when things are hard at home for a young person?",
    "What should change, so that young people get help sooner?",
    "When you told an adult about a problem, did they listen to you?",
    "Sometimes a person in a family hurts, scares or controls someone else. This is called "
    "domestic abuse. We are not asking about your home. We want to know what adults could "
    "do better.",
    "How do you feel about the area where you live? Think about the streets and the people.",
    "From 0 to 10: how well do adults near you listen to young people? 0 is not at all.",
    "Would you know what to do if somebody sent you something online that made you feel bad?",
)
HARD = (
    "What impact does the relationship between the youth voice and the safeguarding partnership "
    "have?",
    "To what extent do you consider that professionals communicate effectively with each other "
    "regarding your circumstances?",
    "Which safeguarding interventions have been the most beneficial for your family members?",
    "In your opinion, have the professionals involved appropriately considered your individual "
    "needs and preferences?",
    "Please evaluate the effectiveness of the information that was provided following your "
    "initial assessment.",
    "How would you characterise the quality of communication between practitioners and young "
    "people?",
)


@pytest.mark.parametrize("text", EASY)
def test_what_an_eleven_year_old_reads_is_measured_so(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.age <= 11


@pytest.mark.parametrize("text", HARD)
def test_what_only_adults_read_is_measured_so(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.age > 14


@pytest.mark.parametrize("text", ["", "How old are you?", "???", "12 13 14", "آپ کی عمر کیا ہے؟"])
def test_too_few_words_and_other_scripts_get_no_number(text: str) -> None:
    assert read(text) is None


def test_names_of_people_and_places_do_not_make_a_text_harder() -> None:
    plain = read("Do the people who work for the council keep children safe?")
    named = read("Do the people who work for the council in Rochdale keep children safe?")
    assert plain is not None
    assert named is not None
    longer = read("Do the people who work for the council of a neighbourhood keep children safe?")
    assert longer is not None
    assert named.age < plain.age + 0.5 < longer.age


def test_shorter_sentences_read_younger() -> None:
    long = read("We ask what you think because we want to help, and then we tell you what we did.")
    short = read("We ask what you think. We want to help. Then we tell you what we did for you.")
    assert long is not None
    assert short is not None
    assert (short.sentences, long.sentences) == (3, 1)
    assert short.age < long.age


def test_a_passage_gets_the_lower_of_the_two_grades_worked_out_by_hand() -> None:
    # Nine words, one sentence, nine syllables, 27 letters: Flesch-Kincaid gives
    # 0.39*9 + 11.8*1 - 15.59 = -0.28, Coleman-Liau 0.0588*300 - 0.296*11.1 - 15.8 = -1.45.
    found = read("the cat sat on the mat with the dog")
    assert found is not None
    assert (found.words, found.sentences, found.age) == (9, 1, 3.6)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("home", 1), ("people", 2), ("listen", 2), ("notice", 2), ("hoped", 1), ("wanted", 2),
        ("places", 2), ("times", 1), ("safeguarding", 3), ("partnership", 3), ("action", 2),
        ("information", 4), ("relationship", 4), ("don't", 1), ("didn't", 2), ("doing", 2),
        ("area", 3), ("family", 3), ("little", 2), ("something", 2), ("agencies", 3), ("idea", 3),
        ("created", 3), ("being", 2), ("the", 1), ("question", 2), ("safely", 2), ("hmm", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_people_say_them(word: str, count: int) -> None:
    assert syllables(word) == count
    assert syllables(word.upper()) == count


@given(st.text(max_size=400))
def test_any_text_is_measured_or_too_short(text: str) -> None:
    found = read(text)
    assert found is None or (found.words >= found.sentences >= 1)
