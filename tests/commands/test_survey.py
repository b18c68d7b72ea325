"""`survey --help|open|results`, as somebody reads them who has never seen them."""

import re

import pytest

from tests.commands.terminal import EXAMPLES, PRACTITIONER_FORM, PRACTITIONERS, Terminal


@pytest.mark.parametrize("group", [(), ("campaign",), ("round",)])
def test_the_list_of_survey_commands_says_each_in_full(
    bare: Terminal, group: tuple[str, ...]
) -> None:
    out = bare.done("survey", *group, "--help").out
    assert "..." not in out.partition("Commands")[2]


def test_a_form_whose_last_day_was_over_is_not_said_to_close_by_then(rochdale: Terminal) -> None:
    later = rochdale.at("2024-02-01T10:00")
    later.done("survey", "add", PRACTITIONER_FORM)
    out = later.done("survey", "open", PRACTITIONERS).out
    assert "until 2023-12-15" not in out
    assert "It does not close by itself: its loop_closes, 2023-12-15, was over" in out


def test_a_survey_says_between_which_days_people_get_in(rochdale: Terminal) -> None:
    rochdale.done("survey", "add", PRACTITIONER_FORM)
    out = rochdale.done("survey", "open", PRACTITIONERS).out
    assert out.splitlines() == [
        f"{PRACTITIONERS} is open; people get in from 2023-11-20 until 2023-12-15.",
        f"Next: listening-loop survey campaign preview {PRACTITIONERS} --everyone",
    ]


def test_results_in_a_language_that_nobody_wrote_are_refused(rochdale: Terminal) -> None:
    rochdale.done("survey", "add", PRACTITIONER_FORM)
    ran = rochdale.run("survey", "results", PRACTITIONERS, "--language", "xx")
    assert ran.code == 1
    assert ran.err == ("results cannot be written in 'xx'; choose from ar, en, pl, ro, ur\n")


def test_every_survey_that_a_guide_names_in_a_command_is_in_the_library() -> None:
    guides = sorted((EXAMPLES.parent / "docs" / "guides").glob("*.md"))
    said = "\n".join(guide.read_text("utf-8") for guide in guides).replace("\\\n", " ")
    lines = re.findall(
        r"^ *listening-loop survey (?!add|check|play|attendees)(.+)$", said, re.MULTILINE
    )
    named = {word for line in lines for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", line)}
    after = set(re.findall(r"--(?:survey|not-attended|beside) (\w+)", said))
    assert named | after
    assert named | after <= {form.stem for form in (EXAMPLES / "surveys").glob("*.xlsx")}


def test_a_settings_file_that_is_named_and_not_there_is_not_passed_over(ready: Terminal) -> None:
    ran = ready.run("--config", "cofnig.toml", "survey", "list")
    assert ran.code == 1
    assert ran.err == "cofnig.toml: there is no such settings file; check --config\n"
