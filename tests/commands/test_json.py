"""With `--json` a command shows one document and nothing else, and what is in it holds."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.commands.files import made_in
from tests.commands.terminal import (
    DEPUTY,
    MANAGER,
    PRACTITIONER_FORM,
    REVIEWER,
    ROCHDALE,
    VOICE,
    YOUTH,
    YOUTH_FORM,
    Terminal,
)

_NAMED = ("--partnership", "rochdale", "--title", "Small plan", "--period", "2024 - 2026")
_COMMANDS: dict[str, tuple[tuple[Any, ...], Callable[[Any], bool]]] = {
    "plan check": (
        ("plan", "check", ROCHDALE),
        lambda data: data["actions"] == 20 and set(data["needs_review"]) >= {"2.1", "2.5"},
    ),
    "plan check csv": (
        ("plan", "check", "plan.csv"),
        lambda data: {issue["row"] for issue in data["issues"]} >= {2, 3, 4},
    ),
    "plan check word": (
        ("plan", "check", "plan.docx"),
        lambda data: "1.2" in data["needs_review"],
    ),
    "plan diff": (
        ("plan", "diff", "plan.csv", *_NAMED),
        lambda data: len([item for item in data["added"] if item["kind"] == "action"]) == 3,
    ),
    "plan import": (
        ("plan", "import", ROCHDALE),
        lambda data: data["counts"]["unchanged"] == 20 and data["issues"] == [],
    ),
    "plan import csv": (
        ("plan", "import", "plan.csv", *_NAMED),
        lambda data: data["counts"]["added"] == 3 and data["needs_review"] == ["1.2", "1.3"],
    ),
    "plan import word": (
        ("plan", "import", "plan.docx", *_NAMED),
        lambda data: data["issues"][0]["sheet"] == "table 1",
    ),
    "plan export": (("plan", "export", "o.xlsx"), lambda data: data == {"written": "o.xlsx"}),
    "plan show": (("plan", "show"), lambda data: data["title"] == "Strategic Plan 2022 - 2024"),
    "people import": (("people", "import", "people.csv"), lambda data: data["added"] == 2),
    "people list": (("people", "list"), lambda data: data[0]["e-mail"] == MANAGER),
    "people link": (("people", "link", MANAGER), lambda data: data == {"connected": "console"}),
    "people code": (("people", "code", MANAGER), lambda data: len(data["code"]) == 9),
    "people away": (
        ("people", "away", MANAGER, "--until", "2024-01-12"),
        lambda data: data == {"away_until": "2024-01-12"},
    ),
    "remind preview": (("remind", "preview"), lambda data: len(data["would"]) == 2),
    "remind run": (("remind", "run"), lambda data: data["people"] == 0),
    "survey check": (("survey", "check", YOUTH_FORM), lambda data: data["questions"] == 8),
    "survey add": (
        ("survey", "add", PRACTITIONER_FORM),
        lambda data: data["is_new_version"] is True,
    ),
    "survey list": (
        ("survey", "list"),
        lambda data: data[0]["answered"] == "fewer than 5" and data[0]["state"] == "open",
    ),
    "survey open": (("survey", "open", YOUTH), lambda data: data["state"] == "open"),
    "survey close": (("survey", "close", YOUTH), lambda data: data["state"] == "closed"),
    "survey invite": (("survey", "invite", YOUTH), lambda data: len(data["token"]) == 24),
    "concerns list": (("concerns", "list", "--as", REVIEWER), lambda data: data == []),
    "concerns figures": (("concerns", "figures"), lambda data: data["kept"] is True),
    "concerns rota": (("concerns", "rota", "list"), lambda data: len(data["turns"]) == 1),
    "theme add": (("theme", "add", YOUTH, "Time", "--as", VOICE), lambda data: "theme" in data),
    "theme answers": (("theme", "answers", YOUTH, "--as", VOICE), lambda data: data == []),
    "theme list": (("theme", "list", YOUTH, "--as", VOICE), lambda data: data["themes"] == []),
    "theme history": (("theme", "history", YOUTH, "--as", VOICE), lambda data: data == []),
    "theme sessions": (("theme", "sessions", YOUTH, "--as", VOICE), lambda data: data == []),
    "theme suggest": (
        ("theme", "suggest", YOUTH, "--as", VOICE),
        lambda data: data == {"suggestions": [], "new_themes": []},
    ),
    "theme listen": (
        ("theme", "listen", "forum", "Youth forum", "--as", VOICE),
        lambda data: data == {"survey": "forum"},
    ),
    "response list": (("response", "list", YOUTH, "--as", VOICE), lambda data: data == []),
    "digest weekly": (("digest", "weekly"), lambda data: isinstance(data, dict)),
    "digest you-said": (
        ("digest", "you-said-we-did", YOUTH),
        lambda data: isinstance(data, dict),
    ),
    "digest to a file": (
        ("digest", "weekly", "--out", "d.json"),
        lambda data: data == {"written": "d.json"},
    ),
    "data purge": (("data", "purge"), lambda data: data["youth words"] == 0),
    "data audit": (("data", "audit"), lambda data: data["entries"] > 0),
    "data rekey": (("data", "rekey"), lambda data: data["dropped"] == ["k1"]),
    "data hold": (("data", "hold", "list", "--as", MANAGER), lambda data: data == []),
    "data kept": (("data", "kept", "list"), lambda data: data == []),
    "data backup": (("data", "backup", "b.db"), lambda data: data == {"written": "b.db"}),
    "db upgrade": (("db", "upgrade"), lambda data: data == {"differences": []}),
    "db check": (("db", "check"), lambda data: data == {"differences": []}),
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_shows_one_document(survey_open: Terminal, name: str) -> None:
    made_in(survey_open.folder)
    words, holds = _COMMANDS[name]
    data = survey_open.json(*words)
    assert holds(data), data


def test_an_import_that_fails_shows_its_issues_as_one_document(ready: Terminal) -> None:
    made_in(ready.folder)
    ran = ready.run("--json", "plan", "import", "notes.xlsx")
    assert ran.code == 1
    assert ran.data["plan"] is None
    [issue] = ran.data["issues"]
    assert issue["file"] == "notes.xlsx"
    assert issue["severity"] == "error"
    assert issue["problem"]
    assert issue["remedy"]


def test_a_concern_is_shown_as_data_with_its_words_and_past(survey_open: Terminal) -> None:
    token = survey_open.json("survey", "invite", YOUTH)["token"]
    survey_open.done("chat", "--invite", token, typed=["1", "a fox came by"])
    [waiting] = survey_open.json("concerns", "list", "--as", REVIEWER)
    assert {"ref", "tier", "state", "read by", "overdue", "with", "group"} <= set(waiting)
    item = survey_open.json("concerns", "show", waiting["ref"], "--as", DEPUTY)
    assert item["words"] == "a fox came by"
    assert [event["what"] for event in item["events"]] == ["read"]
