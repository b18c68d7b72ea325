from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage.issues import Issue, Severity
from surveys.definition import Audience, Kind, Mode, Survey
from surveys.xlsform import read_xlsform

Sheets = Mapping[str, Iterable[Iterable[object]]]

HEADINGS: list[object] = [
    "type",
    "name",
    "label",
    "relevant",
    "constraint",
    "required",
    "calculation",
]
SETTINGS = [["form_id", "form_title", "loop_audience"], ["form", "A form", "practitioners"]]
CHOICES: list[list[object]] = [
    ["list_name", "name", "label"],
    ["yes_no", "yes", "Yes"],
    ["yes_no", "no", "No"],
]


def book(path: Path, sheets: Sheets) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def read(tmp_path: Path, *rows: list[object], **sheets: list[list[object]]) -> list[Issue]:
    """Findings on a form of these rows of the survey sheet, the first in row 2."""
    everything: dict[str, Iterable[Iterable[object]]] = {
        "survey": [HEADINGS, *rows],
        "choices": CHOICES,
        "settings": SETTINGS,
        **sheets,
    }
    survey, issues = read_xlsform(book(tmp_path / "form.xlsx", everything))
    assert (survey is None) == any(issue.severity is Severity.ERROR for issue in issues)
    return issues


def good(tmp_path: Path, sheets: Sheets) -> Survey:
    survey, issues = read_xlsform(book(tmp_path / "form.xlsx", sheets))
    assert survey is not None, [str(issue) for issue in issues]
    return survey


