"""`indicator` at the terminal: listed, shown, entered, imported, set and kept."""

from pathlib import Path

import pytest

from tests.commands.terminal import MANAGER, REVIEWER, Terminal

SHEET = "ref,reading,date\nROC-I1,84,2023-09-30\nROC-I2,120,2023-09-30\n"


def test_a_reading_is_entered_and_shown_with_what_it_comes_to(rochdale: Terminal) -> None:
    for day, figure in (("2023-06-30", "96"), ("2023-09-30", "84")):
        words = ("indicator", "read", "roc-i1", figure, "--on", day, "--as", MANAGER)
        assert "Kept." in rochdale.done(*words).out
    shown = rochdale.done("indicator", "show", "ROC-I1").out
    assert "84 (30 September 2023), down from 96 (30 June 2023)" in shown
    assert "so this is better" in " ".join(shown.split())
    listed = rochdale.json("indicator", "list")
    first = next(one for one in listed if one["ref"] == "ROC-I1")
    assert (first["judgement"], first["current"]["shown"]) == ("better", "84")


def test_what_a_measure_is_held_against_is_set(rochdale: Terminal) -> None:
    words = ("--target", "70", "--target-on", "2024-03-31", "--baseline", "90")
    ran = rochdale.done("indicator", "set", "ROC-I1", *words, "--as", MANAGER)
    assert "set baseline, target, target on" in ran.out
    shown = rochdale.done("indicator", "show", "ROC-I1").out
    assert "target    70" in shown
    assert "baseline  90" in shown


def test_a_keeper_may_enter_theirs_and_nobody_elses(rochdale: Terminal) -> None:
    read = ("indicator", "read", "ROC-I1", "84", "--on", "2023-09-30", "--as", REVIEWER)
    assert rochdale.run(*read).code == 1
    rochdale.done("indicator", "keep", "ROC-I1", REVIEWER, "--as", MANAGER)
    assert "Kept." in rochdale.done(*read).out
    assert rochdale.run("indicator", "set", "ROC-I1", "--target", "9", "--as", REVIEWER).code == 1


def test_a_sheet_comes_in_whole_or_not_at_all_and_once(rochdale: Terminal) -> None:
    Path("readings.csv").write_text(SHEET + "NO-1,1,2023-09-30\n", encoding="utf-8")
    ran = rochdale.run("indicator", "import", "readings.csv", "--as", MANAGER)
    assert ran.code == 1
    assert "nothing was kept" in ran.out
    Path("readings.csv").write_text(SHEET, encoding="utf-8")
    words = ("indicator", "import", "readings.csv", "--as", MANAGER)
    assert "would be kept: 2 new" in rochdale.done(*words, "--check").out
    assert "2 readings kept: 2 new" in rochdale.done(*words).out
    assert "0 new, 0 corrected, 2 known already" in rochdale.done(*words).out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("read", "ROC-I1", "lots"), "is not a number"),
        (("read", "NO-1", "4"), "there is no measure"),
        (("read", "ROC-I1", "84", "--on", "2030-01-01"), "has not come yet"),
        (("set", "ROC-I1"), "nothing was given"),
        (("set", "ROC-I1", "--target", "lots"), "is not a number"),
        (("set", "ROC-I1", "--direction", "sideways"), "direction is one of"),
        (("keep", "ROC-I1", "nobody@nowhere.example"), "nobody has that e-mail"),
    ],
)
def test_a_mistake_ends_with_a_line_that_says_what_to_do(
    rochdale: Terminal, words: tuple[str, ...], why: str
) -> None:
    ran = rochdale.run("indicator", *words, "--as", MANAGER)
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    assert why in ran.err
