from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from storage.issues import Place, Severity
from surveys.check import advise, cover_missing
from surveys.check.hints import Places
from surveys.check.places import places_of
from surveys.definition import Audience, Kind, Question, Settings, Survey
from surveys.xlsform import read_form, read_xlsform

EXAMPLES = Path(__file__).parents[3] / "examples" / "surveys"

TOLD = Settings(
    "form",
    titles={"en": "A form"},
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
    assert all(issue.severity is not Severity.ERROR for issue in issues)
    assert all(issue.remedy and issue.problem for issue in issues)
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


HARD = (
    "To what extent do you consider that the adults around you communicate effectively "
    "regarding your circumstances?"
)


@pytest.mark.parametrize(
    ("ages", "label", "expected"),
    [
        ("", TEXT.labels["en"], []),
        ("", HARD, ["reading-age"]),
        ("16-18", HARD, ["reading-age"]),
        ("8-11", "If you had a worry, which adult at home or at school would listen to you?", []),
    ],
)
def test_hard_wording_is_pointed_out_to_those_who_ask_young_people(
    ages: str, label: str, expected: list[str]
) -> None:
    survey = Survey(replace(TOLD, ages=ages), (replace(TEXT, labels={"en": label}),))
    assert codes(survey) == expected
    staff = replace(survey, settings=replace(TOLD, audience=Audience.PRACTITIONERS))
    assert codes(staff) == []


def test_younger_children_get_easier_words() -> None:
    label = "What could teachers and other grown-ups do differently, so that children are happier?"
    rows = (replace(TEXT, labels={"en": label}),)
    assert codes(Survey(replace(TOLD, ages="12-15"), rows)) == []
    assert codes(Survey(replace(TOLD, ages="8-11"), rows)) == ["reading-age"]


def test_many_middling_questions_together_read_too_hard() -> None:
    label = "Which activities organised for teenagers around your neighbourhood interest you?"
    rows = tuple(replace(TEXT, name=f"t{n}", labels={"en": f"{label}"}) for n in range(12))
    staff = replace(TOLD, ages="12-15", minutes=5)
    found = codes(Survey(staff, rows))
    assert {"reading-age", "reading-age-whole"} & set(found)


def test_other_languages_get_no_made_up_reading_age() -> None:
    polish = replace(TOLD, default_language="pl", titles={}, asked_by={"pl": "My"}, why={"pl": "?"})
    label = "W jakim stopniu uważasz, że profesjonaliści komunikują się ze sobą efektywnie?"
    assert codes(Survey(polish, (replace(TEXT, labels={"pl": label}),), ("pl",))) == []


def test_a_finding_names_its_cell_where_the_file_is_known() -> None:
    places = Places(
        "form.xlsx",
        rows={("survey", "t"): 2, ("settings", ""): 2},
        columns={("survey", "label::en"): "C", ("settings", "loop_minutes"): "H"},
    )
    survey = Survey(replace(TOLD, minutes=None), (replace(TEXT, labels={"en": "How good is it?"}),))
    assert [issue.place for issue in advise(survey, places)] == [
        Place("form.xlsx", "settings", 2, "H"),
        Place("form.xlsx", "survey", 2, "C"),
    ]
    assert advise(survey)[1].place == Place("form", "survey")


FORM = """\
| survey   |                 |       |                     |                    |
|          | type            | name  | label::English (en) | label::Polski (pl) |
|          | begin_group     | group | About you           | O Tobie            |
|          | select_one many | help  | Which helps?        |                    |
|          | end_group       |       |                     |                    |
| choices  |                 |       |                     |                    |
|          | list_name       | name  | label::English (en) | label::Polski (pl) |
|          | many            | talk  | Talking             |                    |
|          | many            | other | Other               | Inne               |
| settings |                 |       |                     |                    |
|          | form_id         | default_language | loop_audience | loop_minutes |
|          | sample          | English (en)     | practitioners | 1            |
"""


def test_the_rows_and_columns_of_a_file_are_found(tmp_path: Path) -> None:
    path = tmp_path / "sample.md"
    path.write_text(FORM, encoding="utf-8")
    read = read_form(path)
    assert read.survey is not None, read.issues
    advice = advise(read.survey, places_of(read))
    found = {
        issue.code: (issue.place.sheet, issue.place.row, issue.place.column)
        for issue in advice
        if "choices" not in issue.problem
    }
    assert found == {
        "other-without-text": ("survey", 4, "B"),
        "language-incomplete": ("survey", 4, "E"),
    }
    [choice] = [one for one in advice if "choices" in one.problem]
    assert (choice.place.sheet, choice.place.row, choice.place.column) == ("choices", 8, "E")


def test_a_file_that_is_gone_has_no_places(tmp_path: Path) -> None:
    assert places_of(read_form(tmp_path / "gone.xlsx")) == Places("gone.xlsx")


@pytest.mark.parametrize("name", ["status_update.xlsx", "neglect_tool_practitioners.xlsx"])
def test_forms_that_were_read_by_people_get_no_false_alarm(name: str) -> None:
    survey, _ = read_xlsform(EXAMPLES / name)
    assert survey is not None
    assert codes(survey) == []
    assert not cover_missing(survey)