@pytest.mark.parametrize(
    ("row", "cell", "code", "said"),
    [
        (["photo", "a", "A"], "A3", "type-not-supported", "No file is ever taken"),
        (["image", "a", "A"], "A3", "type-not-supported", "No file"),
        (["geopoint", "a", "A"], "A3", "type-not-supported", "Places"),
        (["deviceid", "a", "A"], "A3", "type-not-supported", "device"),
        (["start", "a", "A"], "A3", "type-not-supported", "Exact times"),
        (["begin_repeat", "a", "A"], "A3", "repeat", "Write the group out"),
        (["end repeat", "a", "A"], "A3", "repeat", "several times"),
        (["select_one_from_file x.csv", "a", "A"], "A3", "file-missing", "beside the form"),
        (["select_one ${first}", "a", "A"], "A3", "type-not-supported", "earlier answers"),
        (["puzzle", "a", "A"], "A3", "unknown-type", "select_one LIST"),
        (["select_one", "a", "A"], "A3", "no-list", "LIST"),
        (["rank yes_no or_other", "a", "A"], "A3", "or-other", "on the list"),
        (["select_one yesno", "a", "A"], "A3", "unknown-list", "Did you mean 'yes_no'?"),
        ([None, "a", "A"], "A3", "cell-blank", "type"),
        (["text", None, "A"], "B3", "cell-blank", "name"),
        (["text", "2nd thing", "A"], "B3", "bad-name", "starting with a letter"),
        (["text", "first", "A"], "B3", "name-twice", "twice"),
        (["text", "a", None], "C3", "no-label", "label"),
        (["text", "a", "You said ${frist}"], "C3", "unknown-question", "Did you mean ${first}?"),
        (["text", "a", "A", "${first} ="], "D3", "bad-expression", "At letter 11"),
        (["text", "a", "A", "${frist} = 1"], "D3", "unknown-question", "Did you mean ${first}?"),
        (["text", "a", "A", "${last} = 1"], "D3", "refers-to-later", "below 'last'"),
        (["text", "a", "A", "${g} = 1"], "D3", "unknown-question", "no question 'g'"),
        (["text", "a", "A", "${a} = 1"], "D3", "self-reference", "own answer"),
        (["text", "a", "A", ". = 1"], "D3", "self-reference", "own answer"),
        (["text", "a", "A", "uuid() = '1'"], "D3", "bad-expression", "not supported"),
        (["text", "a", "A", None, "regex(., '(')"], "E3", "bad-expression", "pattern"),
        (["text", "a", "A", None, None, "maybe"], "F3", "not-yes-or-no", "maybe"),
        (["calculate", "a", None], "G3", "cell-blank", "calculated"),
        (["note", "a", "A", None, None, None, "1 + 1"], "G3", "no-value-here", "'calculate'"),
        (["end_group"], "A3", "no-group", "No group"),
        (["begin_group", "a", None], "A3", "group-open", "end_group"),
        (["text", "a", "=1+1"], "C3", "formula-cell", "formula"),
    ],
)
def test_what_is_wrong_on_the_survey_sheet_is_said_at_its_cell(
    tmp_path: Path, row: list[object], cell: str, code: str, said: str
) -> None:
    issues = read(tmp_path, ["text", "first", "First"], row, ["text", "last", "Last"])
    found = {issue.code: issue for issue in issues}
    assert code in found, [str(issue) for issue in issues]
    place = found[code].place
    assert (place.file, place.sheet, f"{place.column}{place.row}") == ("form.xlsx", "survey", cell)
    assert said in str(found[code])
    assert found[code].remedy


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ([None, "maybe", "Maybe"], "A4", "cell-blank"),
        (["yes_no", None, "Maybe"], "B4", "cell-blank"),
        (["yes_no", "yes", "Again"], "B4", "name-twice"),
        (["yes_no", "not sure", "Not sure"], "B4", "name-with-space"),
        (["yes_no", "maybe", None], "C4", "no-label"),
    ],
)
def test_what_is_wrong_on_the_choices_sheet_is_said_at_its_cell(
    tmp_path: Path, row: list[object], cell: str, code: str
) -> None:
    rows: list[list[object]] = [*CHOICES, row]
    issues = read(tmp_path, ["select_one yes_no", "a", "A"], choices=rows)
    places = {(issue.code, f"{issue.place.column}{issue.place.row}") for issue in issues}
    assert (code, cell) in places, [str(issue) for issue in issues]


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("loop_audience", "children", "bad-setting"),
        ("loop_mode", "secret", "bad-setting"),
        ("loop_minutes", "a few", "bad-setting"),
        ("loop_minutes", "600", "bad-setting"),
        ("loop_threshold", "0", "bad-setting"),
        ("loop_reviewer", "the boss", "bad-setting"),
        ("loop_opens", "31 Feb 2024", "bad-setting"),
        ("loop_tell_back", "perhaps", "bad-setting"),
        ("loop_colour", "green", "unknown-setting"),
        ("form_id", "my form", "bad-setting"),
        ("default_language", "Elvish", "bad-setting"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_at_its_cell(
    tmp_path: Path, setting: str, value: str, code: str
) -> None:
    sheet: list[list[object]] = [["version", setting], ["1", value]]
    issues = read(tmp_path, ["text", "a", "A"], settings=sheet)
    found = next(issue for issue in issues if issue.code == code)
    assert (found.place.sheet, found.place.column) == ("settings", "B")
    assert found.place.row == (1 if code == "unknown-setting" else 2)


def test_dates_in_the_wrong_order_and_a_reviewer_who_is_the_deputy_are_refused(
    tmp_path: Path,
) -> None:
    sheet: list[list[object]] = [
        ["loop_opens", "loop_closes", "loop_hear_back_by", "loop_reviewer", "loop_deputy"],
        ["2024-01-12", "2023-12-04", "2023-12-01", "r@a.example", "R@a.example"],
    ]
    issues = read(tmp_path, ["text", "a", "A"], settings=sheet)
    columns = [issue.place.column for issue in issues if issue.code == "bad-setting"]
    assert columns == ["B", "C", "E"]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    issues = read(
        tmp_path,
        ["photo", "a", "A"],
        ["select_one nowhere", "b", "B"],
        ["text", "c", "C", "${zzz} = 1"],
        ["text", "d", None],
    )
    errors = [(issue.place.row, issue.code) for issue in issues]
    assert errors == [
        (2, "type-not-supported"),
        (3, "unknown-list"),
        (4, "unknown-question"),
        (5, "no-label"),
    ]


@pytest.mark.parametrize(
    ("heading", "code", "severity"),
    [
        ("trigger", "column-not-supported", Severity.ERROR),
        ("media::audio", "column-not-supported", Severity.ERROR),
        ("media::image", "picture-not-supported", Severity.ERROR),
        ("label::Elvish", "language-without-code", Severity.ERROR),
        ("relevent", "column-misspelled", Severity.ERROR),
        ("save_to", "column-not-read", Severity.ADVICE),
        ("loop_secret", "unknown-column", Severity.ERROR),
        ("my notes", "column-not-read", Severity.ADVICE),
    ],
)
def test_a_column_that_is_not_read_is_never_passed_over_in_silence(
    tmp_path: Path, heading: str, code: str, severity: Severity
) -> None:
    rows: list[list[object]] = [["type", "name", "label", heading], ["text", "a", "A", "x"]]
    found = next(issue for issue in read(tmp_path, survey=rows) if issue.code == code)
    assert found.place.column == "D"
    assert found.severity is severity


def test_missing_and_doubled_columns_are_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [["type", "label", "label"], ["text", "A", "B"]]
    codes = [issue.code for issue in read(tmp_path, survey=rows)]
    assert "column-missing" in codes
    assert "heading-twice" in codes


@pytest.mark.parametrize(
    "sheets",
    [
        {"survey": []},
        {"survey": [["type", "name", "label"]]},
        {"survey": [[None, None], [None, "x"]]},
        {"notes": [["hello"]], "more": [["hello"]]},
        {"choices": CHOICES},
        {"survey": [["type", "name", "label"], ["note", "a", "A"]]},
    ],
)
def test_a_form_that_asks_nothing_is_refused(tmp_path: Path, sheets: Sheets) -> None:
    survey, issues = read_xlsform(book(tmp_path / "form.xlsx", sheets))
    assert survey is None
    assert any(issue.severity is Severity.ERROR for issue in issues)


RICH: Sheets = {
    "survey": [
        ["type", "name", "label::English (en)", "label::Polski (pl)", "relevance", "calculation"],
        ["select one from yes_no", "a", "A?", "Ą?"],
        ["begin group", "g", "More", "Więcej", "${a} = 'yes' or ${a} = 'no'"],
        ["int", "b", "B?", "B?", "${a} = 'yes'"],
        ["end group"],
        ["calculate", "c", None, None, None, "${b} + 1"],
        ["select_multiple yes_no", "d", "D?", "D?"],
    ],
    "choices": [
        ["list_name", "name", "label::English (en)", "label::Polski (pl)"],
        ["yes_no", "yes", "Yes", "Tak"],
        ["yes_no", "no", "No", "Nie"],
    ],
    "settings": [
        ["form_id", "form_title", "loop_title_pl", "default_language", "loop_audience"],
        ["f", "Hello", "Cześć", "English (en)", "Leads"],
    ],
}


def check_rich(survey: Survey) -> None:
    kinds = [(question.name, question.kind) for question in survey.questions]
    assert kinds == [
        ("a", Kind.SELECT_ONE),
        ("g", Kind.GROUP),
        ("b", Kind.INTEGER),
        ("c", Kind.CALCULATE),
        ("d", Kind.SELECT_MULTIPLE),
    ]
    assert survey.question("b").relevant == "${a} = 'yes'"
    assert survey.question("b").group == "g"
    assert survey.question("g").relevant == "${a} = 'yes' or ${a} = 'no'"
    assert survey.question("d").relevant is None
    assert survey.languages == ("en", "pl")
    assert survey.question("a").choices[0].labels == {"en": "Yes", "pl": "Tak"}
    assert survey.settings.titles == {"en": "Hello", "pl": "Cześć"}
    assert survey.settings.audience is Audience.LEADS


def test_a_workbook_comes_in_with_languages_groups_and_settings(tmp_path: Path) -> None:
    check_rich(good(tmp_path, RICH))


def test_a_form_that_does_not_say_whom_it_asks_gets_the_strictest_rules(tmp_path: Path) -> None:
    path = book(tmp_path / "bare.xlsx", {"survey": [HEADINGS, ["text", "a", "A"]]})
    survey, issues = read_xlsform(path)
    assert survey is not None
    assert survey.settings.audience is Audience.YOUTH
    assert survey.settings.mode is Mode.CONFIDENTIAL
    assert survey.settings.form_id == "bare"
    assert [issue.severity for issue in issues] == [Severity.ADVICE]


def test_what_only_the_standards_own_reader_refuses_is_passed_on(tmp_path: Path) -> None:
    rows: list[list[object]] = [["type", "name", "label"], ["text", "meta", "A"]]
    issues = read(tmp_path, survey=rows)
    assert [issue.code for issue in issues] == ["xlsform-standard"]


def test_two_columns_for_one_thing_and_unread_settings_are_pointed_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["type", "name", "label", "label::English (en)"],
        ["text", "a", "A", "A too"],
    ]
    sheet: list[list[object]] = [["loop_audience", "style"], ["leads", "pages"]]
    issues = read(tmp_path, survey=rows, settings=sheet)
    found = {issue.code: issue for issue in issues}
    assert found["heading-twice"].place.column == "D"
    assert found["setting-not-read"].severity is Severity.ADVICE


def test_a_row_with_a_bad_name_is_read_on_so_that_all_its_faults_are_said_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "form.md"
    path.write_text(
        "| survey |\n"
        "| | type | name | label | relevant | constraint |\n"
        "| | text | a | A | | |\n"
        "| | text | a | Again | ${nobody} = 1 | regex(., '[') |\n"
        "| | select_one none | 1b | B | | |\n",
        encoding="utf-8",
    )
    _, issues = read_xlsform(path)
    found = {(issue.place.row, issue.place.column, issue.code) for issue in issues}
    assert {
        (4, "C", "name-twice"),
        (4, "E", "unknown-question"),
        (4, "F", "bad-expression"),
        (5, "C", "bad-name"),
        (5, "B", "unknown-list"),
    } <= found
