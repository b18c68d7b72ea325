"""What a role may do at the command line: whoever is named and may not changes nothing at all."""

from pathlib import Path

import pytest

from bot.role_table import Right, rights_of
from storage.people import Role
from tests.access.world import REF, email_of, shown_in
from tests.commands.database import contents
from tests.commands.terminal import PRACTITIONER_FORM, ROCHDALE, Terminal

REASON = ("--reason", "it was asked for by the board of the partnership")
ACTS: dict[Right, tuple[tuple[str, ...], ...]] = {
    Right.SETTLE_IMPORT: (("plan", "import", str(ROCHDALE)),),
    Right.ALL_ACTIONS: (("remind", "preview"), ("plan", "export", "plan.xlsx")),
    Right.PEOPLE: (
        ("people", "import", "people.csv"),
        ("people", "link", email_of("lead")),
        ("people", "code", email_of("lead")),
        ("people", "away", email_of("lead"), "--until", "2023-12-20"),
        ("people", "list"),
    ),
    Right.SURVEYS: (
        ("survey", "add", str(PRACTITIONER_FORM)),
        ("survey", "open", "tool"),
        ("survey", "close", "tool"),
        ("survey", "campaign", "preview", "tool", "--everyone"),
        ("survey", "campaign", "start", "tool", "--everyone"),
        ("survey", "campaign", "show", "tool"),
        ("survey", "campaign", "stop", "tool"),
    ),
    Right.INVITE: (("survey", "invite", "tool"), ("survey", "poster", "tool", "--out", "p.pdf")),
    Right.PUBLISH: (
        ("theme", "add", "young", "A room"),
        ("theme", "list", "young"),
        ("theme", "history", "young"),
        ("theme", "merge", "young", "A room", "Another"),
        ("theme", "undo", "young"),
        ("theme", "heard", "young", "A forum", "--theme", "A room", "--on", "2023-11-30"),
        ("theme", "listen", "forum", "A forum"),
        ("response", "list", "young"),
        ("response", "draft", "young", "A room", "--kind", "we_did", "--text", "Done."),
        ("response", "approve", "young", "A room"),
        ("response", "publish", "young"),
    ),
    Right.READ_REVIEWED: (
        ("theme", "code", "young", "A room", "more:young1-000001"),
        ("theme", "split", "young", "A room", "Another", "more:young1-000001"),
        ("theme", "suggest", "young"),
        ("response", "publish", "young", "--points-to-nobody"),
    ),
    Right.DIGEST: (("digest", "weekly"), ("digest", "list"), ("digest", "show", "1")),
    Right.REVIEW: (
        ("concerns", "acknowledge", REF),
        ("concerns", "note", REF, "--text", "a note"),
        ("concerns", "decide", REF, "--decision", "none", *REASON),
        ("concerns", "agree", REF),
        ("concerns", "reopen", REF, *REASON),
    ),
    Right.ROTA: (("concerns", "rota", "list"),),
    Right.BREAK_GLASS: (("concerns", "break-glass", *REASON),),
    Right.HOLD: (("data", "hold", "list"),),
}
_CASES = [(right, words) for right, several in ACTS.items() for words in several]


def _without(right: Right) -> Role:
    """The role that may most of all and yet not this."""
    lacking = [role for role in Role if right not in rights_of([role])]
    if right is Right.BREAK_GLASS:
        lacking.remove(Role.MANAGER)
    return max(lacking, key=lambda role: len(rights_of([role])))


@pytest.mark.parametrize(
    ("right", "words"), _CASES, ids=[f"{right}-{place}" for place, (right, _) in enumerate(_CASES)]
)
def test_whoever_may_not_changes_nothing_and_reads_who_can_help(
    terminal: Terminal, right: Right, words: tuple[str, ...]
) -> None:
    Path("people.csv").write_text("e-mail,post\nnew@rochdale.example,New\n", "utf-8")
    before = contents(terminal)
    ran = terminal.run(*words, "--as", email_of(_without(right).value))
    assert ran.code == 1, ran
    assert "You can ask:" in ran.err, ran.err
    assert shown_in(f"{ran.out}{ran.err}".replace(REF, "")) == set()
    assert contents(terminal) == before


def test_a_manager_gives_out_no_code_and_no_place_of_who_sees_more(terminal: Terminal) -> None:
    before = contents(terminal)
    for act in ("code", "link"):
        ran = terminal.run("people", act, email_of("reviewer"), "--as", email_of("manager"))
        assert ran.code == 1
        assert "ask the administrator" in ran.err
    assert contents(terminal) == before
