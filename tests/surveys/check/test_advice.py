from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from storage.issues import Severity
from surveys.check import advise, cover_missing
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey
from surveys.xlsform import read_xlsform

EXAMPLES = Path(__file__).parents[2] / "examples" / "surveys"

TOLD = Settings(
    "form",
    asked_by={"en": "Us"},
    why={"en": "To do better"},
    minutes=4,
    reviewer="r@a.example",
    deputy="d@a.example",
    hear_back_by=date(2024, 2, 29),
)
TEXT = Question("t", Kind.TEXT, {"en": "What should change?"})


def codes(survey: Survey) -> list[str]:
    issues = advise(survey)
    assert all(issue.severity is Severity.ADVICE for issue in issues)
    assert all(issue.remedy for issue in issues)
    return [issue.code for issue in issues]


def test_a_good_survey_gets_no_advice() -> None:
    assert codes(Survey(TOLD, (TEXT,))) == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (TOLD, False),
        (replace(TOLD, reviewer=""), True),
        (replace(TOLD, deputy=""), True),
        (replace(TOLD, deputy="", audience=Audience.PRACTITIONERS), False),
    ],
)
def test_young_people_cannot_write_to_nobody(settings: Settings, expected: bool) -> None:
    survey = Survey(settings, (TEXT,))
    assert cover_missing(survey) is expected
    assert ("no-cover" in codes(survey)) is expected


def test_a_youth_survey_without_free_text_needs_no_reviewer() -> None:
    survey = Survey(replace(TOLD, reviewer="", deputy=""), (Question("n", Kind.INTEGER),))
    assert not cover_missing(survey)


def test_nine_questions_are_too_many_for_young_people_and_notes_do_not_count() -> None:
    notes = tuple(Question(f"n{n}", Kind.NOTE, {"en": "Hi"}) for n in range(5))
    eight = tuple(replace(TEXT, name=f"t{n}") for n in range(8))
    assert codes(Survey(TOLD, (*notes, *eight))) == []
    nine = (*eight, TEXT)
    assert codes(Survey(TOLD, nine)) == ["too-many-questions"]
    assert codes(Survey(replace(TOLD, audience=Audience.PRACTITIONERS), nine)) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (replace(TOLD, minutes=12), "too-long"),
        (replace(TOLD, minutes=None), "no-minutes"),
        (replace(TOLD, hear_back_by=None), "no-hear-back-date"),
        (replace(TOLD, why={}), "not-told"),
    ],
)
def test_what_young_people_are_not_told_is_pointed_out(settings: Settings, code: str) -> None:
    assert codes(Survey(settings, (TEXT,))) == [code]


def test_a_language_with_a_missing_label_is_pointed_out_with_the_questions() -> None:
    half = Question(
        "h", Kind.SELECT_ONE, {"en": "A", "pl": "A"}, choices=(Choice("x", {"en": "X"}),)
    )
    full = Question("f", Kind.TEXT, {"en": "A", "pl": "A"})
    issues = advise(Survey(TOLD, (half, full, TEXT), ("en", "pl")))
    assert [issue.code for issue in issues] == ["language-incomplete"]
    assert "'pl'" in issues[0].problem
    assert "h, t." in issues[0].problem


def test_long_labels_long_lists_and_silent_constraints_are_pointed_out() -> None:
    many = tuple(Choice(f"c{n}", {"en": "C"}) for n in range(12))
    survey = Survey(
        TOLD,
        (
            Question("a", Kind.SELECT_ONE, {"en": "A"}, choices=many),
            Question("b", Kind.TEXT, {"en": "b" * 201}),
            Question("c", Kind.INTEGER, {"en": "C"}, constraint=". > 1"),
        ),
    )
    assert codes(survey) == ["many-choices", "long-label", "no-constraint-message"]


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.xlsx")))
def test_the_examples_follow_our_own_advice(name: str) -> None:
    survey, _ = read_xlsform(EXAMPLES / name)
    assert survey is not None
    assert codes(survey) == []
    assert not cover_missing(survey)
