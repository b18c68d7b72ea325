"""Who saw, changed, exported, cleared and published: each act leaves exactly one entry in the

record, with the name of who did it, and no word of what it was about.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col

from storage.audit import AuditEntry
from storage.concerns import ReviewItem
from storage.people import Person
from storage.types import Keyring
from tests.access.world import REF, UNREAD, email_of, furnish, shown_in
from tests.commands.database import opened, stored
from tests.commands.terminal import PRACTITIONER_FORM, PRACTITIONERS, ROCHDALE, Terminal

REASON = ("--reason", "Marked Amina needs help and nobody else is here")
PEOPLE = "e-mail,post,roles\nnew@rochdale.example,Marked Amina,reviewer\n"

RESPONSE = ("--kind", "we_did", "--text", "Marked Amina")
ACTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("plan imported", "manager", ("plan", "import", str(ROCHDALE))),
    ("plan.export", "manager", ("plan", "export", "plan.xlsx", "--plan", "Plan 2022 - 2024")),
    ("people imported", "manager", ("people", "import", "people.csv")),
    ("person_linked", "manager", ("people", "link", email_of("lead"))),
    ("join_code_made", "manager", ("people", "code", email_of("lead"))),
    ("leave_noted", "manager", ("people", "away", email_of("lead"), "--until", "2023-12-20")),
    ("survey added", "manager", ("survey", "add", str(PRACTITIONER_FORM))),
    ("survey opened", "manager", ("survey", "open", PRACTITIONERS)),
    ("invitation made", "youth_worker", ("survey", "invite", PRACTITIONERS)),
    ("survey closed", "voice_lead", ("survey", "close", PRACTITIONERS)),
    ("results.export", "chair", ("survey", "export", "tool", "--out", "tool.csv")),
    (
        "answers.export_raw",
        "voice_lead",
        ("survey", "export", "young", "--raw", "--reason", "to check codes", "--out", "y.csv"),
    ),
    ("answers.read", "voice_lead", ("theme", "answers", "young")),
    ("theme.add", "voice_lead", ("theme", "add", "young", "Marked Amina")),
    (
        "theme.code",
        "voice_lead",
        ("theme", "code", "young", "Marked Amina", "more:young1-000001"),
    ),
    ("answers.read", "voice_lead", ("theme", "suggest", "young")),
    ("theme.add", "voice_lead", ("theme", "add", "young", "Amina too")),
    (
        "theme.split",
        "voice_lead",
        ("theme", "split", "young", "Marked Amina", "Amina again", "more:young1-000001"),
    ),
    ("theme.undo", "manager", ("theme", "undo", "young")),
    ("theme.merge", "manager", ("theme", "merge", "young", "Amina too", "Marked Amina")),
    (
        "theme.define",
        "manager",
        ("theme", "rename", "young", "Marked Amina", "--definition", "Amina"),
    ),
    ("theme.retire", "manager", ("theme", "retire", "young", "Marked Amina")),
    ("theme.restore", "manager", ("theme", "restore", "young", "Marked Amina")),
    (
        "theme.heard",
        "voice_lead",
        ("theme", "heard", "young", "Amina", "--theme", "Marked Amina=3", "--on", "2023-11-30"),
    ),
    ("theme.unheard", "voice_lead", ("theme", "unheard", "young", "1")),
    ("listening added", "manager", ("theme", "listen", "forum", "Amina")),
    (
        "response.draft",
        "manager",
        ("response", "draft", "young", "Marked Amina", *RESPONSE),
    ),
    (
        "response.revise",
        "voice_lead",
        ("response", "draft", "young", "Marked Amina", *RESPONSE),
    ),
    (
        "response.word",
        "manager",
        (
            *("response", "word", "young", "Marked Amina", "--for", "8_11"),
            *("--said", "Marked Amina", "--text", "Marked Amina"),
        ),
    ),
    ("response.check", "manager", ("response", "check", "young", "Marked Amina", "--for", "8_11")),
    ("response.approve", "manager", ("response", "approve", "young", "Marked Amina")),
    ("concern.read", "reviewer", ("concerns", "show", REF)),
    ("concern.note", "reviewer", ("concerns", "note", REF, "--text", "Marked Amina is known")),
    ("concern.acknowledged", "reviewer", ("concerns", "acknowledge", REF)),
    (
        "concern.close",
        "reviewer",
        ("concerns", "decide", REF, "--decision", "none", *REASON),
    ),
    ("concern.trace", "reviewer", ("concerns", "trace", REF, *REASON)),
    ("break_glass.open", "manager", ("concerns", "break-glass", *REASON)),
    ("break_glass.seen", "reviewer", ("concerns", "break-glass", "--seen", "1")),
    ("break_glass.end", "reviewer", ("concerns", "break-glass", "--end", "1")),
)
_UNNAMED = (("data.backup", ("data", "backup", "copy.db")),)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The acts follow one another in one folder, each at a minute of its own."""
    folder, before = tmp_path_factory.mktemp("acts"), Path.cwd()
    os.chdir(folder)
    try:
        one = Terminal(folder)
        one.done("init")
        with opened(one) as database:
            furnish(database)
        Path("people.csv").write_text(PEOPLE, "utf-8")
        yield one
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def _new(terminal: Terminal, seen: set[int]) -> list[AuditEntry]:
    return [entry for entry in stored(terminal, AuditEntry) if entry.id not in seen]


