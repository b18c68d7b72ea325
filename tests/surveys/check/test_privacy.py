from dataclasses import replace

import pytest

from storage.issues import Severity
from surveys.check.privacy import MOST_GROUPS, hints
from surveys.definition import Audience, Choice, Kind, Mode, Question, Settings, Survey

YOUTH = Settings("form", reviewer="r@a.example", deputy="d@a.example")
STAFF = replace(YOUTH, audience=Audience.PRACTITIONERS)
GROUPS = tuple(Choice(f"g{n}", {"en": f"Group {n}"}) for n in range(MOST_GROUPS + 1))


def codes(settings: Settings, *questions: Question) -> list[str]:
    return [hint.code for hint in hints(Survey(settings, questions))]


def text(label: str, *, name: str = "q", language: str = "en", **more: object) -> Question:
    return Question(name, Kind.TEXT, {language: label}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("What is your name?", "name"),
        ("Your full name", "name"),
        ("Your e-mail", "e-mail"),
        ("What is your email address?", "e-mail"),
        ("What is your phone number?", "phone number"),
        ("Which school do you go to?", "school"),
        ("What is the name of your youth group?", "school"),
        ("What is your postcode?", "postcode"),
        ("When were you born?", "date of birth"),
        ("What is your date of birth?", "date of birth"),
        ("What is your home address?", "address"),
        ("What is your Snapchat name?", "account name"),
    ],
)
def test_what_tells_who_somebody_is_is_pointed_out(label: str, wanted: str) -> None:
    [hint] = hints(Survey(YOUTH, (text(label),)))
    assert hint.code == "identifies"
    assert wanted in hint.problem
    assert hint.severity is Severity.ADVICE


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("pl", "Jak masz na imię?"),
        ("pl", "Do której szkoły chodzisz?"),
        ("pl", "Podaj numer telefonu"),
        ("ur", "آپ کا نام کیا ہے؟"),
        ("ur", "آپ کس اسکول میں پڑھتے ہیں؟"),
        ("ar", "ما اسمك؟"),
        ("ar", "في أي مدرسة تدرس؟"),
        ("ro", "Care este numele tău?"),
        ("ro", "La ce școală înveți?"),
        ("pl-PL", "Podaj nazwisko"),
    ],
)
def test_it_is_noticed_in_the_languages_of_the_library(language: str, label: str) -> None:
    assert codes(YOUTH, text(label, language=language)) == ["identifies"]


@pytest.mark.parametrize(
    "label",
    [
        "How safe do you feel at your school?",
        "What could your school do better?",
        "Do not write your name. What should change?",
        "What should change? Please do not tell us your full name or your address.",
        "How do you address worries in your team?",
        "Name one thing that helped.",
        "Would you like to have a phone at school?",
        "Which services have you used?",
        "Where did you get this survey?",
        "How old are you?",
    ],
)
def test_what_names_nobody_is_left_alone(label: str) -> None:
    assert codes(YOUTH, text(label)) == []


def test_names_of_rows_are_read_too_but_not_of_lists() -> None:
    assert codes(YOUTH, text("Tell us", name="first_name")) == ["identifies"]
    assert codes(YOUTH, text("Tell us", name="dob")) == ["identifies"]
    assert codes(YOUTH, text("Tell us", name="named_worker")) == []
    listed = Question("school_name", Kind.SELECT_ONE, {"en": "Pick"}, choices=GROUPS[:2])
    assert codes(YOUTH, listed) == []


def test_a_promise_of_anonymity_makes_it_something_to_settle() -> None:
    anonymous = replace(YOUTH, mode=Mode.ANONYMOUS)
    [hint] = hints(Survey(anonymous, (text("What is your name?"),)))
    assert (hint.code, hint.severity) == ("identifies-in-anonymous", Severity.REVIEW)
    assert "promised" in hint.problem


def test_leads_answer_by_name_about_their_own_action() -> None:
    leads = replace(YOUTH, audience=Audience.LEADS)
    assert codes(leads, text("What is your name?", required=True, sensitive=True)) == []


def test_many_questions_about_the_person_together_point_to_one() -> None:
    labels = ("How old are you?", "What is your gender?", "What is your ethnic group?")
    three = tuple(text(label, name=f"q{n}") for n, label in enumerate(labels))
    assert codes(YOUTH, *three) == []
    four = (*three, text("Which town do you live in?", name="town"))
    [hint] = hints(Survey(YOUTH, four))
    assert hint.code == "together-identify"
    assert "age, gender, ethnicity and area" in hint.problem


def test_more_groups_than_can_be_shown_are_pointed_out() -> None:
    few = Question("agency", Kind.SELECT_ONE, choices=GROUPS[:-1], is_grouping=True)
    assert codes(STAFF, few) == []
    assert codes(STAFF, replace(few, choices=GROUPS)) == ["small-groups"]
    assert codes(STAFF, replace(few, choices=GROUPS, is_grouping=False)) == []
    four = [replace(few, name=f"g{n}") for n in range(4)]
    assert codes(STAFF, *four) == ["many-groupings"]


def test_a_sensitive_question_needs_a_way_out() -> None:
    hard = Question("q", Kind.SELECT_ONE, required=True, sensitive=True, choices=GROUPS[:2])
    assert codes(STAFF, hard) == ["no-skip"]
    assert codes(STAFF, replace(hard, required=False)) == []
    assert codes(STAFF, replace(hard, sensitive=False)) == []


@pytest.mark.parametrize(
    "choice",
    [
        Choice("x", {"en": "Prefer not to say"}),
        Choice("x", {"en": "I’d rather not say"}),
        Choice("x", {"en": "I don't want to answer"}),
        Choice("x", {"pl": "Wolę nie mówić"}),
        Choice("not_said", {"en": "–"}),
        Choice("pnts", {}),
    ],
)
def test_a_choice_not_to_say_is_a_way_out(choice: Choice) -> None:
    question = Question("q", Kind.SELECT_ONE, required=True, sensitive=True, choices=(choice,))
    assert codes(STAFF, question) == []


def test_required_means_nothing_to_young_people_and_the_author_is_told() -> None:
    assert codes(YOUTH, text("What should change?", required=True)) == ["required-of-young-people"]
    assert codes(STAFF, text("What should change?", required=True)) == []


@pytest.mark.parametrize(
    ("label", "is_asking"),
    [
        ("What happened to you?", True),
        ("Has anyone hurt you at home?", True),
        ("Have you ever been abused?", True),
        ("Tell us about a time when you were hurt.", True),
        ("What should adults do when a child is hurt?", False),
        ("What happened after you asked for help?", False),
        ("Have you been told what happens next?", False),
    ],
)
def test_no_young_person_is_asked_what_was_done_to_them(label: str, is_asking: bool) -> None:
    assert codes(YOUTH, text(label)) == (["asks-what-happened"] if is_asking else [])
    assert codes(STAFF, text(label)) == []
