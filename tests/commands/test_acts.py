"""What commands do beyond what they show: reminders, concerns, deleting, copies, the audit log."""

import re
import sqlite3
import stat

import pytest
from sqlmodel import col

from storage.audit import AuditEntry
from storage.concerns import ReviewEvent, ReviewItem
from storage.database import Database
from storage.leases import take_lease
from storage.mail import Outbox
from storage.surveys import Answer
from tests.commands.database import NOW, opened, stored
from tests.commands.terminal import DEPUTY, MANAGER, REVIEWER, VOICE, YOUTH, Terminal

_LEADS = ("qa@rochdale.example", "development@rochdale.example")
_SKIPS = ("1", *["/skip"] * 6)
WORRY = "i want to kill myself tonight"


def _answers(terminal: Terminal, *lines: str) -> str:
    """A young person's whole visit; what they read."""
    token = terminal.json("survey", "invite", YOUTH)["token"]
    return terminal.done("chat", "--invite", token, typed=lines).out


def _receipt(heard: str) -> str:
    return heard.partition("Your code: ")[2].split()[0]


def test_a_second_round_of_a_day_sends_nothing(rochdale: Terminal) -> None:
    for email in _LEADS:
        rochdale.done("people", "link", email)
    assert rochdale.json("remind", "run")["people"] == 2
    first = stored(rochdale, Outbox)
    assert rochdale.json("remind", "run")["people"] == 0
    assert rochdale.at("2023-12-01T15:00").json("remind", "run")["people"] == 0
    assert [row.dedupe_key for row in stored(rochdale, Outbox)] == [row.dedupe_key for row in first]
    heard = rochdale.at("2023-12-01T16:00").done("chat", "--as", _LEADS[0]).out
    assert heard.count("2 actions are yours") == 1
    assert rochdale.at("2023-12-01T17:00").done("chat", "--as", _LEADS[0]).out == ""


def test_nobody_reads_anothers_messages_at_their_own_terminal(rochdale: Terminal) -> None:
    for email in _LEADS:
        rochdale.done("people", "link", email)
    rochdale.done("remind", "run")
    heard = rochdale.at("2023-12-01T09:05").done("chat", "--as", _LEADS[1]).out
    assert "1.2 Implementation" in heard
    assert "1.5" not in heard.replace("1.5 slipping", "")


@pytest.mark.parametrize("who", [MANAGER, VOICE, "stranger@council.example"])
@pytest.mark.parametrize("act", ["list", "show", "acknowledge", "decide", "agree", "purge"])
def test_only_a_reviewer_comes_near_a_young_persons_words(
    survey_open: Terminal, act: str, who: str
) -> None:
    _answers(survey_open, *_SKIPS, "a quiet room to talk in")
    [item] = stored(survey_open, ReviewItem)
    words = [act] + ([] if act == "list" else [item.ref])
    needed = {"decide": ["--decision", "none"], "purge": ["--case-ref", "RC-1"]}
    ran = survey_open.run("concerns", *words, "--as", who, *needed.get(act, []))
    assert (ran.code, ran.out) == (1, "")
    assert "safeguarding reviewer" in ran.err or "nobody who works with us" in ran.err
    assert stored(survey_open, ReviewItem)[0].state == "waiting"


def test_a_red_needs_a_second_reviewer_and_a_reason(survey_open: Terminal) -> None:
    heard = _answers(survey_open, *_SKIPS, WORRY)
    assert "999" in heard
    [item] = stored(survey_open, ReviewItem)
    assert item.tier == "red"
    at_desk = ("concerns", "decide", item.ref, "--as", REVIEWER, "--decision", "mash")
    assert "Read" in survey_open.run(*at_desk, "--reason", "told MASH").err
    survey_open.done("concerns", "show", item.ref, "--as", REVIEWER)
    assert "reason" in survey_open.run(*at_desk).err
    assert stored(survey_open, ReviewItem)[0].state == "waiting"
    to = ("--to", "the front door", "--at", "2023-12-04 09:50", "--case-ref", "RC-1")
    said = survey_open.done(*at_desk, "--reason", "told MASH", *to).out
    assert "second reviewer" in said
    agree = ("concerns", "agree", item.ref, "--as")
    assert "not you" in survey_open.run(*agree, REVIEWER).err
    assert "Read" in survey_open.run(*agree, DEPUTY).err
    survey_open.done("concerns", "show", item.ref, "--as", DEPUTY)
    survey_open.done(*agree, DEPUTY)
    [item] = stored(survey_open, ReviewItem)
    assert (item.state, item.decision, item.case_ref) == ("closed", "mash", "RC-1")
    whats = [event.what for event in stored(survey_open, ReviewEvent)]
    assert whats[-2:] == ["agreed", "closed: mash"]


