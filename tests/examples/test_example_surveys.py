"""The surveys that ship as examples: clean to read, fair to answer, and at one with each other."""

from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from surveys.check.length import longest
from surveys.definition import Audience, Kind, Mode, Recurrence
from tests.examples.library import (
    FOLDER,
    NAMES,
    PRACTITIONERS,
    YOUTH,
    advice,
    form,
    headings,
    matched,
    offered,
    values,
)

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "survey-library.md"
WANTED = {
    "what_matters_8_11",
    "what_matters_12_15",
    "what_matters_16_18",
    "bolton_two_questions",
    "bolton_two_questions_8_10",
    "domestic_abuse_young_people",
    "domestic_abuse_practitioners",
    "neglect_tool_practitioners",
    "schools_awareness",
    "thresholds_practitioners",
    "training_evaluation",
    "training_follow_up",
    "training_not_attended",
    "practitioner_needs",
    "status_update",
}
# Whoever uses a form sets its day to hear back.
ACCEPTED = {
    "what_matters_8_11": ("no-hear-back-date",),
    "what_matters_12_15": ("no-hear-back-date",),
    "what_matters_16_18": ("no-hear-back-date",),
    "bolton_two_questions": ("no-hear-back-date",),
    "bolton_two_questions_8_10": ("no-hear-back-date",),
}
STANDARD_ORDER = (
    "type", "name", "label", "hint", "guidance_hint", "required", "relevant", "constraint",
    "constraint_message", "choice_filter", "calculation", "appearance", "parameters",
    "loop_grouping", "loop_matches", "loop_sensitive",
)  # fmt: skip


# as workbooks


def test_the_library_has_what_the_plans_ask_for() -> None:
    assert set(NAMES) == WANTED
    assert {name: form(name).settings.form_id for name in NAMES} == {name: name for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_form_reads_without_a_finding_and_with_no_advice_but_what_is_accepted(name: str) -> None:
    assert Counter(issue.code for issue in advice(name)) == Counter(ACCEPTED.get(name, ()))


@pytest.mark.parametrize("name", NAMES)
def test_the_standards_own_reader_takes_a_form_without_a_warning(name: str) -> None:
    converted = convert(str(FOLDER / f"{name}.xlsx"), validate=False)
    assert converted.warnings == []
    assert "loop_" not in converted.xform, "our own columns are not part of the form that is sent"


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_has_three_sheets_whose_columns_stand_in_the_standards_order(name: str) -> None:
    book = load_workbook(FOLDER / f"{name}.xlsx")
    assert book.sheetnames == ["survey", "choices", "settings"]
    order = [STANDARD_ORDER.index(head.partition("::")[0]) for head in headings(name, "survey")]
    assert order == sorted(order)
    assert headings(name, "choices")[:2] == ["list_name", "name"]
    assert headings(name, "settings")[0] == "form_id"
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.print_title_rows == "$1:$1"
        assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row)


def test_no_workbook_carries_a_persons_name_or_a_real_address() -> None:
    for name in NAMES:
        book, settings = load_workbook(FOLDER / f"{name}.xlsx"), form(name).settings
        assert book.properties.creator == "Listening Loop"
        named = [email for email in (settings.reviewer, settings.deputy) if email]
        assert all(email.endswith(".example") for email in named)


# fair to answer


@pytest.mark.parametrize("name", YOUTH)
def test_young_people_are_asked_little_and_may_skip_all_of_it(name: str) -> None:
    survey = form(name)
    length = longest(survey)
    assert 5 <= length.questions <= 8
    assert length.minutes <= (survey.settings.minutes or 0) <= 4
    assert survey.settings.mode is Mode.CONFIDENTIAL
    assert not any(question.required for question in survey.questions)
    assert all(survey.settings.why.values())
    assert survey.settings.tell_back


@pytest.mark.parametrize("name", YOUTH)
def test_a_young_persons_own_words_are_asked_for_without_names_and_looked_at_first(
    name: str,
) -> None:
    words = form(name).free_text()
    assert 1 <= len(words) <= 2
    for question in words:
        assert question.sensitive
        hint = question.hints["en"]
        assert "Do not tell us names" in hint or "your own life" in hint


@pytest.mark.parametrize("name", YOUTH)
def test_young_people_may_say_that_they_would_rather_not_say(name: str) -> None:
    questions = form(name).questions
    assert "not_said" in {choice.name for question in questions for choice in question.choices}


