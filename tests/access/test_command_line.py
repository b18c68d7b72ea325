"""The role table at the command line and in what is exported: who is named with --as sees their

cell and nothing beside it; whoever is refused reads whose it is and who can help.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.role_table import Data, Extent, extent
from storage.people import Role
from tests.access.world import (
    BOTH,
    CONTACT,
    DEPUTY,
    ELSEWHERE,
    GROUP,
    LATE,
    LEFT,
    NOTED,
    OURS,
    OWN,
    QUIET,
    READ,
    REF,
    UNREAD,
    YOUNG,
    contents_of,
    email_of,
    shown_in,
)
from tests.commands.terminal import Ran, Terminal

REASON = ("--reason", "asked for by the board of the partnership")
_HELPS = ("You can ask:", "nobody sees", "nobody reads")


@dataclass(frozen=True)
class Probe:
    """A command that shows something of a row, and which marks it shows at which extent.

    `is_file`: it writes into a folder. `free`: marks that may stand beside them.
    """

    words: tuple[str, ...]
    shows: Mapping[Extent, set[str]] = field(default_factory=dict)
    is_file: bool = False
    free: frozenset[str] = frozenset()


PROBES: dict[str, tuple[Data, Probe]] = {
    "plan show": (
        Data.OWN_ACTIONS,
        Probe(
            ("plan", "show"),
            {
                Extent.OWN: {OWN},
                Extent.GROUP: {OWN, GROUP},
                Extent.ALL: {OWN, GROUP, LATE, QUIET},
                Extent.EXCEPTIONS: {LATE},
            },
        ),
    ),
    "plan export": (
        Data.OWN_ACTIONS,
        Probe(("plan", "export", "{out}/plan.xlsx"), {Extent.ALL: set()}, is_file=True),
    ),
    "results of practitioners": (
        Data.PRACTITIONER_ANSWERS,
        Probe(("survey", "results", "tool"), {Extent.AGGREGATE: {OURS}}),
    ),
    "tables of practitioners": (
        Data.PRACTITIONER_ANSWERS,
        Probe(
            ("survey", "export", "tool", "--out", "{out}/tool.csv"),
            {Extent.AGGREGATE: {OURS}},
            is_file=True,
        ),
    ),
    "rows of practitioners": (
        Data.PRACTITIONER_ANSWERS,
        Probe(("survey", "export", "tool", "--raw", *REASON, "--out", "{out}/x.csv"), is_file=True),
    ),
    "words of practitioners": (
        Data.PRACTITIONER_ANSWERS,
        Probe(("theme", "answers", "tool")),
    ),
    "a text in the queue": (
        Data.YOUTH_ANSWERS,
        Probe(
            ("concerns", "show", REF), {Extent.ALL: {UNREAD, REF}}, free=frozenset({YOUNG, READ})
        ),
    ),
    "words after review": (
        Data.YOUTH_ANSWERS,
        Probe(("theme", "answers", "young"), {Extent.AFTER_REVIEW: {READ}}),
    ),
    "suggestions from words after review": (
        Data.YOUTH_ANSWERS,
        Probe(("theme", "suggest", "young"), {Extent.AFTER_REVIEW: set()}),
    ),
    "rows of young people": (
        Data.YOUTH_ANSWERS,
        Probe(
            ("survey", "export", "young", "--raw", *REASON, "--out", "{out}/y.csv"),
            {Extent.ALL: {READ, YOUNG}, Extent.AFTER_REVIEW: {READ, YOUNG}},
            is_file=True,
        ),
    ),
    "results of young people": (
        Data.YOUTH_FIGURES,
        Probe(("survey", "results", "young"), {Extent.AGGREGATE: {YOUNG}}),
    ),
    "you said, we did": (
        Data.YOUTH_FIGURES,
        Probe(("digest", "you-said-we-did", "young"), {Extent.AGGREGATE: {YOUNG}}),
    ),
    "how many answered": (
        Data.YOUTH_FIGURES,
        Probe(
            ("survey", "list"),
            {Extent.AGGREGATE: {YOUNG, OURS}, Extent.COUNTS: {YOUNG, OURS}},
        ),
    ),
    "the queue": (
        Data.CONCERNS,
        Probe(("concerns", "list"), {Extent.ALL: {REF}}),
    ),
    "figures of the queue": (
        Data.CONCERNS,
        Probe(("concerns", "figures"), {Extent.ALL: set(), Extent.COUNTS: set()}),
    ),
    "whose text it is": (
        Data.LINK,
        Probe(("concerns", "trace", REF, *REASON), {Extent.REASON: {CONTACT, REF}}),
    ),
    "the audit log": (
        Data.AUDIT,
        Probe(("data", "audit", "list"), {Extent.READ: {NOTED}}, free=frozenset({REF})),
    ),
    "its chain": (
        Data.AUDIT,
        Probe(("data", "audit", "verify"), {Extent.READ: set()}),
    ),
}


def _tried(terminal: Terminal, probe: Probe, out: Path, who: str) -> tuple[Ran, str]:
    """What came back, and everything that was to be read on the screen and in files."""
    out.mkdir()
    words = [word.replace("{out}", str(out)) for word in probe.words]
    ran = terminal.run(*words, "--as", email_of(who))
    return ran, f"{ran.out}\n{ran.err}\n{contents_of(out)}"


@pytest.mark.parametrize("role", list(Role), ids=str)
@pytest.mark.parametrize("name", PROBES)
def test_each_cell_shows_what_it_says_and_nothing_else(
    terminal: Terminal, tmp_path: Path, name: str, role: Role
) -> None:
    data, probe = PROBES[name]
    ran, read = _tried(terminal, probe, tmp_path / "out", role.value)
    wanted = probe.shows.get(extent(data, role))
    if wanted is None:
        assert ran.code == 1, read
        assert any(words in ran.err for words in _HELPS), ran.err
        # The reference was theirs: they typed it.
        assert shown_in(read.replace(REF, "") if REF in probe.words else read) == set()
        assert list((tmp_path / "out").iterdir()) == []
    else:
        assert ran.code == 0, read
        assert shown_in(read) - probe.free == wanted
        assert not probe.is_file or list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", PROBES)
def test_whoever_has_left_or_is_unknown_sees_nothing(
    terminal: Terminal, tmp_path: Path, name: str
) -> None:
    probe = PROBES[name][1]
    for who in (LEFT, "stranger"):
        ran, read = _tried(terminal, probe, tmp_path / who, who)
        assert ran.code == 1
        assert shown_in(read.replace(REF, "")) == set()
        assert "nobody who works with us" in ran.err or any(words in ran.err for words in _HELPS)


@pytest.mark.parametrize(
    ("who", "seen"),
    [(DEPUTY, {OWN}), (ELSEWHERE, {LATE}), (BOTH, {QUIET})],
)
def test_a_lead_sees_what_is_theirs_or_their_deputys_and_nobody_elses(
    terminal: Terminal, who: str, seen: set[str]
) -> None:
    assert shown_in(terminal.done("plan", "show", "--as", email_of(who)).out) == seen


def test_two_roles_open_what_either_opens(terminal: Terminal) -> None:
    words = ("--as", email_of(BOTH))
    assert shown_in(terminal.done("theme", "answers", "young", *words).out) == {READ}
    ran = terminal.run("concerns", "list", *words)
    assert ran.code == 1
    assert REF not in ran.out


_IN_A_NAME = ("concerns list", "concerns show", "theme answers", "survey export young --raw")


@pytest.mark.parametrize("words", _IN_A_NAME)
def test_what_shows_young_peoples_words_is_done_in_somebodys_name(
    terminal: Terminal, tmp_path: Path, words: str
) -> None:
    about = {"concerns show": (REF,), "theme answers": ("young",)}.get(words, ())
    more = (*REASON, "--out", str(tmp_path / "x.csv")) if "export" in words else ()
    ran = terminal.run(*words.split(), *about, *more)
    assert ran.code in (1, 2)
    assert "--as" in ran.err
    assert shown_in(ran.out) == set()


def test_the_name_may_stand_in_the_environment(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_AS", email_of("lead"))
    assert shown_in(terminal.done("plan", "show").out) == {OWN}
    assert terminal.run("survey", "results", "young").code == 1
    monkeypatch.delenv("LOOP_AS")
    assert shown_in(terminal.done("plan", "show").out) == {OWN, GROUP, LATE, QUIET}