def test_every_reading_of_words_is_recorded_with_the_person(survey_open: Terminal) -> None:
    _answers(survey_open, *_SKIPS, "a quiet room to talk in")
    [item] = stored(survey_open, ReviewItem)
    survey_open.done("concerns", "list", "--as", DEPUTY)
    survey_open.done("concerns", "show", item.ref, "--as", DEPUTY)
    survey_open.done("concerns", "decide", item.ref, "--as", DEPUTY, "--decision", "none")
    survey_open.done("theme", "answers", YOUTH, "--as", VOICE)
    read = stored(
        survey_open, AuditEntry, col(AuditEntry.act).in_(["concern.read", "answers.read"])
    )
    assert [entry.subject for entry in read] == [f"review item {item.ref}", f"survey {YOUTH}"]
    assert len({entry.person_id for entry in read}) == 2
    assert None not in {entry.person_id for entry in read}


def test_words_that_a_reviewer_holds_back_reach_no_theme(survey_open: Terminal) -> None:
    _answers(survey_open, *_SKIPS, "a quiet room to talk in")
    [item] = stored(survey_open, ReviewItem)
    redact = ("--decision", "redact", "--reason", "names somebody")
    survey_open.done("concerns", "show", item.ref, "--as", REVIEWER)
    survey_open.done("concerns", "decide", item.ref, "--as", REVIEWER, *redact)
    assert survey_open.json("theme", "answers", YOUTH, "--as", VOICE) == []


def test_erasing_leaves_nothing_of_the_words_on_the_disk(survey_open: Terminal) -> None:
    heard = _answers(survey_open, *_SKIPS, "a quiet room to talk in", "2")
    assert stored(survey_open, Answer)
    why = ("--as", REVIEWER, "--reason", "asked for it")
    found = survey_open.json("data", "erase", "--receipt", _receipt(heard).lower(), *why)
    assert found["tables"]["answer"]["before"] == 7
    assert stored(survey_open, Answer) == []
    log = survey_open.folder / "data" / "loop.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    [entry] = stored(survey_open, AuditEntry, col(AuditEntry.act) == "data.erase")
    assert entry.person_id is not None


def test_a_purge_deletes_what_is_over_its_time_and_empties_the_log(survey_open: Terminal) -> None:
    _answers(survey_open, *_SKIPS, "a quiet room to talk in", "2")
    later = survey_open.at("2024-01-20T09:00")
    assert later.json("data", "purge")["inbox keys"] == 10
    assert later.json("data", "purge")["inbox keys"] == 0
    log = survey_open.folder / "data" / "loop.db-wal"
    assert not log.exists() or log.stat().st_size == 0


def _taken(database: Database) -> bool:
    with database.writing() as db:
        return take_lease(db, "audit", "another node", NOW, 600)


def test_the_audit_log_is_not_chained_while_another_node_is_at_it(rochdale: Terminal) -> None:
    with opened(rochdale) as database:
        assert _taken(database)
    assert rochdale.json("data", "audit")["entries"] == 0
    assert rochdale.json("data", "purge") == {}
    later = rochdale.at("2023-12-01T09:30")
    assert later.json("data", "audit")["entries"] == len(stored(rochdale, AuditEntry))
    with opened(rochdale) as database:
        assert _taken(database), "the lease is given up at the end"


def test_an_audit_log_that_was_changed_is_found(rochdale: Terminal) -> None:
    rochdale.done("data", "audit")
    with opened(rochdale) as database, database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET act = 'nothing' WHERE id = 1")
    ran = rochdale.run("data", "audit")
    assert ran.code == 1
    assert "first at entry 1" in ran.err
    assert any(
        "entry 1" in item["problem"] for item in rochdale.run("--json", "doctor").data["problems"]
    )


def test_a_backup_is_whole_for_the_owner_alone_and_replaces_nothing(rochdale: Terminal) -> None:
    rochdale.done("data", "backup", "copies/one.db")
    copy = rochdale.folder / "copies" / "one.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    found = sqlite3.connect(copy)
    assert found.execute("SELECT count(*) FROM action").fetchone() == (20,)
    assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found.close()
    before = copy.read_bytes()
    ran = rochdale.run("data", "backup", "copies/one.db")
    assert ran.code == 1
    assert "choose another name" in ran.err
    assert copy.read_bytes() == before


def test_db_check_lists_what_differs_and_says_what_to_run(rochdale: Terminal) -> None:
    with opened(rochdale) as database, database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lease ADD COLUMN odd TEXT")
    ran = rochdale.run("db", "check")
    assert ran.code == 1
    assert "lease" in ran.out
    assert "db upgrade" in ran.err


_SECONDS = re.compile(r":\d\d\.\d+(?=\+)")
"""Of the instant "as at", which is another one each time."""


@pytest.mark.parametrize("kind", ["text", "md", "html", "json"])
@pytest.mark.parametrize("name", ["weekly", "you-said-we-did"])
def test_a_digest_is_the_same_on_the_screen_and_in_a_file(
    survey_open: Terminal, name: str, kind: str
) -> None:
    words = ("digest", name, *([YOUTH] if name != "weekly" else []), "--format", kind)
    shown = survey_open.done(*words).out
    survey_open.done(*words, "--out", "deep/page")
    kept = (survey_open.folder / "deep" / "page").read_text("utf-8")
    assert _SECONDS.sub("", kept.rstrip("\n")) == _SECONDS.sub("", shown.rstrip("\n"))
    assert shown.strip()
    assert shown.startswith("<!") == (kind == "html")
