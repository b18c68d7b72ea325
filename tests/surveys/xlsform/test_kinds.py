"""Every type and every column of a form, as the survey has them afterwards."""

from pathlib import Path

import pytest

from storage.issues import Severity
from surveys.check.hints import Spot, setting
from surveys.check.places import places_of
from surveys.definition import Audience, Kind, Question, Scale, Survey
from surveys.xlsform import read_form, read_xlsform
from surveys.xlsform.types import Refusal, read_type
from tests.surveys.xlsform.test_reading import CHOICES, Sheets, book, good

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="module")
def every() -> Survey:
    survey, issues = read_xlsform(SAMPLES / "every_type.md")
    assert survey is not None, [str(issue) for issue in issues]
    return survey


def test_every_kind_of_question_comes_in(every: Survey) -> None:
    assert {question.kind for question in every.questions} == set(Kind)


def test_a_survey_of_every_kind_survives_being_stored(every: Survey) -> None:
    assert Survey.from_json(every.to_json()) == every


@pytest.mark.parametrize(
    ("name", "kind", "group", "expected"),
    [
        ("today", Kind.TODAY, "", {}),
        ("door", Kind.HIDDEN, "", {"default": "web"}),
        ("chance", Kind.HIDDEN, "", {"calculation": "once(random())"}),
        ("when_begun", Kind.HIDDEN, "", {"dynamic_default": "now()", "calculation": None}),
        ("doubled", Kind.CALCULATE, "", {"calculation": "${often} * 2"}),
        ("generated_note_name_9", Kind.NOTE, "", {"images": {"en": "smile.png"}}),
        (
            "county",
            Kind.SELECT_ONE,
            "",
            {
                "hints": {"en": "One"},
                "guidance": {"en": "For staff"},
                "required": True,
                "required_messages": {"en": "Please say"},
                "default": "bury",
                "is_shuffled": True,
                "seed": "${chance}",
                "appearance": "likert",
                "list_name": "county",
            },
        ),
        ("town", Kind.SELECT_ONE, "", {"choice_filter": "county = ${county}"}),
        ("towns_known", Kind.SELECT_MULTIPLE, "", {"list_name": "towns"}),
        (
            "likes",
            Kind.SELECT_MULTIPLE,
            "",
            {
                "constraint": "count-selected(.) <= 2",
                "constraint_messages": {"en": "Two at most"},
                "default": "tea",
            },
        ),
        ("likes_other", Kind.TEXT, "", {"relevant": "selected(${likes}, 'other')"}),
        (
            "more",
            Kind.GROUP,
            "",
            {"labels": {"en": "Now about ${county}", "pl": "Teraz o ${county}"}},
        ),
        ("order", Kind.RANK, "more", {"list_name": "order"}),
        (
            "score",
            Kind.RANGE,
            "more",
            {
                "scale": Scale("0", "1", "0.25"),
                "default": "0.5",
                "required": False,
                "required_when": "${likes} != ''",
            },
        ),
        ("inner", Kind.GROUP, "more", {"relevant": "${score} > 0", "labels": {}}),
        ("often", Kind.INTEGER, "inner", {"calculation": "${score} * 4", "relevant": None}),
        ("much", Kind.DECIMAL, "inner", {"default": "2.5", "required": False}),
        ("day", Kind.DATE, "", {"dynamic_default": "today()", "default": ""}),
        ("hour", Kind.TIME, "", {"default": "14:30:00"}),
        ("moment", Kind.DATE_TIME, "", {}),
        ("read_it", Kind.ACKNOWLEDGE, "", {}),
        ("seen_it", Kind.ACKNOWLEDGE, "", {}),
        ("story", Kind.TEXT, "", {"appearance": "multiline"}),
    ],
)
def test_a_row_becomes_the_question_that_its_author_meant(
    every: Survey, name: str, kind: Kind, group: str, expected: dict[str, object]
) -> None:
    question = every.question(name)
    assert (question.kind, question.group) == (kind, group)
    assert {key: getattr(question, key) for key in expected} == expected


def test_lists_come_from_the_sheet_and_from_files_with_all_their_columns(every: Survey) -> None:
    county = every.lists["county"]
    assert [choice.name for choice in county] == ["bury", "bolton"]
    assert county[0].columns == {"weight": "1"}
    assert county[0].images == {"en": "smile.png"}
    towns = every.question("town").choices
    assert towns == every.lists["towns"] == every.question("towns_known").choices
    assert towns[1].labels == {"en": "Bolton"}
    assert towns[1].columns == {"name": "bolton", "label": "Bolton", "county": "bolton"}


