"""`survey check` and `survey play` as an author uses them."""

import json
from pathlib import Path

import pytest

from tests.commands.terminal import EXAMPLES, Terminal

NEGLECT = EXAMPLES / "surveys" / "neglect_tool_practitioners.xlsx"

BROKEN = """\
| survey   |                 |         |                                  |           |
|          | type            | name    | label::English (en)              | relevant  |
|          | select_one town | town    | Which town do you live in?       |           |
|          | text            | why     | Don't you agree that it is good? | ${twn} = '|
|          | photo           | face    | Send us a picture of you         |           |
| choices  |                 |         |                                  |           |
|          | list_name       | name    | label::English (en)              |           |
|          | town            | bury    | Bury                             |           |
| settings |                 |         |                                  |           |
|          | form_id         | loop_audience | default_language           |           |
|          | broken          | youth         | English (en)               |           |
"""
LEADING = """\
| survey   |           |      |                                  |                    |
|          | type      | name | label::English (en)              | label::Polski (pl) |
|          | text      | why  | Don't you agree that it is good? |                    |
|          | integer   | age  | How old are you?                 | Ile masz lat?      |
| settings |           |      |                                  |                    |
|          | form_id   | loop_audience | default_language | loop_minutes |
|          | leading   | practitioners | English (en)     | 2            |
"""


@pytest.fixture
def forms(bare: Terminal) -> Terminal:
    (bare.folder / "broken.md").write_text(BROKEN, encoding="utf-8")
    (bare.folder / "leading.md").write_text(LEADING, encoding="utf-8")
    return bare


def test_everything_wrong_is_listed_at_once_by_cell_errors_first(forms: Terminal) -> None:
    ran = forms.run("survey", "check", "broken.md")
    assert ran.code == 1
    assert ran.out.startswith("To mend before the survey can be used:\n")
    assert "  survey, cell E4  (" in ran.out
    assert "  survey, cell B5  (" in ran.out
    assert ran.out.rstrip().endswith("broken.md cannot be used yet: 2 things to mend.")


def test_advice_names_the_cell_the_code_and_what_to_do(forms: Terminal) -> None:
    assert forms.done("survey", "check", "leading.md").out == (
        "Advice. The survey can be used as it is; people would be better off with:\n"
        "\n"
        "  survey, cell D3  (leading)\n"
        "    'why' leans towards one answer (\"Don't you\").\n"
        '    -> Ask openly, so that every answer is as easy to give: "What do you think of ...?"\n'
        "\n"
        "  survey, cell E3  (language-incomplete)\n"
        "    In 'pl' the label is missing for: why.\n"
        "    -> Fill it in; until then people read the default language there.\n"
        "\n"
        "leading.md can be used: 2 questions, in en and pl; about 1 minute by our estimate.\n"
        "Try it: listening-loop survey play leading.md\n"
    )


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_same_is_there_as_data_wherever_json_is_asked_for(forms: Terminal, place: str) -> None:
    words = ("survey", "check", "leading.md")
    ran = forms.done("--json", *words) if place == "before" else forms.done(*words, "--json")
    assert ran.data["can_be_used"] is True
    assert ran.data["reading_age"] == {"measured_in": ["en"], "not_measured_in": ["pl"]}
    [leading, _] = ran.data["issues"]
    assert {name: leading[name] for name in ("sheet", "row", "column", "code", "severity")} == {
        "sheet": "survey",
        "row": 3,
        "column": "D",
        "code": "leading",
        "severity": "advice",
    }


def test_a_form_with_errors_is_data_too_errors_first(forms: Terminal) -> None:
    ran = forms.run("--json", "survey", "check", "broken.md")
    assert ran.code == 1
    severities = [issue["severity"] for issue in ran.data["issues"]]
    assert ran.data["can_be_used"] is False
    assert severities == sorted(severities, key=["error", "review", "advice"].index)


def test_a_file_that_is_not_there_is_said_in_a_line(bare: Terminal) -> None:
    ran = bare.run("survey", "check", "gone.xlsx")
    assert ran.code == 1
    assert "cannot be used yet" in ran.out


LINES = ("2", "1", "2", "3", "/skip", "4", "Shorter forms")


def test_a_play_that_was_recorded_replays_and_a_changed_form_is_told(forms: Terminal) -> None:
    ran = forms.done("survey", "play", NEGLECT, "--record", "out/a.transcript", typed=LINES)
    assert ran.out.rstrip().endswith("Written down: out/a.transcript. It holds what you answered.")
    assert "\n> Shorter forms\n" in Path("out/a.transcript").read_text("utf-8")
    same = forms.done("survey", "play", NEGLECT, "--replay", "out/a.transcript")
    assert same.out == "a.transcript: it still goes the same way.\n"
    other = forms.run("survey", "play", "leading.md", "--replay", "out/a.transcript")
    assert other.code == 1
    assert other.out.startswith("a.transcript: it goes another way now.\nLine ")


def test_answers_in_give_the_value_of_every_row_out(forms: Terminal) -> None:
    given = {"agency": "Health", "strategy_seen": "read", "tool_used": "yes", "times_used": 3}
    Path("answers.json").write_text(json.dumps({**given, "confidence": "4"}), encoding="utf-8")
    ran = forms.done("survey", "play", NEGLECT, "--answers", "answers.json", "--json")
    assert ran.data["values"]["agency"] == "health"
    assert ran.data["values"]["times_used"] == "3"
    assert ran.data["values"]["barriers"] == ""
    assert ran.data["rejected"] == {}
    assert (
        "times_used = 3\n" in forms.done("survey", "play", NEGLECT, "--answers", "answers.json").out
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ('{"agency": "nobody"}', "agency: the answer does not fit (not_a_choice)"),
        ('{"colour": "red"}', "colour: there is no such question"),
        ("[", "is not JSON"),
    ],
)
def test_answers_that_do_not_fit_are_told_and_end_with_1(
    forms: Terminal, answers: str, said: str
) -> None:
    Path("answers.json").write_text(answers, encoding="utf-8")
    ran = forms.run("survey", "play", NEGLECT, "--answers", "answers.json")
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.parametrize(
    ("option", "path", "said"),
    [
        ("--replay", "leading.md", "not a transcript"),
        ("--replay", "gone.transcript", "No such file"),
        ("--answers", "gone.json", "No such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line(
    forms: Terminal, option: str, path: str, said: str
) -> None:
    ran = forms.run("survey", "play", NEGLECT, option, path)
    assert ran.code == 1
    assert said in ran.err


def test_only_one_thing_at_a_time_is_done_with_a_play(forms: Terminal) -> None:
    ran = forms.run("survey", "play", NEGLECT, "--replay", "a", "--answers", "b")
    assert ran.code == 2
    assert "use one of" in ran.err


def test_a_play_goes_on_in_the_language_that_was_asked_for(forms: Terminal) -> None:
    ran = forms.done("survey", "play", "leading.md", "--language", "pl", typed=("tak", "/stop"))
    assert "[2 of 2] Ile masz lat?" in ran.out


def test_the_next_command_can_be_typed_as_it_is_printed(forms: Terminal) -> None:
    file = forms.folder / "Our survey (2024).md"
    (forms.folder / "leading.md").rename(file)
    out = forms.done("survey", "check", file.name).out
    assert out.rstrip().endswith("Try it: listening-loop survey play 'Our survey (2024).md'")


def test_a_folder_in_place_of_a_form_is_told_as_one(forms: Terminal) -> None:
    ran = forms.run("survey", "check", ".")
    assert ran.code == 1
    assert "This is a folder." in ran.out
    assert ". cannot be used yet" in ran.out
