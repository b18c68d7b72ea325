import struct
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.issues import Severity
from surveys.definition import Audience, Survey
from surveys.xlsform import SUFFIXES, read_xlsform
from tests.surveys.xlsform.test_reading import RICH, Sheets, book, check_rich

EXAMPLES = Path(__file__).parents[3] / "examples" / "surveys"
SAMPLES = Path(__file__).parent / "samples"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def record(kind: int, data: bytes) -> bytes:
    """A record of the old format of Excel."""
    return struct.pack("<HH", kind, len(data)) + data


BEGIN = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
ENCRYPTED_XLS = BEGIN + record(0x002F, b"\x01\x00\x01\x00\x01\x00") + record(0x000A, b"")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("form.xlsx", b"", "not-a-workbook"),
        ("form.xlsx", b"PK\x03\x04 and then junk", "not-a-workbook"),
        ("form.xlsx", b"type,name,label", "not-a-workbook"),
        ("form.xlsx", OLE + b"junk", "not-what-its-name-says"),
        ("form.xls", b"PK\x03\x04 and then junk", "not-what-its-name-says"),
        ("form.csv", b"PK\x03\x04 and then junk", "not-what-its-name-says"),
        ("form.xls", b"anything", "not-a-workbook"),
        ("form.xls", b"<html><table></table></html>", "not-a-workbook"),
        ("form.xls", OLE + b"junk", "not-a-workbook"),
        ("form.xls", ENCRYPTED_XLS, "password-protected"),
        ("form.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password-protected"),
        ("form.xlsm", b"anything", "wrong-extension"),
        ("form.ods", b"anything", "wrong-extension"),
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


def test_a_workbook_with_macros_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/vbaProject.bin", b"x")
    survey, issues = read_xlsform(path)
    assert survey is None
    assert [issue.code for issue in issues] == ["has-macros"]


def test_a_workbook_from_before_2007_reads_as_the_same_one_of_today(tmp_path: Path) -> None:
    survey, issues = read_xlsform(SAMPLES / "before_2007.xls")
    assert issues == []
    assert survey is not None
    defaults = {question.name: question.default for question in survey.questions}
    assert defaults == {
        "a": "yes",
        "b": "2024-01-31",
        "c": "14:30:00",
        "d": "3",
        "e": "2.5",
        "f": "2024-01-31T14:30:00",
    }
    assert survey.settings.opens == date(2024, 3, 1)
    assert survey.lists["yes_no"][1].columns == {"weight": "TRUE"}


def test_a_damaged_workbook_from_before_2007_is_refused_at_no_cost(tmp_path: Path) -> None:
    whole = (SAMPLES / "before_2007.xls").read_bytes()
    path = tmp_path / "form.xls"
    path.write_bytes(whole[:3000])
    survey, issues = read_xlsform(path)
    assert survey is None
    assert [issue.code for issue in issues] == ["not-a-workbook"]


def test_headings_below_the_first_row_are_pointed_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Our survey"], ["type", "name", "label"], ["text", "a", "A"]]
    _, issues = read_xlsform(book(tmp_path / "form.xlsx", {"survey": [[], *rows[1:]]}))
    assert ("headings-not-first", 2) in [(issue.code, issue.place.row) for issue in issues]


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
@given(st.binary(max_size=300), st.sampled_from(SUFFIXES))
def test_any_bytes_whatever_give_findings(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("junk") / f"form{suffix}"
    path.write_bytes(content)
    survey, issues = read_xlsform(path)
    assert survey is None
    assert issues


headings = [
    *("type", "name", "label", "label::Polski (pl)", "relevant", "list_name", "calculate"),
    *("choice_filter", "default", "parameters", "required", "media::image", "hint", "disabled"),
    *("loop_grouping", "loop_matches", "readonly", "bind::relevant", "a"),
]
types = [
    *("text", "select_one yes_no", "integer", "begin_group", "end_group", "begin_repeat"),
    *("range", "rank yes_no", "select_multiple yes_no or_other", "select_one_from_file a.csv"),
    *("calculate", "hidden", "today", "note", "csv-external", "acknowledge", "date", "time"),
]
others = [
    *("a", "b", "yes_no", "${a}", "${b} > 1", "=1", "", "yes", "loop_audience", "youth", "::"),
    *("${", "a.png", "start=0 end=1", "randomize=true seed=${a}", "today()", "a - b", "/data/a"),
    *("pulldata('a', 'b', 'c', ${b})", "loop_why_pl", "loop_recurs", "monthly", "2024-01-31"),
]
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


@pytest.mark.parametrize(
    "sound", [EXAMPLES / "status_update.xlsx", SAMPLES / "before_2007.xls"], ids=lambda p: p.suffix
)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_gives_findings(
    tmp_path_factory: pytest.TempPathFactory, sound: Path, data: st.DataObject
) -> None:
    whole = sound.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:place] + data.draw(st.binary(min_size=1, max_size=40)) + whole[place + 8 :]
    path = tmp_path_factory.mktemp("damaged") / f"form{sound.suffix}"
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


def packed_sheet(path: Path, sheet: str) -> Path:
    """A workbook whose only sheet is written out as XML."""
    source = book(path.with_name("sound.xlsx"), {"survey": [["type", "name", "label"]]})
    with zipfile.ZipFile(source) as sound, zipfile.ZipFile(path, "w") as packed:
        for part in sound.namelist():
            content = sound.read(part)
            packed.writestr(part, sheet if part.endswith("sheet1.xml") else content)
    return path