@pytest.mark.parametrize("name", PRACTITIONERS)
def test_practitioners_are_asked_six_to_twelve_questions_and_who_they_work_for(name: str) -> None:
    survey = form(name)
    length = longest(survey)
    assert 6 <= length.questions <= 12
    assert length.minutes <= (survey.settings.minutes or 0) <= 5
    grouping = [question for question in survey.questions if question.is_grouping]
    assert grouping
    assert {question.kind for question in grouping} == {Kind.SELECT_ONE}
    assert 1 <= len(survey.free_text()) <= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_likert_scale_says_what_its_ends_mean(name: str) -> None:
    for question in form(name).questions:
        if "likert" in question.appearance:
            ends = question.choices[0], question.choices[-1]
            assert all(not end.labels["en"].isdigit() for end in ends), question.name


# at one with each other


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (
            ("what_matters_8_11", "what_matters_12_15", "what_matters_16_18"),
            {"topics", "safe_online", "safe_out", "trusted", "listened"},
        ),
        (
            ("domestic_abuse_young_people", "domestic_abuse_practitioners"),
            {"noticing", "listening", "listen_better", "who_to_tell", "know_help"},
        ),
        (("bolton_two_questions", "bolton_two_questions_8_10"), {"came_back"}),
        (("training_evaluation", "training_follow_up"), {"theme", "confidence", "overall"}),
    ],
)
def test_matched_questions_offer_the_same_answers(names: tuple[str, ...], keys: set[str]) -> None:
    assert set.intersection(*(set(matched(name)) for name in names)) == keys
    for key in keys:
        assert len({values(matched(name)[key]) for name in names}) == 1, key
        assert len({matched(name)[key].kind.takes_many for name in names}) == 1, key


def test_the_three_age_bands_follow_on_one_another_in_words_of_their_own() -> None:
    bands = [form(f"what_matters_{band}") for band in ("8_11", "12_15", "16_18")]
    assert [survey.settings.ages for survey in bands] == ["8-11", "12-15", "16-18"]
    for name in ("topics", "safe_out", "trusted", "listened", "change"):
        said = [survey.question(name) for survey in bands]
        wording = {
            (question.labels["en"], *(choice.labels["en"] for choice in question.choices))
            for question in said
        }
        assert len(wording) > 1, name
    assert len({survey.settings.why["en"] for survey in bands}) == 3


def test_every_form_for_young_people_says_for_which_ages() -> None:
    assert all(form(name).settings.ages for name in YOUTH)


def test_the_follow_up_comes_six_months_after_the_evaluation() -> None:
    settings = form("training_follow_up").settings
    assert (settings.follow_up_of, settings.follow_up_months) == ("training_evaluation", 6)
    assert form(settings.follow_up_of).settings.audience is settings.audience
    assert [name for name in NAMES if form(name).settings.follow_up_of] == ["training_follow_up"]


def test_what_comes_round_again_says_how_often() -> None:
    found = {name: form(name).settings.recurs for name in NAMES if form(name).settings.recurs}
    assert found == {
        "what_matters_8_11": Recurrence.TERMLY,
        "what_matters_12_15": Recurrence.TERMLY,
        "what_matters_16_18": Recurrence.TERMLY,
        "bolton_two_questions": Recurrence.TWICE_A_YEAR,
        "bolton_two_questions_8_10": Recurrence.TWICE_A_YEAR,
        "practitioner_needs": Recurrence.QUARTERLY,
    }


@pytest.mark.parametrize("name", ["training_evaluation", "training_follow_up"])
def test_every_theme_has_courses_and_every_course_a_theme(name: str) -> None:
    theme, course = form(name).question("theme"), form(name).question("course")
    assert course.choice_filter == "theme = ${theme}"
    assert all(len(offered(course, choice.name)) >= 2 for choice in theme.choices)
    assert {choice.columns["theme"] for choice in course.choices} == {
        choice.name for choice in theme.choices
    }


def test_the_library_shows_each_thing_a_form_can_do() -> None:
    rows = [question for name in NAMES for question in form(name).questions]
    assert {Kind.RANK, Kind.RANGE, Kind.GROUP, Kind.CALCULATE, Kind.DATE} <= {
        question.kind for question in rows
    }
    assert any(question.is_shuffled for question in rows)
    assert any(question.kind is Kind.GROUP and question.relevant for question in rows)
    assert any(question.constraint_messages for question in rows)


# the guide


def _printed(name: str) -> list[str]:
    """A form's line in the guide."""
    lines = GUIDE.read_text("utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| `{name}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", NAMES)
def test_the_guide_says_of_a_form_what_the_form_says_of_itself(name: str) -> None:
    survey = form(name)
    audience = survey.settings.audience
    assert _printed(name)[1:6] == [
        "young people" if audience is Audience.YOUTH else audience.value,
        survey.settings.ages,
        ", ".join(survey.languages),
        str(longest(survey).questions),
        str(survey.settings.minutes),
    ]


def test_the_guide_names_no_form_that_is_not_there() -> None:
    lines = GUIDE.read_text("utf-8").splitlines()
    listed = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert sorted(listed) == sorted(NAMES)
