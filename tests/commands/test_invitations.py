"""`survey invite|attendees|campaign|round` as somebody types them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import root
from bot.commands import survey_invitations
from storage.audit import AuditEntry
from storage.invitations import Campaign, CampaignMember
from storage.people import Person
from storage.surveys import Invite
from tests.commands.conftest import cover
from tests.commands.database import stored
from tests.commands.terminal import (
    PRACTITIONER_FORM,
    PRACTITIONERS,
    YOUTH,
    YOUTH_FORM,
    Ran,
    Terminal,
)

_app = typer.Typer()
_app.callback()(root)
_app.add_typer(survey_invitations.app, name="survey")


class Typed:
    """The commands of this file at a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def run(self, *words: str | Path) -> Ran:
        arguments = ["--clock", self.terminal.clock, *map(str, words)]
        found = CliRunner().invoke(_app, arguments, terminal_width=100)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Ran(found.exit_code, found.stdout, found.stderr)

    def done(self, *words: str | Path) -> Ran:
        ran = self.run(*words)
        assert ran.code == 0, ran
        return ran

    def json(self, *words: str | Path) -> Any:
        return json.loads(self.done("--json", *words).out)


@pytest.fixture
def typed(rochdale: Terminal) -> Typed:
    """On a Monday, with the practitioners' survey open."""
    rochdale.done("survey", "add", PRACTITIONER_FORM)
    rochdale.done("survey", "open", PRACTITIONERS)
    return Typed(rochdale.at("2023-12-04T10:00"))


def _links(typed: Typed) -> None:
    config = typed.terminal.folder / "config.toml"
    text = config.read_text("utf-8").replace('web = ""', 'web = "https://loop.example"')
    config.write_text(text.replace('telegram = ""', 'telegram = "rochdale_loop_bot"'), "utf-8")


def _list(typed: Typed, lines: Sequence[str]) -> Path:
    path = typed.terminal.folder / "list.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_an_invitation_is_a_code_and_every_link_the_settings_allow(typed: Typed) -> None:
    assert len(typed.done("survey", "invite", PRACTITIONERS).out.split()) == 1
    _links(typed)
    token, web, telegram = typed.done(
        "survey", "invite", PRACTITIONERS, "--group", "Year 9", "--until", "2024-01-31"
    ).out.split()
    assert web == f"https://loop.example/s/{token}"
    assert telegram == f"https://t.me/rochdale_loop_bot?start={token}"
    last = stored(typed.terminal, Invite)[-1]
    assert (last.group_name, str(last.expires_on)) == ("Year 9", "2024-01-31")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["invite", "nothing"], "survey list"),
        (["invite", PRACTITIONERS, "--until", "2023-12-01"], "is over"),
        (["campaign", "start", PRACTITIONERS], "--everyone"),
        (["campaign", "start", PRACTITIONERS, "--role", "boss"], "there is: admin, chair"),
        (["campaign", "start", PRACTITIONERS, "--body", "nobody"], "there is no body"),
        (["campaign", "links", PRACTITIONERS, "--out", "x.csv"], "[links]"),
        (["round", "start", "nothing"], "survey list"),
        (["round", "stop", "nothing"], "no round"),
        (["round", "list", "nothing"], "survey list"),
    ],
)
def test_a_mistake_is_a_line_that_says_what_to_do(
    typed: Typed, words: list[str], says: str
) -> None:
    ran = typed.run("survey", *words)
    assert ran.code == 1
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_preview_says_who_and_who_not_and_sends_nothing(typed: Typed) -> None:
    before = len(stored(typed.terminal, Campaign))
    shown = typed.done("survey", "campaign", "preview", PRACTITIONERS, "--everyone").out
    people = sum(person.active for person in stored(typed.terminal, Person))
    assert f"{people} people (everyone)" in shown
    assert "cannot be reached" in shown
    assert "Nothing was sent." in shown
    assert len(stored(typed.terminal, Campaign)) == before
    data = typed.json("survey", "campaign", "preview", PRACTITIONERS, "--everyone")
    assert data["people"] == people == data["reached"] + sum(data["not_reached"].values())


def test_a_campaign_starts_shows_and_stops(typed: Typed) -> None:
    typed.terminal.done("people", "link", "manager@rochdale.example")
    started = typed.json("survey", "campaign", "start", PRACTITIONERS, "--role", "manager")
    assert (started["taken"], started["unreached"]) == (1, 0)
    again = typed.json("survey", "campaign", "start", PRACTITIONERS, "--role", "manager")
    assert (again["taken"], again["already"]) == (0, 1)
    [shown] = typed.json("survey", "campaign", "show", PRACTITIONERS)
    assert (shown["people"], shown["planned"], shown["begun"]) == (1, 1, "fewer than 5")
    assert "fewer than 5" in typed.done("survey", "campaign", "show", PRACTITIONERS).out
    stopped = typed.json("survey", "campaign", "stop", PRACTITIONERS)
    assert (stopped["stopped"], stopped["not_asked"]) == (1, 1)


