"""Settings and languages: ours under `loop_`, and the standard's own."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from surveys.definition import Audience, Mode, Recurrence, Settings
from surveys.xlsform import read_xlsform
from surveys.xlsform.languages import language_code
from surveys.xlsform.setting_names import OWN
from tests.surveys.xlsform.test_reading import Sheets, book, good, read

SURVEY = [["type", "name", "label::English (en)", "label::Polski (pl)"], ["text", "a", "A", "Ą"]]

CELLS = {
    "form_id": "f",
    "form_title": "Hello",
    "version": "3",
    "default_language": "English (en)",
    "loop_title_pl": "Cześć",
    "loop_audience": "Practitioners",
    "loop_mode": "anonymous",
    "loop_asked_by": "The partnership",
    "loop_asked_by_pl": "Partnerstwo",
    "loop_why": "To listen",
    "loop_minutes": 4,
    "loop_ages": "11-13",
    "loop_reviewer": "r@a.example",
    "loop_deputy": "d@a.example",
    "loop_opens": "8 January 2024",
    "loop_closes": date(2024, 2, 8),
    "loop_threshold": "12",
    "loop_tell_back": "no",
    "loop_hear_back_by": "2024-03-08",
    "loop_recurs": "twice a year",
    "loop_follow_up_of": "the_course",
    "loop_follow_up_months": "6",
    "loop_translation_note": "Checked by nobody yet",
}


def test_every_setting_arrives(tmp_path: Path) -> None:
    sheets: Sheets = {"survey": SURVEY, "settings": [list(CELLS), list(CELLS.values())]}
    settings = good(tmp_path, sheets).settings
    assert settings == Settings(
        form_id="f",
        titles={"en": "Hello", "pl": "Cześć"},
        version="3",
        default_language="en",
        audience=Audience.PRACTITIONERS,
        mode=Mode.ANONYMOUS,
        asked_by={"en": "The partnership", "pl": "Partnerstwo"},
        why={"en": "To listen"},
        minutes=4,
        reviewer="r@a.example",
        deputy="d@a.example",
        opens=date(2024, 1, 8),
        closes=date(2024, 2, 8),
        threshold=12,
        tell_back=False,
        hear_back_by=date(2024, 3, 8),
        translation_note="Checked by nobody yet",
        ages="11-13",
        recurs=Recurrence.TWICE_A_YEAR,
        follow_up_of="the_course",
        follow_up_months=6,
    )
    blank = Settings("x")
    for field in dataclasses.fields(Settings):
        if field.name != "default_language":
            assert getattr(settings, field.name) != getattr(blank, field.name), field.name


def test_every_field_of_the_settings_has_a_column() -> None:
    columns = {name.removeprefix("loop_") for name in OWN} | {
        *("form_id", "titles", "version", "default_language")
    }
    assert {field.name for field in dataclasses.fields(Settings)} <= columns


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("loop_audiense", "unknown-setting"),
        ("loop_why::pl", "colon-in-loop-column"),
        ("loop:why", "unknown-setting"),
        ("loop_why_elvish", "unknown-setting"),
        ("public_key", "setting-not-read"),
        ("submission_url", "setting-not-read"),
        ("form_titel", "setting-not-read"),
    ],
)
def test_a_setting_that_does_nothing_here_is_said_at_its_heading(
    tmp_path: Path, heading: str, code: str
) -> None:
    rows: list[list[object]] = [["form_id", "loop_audience", heading], ["f", "leads", "x"]]
    issues = read(tmp_path, ["text", "a", "A"], settings=rows)
    found = next(issue for issue in issues if issue.code == code)
    assert (found.place.sheet, found.place.row, found.place.column) == ("settings", 1, "C")


@pytest.mark.parametrize(
    ("settings", "column", "said"),
    [
        ({"loop_follow_up_of": "x"}, "C", "how long after"),
        ({"loop_follow_up_months": "6"}, "C", "which survey"),
        ({"loop_follow_up_of": "f", "loop_follow_up_months": "6"}, "C", "follow itself"),
        ({"loop_follow_up_of": "a b", "loop_follow_up_months": "6"}, "C", "no form_id"),
        ({"loop_ages": "x" * 41}, "C", "age band"),
        ({"loop_why": "x" * 1001}, "C", "letters"),
        ({"loop_recurs": "weekly"}, "C", "not known"),
    ],
)
def test_a_setting_that_cannot_be_so_is_refused(
    tmp_path: Path, settings: dict[str, str], column: str, said: str
) -> None:
    rows: list[list[object]] = [
        ["form_id", "loop_audience", *settings],
        ["f", "leads", *settings.values()],
    ]
    (found,) = read(tmp_path, ["text", "a", "A"], settings=rows)
    assert (found.code, found.place.row, found.place.column) == ("bad-setting", 2, column)
    assert said in found.problem


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Polski (pl)", "pl"),
        ("pl", "pl"),
        ("Polish", "pl"),
        ("اردو", "ur"),
        ("Română", "ro"),
        ("Português (pt-br)", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("Chinese (zh-hant)", "zh-Hant"),
        ("ENGLISH", "en"),
        ("Elvish", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_code_or_its_name(printed: str, code: str | None) -> None:
    assert language_code(printed) == code


def test_a_label_without_a_language_is_in_the_default_one(tmp_path: Path) -> None:
    rows = [["type", "name", "label", "label::English"], ["text", "a", "Ą", "A"]]
    sheet = [["form_id", "default_language"], ["f", "Polski (pl)"]]
    survey = good(tmp_path, {"survey": rows, "settings": sheet})
    assert survey.languages == ("pl", "en")
    assert survey.question("a").labels == {"pl": "Ą", "en": "A"}


def test_without_a_default_language_the_first_one_is_it(tmp_path: Path) -> None:
    rows = [["type", "name", "label::Polski (pl)", "label::English (en)"], ["text", "a", "Ą", "A"]]
    assert good(tmp_path, {"survey": rows}).languages == ("pl", "en")


def test_a_default_language_without_labels_is_refused(tmp_path: Path) -> None:
    sheet: list[list[object]] = [["default_language", "loop_audience"], ["Romanian (ro)", "leads"]]
    (found,) = read(tmp_path, survey=[list(row) for row in SURVEY], settings=sheet)
    assert (found.code, found.place.column) == ("default-language-missing", "A")


def test_a_language_spelled_in_two_ways_and_one_without_labels_are_pointed_out(
    tmp_path: Path,
) -> None:
    sheet = [
        ["form_id", "default_language", "loop_audience", "loop_why", "loop_why_ro"],
        ["f", "en", "leads", "Why", "De ce"],
    ]
    _, issues = read_xlsform(book(tmp_path / "form.xlsx", {"survey": SURVEY, "settings": sheet}))
    assert [(issue.code, issue.place.column) for issue in issues] == [
        ("language-spelling", "C"),
        ("language-without-labels", "E"),
    ]


def test_a_file_name_becomes_a_form_id_that_can_be_one(tmp_path: Path) -> None:
    survey, _ = read_xlsform(book(tmp_path / "2024 neglect (final).xlsx", {"survey": SURVEY}))
    assert survey is not None
    assert survey.settings.form_id == "form_2024_neglect_final"
