"""Pictures and lists in files beside a form."""

import base64
from pathlib import Path

import pytest

from storage.issues import Issue
from surveys.definition import Survey
from surveys.xlsform import read_xlsform
from tests.surveys.xlsform.test_reading import CHOICES, SETTINGS, Sheets, book

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
KINDS = [
    ("a.png", PNG, "image/png"),
    ("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 20, "image/jpeg"),
    ("a.JPEG", b"\xff\xd8\xff\xe0" + b"x" * 20, "image/jpeg"),
    ("a.webp", b"RIFF\x00\x00\x00\x00WEBPxxxx", "image/webp"),
]


def form(path: Path, *rows: list[object]) -> tuple[Survey | None, list[Issue]]:
    """A form of rows with a type, name, label, picture, parameters and choice_filter."""
    headings = ["type", "name", "label", "media::image", "parameters", "choice_filter"]
    sheets: Sheets = {"survey": [headings, *rows], "choices": CHOICES, "settings": SETTINGS}
    return read_xlsform(book(path, sheets))


@pytest.mark.parametrize(("name", "content", "media_type"), KINDS, ids=lambda value: str(value)[:6])
@pytest.mark.parametrize("folder", ["", "media", "form-media"])
def test_a_picture_is_found_beside_the_form_or_in_its_folder(
    tmp_path: Path, folder: str, name: str, content: bytes, media_type: str
) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / name).write_bytes(content)
    survey, issues = form(tmp_path / "form.xlsx", ["text", "a", "A", name])
    assert survey is not None, [str(issue) for issue in issues]
    assert survey.question("a").images == {"en": name}
    assert survey.pictures[name].media_type == media_type
    assert base64.b64decode(survey.pictures[name].content) == content


