"""Deliberately broken forms: every mistake is named at its cell, and nothing else is."""

from pathlib import Path

import pytest

from storage.issues import Severity
from surveys.xlsform import read_xlsform

FORMS = Path(__file__).parent / "broken"

ERRORS: dict[str, list[tuple[str, str, str]]] = {
    "bad_defaults": [
        ("survey", "E3", "bad-default"),
        ("survey", "E4", "bad-default"),
        ("survey", "E5", "bad-default"),
        ("survey", "E6", "bad-default"),
        ("survey", "E7", "bad-default"),
        ("survey", "E8", "bad-default"),
        ("survey", "E9", "bad-expression"),
        ("survey", "E10", "bad-default"),
    ],
    "bad_expressions": [
        ("survey", "E4", "bad-expression"),
        ("survey", "E5", "unknown-question"),
        ("survey", "F5", "bad-expression"),
        ("survey", "G6", "bad-expression"),
        ("survey", "G7", "cell-blank"),
        ("survey", "E9", "note-has-no-answer"),
        ("survey", "E10", "bad-expression"),
    ],
    "bad_files": [
        ("survey", "B3", "type-not-supported"),
        ("survey", "B4", "file-missing"),
        ("survey", "B5", "file-column-missing"),
        ("survey", "B6", "file-missing"),
        ("survey", "B7", "no-list"),
        ("survey", "C8", "file-missing"),
    ],
    "bad_filter": [
        ("survey", "E3", "no-filter"),
        ("survey", "E4", "bad-expression"),
        ("survey", "E5", "no-filter"),
    ],
    "bad_languages": [
        ("survey", "E2", "language-without-code"),
        ("survey", "G2", "heading-with-language"),
        ("settings", "C9", "default-language-missing"),
    ],
    "bad_loop_columns": [
        ("survey", "H2", "unknown-column"),
        ("survey", "I2", "colon-in-loop-column"),
        ("survey", "E3", "not-yes-or-no"),
        ("survey", "F3", "not-a-grouping"),
        ("survey", "G4", "match-twice"),
        ("survey", "G5", "not-a-match"),
    ],
    "bad_names": [
        ("survey", "C3", "bad-name"),
        ("survey", "C4", "bad-name"),
        ("survey", "C5", "cell-blank"),
        ("survey", "B6", "cell-blank"),
    ],
    "bad_parameters": [
        ("survey", "E3", "bad-parameter"),
        ("survey", "E4", "bad-parameter"),
        ("survey", "E5", "bad-parameter"),
        ("survey", "E6", "bad-parameter"),
        ("survey", "E7", "bad-parameter"),
        ("survey", "E8", "bad-parameter"),
        ("survey", "E9", "unknown-question"),
        ("survey", "E10", "bad-parameter"),
    ],
    "bad_pictures": [
        ("survey", "E3", "picture-missing"),
        ("survey", "E4", "picture-not-supported"),
        ("survey", "E5", "not-a-picture"),
        ("survey", "E6", "picture-not-supported"),
        ("choices", "E10", "picture-not-supported"),
    ],
    "bad_settings": [
        ("settings", "B10", "bad-setting"),
        ("settings", "C10", "bad-setting"),
        ("settings", "D10", "bad-setting"),
        ("settings", "E10", "bad-setting"),
        ("settings", "F10", "bad-setting"),
        ("settings", "G10", "bad-setting"),
        ("settings", "H10", "bad-setting"),
        ("settings", "I10", "bad-setting"),
        ("settings", "J10", "bad-setting"),
        ("settings", "K10", "bad-setting"),
        ("settings", "M10", "bad-setting"),
    ],
    "bad_texts": [
        ("survey", "D3", "unknown-question"),
        ("survey", "E3", "bad-reference"),
        ("survey", "D5", "note-has-no-answer"),
    ],
    "calculated_notes": [
        ("survey", "E3", "no-value-here"),
        ("survey", "E4", "no-value-here"),
        ("survey", "E7", "no-value-here"),
    ],
    "capital_type": [
        ("survey", "B3", "type-spelling"),
    ],
    "choices_twice": [
        ("choices", "C8", "name-twice"),
        ("choices", "C9", "name-with-space"),
        ("choices", "B10", "cell-blank"),
    ],
    "circle": [
        ("survey", "E3", "circle"),
        ("survey", "F5", "circle"),
        ("survey", "F7", "self-reference"),
    ],
    "circle_through_filter": [
        ("survey", "E3", "circle"),
    ],
    "circle_through_group": [
        ("survey", "E3", "circle"),
    ],
    "group_named_as_question": [
        ("survey", "C4", "name-twice"),
    ],
    "groups_do_not_match": [
        ("survey", "B3", "no-group"),
        ("survey", "B4", "group-open"),
    ],
    "headings_twice": [
        ("survey", "E2", "heading-twice"),
        ("survey", "G2", "heading-twice"),
    ],
    "kobo_tables": [
        ("survey", "B3", "type-not-supported"),
        ("survey", "B4", "type-not-supported"),
        ("survey", "B5", "type-not-supported"),
        ("survey", "B6", "type-not-supported"),
    ],
    "missing_columns": [
        ("survey", "2", "column-missing"),
        ("survey", "2", "column-missing"),
        ("survey", "B2", "column-misspelled"),
    ],
    "name_twice_in_two_groups": [
        ("survey", "C7", "name-twice"),
    ],
    "no_labels": [
        ("survey", "D3", "no-label"),
        ("survey", "D5", "no-label"),
        ("choices", "D11", "no-label"),
    ],
    "not_yes_or_no": [
        ("survey", "E3", "not-yes-or-no"),
        ("survey", "E4", "unknown-question"),
        ("survey", "E5", "self-reference"),
    ],
    "or_other_name_taken": [
        ("survey", "C4", "name-twice"),
        ("survey", "B5", "or-other"),
    ],
    "refused_by_the_standard": [
        ("survey", "C3", "xlsform-standard"),
    ],
    "refused_for_privacy": [
        ("survey", "B3", "type-not-supported"),
        ("survey", "B4", "type-not-supported"),
        ("survey", "B5", "type-not-supported"),
        ("survey", "B6", "type-not-supported"),
        ("survey", "B7", "type-not-supported"),
    ],
    "repeat": [
        ("survey", "B4", "repeat"),
    ],
    "sounds_and_triggers": [
        ("survey", "E3", "column-not-supported"),
        ("survey", "F4", "column-not-supported"),
        ("survey", "G5", "column-not-supported"),
        ("survey", "H6", "search-not-supported"),
    ],
    "unknown_list": [
        ("survey", "B3", "unknown-list"),
        ("survey", "B4", "unknown-list"),
        ("survey", "B5", "no-list"),
    ],
    "unknown_settings": [
        ("settings", "C9", "unknown-setting"),
        ("settings", "D9", "colon-in-loop-column"),
        ("settings", "E10", "bad-setting"),
    ],
    "unknown_type": [
        ("survey", "B3", "unknown-type"),
    ],
    "words_shown_again": [
        ("survey", "D5", "words-in-text"),
        ("survey", "F5", "words-in-text"),
    ],
}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_each_mistake_of_a_broken_form_is_named_at_its_cell(name: str) -> None:
    survey, issues = read_xlsform(FORMS / f"{name}.md")
    assert survey is None
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    found = [
        (issue.place.sheet, f"{issue.place.column or ''}{issue.place.row}", issue.code)
        for issue in errors
    ]
    assert found == ERRORS[name], [str(issue) for issue in errors]
    assert all(issue.problem.endswith((".", ")")) and issue.remedy for issue in errors)


def test_every_broken_form_stands_in_the_table() -> None:
    assert {path.stem for path in FORMS.glob("*.md")} == set(ERRORS)
    assert len(ERRORS) >= 20


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("circle", "a needs b, b needs a"),
        ("circle_through_group", "g needs a, a needs g"),
        ("unknown_list", "Did you mean 'yes_no'?"),
        ("repeat", "child_1, child_2, child_3"),
        ("words_shown_again", "a screen may be shared"),
        ("kobo_tables", "appearance 'field-list'"),
        ("unknown_settings", "Did you mean 'loop_audience'?"),
        ("refused_for_privacy", "(in KoboToolbox: Layout & Settings, Metadata)"),
        ("bad_files", "'bad_files-media' or 'media'"),
        ("bad_defaults", "concat('yes - no')"),
    ],
)
def test_a_finding_says_what_to_do(name: str, said: str) -> None:
    _, issues = read_xlsform(FORMS / f"{name}.md")
    assert said in "\n".join(map(str, issues))
