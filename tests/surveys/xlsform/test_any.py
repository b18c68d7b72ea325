"""Whatever an author writes under the right headings: findings, or a survey that is whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.issues import Severity
from surveys.definition import Kind, Survey
from surveys.dependencies import order
from surveys.expressions import compile_expression
from surveys.outline import outline_of
from surveys.xlsform import read_form
from tests.surveys.xlsform.test_reading import CHOICES, Sheets, book

NAMES = ["a", "b", "c", "g", "a_other"]
TYPES = [
    *("note", "text", "integer", "decimal", "range", "date", "time", "dateTime", "acknowledge"),
    *("calculate", "hidden", "today", "select_one yes_no", "select_multiple yes_no"),
    *("select_one yes_no or_other", "rank yes_no", "select_one_from_file towns.csv"),
    *("begin_group", "end_group", "begin_repeat", "end_repeat", "csv-external", "image", "Text"),
    *("select_one nowhere", "select_one ${a}"),
]
EXPRESSIONS = [
    *("${a} = 'yes'", "${b} > 1", "selected(${c}, 'no')", ". > 1", "../a = 1", "${g}/*", "1 +"),
    *(
        "count(${g}/*) > 0",
        "once(random())",
        "today() + 1",
        "${nobody}",
        "name = ${a}",
        "weight > 1",
    ),
    *("jr:choice-name(${a}, '${a}')", "pulldata('towns', 'label', 'name', ${a})", "/data/a", "'x"),
]
CELLS = {
    "label": ["A label", "You said ${a}", "${", "${nobody}"],
    "relevant": EXPRESSIONS,
    "constraint": EXPRESSIONS,
    "calculation": EXPRESSIONS,
    "choice_filter": EXPRESSIONS,
    "required": ["yes", "no", "maybe", *EXPRESSIONS[:3]],
    "default": ["yes", "3", "a - b", "today()", "2024-01-31", "${a}", "OK", "yes no"],
    "parameters": [
        "start=0 end=5",
        "randomize=true seed=${b}",
        "rows=3",
        "value=name",
        "x",
        "seed=1",
    ],
    "media::image": ["smile.png", "gone.png"],
    "readonly": ["yes", "no"],
    "loop_grouping": ["yes", "no", "so"],
    "loop_matches": ["k", "l"],
    "disabled": ["yes", "no"],
}
HEADINGS = ["type", "name", *CELLS]
LISTS = [[*row, place or "weight"] for place, row in enumerate(CHOICES)]

rows = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES), "name": st.sampled_from(NAMES)},
    optional={heading: st.sampled_from(cells) for heading, cells in CELLS.items()},
)
SOUND = {
    "relevant": ["${a} = 'yes'", "${b} > 1", "selected(${c}, 'no')", "../a = 'no'"],
    "constraint": [". != ''", "${b} > 1"],
    "calculation": ["once(random())", "${b} + 1", "jr:choice-name(${a}, '${a}')"],
    "required": ["yes", "${b} > 2"],
    "default": ["today()", "${b}"],
    "label": ["You said ${b}", "A label"],
    "media::image": ["smile.png"],
}


@st.composite
def sound_rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows that know one another, so that a form can be read unless they go round in a circle."""
    kinds = {"a": "select_one yes_no", "b": "integer", "c": "select_multiple yes_no or_other"}
    others = st.sampled_from(["date", "text", "decimal", "calculate", "hidden", "note"])
    kinds |= {"d": draw(others), "e": draw(others)}
    found = []
    for name in draw(st.permutations(sorted(kinds))):
        heading = draw(st.sampled_from(sorted(SOUND)))
        cell = draw(st.sampled_from(SOUND[heading]))
        found.append({"type": kinds[name], "name": name, "label": "A label", heading: cell})
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("any")
    (path / "towns.csv").write_text("name,label\nbury,Bury\n", encoding="utf-8")
    (path / "smile.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return path


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(rows, min_size=1, max_size=7) | sound_rows(),
    st.sampled_from(["youth", "practitioners"]),
    st.booleans(),
)
def test_any_rows_whatever_give_findings_or_a_survey_that_is_whole(
    folder: Path, chosen: list[dict[str, str]], audience: str, with_lists: bool
) -> None:
    printed = [[row.get(heading) for heading in HEADINGS] for row in chosen]
    sheets: Sheets = {
        "survey": [HEADINGS, *printed],
        "choices": LISTS if with_lists else [],
        "settings": [["form_id", "loop_audience"], ["f", audience]],
    }
    read = read_form(book(folder / "form.xlsx", sheets))
    errors = [issue for issue in read.issues if issue.severity is Severity.ERROR]
    assert (read.survey is None) == bool(errors)
    for issue in errors:
        assert issue.problem
        assert issue.remedy
        assert issue.place.sheet in ("survey", "choices")
    if read.survey is not None:
        check_whole(read.survey)


def check_whole(survey: Survey) -> None:
    """The survey survives being stored, and each of its expressions can be worked out in turn."""
    assert Survey.from_json(survey.to_json()) == survey
    outline = outline_of(survey)
    needs: dict[str, set[str]] = {}
    for question in survey.questions:
        assert not question.group or survey.question(question.group).kind is Kind.GROUP
        assert set(question.images.values()) <= set(survey.pictures)
        assert not question.kind.is_select or question.choices
        columns = {column for choice in question.choices for column in choice.columns}
        for source, seen in (
            (question.relevant, None),
            (question.calculation, None),
            (question.dynamic_default, None),
            (question.choice_filter, columns | {"name", "label"}),
        ):
            if source:
                compiled = compile_expression(source, outline, at=question.name, columns=seen)
                needs.setdefault(question.name, set()).update(compiled.names)
        for source in (question.constraint, question.required_when, question.seed):
            if source:
                compile_expression(source, outline, at=question.name)
    assert len(order(outline, needs)) == len(survey.questions)
