"""pyxform, the standard's own reader, and ours see the same form."""

import re
import time
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from surveys.definition import Kind
from surveys.xlsform import read_xlsform
from surveys.xlsform.columns import OWN as COLUMNS
from surveys.xlsform.setting_names import OWN as SETTINGS
from tests.surveys.xlsform.test_reading import CHOICES, HEADINGS, book, good, read

SAMPLES = Path(__file__).parent / "samples"
EXAMPLES = Path(__file__).parents[3] / "examples" / "surveys"
FORMS = sorted([*SAMPLES.glob("*.md"), *SAMPLES.glob("*.xls"), *EXAMPLES.glob("*.xlsx")])

_BIND = re.compile(r'<bind nodeset="/data/([^"]+)"')


def xform_of(path: Path) -> str:
    text: str = convert(
        path.read_bytes(), validate=False, file_type=path.suffix, form_name="data"
    ).xform
    return text


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_standards_own_reader_sees_the_same_rows_in_the_same_groups(path: Path) -> None:
    survey, issues = read_xlsform(path)
    assert survey is not None, [str(issue) for issue in issues]
    named = re.compile(r"meta/|generated_note_name_")
    theirs = {name for name in _BIND.findall(xform_of(path)) if not named.match(name)}
    ours = set()
    for question in survey.questions:
        names, group = [question.name], question.group
        while group:
            names.insert(0, group)
            group = survey.question(group).group
        has_bind = question.kind is not Kind.GROUP or question.relevant
        if has_bind and not named.match(question.name):
            ours.add("/".join(names))
    # A trigger has no bind of its own unless something hangs on it.
    assert theirs == ours - {"seen_it"}


def test_or_other_adds_what_the_standards_own_reader_adds() -> None:
    xform = xform_of(SAMPLES / "every_type.md")
    survey, _ = read_xlsform(SAMPLES / "every_type.md")
    assert survey is not None
    assert re.search(r"<name>other</name>", xform)
    (condition,) = re.findall(r'nodeset="/data/likes_other"[^>]* relevant="([^"]+)"', xform)
    assert condition.replace(" ", "") == "selected(../likes,'other')"
    place = survey.position("likes")
    assert place is not None
    assert survey.questions[place + 1].name == "likes_other"


def test_our_own_columns_and_settings_leave_no_trace_in_other_readers(tmp_path: Path) -> None:
    survey: list[list[object]] = [
        ["type", "name", "label", *COLUMNS],
        ["select_one yes_no", "a", "A", "yes", "yes", "leaking-key"],
    ]
    values = {
        "loop_audience": "practitioners",
        "loop_mode": "confidential",
        "loop_recurs": "termly",
        "loop_tell_back": "no",
        "loop_reviewer": "leaking@a.example",
        "loop_deputy": "leaking2@a.example",
        "loop_minutes": "3",
        "loop_threshold": "12",
        "loop_follow_up_months": "6",
        "loop_opens": "2024-01-08",
        "loop_closes": "2024-02-08",
        "loop_hear_back_by": "2024-03-08",
    }
    names = [*SETTINGS, "loop_why_pl"]
    cells = [values.get(name, f"leaking_{name[5:]}") for name in names]
    path = book(
        tmp_path / "form.xlsx",
        {"survey": survey, "choices": CHOICES, "settings": [["form_id", *names], ["f", *cells]]},
    )
    assert good(tmp_path, {"survey": survey, "choices": CHOICES}).question("a").matches
    found, issues = read_xlsform(path)
    assert found is not None, [str(issue) for issue in issues]
    xform = xform_of(path)
    assert "leaking" not in xform
    assert "loop_" not in xform
    assert "2024-" not in xform


def test_an_objection_of_the_standards_reader_has_its_row_and_column(tmp_path: Path) -> None:
    issues = read(tmp_path, survey=[HEADINGS, ["text", "a", "A"], ["text", "meta", "B"]])
    (found,) = issues
    assert (found.code, found.place.row, found.place.column) == ("xlsform-standard", 3, "B")


def test_a_remark_of_the_standards_reader_is_advice_at_its_row(tmp_path: Path) -> None:
    issues = read(tmp_path, survey=[HEADINGS, ["text", "a", "A"], ["text", "A", "B"]])
    (found,) = issues
    assert (found.code, found.severity, found.place.row) == ("xlsform-hint", "advice", 3)


def test_a_sheet_with_a_misspelled_name_is_pointed_out(tmp_path: Path) -> None:
    path = book(
        tmp_path / "form.xlsx",
        {"survey": [HEADINGS, ["text", "a", "A"]], "setting": [["form_id"], ["f"]]},
    )
    _, issues = read_xlsform(path)
    assert any("'setting'" in str(issue) for issue in issues)


def test_a_form_of_five_hundred_rows_comes_in_within_seconds(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEADINGS]
    rows += [
        ["integer", f"q{n}", f"Question {n}?", f"${{q{n - 1}}} > 3" if n else None, ". < 100"]
        for n in range(500)
    ]
    path = book(tmp_path / "form.xlsx", {"survey": rows})
    started = time.perf_counter()
    survey, _ = read_xlsform(path)
    assert survey is not None
    assert len(survey.questions) == 500
    # About one second on a quiet machine; the bound only notices what grows with the square.
    assert time.perf_counter() - started < 20