def test_a_workbook_with_a_definition_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    grows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{grows}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>'
    )
    survey, issues = read_xlsform(packed_sheet(tmp_path / "form.xlsx", sheet))
    assert survey is None
    assert issues


@pytest.mark.parametrize("suffix", [".csv", ".md"])
def test_a_text_file_of_far_too_many_rows_is_cut_off(tmp_path: Path, suffix: str) -> None:
    join = "," if suffix == ".csv" else "|"
    rows = [f"survey{join}", *(f"{join}text{join}a{n}{join}A" for n in range(6000))]
    lines = [f"|{row}|" for row in rows] if suffix == ".md" else rows
    path = tmp_path / f"form{suffix}"
    path.write_text("\n".join(lines))
    survey, issues = read_xlsform(path)
    assert survey is None
    assert "too-long" in [issue.code for issue in issues]


HOSTILE: dict[str, list[list[object]]] = {
    "names that are nowhere": [
        ["integer", f"number_{n}", "A", f"${{numbr_{n}}} = 1"] for n in range(2000)
    ],
    "one long circle": [
        ["integer", f"q{n}", "A", f"${{q{(n + 1) % 2000}}} = 1"] for n in range(2000)
    ],
    "a thousand small circles": [
        ["integer", f"q{n}", "A", f"${{q{n ^ 1}}} = 1"] for n in range(2000)
    ],
    "groups in groups": [
        *(list[object](["begin_group", f"g{n}", "G"]) for n in range(1000)),
        ["text", "a", "A"],
        *(list[object](["end_group"]) for _ in range(1000)),
    ],
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_form_made_to_be_hard_to_read_is_read_in_bounded_time(tmp_path: Path, name: str) -> None:
    rows: list[list[object]] = [["type", "name", "label", "relevant"], *HOSTILE[name]]
    path = book(tmp_path / "form.xlsx", {"survey": rows})
    started = time.perf_counter()
    survey, issues = read_xlsform(path)
    assert survey is None
    assert all(len(str(issue)) < 1_000 for issue in issues)
    # Two seconds on a quiet machine.
    assert time.perf_counter() - started < 40


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("form.csv", "survey;;\n;type;name\n;text;why\n", "semicolons"),
        ("form.csv", "survey\ttype\tname\n", "tabs"),
        ("form.csv", "type,name,label\ntext,why,Why?\n", "the first column names the sheet"),
        (
            "form.md",
            "| survey 1 | type | name |\n| | text | why |\n| settings | form_id |\n| | f |\n",
            "'survey 1' just 'survey'",
        ),
    ],
)
def test_a_file_without_questions_says_what_its_kind_of_file_needs(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    _, issues = read_xlsform(path)
    assert [issue.code for issue in issues] == ["no-survey-sheet"]
    assert said in f"{issues[0].problem} {issues[0].remedy}"


def test_a_title_above_the_headings_is_one_finding_at_their_row(tmp_path: Path) -> None:
    sheets = dict(RICH)
    sheets["survey"] = [["Our survey, 2024"], *sheets["survey"]]
    _, issues = read_xlsform(book(tmp_path / "form.xlsx", sheets))
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    assert [(issue.code, issue.place.sheet, issue.place.row) for issue in errors] == [
        ("headings-not-first", "survey", 2)
    ]


@pytest.mark.parametrize("heading", ["label (Urdu)", "label:Urdu", "Label - Urdu"])
def test_a_label_whose_language_is_written_otherwise_is_not_left_out_unsaid(
    tmp_path: Path, heading: str
) -> None:
    path = tmp_path / "form.md"
    path.write_text(
        f"| survey | type | name | label::English (en) | {heading} |\n"
        "| | text | why | Why? | x |\n",
        encoding="utf-8",
    )
    survey, issues = read_xlsform(path)
    assert survey is None
    found = next(issue for issue in issues if issue.code == "column-misspelled")
    assert found.place.column == "E"
    assert "Did you mean 'label::Urdu'?" in found.remedy


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("number", "'integer'"),
        ("yes/no", "'select_one LIST'"),
        ("Select one: yes_no", "'select_one LIST'"),
        ("multiple choice", "'select_multiple LIST'"),
        ("Question type", "second row of headings"),
    ],
)
def test_a_type_in_everyday_words_is_answered_with_the_type_that_was_meant(
    tmp_path: Path, typed: str, said: str
) -> None:
    path = tmp_path / "form.md"
    path.write_text(
        f"| survey | type | name | label |\n| | {typed} | why | Why? |\n", encoding="utf-8"
    )
    _, issues = read_xlsform(path)
    found = next(issue for issue in issues if issue.code == "unknown-type")
    assert said in found.remedy


def test_a_date_that_excel_made_a_number_is_answered_with_the_date(tmp_path: Path) -> None:
    path = tmp_path / "form.md"
    path.write_text(
        "| survey | type | name | label |\n| | text | why | Why? |\n"
        "| settings | form_id | loop_opens | loop_closes |\n| | f | 45292 | 2023-12-01 |\n",
        encoding="utf-8",
    )
    _, issues = read_xlsform(path)
    assert [issue.remedy for issue in issues if issue.code == "bad-setting"] == [
        "Write it as in 2024-01-01."
    ]
