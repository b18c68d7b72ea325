"""`survey results` and `survey export` at a terminal."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.common import Options
from bot.commands.survey_results import app
from storage.audit import AuditEntry
from storage.voice import Publication
from surveys.definition import Audience as Asked
from tests.commands.database import opened, rows
from tests.commands.terminal import CLOCK, DEPUTY, MANAGER, REVIEWER, VOICE, Ran, Terminal
from tests.surveys.results.answered import add_survey, answer, form, many, practitioners

REASON = ("--reason", "asked for by the board")


def run(terminal: Terminal, *words: str, as_json: bool = False) -> Ran:
    chosen = Options(config=Path("config.toml"), clock=CLOCK, json=as_json)
    found = CliRunner().invoke(app, list(words), obj=chosen, terminal_width=100)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Ran(found.exit_code, found.stdout, found.stderr)


@pytest.fixture
def answers(rochdale: Terminal) -> Terminal:
    with opened(rochdale) as database, database.writing() as db:
        answer(db, add_survey(db, form()), practitioners(60), group="North")
        answer(db, add_survey(db, form("few")), many(yes=3))
        answer(db, add_survey(db, form("young", audience=Asked.YOUTH)), practitioners(9))
    return rochdale


def test_the_terminal_shows_bars_with_their_numbers(answers: Terminal) -> None:
    shown = run(answers, "results", "tool")
    assert shown.code == 0
    assert "60%     36  Yes" in shown.out
    assert "████" in shown.out


def test_json_is_one_document_with_nothing_where_a_count_is_hidden(answers: Terminal) -> None:
    found = run(answers, "results", "tool", as_json=True).data
    agency = next(question for question in found["questions"] if question["name"] == "agency")
    assert {line["name"]: line["count"] for line in agency["lines"]}["housing"] is None


def test_a_page_is_written_to_a_file(answers: Terminal) -> None:
    shown = run(answers, "results", "tool", "--format", "html", "--by", "agency", "--out", "r.html")
    assert shown.out == "written: r.html\n"
    assert Path("r.html").read_text("utf-8").startswith("<!doctype html>")


def test_public_figures_are_kept_and_recorded(answers: Terminal) -> None:
    assert "Every number is rounded" in run(answers, "results", "tool", "--public").out
    with opened(answers) as database:
        assert [row.kind for row in rows(database, Publication)] == ["results-public:1"]
        acts = [row.act for row in rows(database, AuditEntry)]
    assert "results.public" in acts


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("results", "none"), "there is no survey 'none'"),
        (("results", "tool", "--by", "used"), "no grouping question 'used'"),
        (("results", "tool", "--round", "2"), "tool has no round 2"),
        (("results", "tool", "--beside", "none"), "there is no survey 'none'"),
        (("export", "few", "--out", "few.csv"), "fewer than 5"),
        (("export", "status_update", "--out", "s.csv"), "updates to their actions"),
    ],
)
def test_what_cannot_be_shown_is_said_with_what_to_do(
    answers: Terminal, words: tuple[str, ...], said: str
) -> None:
    shown = run(answers, *words)
    assert shown.code == 1
    assert said in shown.err


def test_two_ways_of_comparing_at_once_are_a_wrong_use(answers: Terminal) -> None:
    assert run(answers, "results", "tool", "--rounds", "--by", "agency").code == 2
    assert run(answers, "export", "tool", "--raw", "--public", "--out", "x.csv").code == 2


def test_tables_are_written_for_anybody_who_may_see_results(answers: Terminal) -> None:
    shown = run(answers, "export", "tool", "--out", "out/tool.csv", as_json=True)
    assert shown.data["raw"] is False
    with Path("out/tool.csv").open(encoding="utf-8-sig") as file:
        assert {row["people"] for row in csv.DictReader(file) if row["answer"] == "housing"} == {
            "c"
        }
    assert json.loads(Path("out/tool.datapackage.json").read_text("utf-8"))["resources"]


@pytest.mark.parametrize("who", ["", MANAGER, VOICE, REVIEWER, "stranger@council.example"])
def test_raw_answers_of_practitioners_are_for_nobody(answers: Terminal, who: str) -> None:
    shown = run(answers, "export", "tool", "--raw", *REASON, "--as", who, "--out", "raw.csv")
    assert shown.code == 1
    assert "nobody sees their single answers" in shown.err
    assert not Path("raw.csv").exists()


@pytest.mark.parametrize("who", ["", MANAGER, "stranger@council.example"])
def test_raw_answers_of_young_people_are_for_the_reviewer_and_the_voice_lead(
    answers: Terminal, who: str
) -> None:
    shown = run(answers, "export", "young", "--raw", *REASON, "--as", who, "--out", "raw.csv")
    assert shown.code == 1
    assert not Path("raw.csv").exists()


@pytest.mark.parametrize("who", [REVIEWER, DEPUTY, VOICE])
def test_raw_answers_say_that_they_are_raw_and_are_in_the_log(answers: Terminal, who: str) -> None:
    shown = run(answers, "export", "young", "--raw", *REASON, "--as", who, "--out", "raw.csv")
    assert shown.code == 0
    assert "This is RAW" in shown.out
    with opened(answers) as database:
        entries = [row for row in rows(database, AuditEntry) if row.act == "answers.export_raw"]
    assert [entry.detail for entry in entries] == ["asked for by the board"]
