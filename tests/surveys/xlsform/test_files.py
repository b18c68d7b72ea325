import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.issues import Severity
from surveys.definition import Audience, Survey
from surveys.xlsform import read_xlsform
from tests.surveys.test_xlsform import RICH, Sheets, book, check_rich

EXAMPLES = Path(__file__).parents[2] / "examples" / "surveys"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("form.xlsx", b"", "not-a-workbook"),
        ("form.xlsx", b"PK\x03\x04 and then junk", "not-a-workbook"),
        ("form.xlsx", b"type,name,label", "not-a-workbook"),
        ("form.xls", b"anything", "wrong-extension"),
        ("form", b"anything", "wrong-extension"),
        ("form.csv", b"\xff\xfe\x00", "not-text"),
        ("form.csv", b"", "no-survey-sheet"),
        ("form.md", b"# A heading", "no-survey-sheet"),
        ("form.csv", b"x" * 10_000_001, "too-big"),
    ],
)
def test_a_file_that_is_not_a_form_is_one_clear_finding(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    survey, issues = read_xlsform(path)
    assert survey is None
    assert [issue.code for issue in issues] == [code]


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    survey, issues = read_xlsform(tmp_path / "gone.xlsx")
    assert survey is None
    assert [issue.code for issue in issues] == ["unreadable"]


def test_a_workbook_that_unpacks_to_far_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 61_000_000)
    survey, issues = read_xlsform(path)
    assert survey is None
    assert [issue.code for issue in issues] == ["too-big"]


def as_lines(join: str, start: str = "", end: str = "") -> str:
    lines = []
    for name, rows in RICH.items():
        lines.append(start + join.join([name, ""]) + end)
        for row in rows:
            cells = ["", *(str(cell or "") for cell in row)]
            lines.append(start + join.join(cells) + end)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("form.csv", as_lines(",").encode()),
        ("form.csv", b"\xef\xbb\xbf" + as_lines(",").encode()),
        ("form.md", as_lines(" | ", "| ", " |").encode()),
    ],
)
def test_the_same_form_comes_in_from_csv_and_markdown(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    survey, issues = read_xlsform(path)
    assert survey is not None, [str(issue) for issue in issues]
    check_rich(survey)


def test_a_row_of_a_text_file_is_its_line(tmp_path: Path) -> None:
    path = tmp_path / "form.md"
    path.write_text("| survey |\n| | type | name | label |\n\n| | photo | a | A |\n")
    _, issues = read_xlsform(path)
    found = next(issue for issue in issues if issue.severity is Severity.ERROR)
    assert (found.place.row, found.place.column) == (4, "B")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".xlsx", ".csv", ".md"]))
def test_any_bytes_whatever_give_findings(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("junk") / f"form{suffix}"
    path.write_bytes(content)
    survey, issues = read_xlsform(path)
    assert survey is None
    assert issues


headings = ["type", "name", "label", "label::Polski (pl)", "relevant", "list_name", "calculate"]
types = ["text", "select_one yes_no", "integer", "begin_group", "end_group"]
others = ["a", "b", "${a}", "${b} > 1", "=1", "", "yes", "loop_audience", "youth", "::", "${"]
cells = st.sampled_from([*headings, *types, *others, "form_id", "default_language"])
grids = st.lists(st.lists(st.none() | cells, max_size=6), max_size=6)


@settings(max_examples=60, deadline=None)
@given(grids, grids, grids)
def test_any_cells_whatever_give_a_survey_or_findings(
    tmp_path_factory: pytest.TempPathFactory,
    survey_rows: list[list[object]],
    choice_rows: list[list[object]],
    setting_rows: list[list[object]],
) -> None:
    path = tmp_path_factory.mktemp("cells") / "form.xlsx"
    sheets: Sheets = {"survey": survey_rows, "choices": choice_rows, "settings": setting_rows}
    survey, issues = read_xlsform(book(path, sheets))
    assert survey is not None or issues


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_gives_findings(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = (EXAMPLES / "status_update.xlsx").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:place] + data.draw(st.binary(min_size=1, max_size=40)) + whole[place + 8 :]
    path = tmp_path_factory.mktemp("damaged") / "form.xlsx"
    path.write_bytes(broken)
    survey, issues = read_xlsform(path)
    assert survey is not None or issues


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.xlsx")))
def test_every_example_is_accepted_without_a_word(name: str) -> None:
    survey, issues = read_xlsform(EXAMPLES / name)
    assert issues == []
    assert survey is not None
    assert Survey.from_json(survey.to_json()) == survey


def test_the_built_in_status_update_asks_what_a_lead_is_asked() -> None:
    survey, _ = read_xlsform(EXAMPLES / "status_update.xlsx")
    assert survey is not None
    assert survey.settings.audience is Audience.LEADS
    names = [question.name for question in survey.questions]
    assert names == ["status", "note", "evidence", "new_date", "help"]
    assert [choice.name for choice in survey.question("status").choices] == [
        "on_track",
        "at_risk",
        "off_track",
        "waiting",
        "complete",
    ]
