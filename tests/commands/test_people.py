"""`people`: where somebody is reached and why not, codes, leave."""

from datetime import timedelta

import pytest
from sqlmodel import col

from storage.audit import AuditEntry
from storage.people import Contact, ContactState, JoinCode, Person
from tests.commands.database import opened, stored
from tests.commands.terminal import MANAGER, REVIEWER, Terminal

QA = "qa@rochdale.example"


def _listed(terminal: Terminal, email: str) -> dict[str, object]:
    [one] = [row for row in terminal.json("people", "list") if row["e-mail"] == email]
    assert isinstance(one, dict)
    return one


def test_the_list_says_where_everybody_is_and_why_not(rochdale: Terminal) -> None:
    linked = (
        ("slack", "--address", "U1", "--space", "T1"),
        ("email",),
    )
    for platform, *more in linked:
        rochdale.done("people", "link", QA, "--platform", platform, *more)
    with opened(rochdale) as database, database.writing() as db:
        [mail] = [row for row in stored(rochdale, Contact) if row.platform == "email"]
        kept = db.get_one(Contact, mail.id)
        kept.state, kept.state_reason = ContactState.GONE, "bounced"
    shown = rochdale.done("people", "list").out
    assert "slack, email: bounced" in shown
    assert shown.count("not connected") == 17
    one = _listed(rochdale, QA)
    assert one["reached by"] == "slack"
    assert one["places"] == [
        {"platform": "slack", "state": "active", "reason": ""},
        {"platform": "email", "state": "gone", "reason": "bounced"},
    ]
    assert _listed(rochdale, REVIEWER)["why not"] == "not_connected"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--platform", "pigeon"), 'there is no platform "pigeon"'),
        (("--platform", "slack"), "people code"),
        (("--platform", "teams", "--address", QA), "people code"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_a_remedy(
    rochdale: Terminal, words: tuple[str, ...], said: str
) -> None:
    ran = rochdale.run("people", "link", QA, *words)
    assert ran.code == 1
    assert said in ran.err
    assert stored(rochdale, Contact) == []


def test_an_address_is_not_taken_from_somebody_else(rochdale: Terminal) -> None:
    slack = ("--platform", "slack", "--address", "U1", "--space", "T1")
    rochdale.done("people", "link", QA, *slack)
    ran = rochdale.run("people", "link", MANAGER, *slack)
    assert ran.code == 1
    assert "somebody else" in ran.err
    [contact] = stored(rochdale, Contact)
    [qa] = stored(rochdale, Person, col(Person.id) == contact.person_id)
    assert qa.email == QA


def test_a_code_is_shown_once_and_rests_as_a_hash(rochdale: Terminal) -> None:
    made = rochdale.json("people", "code", QA)
    assert made["until"] == "2023-12-08"
    [row] = stored(rochdale, JoinCode)
    assert row.made_by_id is None
    assert row.expires_at - row.made_at == timedelta(days=7)
    [entry] = stored(rochdale, AuditEntry, col(AuditEntry.act) == "join_code_made")
    assert made["code"] not in f"{entry.subject} {entry.detail}"
    assert rochdale.run("people", "code", "nobody@council.example").code == 1


def test_leave_is_noted_with_who_covers_and_ended(rochdale: Terminal) -> None:
    until = ("--until", "2024-01-12", "--deputy", MANAGER)
    assert rochdale.json("people", "away", QA, *until) == {"away_until": "2024-01-12"}
    one = _listed(rochdale, QA)
    assert (one["away until"], one["deputy"]) == ("2024-01-12", "Business manager")
    assert "away until 2024-01-12" in rochdale.done("people", "list").out
    rochdale.done("people", "away", QA)
    assert _listed(rochdale, QA)["away until"] is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((QA, "--until", "soon"), 2),
        ((QA, "--until", "2024-01-12", "--deputy", QA), 1),
        ((QA, "--until", "2024-01-12", "--deputy", "nobody@council.example"), 1),
        (("nobody@council.example", "--until", "2024-01-12"), 1),
    ],
)
def test_leave_that_cannot_be_changes_nothing(
    rochdale: Terminal, words: tuple[str, ...], code: int
) -> None:
    ran = rochdale.run("people", "away", *words)
    assert ran.code == code
    assert ran.err
    assert _listed(rochdale, QA)["away until"] is None
