"""The page for survey authors says what the program reads."""

import re
from pathlib import Path

import pytest

from storage.issues import Severity
from surveys.definition import Kind
from surveys.xlsform import read_xlsform
from surveys.xlsform.columns import READ, TRANSLATED
from surveys.xlsform.setting_names import OWN, STANDARD

PAGE = (Path(__file__).parents[3] / "docs" / "guides" / "survey-forms.md").read_text("utf-8")


def section(title: str) -> str:
    """The part of the page under a heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def first_cells(title: str) -> set[str]:
    """The words of the first column of a section's table."""
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("|")]
    return set(re.findall(r"[\w:]+", " ".join(rows)))


def test_every_setting_of_ours_is_in_the_guide_and_no_other() -> None:
    named = first_cells("Settings")
    assert set(OWN) <= named
    assert {name for name in named if name.startswith("loop_")} == set(OWN)
    assert set(STANDARD.values()) <= named


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.GROUP])
def test_every_kind_of_question_is_in_the_guide(kind: Kind) -> None:
    assert kind.value in first_cells("Types of rows")


def test_every_column_is_in_the_guide() -> None:
    named = first_cells("Columns of the sheet *survey*")
    refused = first_cells("What is refused, and what to use instead")
    columns = {*READ["survey"], *TRANSLATED["survey"]} - {"image", "count"}
    assert columns - named <= refused
    assert "media::image" in named


def test_the_form_in_the_guide_is_accepted_without_a_word(tmp_path: Path) -> None:
    table = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert table
    path = tmp_path / "tool_check.md"
    path.write_text(table[1], encoding="utf-8")
    survey, issues = read_xlsform(path)
    assert survey is not None, [str(issue) for issue in issues]
    assert not [issue for issue in issues if issue.severity is Severity.ERROR]
    assert [question.name for question in survey.questions] == ["used", "times", "better"]