def test_a_picture_is_taken_along_once(every: Survey) -> None:
    assert list(every.pictures) == ["smile.png"]
    assert every.pictures["smile.png"].media_type == "image/png"


def test_or_other_offers_other_in_the_languages_of_the_form(every: Survey) -> None:
    other = every.question("likes").choices[-1]
    assert other.name == "other"
    assert other.labels == {"en": "Other", "pl": "Inne"}
    assert set(every.question("likes_other").labels) == {"en", "pl"}


def test_an_other_that_the_author_wrote_stays_as_it_is(tmp_path: Path) -> None:
    choices: list[list[object]] = [*CHOICES, ["yes_no", "other", "Neither"]]
    survey = good(
        tmp_path,
        {
            "survey": [["type", "name", "label"], ["select_one yes_no or_other", "a", "A"]],
            "choices": choices,
        },
    )
    assert [choice.labels["en"] for choice in survey.question("a").choices] == [
        "Yes",
        "No",
        "Neither",
    ]


def test_choices_of_one_name_are_let_in_where_the_settings_allow_it(tmp_path: Path) -> None:
    sheets: Sheets = {
        "survey": [["type", "name", "label"], ["select_one yes_no", "a", "A"]],
        "choices": [*CHOICES, ["yes_no", "yes", "Yes, in another way"]],
        "settings": [["form_id", "allow_choice_duplicates"], ["f", "yes"]],
    }
    assert len(good(tmp_path, sheets).question("a").choices) == 3


@pytest.mark.parametrize(
    ("default", "dynamic", "advised"),
    [
        ("tea - milk", False, True),
        ("self-employed", False, False),
        ("concat('a', ' - ', 'b')", True, False),
        ("${first}", True, False),
        ("2 * 3", True, True),
        ("hello there", False, False),
    ],
)
def test_a_default_with_a_sign_is_an_expression_and_its_author_is_told(
    tmp_path: Path, default: str, dynamic: bool, advised: bool
) -> None:
    rows: list[list[object]] = [
        ["type", "name", "label", "default"],
        ["text", "first", "First", None],
        ["text", "a", "A", default],
    ]
    read = read_form(
        book(
            tmp_path / "form.xlsx",
            {"survey": rows, "settings": [["form_id", "loop_audience"], ["f", "leads"]]},
        )
    )
    codes = [issue.code for issue in read.issues]
    assert ("default-is-expression" in codes) == advised
    if dynamic:
        assert read.survey is not None
        assert read.survey.question("a").dynamic_default == default
    elif read.survey is not None:
        assert read.survey.question("a").default == default


def of(tmp_path: Path, *rows: list[object], **sheets: list[list[object]]) -> tuple[str, ...]:
    """The codes of the findings on rows of type, name, label, relevant and calculation."""
    every: Sheets = {
        "survey": [["type", "name", "label", "relevant", "calculation"], *rows],
        "choices": CHOICES,
        "settings": [["form_id", "loop_audience"], ["f", "youth"]],
        **sheets,
    }
    _, issues = read_xlsform(book(tmp_path / "form.xlsx", every))
    return tuple(f"{issue.severity} {issue.code}" for issue in issues)


def test_a_row_may_look_forward_and_its_author_is_told(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        ["integer", "a", "A", "${b} > 1"],
        ["integer", "b", "B"],
        ["calculate", "c", None, None, "${d} + 1"],
        ["integer", "d", "D"],
    )
    assert found == ("advice refers-to-later",)


def test_a_choice_that_is_on_no_list_is_pointed_out_with_the_nearest(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["select_one yes_no", "a", "A"],
        ["integer", "b", "B", "${a} = 'yess'"],
        ["integer", "c", "C", "selected(${a}, 'no') or ${a} = ''"],
    ]
    assert of(tmp_path, *rows) == ("advice unknown-choice",)


def test_a_number_in_a_date_is_pointed_out(tmp_path: Path) -> None:
    assert of(tmp_path, ["date", "a", "A", None, "today() + 7"]) == ("advice number-in-date",)
    assert of(tmp_path, ["date", "a", "A", None, "date(today() + 7)"]) == ()


