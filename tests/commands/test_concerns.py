"""The review queue at a terminal: the rota, handing over, tracing, notes and figures."""

from pathlib import Path

import pytest

from storage.audit import AuditEntry
from storage.concerns import OnCallShift, ReviewItem
from tests.commands.database import stored
from tests.commands.terminal import DEPUTY, MANAGER, REVIEWER, VOICE, YOUTH, Terminal

WORRY = "i want to kill myself tonight"


@pytest.fixture
def worried(survey_open: Terminal) -> tuple[Terminal, str]:
    """Somebody wrote that they are in danger; the reference."""
    token = survey_open.json("survey", "invite", YOUTH, "--group", "Year 9")["token"]
    survey_open.done("chat", "--invite", token, typed=["1", *["/skip"] * 6, WORRY])
    [item] = stored(survey_open, ReviewItem)
    return survey_open, item.ref


def test_the_rota_names_whom_and_when_nobody(survey_open: Terminal) -> None:
    shown = survey_open.done("concerns", "rota", "list", "--weeks", "5").out
    assert "en, pl, ro" in shown
    assert "Nobody from Sun 31 Dec 09:00 to Tue 02 Jan 09:00." in shown
    turn = ("--from", "2023-12-31 09:00", "--until", "2024-01-02 09:00", "--as", MANAGER)
    survey_open.done("concerns", "rota", "add", REVIEWER, *turn)
    data = survey_open.json("concerns", "rota", "list", "--weeks", "5")
    assert data["nobody"][0]["from"] == "2024-01-02 17:00"
    survey_open.done("concerns", "rota", "remove", "1", "--as", MANAGER)
    assert len(survey_open.json("concerns", "rota", "list")["turns"]) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("add", VOICE, "--from", "2023-12-31 09:00", "--until", "2024-01-02 09:00"),
            "no reviewer",
        ),
        (("add", REVIEWER, "--from", "tomorrow", "--until", "2024-01-02 09:00"), "local time"),
        (
            ("add", "x@y.example", "--from", "2023-12-31 09:00", "--until", "2024-01-02 09:00"),
            "e-mail",
        ),
        (("remove", "99"), "no turn 99"),
    ],
    ids=["no reviewer", "no time", "nobody", "no turn"],
)
def test_what_the_rota_cannot_take_is_said(
    survey_open: Terminal, words: tuple[str, ...], why: str
) -> None:
    ran = survey_open.run("concerns", "rota", *words, "--as", MANAGER)
    assert ran.code in (1, 2)
    assert why in ran.err
    assert len(stored(survey_open, OnCallShift)) == 1


def test_a_rota_comes_in_whole_or_not_at_all(survey_open: Terminal) -> None:
    file = survey_open.folder / "rota.csv"
    line = f"{REVIEWER},2023-12-31 09:00,2024-01-02 09:00\n"
    Path(file).write_text(f"person,from,until\n{line}nobody,x,y\n")
    ran = survey_open.run("concerns", "rota", "import", file, "--as", MANAGER)
    assert ran.code == 1
    assert "rota.csv 3" in ran.out
    assert "Nothing was added." in ran.out
    Path(file).write_text(f"person,from,until\n{line}")
    assert survey_open.json("concerns", "rota", "import", file, "--as", MANAGER)["added"] == 1


def test_a_lead_may_not_change_the_rota(survey_open: Terminal) -> None:
    ran = survey_open.run("concerns", "rota", "remove", "1", "--as", VOICE)
    assert (ran.code, ran.out) == (1, "")
    assert len(stored(survey_open, OnCallShift)) == 1


def test_taking_giving_back_and_handing_over(worried: tuple[Terminal, str]) -> None:
    terminal, ref = worried
    terminal.done("concerns", "acknowledge", ref, "--as", REVIEWER)
    assert "not with you" in terminal.run("concerns", "give-back", ref, "--as", DEPUTY).err
    terminal.done("concerns", "give-back", ref, "--as", REVIEWER)
    said = terminal.done("concerns", "hand-over", "--as", REVIEWER).out
    assert "1 red and 0 other unread passed to" in said
    [item] = stored(terminal, ReviewItem)
    assert item.passed_to_id is not None


def test_tracing_needs_a_reason_and_shows_where(worried: tuple[Terminal, str]) -> None:
    terminal, ref = worried
    refused = terminal.run("concerns", "trace", ref, "--as", VOICE, "--reason", "curious")
    assert (refused.code, refused.out) == (1, "")
    found = terminal.json("concerns", "trace", ref, "--as", REVIEWER, "--reason", "in danger")
    assert (found["traced"], found["group"]) == (True, "Year 9")
    acts = [entry.act for entry in stored(terminal, AuditEntry)]
    assert acts.count("concern.trace") == 1


def test_notes_reopening_and_the_end_of_a_concern(worried: tuple[Terminal, str]) -> None:
    terminal, ref = worried

    def by(who: str, act: str, *more: str) -> str:
        return terminal.done("concerns", act, ref, "--as", who, *more).out

    by(REVIEWER, "show")
    by(REVIEWER, "note", "--text", "rang the school")
    by(REVIEWER, "decide", "--decision", "mash", "--reason", "harm")
    by(DEPUTY, "show")
    by(DEPUTY, "disagree", "--reason", "ask the school first")
    by(REVIEWER, "decide", "--decision", "mash", "--reason", "asked")
    by(DEPUTY, "agree")
    by(REVIEWER, "reopen", "--reason", "a second text")
    shown = by(REVIEWER, "show")
    for said in ("note", "rang the school", "disagreed", "ask the school first", "reopened"):
        assert said in shown
    by(REVIEWER, "decide", "--decision", "mash", "--reason", "told again")
    by(DEPUTY, "agree")
    by(REVIEWER, "purge", "--case-ref", "RC-1")
    [item] = stored(terminal, ReviewItem)
    assert (item.words, item.case_ref) == ("", "RC-1")
    assert ref in terminal.done("concerns", "list", "--closed", "--as", DEPUTY).out


def test_figures_name_no_text_and_nobody(worried: tuple[Terminal, str]) -> None:
    terminal, ref = worried
    shown = terminal.at("2023-12-04T11:00").done("concerns", "figures").out
    assert "not kept" in shown
    assert ref not in shown
    found = terminal.json("concerns", "figures", "--since", "2023-12-01", "--until", "2023-12-03")
    assert found["kept"] is True
    ran = terminal.run("concerns", "figures", "--since", "2023-12-05", "--until", "2023-12-04")
    assert (ran.code, "earlier day first" in ran.err) == (1, True)
