"""Files that are not what they should be: a message with a place and a remedy, nothing touched."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import col

from storage.audit import AuditEntry
from storage.surveys import Survey
from tests.commands.database import contents, stored
from tests.commands.files import made_in
from tests.commands.terminal import ROCHDALE, YOUTH, YOUTH_FORM, Terminal

_BAD = ("notes.xlsx", "empty.xlsx", "plan.pdf", "nowhere.xlsx", "junk.xlsx", "junk.csv", "folder")


def _bad_files(folder: Path) -> None:
    made_in(folder)
    (folder / "junk.xlsx").write_bytes(bytes(range(256)) * 40_000)
    (folder / "junk.csv").write_bytes(b"\x00\xff" * 5_000_000)
    (folder / "folder").mkdir()


@pytest.mark.parametrize("name", _BAD)
@pytest.mark.parametrize(
    "command", [("plan", "import"), ("plan", "diff"), ("people", "import"), ("survey", "add")]
)
def test_a_bad_file_is_refused_with_a_remedy_and_touches_nothing(
    rochdale: Terminal, command: tuple[str, str], name: str
) -> None:
    _bad_files(rochdale.folder)
    before = contents(rochdale)
    ran = rochdale.run(*command, name)
    assert ran.code == 1
    assert "->" in ran.out
    assert "Traceback" not in ran.out + ran.err
    assert contents(rochdale) == before


def test_good_rows_go_in_beside_a_bad_one_unless_only_clean_is_asked(ready: Terminal) -> None:
    made_in(ready.folder)
    named = ("--partnership", "r", "--title", "T", "--period", "2024 - 2026")
    before = contents(ready)
    strict = ready.run("plan", "import", "twice.csv", *named, "--only-clean")
    assert strict.code == 1
    assert contents(ready) == before
    ran = ready.run("plan", "import", "twice.csv", *named)
    assert ran.code == 1
    assert "Imported. Actions: 1 added." in ran.out
    assert "twice.csv A3" in ran.out


def test_a_workbook_that_was_exported_comes_back_unchanged(rochdale: Terminal) -> None:
    rochdale.done("plan", "export", "deep/down/plan.xlsx")
    counts = rochdale.json("plan", "import", "deep/down/plan.xlsx")["counts"]
    assert {name: n for name, n in counts.items() if n} == {"unchanged": 20, "needs_review": 5}


def test_a_plan_cannot_be_written_where_a_file_stands_for_a_folder(rochdale: Terminal) -> None:
    (rochdale.folder / "taken").write_text("x", "utf-8")
    for words in (("plan", "export", "taken/plan.xlsx"), ("digest", "weekly", "--out", "taken/d")):
        ran = rochdale.run(*words)
        assert ran.code == 1
        assert "taken" in ran.err


def _form(folder: Path, **settings: str) -> Path:
    """The young people's form with other settings."""
    book = load_workbook(YOUTH_FORM)
    sheet = book["settings"]
    headings = [cell.value for cell in sheet[1]]
    for name, value in settings.items():
        sheet.cell(2, headings.index(name) + 1).value = value
    book.save(folder / "changed.xlsx")
    return folder / "changed.xlsx"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"loop_reviewer": ""}, "needs a named reviewer"),
        ({"loop_reviewer": "stranger@council.example"}, "in the people list"),
    ],
)
def test_a_survey_whose_promise_cannot_be_kept_is_not_opened(
    rochdale: Terminal, settings: dict[str, str], why: str
) -> None:
    rochdale.done("survey", "add", _form(rochdale.folder, **settings))
    ran = rochdale.run("survey", "open", YOUTH)
    assert ran.code == 1
    assert why in ran.err
    [survey] = stored(rochdale, Survey, col(Survey.slug) == YOUTH)
    assert (survey.state, survey.opened_at) == ("draft", None)


def test_closing_twice_keeps_the_first_day(survey_open: Terminal) -> None:
    survey_open.done("survey", "close", YOUTH)
    [first] = stored(survey_open, Survey, col(Survey.slug) == YOUTH)
    survey_open.at("2024-02-01T09:00").done("survey", "close", YOUTH)
    [second] = stored(survey_open, Survey, col(Survey.slug) == YOUTH)
    assert first.closed_at == second.closed_at
    closed = stored(survey_open, AuditEntry, col(AuditEntry.act) == "survey closed")
    assert len(closed) == 1


def test_the_same_plan_twice_doubles_nothing(rochdale: Terminal) -> None:
    rochdale.done("plan", "import", ROCHDALE)
    assert len(rochdale.json("plan", "show")["priorities"]) == 5
    assert len(rochdale.json("people", "list")) == 18
