import re

import pytest

from surveys.check.wording import hints, words
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey

YES_NO = (Choice("yes", {"en": "Yes"}), Choice("no", {"en": "No"}))


def found(
    label: str,
    *,
    kind: Kind = Kind.SELECT_ONE,
    hint: str = "",
    audience: Audience = Audience.PRACTITIONERS,
    notes: tuple[Question, ...] = (),
) -> list[str]:
    hints_ = {"en": hint} if hint else {}
    question = Question("q", kind, {"en": label}, hints_, choices=YES_NO)
    survey = Survey(Settings("form", audience=audience), (*notes, question))
    return [hint.code for hint in hints(survey)]


@pytest.mark.parametrize(
    "label",
    [
        "Don't you agree that the service is helpful?",
        "Do you agree that more money is needed?",
        "Wouldn't you say that adults listen more now?",
        "How good was the training?",
        "How brilliant was your youth worker?",
        "How poor is the help that you get?",
        "Adults should listen more, shouldn't they?",
        "Isn't it time to change the tool?",
        "Most people think the plan works. What do you think?",
        "Surely you know the strategy?",
        "Why is the help so slow?",
        "What did you like about our excellent training?",
    ],
)
def test_leading_wording_is_pointed_out(label: str) -> None:
    assert "leading" in found(label)
    assert "leading" in found(label, kind=Kind.TEXT)


@pytest.mark.parametrize(
    "label",
    [
        "Is the tool clear and useful?",
        "Are staff friendly or helpful?",
        "Do you use the tool and/or the guide?",
        "Did the trainer and the materials help you?",
        "How satisfied are you with your teachers and your parents?",
        "The trainer and the venue were right for me.",
        "Have you read the guide, and did you use it?",
        "Do you know the plan? Do you use it?",
    ],
)
def test_two_questions_in_one_are_pointed_out(label: str) -> None:
    assert found(label) == ["double-barrelled"]


@pytest.mark.parametrize(
    "label",
    [
        "Do you disagree that the tool is not useful?",
        "Is it unlikely that you would not use it again?",
        "Have you never had no reply?",
        "Should nobody work without training?",
    ],
)
def test_doubled_negatives_are_pointed_out(label: str) -> None:
    assert "double-negative" in found(label)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Do adults always listen?", "always"),
        ("Does everyone know the plan?", "everyone"),
        ("Are you completely happy with the service?", "completely"),
    ],
)
def test_absolute_words_are_pointed_out_in_closed_questions(label: str, said: str) -> None:
    survey = Survey(
        Settings("form", audience=Audience.PRACTITIONERS),
        (Question("q", Kind.SELECT_ONE, {"en": label}, choices=YES_NO),),
    )
    [hint] = hints(survey)
    assert hint.code == "absolute-word"
    assert said in hint.problem
    assert found(label, kind=Kind.TEXT) == []


@pytest.mark.parametrize(
    "label",
    [
        # Questions of the examples, and of well-known surveys: none of them is at fault.
        "How old are you?",
        "How often do adults notice when things are hard at home for a young person?",
        "From 0 to 10: how well do adults near you listen to young people?",
        "If a friend was worried about things at home, who could they talk to?",
        "Have you seen the updated neglect strategy?",
        "How confident are you that you would recognise neglect early?",
        "When did you last have training on neglect? Leave out if never.",
        "How much did the tool help you to see what daily life is like for the child?",
        "How satisfied are you with your life nowadays?",
        "How useful was the course for your work?",
        "How many children and young people do you work with?",
        "Which health and care services have you used?",
        "What is the strengths and difficulties score?",
        "How well do the police and courts work together?",
        "How well does information pass between your agency and the others?",
        "Are you a parent or carer?",
        "Do you feel safe at school?",
        "To what extent do you agree or disagree with this?",
        "How easy or difficult was it to get help?",
        "How satisfied or dissatisfied are you with the reply?",
        "Is there anything else you would like to tell us?",
        "Is there anything that you did not understand?",
        "What is not working well?",
        "Why did you not come to the course?",
        "How good or bad was the food?",
        "What did you like best?",
        "Do you know who to ask when you are worried?",
        "Which of these have you not used?",
    ],
)
def test_plain_questions_are_left_alone(label: str) -> None:
    assert found(label) == []


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("What do you think of multi-agency meetings?", "multi-agency"),
        ("Who made the referral for you?", "referral"),
        ("What should safeguarding partners change?", "safeguarding"),
        ("Which intervention helped most?", "intervention"),
    ],
)
def test_words_of_the_field_are_pointed_out_to_those_who_ask_young_people(
    label: str, word: str
) -> None:
    question = Question("q", Kind.TEXT, {"en": label})
    [hint] = hints(Survey(Settings("form"), (question,)))
    assert hint.code == "jargon"
    assert f'"{word}"' in hint.problem
    assert found(label, kind=Kind.TEXT) == []


def test_a_word_that_is_explained_is_no_jargon() -> None:
    label = "What do you think of early help?"
    youth = Audience.YOUTH
    assert found(label, audience=youth) == ["jargon"]
    assert found(label, audience=youth, hint="Early help is help before things get worse.") == []
    note = Question("n", Kind.NOTE, {"en": "This kind of support is called early help."})
    assert found(label, audience=youth, notes=(note,)) == []


def test_only_english_is_judged_and_only_what_is_asked() -> None:
    polish = Question("q", Kind.TEXT, {"pl": "Don't you agree that safeguarding is always good?"})
    note = Question("n", Kind.NOTE, {"en": "Don't you agree? Isn't it good?"})
    assert list(hints(Survey(Settings("form"), (polish, note)))) == []


def test_markup_and_curly_apostrophes_change_nothing() -> None:
    assert found("Don’t you agree that it **works**?") == ["leading"]
    assert found("Do adults <b>always</b> listen?") == ["absolute-word"]


def test_long_labels_are_pointed_out_once() -> None:
    long = {"en": "b" * 201, "pl": "b" * 300}
    survey = Survey(Settings("form"), (Question("q", Kind.TEXT, long),))
    assert [hint.code for hint in hints(survey)] == ["long-label"]


def test_every_pattern_of_the_tables_can_be_read() -> None:
    tables = words()
    for pattern in tables["jargon"]:
        re.compile(pattern)
    for table in (*tables["identifies"].values(), tables["describes"]):
        for patterns in table.values():
            for pattern in patterns:
                assert not re.compile(pattern).search("")
