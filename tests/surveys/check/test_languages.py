from dataclasses import replace

from surveys.check.hints import Spot
from surveys.check.languages import hints
from surveys.definition import Choice, Kind, Question, Settings, Survey

SETTINGS = Settings("form", titles={"en": "Form", "pl": "Formularz"})
FULL = Question("full", Kind.TEXT, {"en": "What is good?", "pl": "Co jest dobre?"})


def problems(*questions: Question, settings: Settings = SETTINGS) -> list[str]:
    return [hint.problem for hint in hints(Survey(settings, questions, ("en", "pl")))]


def test_a_survey_that_says_everything_in_both_languages_gets_no_advice() -> None:
    assert problems(FULL) == []


def test_each_missing_text_is_named_with_its_column() -> None:
    half = Question(
        "half",
        Kind.INTEGER,
        {"en": "How many?"},
        hints={"en": "About."},
        guidance={"en": "Guess."},
        required_messages={"en": "Please."},
        constraint_messages={"en": "Too many."},
        images={"en": "a.png"},
    )
    columns = ["label", "hint", "guidance_hint", "required_message", "constraint_message"]
    assert problems(half, FULL) == [
        f"In 'pl' the {column} is missing for: half." for column in (*columns, "media::image")
    ]


def test_a_text_that_stands_only_in_the_other_language_is_missing_in_the_default() -> None:
    turned = replace(FULL, name="turned", labels={"pl": "Co?"})
    assert problems(turned) == ["In 'en' the label is missing for: turned."]


def test_rows_without_any_text_need_none() -> None:
    assert problems(Question("sum", Kind.CALCULATE, calculation="1"), FULL) == []


def test_choices_are_named_once_with_their_list() -> None:
    choices = (Choice("a", {"en": "A", "pl": "A"}), Choice("b", {"en": "B"}))
    one = replace(FULL, name="one", kind=Kind.SELECT_ONE, choices=choices, list_name="letters")
    two = replace(one, name="two")
    [hint] = hints(Survey(SETTINGS, (one, two), ("en", "pl")))
    assert hint.problem == "In 'pl' the label of the choices is missing for: letters/b."
    assert hint.spot == Spot("choices", "letters/b", "label::pl")


def test_the_finding_stands_at_the_first_cell_that_is_blank() -> None:
    blank = replace(FULL, name="blank", labels={"en": "What?"})
    [hint] = hints(Survey(SETTINGS, (FULL, blank), ("en", "pl")))
    assert hint.spot == Spot("survey", "blank", "label::pl")


def test_who_asks_and_why_are_said_in_every_language() -> None:
    told = replace(SETTINGS, asked_by={"en": "We"}, why={"pl": "Po co"})
    assert problems(FULL, settings=told) == [
        "In 'en' the setting loop_why is missing.",
        "In 'pl' the setting loop_asked_by is missing.",
    ]


def test_a_copy_is_no_translation_but_short_names_may_be_the_same() -> None:
    copied = replace(
        FULL, name="c", labels=dict.fromkeys(("en", "pl"), "What could be better here?")
    )
    short = replace(FULL, name="s", labels=dict.fromkeys(("en", "pl"), "Telegram, WhatsApp"))
    assert problems(copied, short) == ["In 'pl' the label is the same as in 'en' for: c."]
    regional = Survey(SETTINGS, (replace(copied, labels={"en": "a b c d", "en-GB": "a b c d"}),))
    assert list(hints(replace(regional, languages=("en", "en-GB"))))[1:] == []


def test_a_long_list_of_names_is_cut_short() -> None:
    many = [replace(FULL, name=f"q{n}", labels={"en": "What?"}) for n in range(20)]
    [problem] = problems(*many)
    assert problem.endswith("q7 and 12 more.")