@pytest.mark.parametrize(
    ("act", "who", "words"), ACTS, ids=[f"{act.replace(' ', '_')}" for act, _, _ in ACTS]
)
def test_each_act_leaves_one_entry_in_the_name_of_who_did_it(
    terminal: Terminal, act: str, who: str, words: tuple[str, ...]
) -> None:
    place = [one for one, _, _ in ACTS].index(act)
    later = terminal.at(f"2023-12-01T09:{place:02}")
    seen = {entry.id for entry in stored(terminal, AuditEntry)}
    later.done(*words, "--as", email_of(who))
    [entry] = _new(terminal, seen)
    [person] = stored(terminal, Person, col(Person.key) == who)
    assert (entry.act, entry.person_id) == (act, person.id)
    said = f"{entry.act} {entry.subject} {entry.detail} {entry.actor}"
    assert "Amina" not in said
    assert shown_in(said) <= {REF}
    [item] = stored(terminal, ReviewItem, col(ReviewItem.ref) == REF)
    assert item.words == UNREAD


@pytest.mark.parametrize(("act", "words"), _UNNAMED)
def test_what_the_keys_of_the_machine_allow_is_recorded_too(
    terminal: Terminal, act: str, words: tuple[str, ...]
) -> None:
    seen = {entry.id for entry in stored(terminal, AuditEntry)}
    terminal.at("2023-12-01T10:00").done(*words)
    assert [entry.act for entry in _new(terminal, seen)] == [act]


def test_the_record_says_who_was_given_which_role(terminal: Terminal) -> None:
    [entry] = stored(terminal, AuditEntry, col(AuditEntry.act) == "people imported")
    [person] = stored(terminal, Person, col(Person.email_hash) == _hash(terminal))
    assert f"person:{person.id} +reviewer" in entry.detail


def _hash(terminal: Terminal) -> str:
    with opened(terminal) as database:
        keyring: Keyring = database.keyring
        return keyring.fingerprint("email", "new@rochdale.example")


def test_the_whole_record_verifies_afterwards(terminal: Terminal) -> None:
    shown = terminal.json("data", "audit", "verify", "--as", email_of("admin"))
    assert shown["entries"] == len(stored(terminal, AuditEntry))
    assert terminal.json("data", "audit", "verify", "--seal", shown["seal"])["entries"]
    ran = terminal.run("data", "audit", "verify", "--seal", "0" * 64)
    assert ran.code == 1
    assert "cut short" in ran.err