@pytest.mark.parametrize(("audience", "refused"), [("youth", True), ("practitioners", False)])
def test_only_what_young_people_wrote_is_not_shown_again(
    tmp_path: Path, audience: str, refused: bool
) -> None:
    found = of(
        tmp_path,
        ["text", "a", "A"],
        ["calculate", "b", None, None, "string-length(${a})"],
        ["select_one yes_no", "c", "You wrote ${b} letters"],
        ["integer", "d", "You said ${c}"],
        settings=[["form_id", "loop_audience"], ["f", audience]],
    )
    assert found == (("error words-in-text",) if refused else ())


@pytest.mark.parametrize(
    "printed",
    [
        *("note", "text", "string", "integer", "int", "decimal", "range", "date", "time"),
        *("dateTime", "datetime", "acknowledge", "trigger", "calculate", "hidden", "today"),
        *("select_one a", "select one a", "select1 a", "select one from a", "select_multiple a"),
        *("select all that apply a", "select_multiple a or_other", "select_one a or other"),
        *("rank a_b", "select_one_from_file a.csv", "select multiple from file a b.csv"),
        *(
            "begin_group",
            "begin group",
            "end_group",
            "end group",
            "csv-external",
            "add text prompt",
        ),
    ],
)
def test_the_spellings_of_a_type_that_the_standard_knows_are_known_here(printed: str) -> None:
    assert not isinstance(read_type(printed), Refusal)


@pytest.mark.parametrize(
    "printed",
    [
        *("Text", "Select_one a", "BEGIN_GROUP", "begin_loop", "select_one_external a", "audio"),
        *("select_one a minimal", "select_one_from_file a.geojson", "username", "barcode", ""),
    ],
)
def test_other_types_are_refused_with_a_remedy(printed: str) -> None:
    found = read_type(printed)
    assert isinstance(found, Refusal)
    assert found.remedy


def test_the_cell_of_a_question_a_choice_and_a_setting_can_be_found_again() -> None:
    places = places_of(read_form(SAMPLES / "every_type.md"))
    file = "every_type.md"
    assert str(places.at(Spot("survey", "score", "label::pl"))) == f"{file} [survey] E16"
    assert str(places.at(Spot("survey", "nobody"))) == f"{file} [survey]"
    assert str(places.at(Spot("choices", "likes/milk", "label::en"))) == f"{file} [choices] D33"
    assert str(places.at(setting("form_title"))) == f"{file} [settings] C38"


def test_our_own_columns_of_the_survey_sheet_are_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["type", "name", "label", "loop_sensitive", "loop_grouping", "loop_matches"],
        ["select_one yes_no", "a", "A", "yes", "TRUE", "heard"],
        ["text", "b", "B", "no", None, None],
    ]
    survey = good(tmp_path, {"survey": rows, "choices": CHOICES})
    a, b = survey.questions
    assert (a.sensitive, a.is_grouping, a.matches) == (True, True, "heard")
    assert (b.sensitive, b.is_grouping, b.matches) == (False, False, "")


@pytest.mark.parametrize(
    ("sample", "audience"), [("kobo_export", Audience.YOUTH), ("odk_build", Audience.YOUTH)]
)
def test_a_form_drawn_elsewhere_comes_in(sample: str, audience: Audience) -> None:
    survey, issues = read_xlsform(SAMPLES / f"{sample}.md")
    assert survey is not None, [str(issue) for issue in issues]
    assert not [issue for issue in issues if issue.severity is Severity.ERROR]
    assert survey.settings.audience is audience


def test_what_kobotoolbox_adds_for_itself_is_passed_over() -> None:
    survey, issues = read_xlsform(SAMPLES / "kobo_export.md")
    assert survey is not None
    assert [issue.code for issue in issues] == ["setting-not-read", "no-audience"]
    assert survey.question("How_well").scale == Scale("0", "10", "1")
    assert survey.question("Which_team_are_you_in").group == "group_ab1cd23"
    assert survey.languages == ("en", "pl")


def test_the_old_words_of_odk_build_are_understood() -> None:
    survey, _ = read_xlsform(SAMPLES / "odk_build.md")
    assert survey is not None
    cases = survey.question("cases")
    assert cases == Question(
        name="cases",
        kind=Kind.INTEGER,
        labels={"en": "How many cases?"},
        required=True,
        relevant="${agency} = 'health'",
        constraint="(. >= 0 and . <= 50)",
        constraint_messages={"en": "From 0 to 50"},
    )
    assert survey.question("others").group == "last"