def test_a_picture_of_its_own_for_each_language(tmp_path: Path) -> None:
    for name in ("en.png", "pl.png"):
        (tmp_path / name).write_bytes(PNG)
    headings = ["type", "name", "label::English (en)", "label::Polski (pl)"]
    headings += ["media::image::English (en)", "image::Polski (pl)"]
    rows = [headings, ["text", "a", "A", "Ą", "en.png", "jr://images/pl.png"]]
    survey, issues = read_xlsform(book(tmp_path / "form.xlsx", {"survey": rows}))
    assert survey is not None, [str(issue) for issue in issues]
    assert survey.question("a").images == {"en": "en.png", "pl": "pl.png"}
    assert set(survey.pictures) == {"en.png", "pl.png"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("big.png", PNG + b"x" * 300_000, "picture-too-big"),
        ("text.png", b"hello", "not-a-picture"),
        ("drawing.svg", b"<svg/>", "picture-not-supported"),
        ("film.gif", b"GIF89a", "picture-not-supported"),
    ],
)
def test_what_cannot_be_shown_is_said_at_the_cell_that_names_it(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    survey, issues = form(tmp_path / "form.xlsx", ["text", "a", "A", name])
    assert survey is None
    assert [(issue.code, str(issue.place)) for issue in issues] == [(code, "form.xlsx [survey] D2")]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png", "..\\secret.png", "link.png"])
def test_no_picture_is_taken_from_outside_the_forms_own_folders(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    survey, issues = form(folder / "form.xlsx", ["text", "a", "A", name])
    assert survey is None
    assert [issue.code for issue in issues] == ["picture-missing"]


def test_many_pictures_together_have_a_limit_too(tmp_path: Path) -> None:
    for n in range(22):
        (tmp_path / f"{n}.png").write_bytes(PNG + bytes([n]) * 290_000)
    rows: list[list[object]] = [["text", f"q{n}", "A", f"{n}.png"] for n in range(22)]
    _, issues = form(tmp_path / "form.xlsx", *rows)
    assert {issue.code for issue in issues} == {"picture-too-big"}
    assert issues[0].place.row == 22


def towns(folder: Path, *lines: str, name: str = "towns.csv") -> None:
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


def test_a_list_in_a_file_may_name_its_own_columns_and_be_filtered_by_them(tmp_path: Path) -> None:
    towns(tmp_path, "code,town,area,town::Polski (pl)", "bu,Bury,north,Bury!", "sa,Salford,west,")
    survey, issues = form(
        tmp_path / "form.xlsx",
        ["select_one_from_file towns.csv", "a", "A", None, "value=code label=town", "area != 'x'"],
    )
    assert survey is not None, [str(issue) for issue in issues]
    first, second = survey.question("a").choices
    assert (first.name, first.labels) == ("bu", {"en": "Bury", "pl": "Bury!"})
    assert (second.name, second.labels) == ("sa", {"en": "Salford"})
    assert second.columns == {"code": "sa", "town": "Salford", "area": "west"}
    assert survey.question("a").list_name == "towns"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "no rows"),
        (("name,label",), "no rows"),
        (("name,label", "a,A", "a,B"), "line 3: the value 'a' is there twice"),
        (("name,label", "a b,A"), "line 2: the value 'a b' has a space"),
        (("name,label", ",A"), "line 2: the value is blank"),
        (("name,label", "a,"), "line 2: the label is blank"),
        (("code,label", "a,A"), "no column 'name'"),
        (("name,name", "a,A"), "twice"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_at_the_cell_that_names_it(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    towns(tmp_path, *lines)
    survey, issues = form(tmp_path / "form.xlsx", ["select_one_from_file towns.csv", "a", "A"])
    assert survey is None
    assert (issues[0].place.row, issues[0].place.column) == (2, "A")
    assert said in issues[0].problem


def test_a_file_that_is_no_text_or_too_large_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_bytes(b"\xff\xfe\x00")
    _, issues = form(tmp_path / "form.xlsx", ["select_one_from_file towns.csv", "a", "A"])
    assert [issue.code for issue in issues] == ["file-not-read"]
    (tmp_path / "towns.csv").write_bytes(b"name,label\n" + b"x" * 2_000_000)
    _, issues = form(tmp_path / "form.xlsx", ["select_one_from_file towns.csv", "a", "A"])
    assert [issue.code for issue in issues] == ["file-too-big"]


def test_a_file_and_a_list_cannot_have_one_name(tmp_path: Path) -> None:
    towns(tmp_path, "name,label", "a,A", name="yes_no.csv")
    _, issues = form(tmp_path / "form.xlsx", ["select_one_from_file yes_no.csv", "a", "A"])
    assert [issue.code for issue in issues] == ["list-twice"]


def test_one_file_cannot_be_read_in_two_ways(tmp_path: Path) -> None:
    towns(tmp_path, "name,label,code", "a,A,1")
    _, issues = form(
        tmp_path / "form.xlsx",
        ["select_one_from_file towns.csv", "a", "A"],
        ["select_one_from_file towns.csv", "b", "B", None, "value=code"],
    )
    assert [(issue.code, issue.place.row) for issue in issues] == [("file-used-twice", 3)]


def test_a_file_that_only_an_expression_looks_into_is_taken_along(tmp_path: Path) -> None:
    towns(tmp_path, "town,people", "bury,78000")
    headings = ["type", "name", "label", "calculation"]
    looked_up = "pulldata('towns', 'people', 'town', ${a})"
    rows: list[list[object]] = [
        list(headings),
        ["text", "a", "A"],
        ["calculate", "b", None, looked_up],
    ]
    sheets: Sheets = {"survey": rows, "settings": SETTINGS}
    survey, issues = read_xlsform(book(tmp_path / "form.xlsx", sheets))
    assert survey is not None, [str(issue) for issue in issues]
    assert survey.lists["towns"][0].columns == {"town": "bury", "people": "78000"}
    (tmp_path / "towns.csv").unlink()
    survey, issues = read_xlsform(tmp_path / "form.xlsx")
    assert survey is None
    assert [(issue.code, issue.place.column) for issue in issues] == [("bad-expression", "D")]