def test_a_list_invites_whom_we_know_and_says_whom_we_do_not(typed: Typed) -> None:
    path = _list(typed, ["e-mail", "manager@rochdale.example", "who@nowhere.example"])
    ran = typed.run("survey", "campaign", "start", PRACTITIONERS, "--list", path)
    assert ran.code == 1
    assert "list.csv 3" in ran.out
    assert "people import" in ran.out
    assert len(stored(typed.terminal, CampaignMember)) == 1


def test_young_people_are_not_invited_by_name(typed: Typed) -> None:
    from tests.commands.terminal import YOUTH_FORM

    typed.terminal.done("survey", "add", YOUTH_FORM)
    cover(typed.terminal)
    typed.terminal.done("survey", "open", YOUTH)
    ran = typed.run("survey", "campaign", "start", YOUTH, "--everyone")
    assert (ran.code, "--group" in ran.err) == (1, True)


def test_links_go_into_a_file_that_nobody_else_reads(typed: Typed) -> None:
    _links(typed)
    typed.done("survey", "campaign", "start", PRACTITIONERS, "--everyone")
    out = typed.terminal.folder / "links.csv"
    typed.done("survey", "campaign", "links", PRACTITIONERS, "--out", out)
    lines = out.read_text("utf-8-sig").splitlines()
    assert lines[0] == "e-mail,name,link"
    assert all("https://loop.example/s/" in line for line in lines[1:])
    assert len(lines) > 1
    assert out.stat().st_mode & 0o077 == 0
    acts = [entry.act for entry in stored(typed.terminal, AuditEntry)]
    assert "personal links written" in acts
    assert "campaign started" in acts


def test_the_delegates_of_a_course_are_asked(typed: Typed) -> None:
    path = _list(
        typed, ["e-mail,name,attended", "manager@rochdale.example,M,yes", "x@y.example,X,no"]
    )
    words = ["--course", "Neglect", "--held-on", "2023-11-30", "--survey", PRACTITIONERS]
    taken = typed.json("survey", "attendees", path, *words)
    assert (taken["added"], taken["people_new"], taken["asked"], taken["absent"]) == (2, 1, 1, 1)
    again = typed.done("survey", "attendees", path, *words).out
    assert "0 added, 0 changed, 2 unchanged" in again
    early = typed.run("survey", "attendees", path, *words[:3], "2024-01-30", *words[4:])
    assert (early.code, "not been held" in early.err) == (1, True)


def test_rounds_are_started_listed_and_stopped(typed: Typed) -> None:
    assert typed.json("survey", "round", "list", PRACTITIONERS)[0]["closed"] == "open"
    started = typed.json("survey", "round", "start", PRACTITIONERS)
    assert (started["round"], started["name"]) == (2, "December 2023 (2)")
    assert "December 2023" in typed.done("survey", "round", "list", PRACTITIONERS).out
    typed.done("survey", "round", "stop", PRACTITIONERS)


@pytest.mark.parametrize(
    "words",
    [
        ("invite", PRACTITIONERS, "--until", "22/03/2024"),
        ("campaign", "preview", PRACTITIONERS, "--everyone", "--begin", "2024-13-01"),
        ("attendees", "x.csv", "--course", "C", "--survey", PRACTITIONERS, "--held-on", "soon"),
    ],
)
def test_what_is_no_day_is_told_with_how_to_write_one(typed: Typed, words: tuple[str, ...]) -> None:
    ran = typed.run("survey", *words)
    assert ran.code == 2
    assert f"'{words[-2]}': write a day such as 2023-12-01" in ran.err


def test_a_code_for_a_survey_that_is_not_open_says_when_it_works(typed: Typed) -> None:
    typed.terminal.done("survey", "add", YOUTH_FORM)
    ran = typed.done("survey", "invite", YOUTH)
    assert (
        ran.err == f"The code works once the survey is open: listening-loop survey open {YOUTH}\n"
    )


def test_no_code_is_made_for_a_survey_that_is_closed(typed: Typed) -> None:
    typed.terminal.done("survey", "close", PRACTITIONERS)
    ran = typed.run("survey", "invite", PRACTITIONERS)
    assert (ran.code, ran.out) == (1, "")
    assert f"Open it first: listening-loop survey open {PRACTITIONERS}" in ran.err


def test_a_campaign_of_a_few_is_told_with_one_time(typed: Typed) -> None:
    out = typed.done("survey", "campaign", "preview", PRACTITIONERS, "--everyone").out
    first, last = out.splitlines()[0], out.splitlines()[1]
    assert "can be reached" in first
    assert "from" not in last


def test_stopping_where_nothing_is_under_way_says_so(typed: Typed) -> None:
    out = typed.done("survey", "campaign", "stop", PRACTITIONERS).out
    assert out == f"{PRACTITIONERS}: no campaign is under way, so there is nothing to stop.\n"


def test_a_survey_without_a_campaign_shows_the_next_step_and_no_blank_line(typed: Typed) -> None:
    out = typed.done("survey", "campaign", "show", PRACTITIONERS).out
    assert out == (
        f"No campaign yet: listening-loop survey campaign preview {PRACTITIONERS} --everyone\n"
    )
