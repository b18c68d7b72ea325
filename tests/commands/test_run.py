"""`init`, `doctor`, the options before every command, and how it all begins."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage.mail import KeptMessage, Outbox
from storage.people import Contact, ContactState
from tests.commands.database import NOW, opened, rows
from tests.commands.files import made_in
from tests.commands.terminal import CLOCK, MANAGER, YOUTH, Terminal

_HEAVY = ("sqlalchemy", "sqlmodel", "openpyxl", "jinja2", "pydantic", "apscheduler", "pyxform")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _problems(terminal: Terminal) -> list[str]:
    ran = terminal.run("--json", "doctor")
    assert ran.code == 1
    assert all(item["remedy"] for item in ran.data["problems"])
    return [item["problem"] for item in ran.data["problems"]]


def test_only_the_owner_can_read_what_init_makes(bare: Terminal) -> None:
    bare.done("init")
    assert _mode(bare.folder / "data" / "keys.toml") == 0o600
    assert _mode(bare.folder / "data" / "loop.db") == 0o600


def test_a_second_init_overwrites_nothing(ready: Terminal) -> None:
    (ready.folder / "config.toml").write_text('[partnership]\nname = "Ours"\n', "utf-8")
    before = [(ready.folder / name).read_text() for name in ("config.toml", "data/keys.toml")]
    ready.done("init")
    after = [(ready.folder / name).read_text() for name in ("config.toml", "data/keys.toml")]
    assert before == after


def test_init_says_as_data_what_it_made(bare: Terminal) -> None:
    assert bare.json("init") == {"config": "config.toml", "keys": "data/keys.toml"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[partnership", "not valid TOML"),
        ('[partnershp]\nname = "x"\n', "partnershp: is not a setting"),
        ('[database]\nurl = "mysql://x"\n', "mysql is not supported"),
        ('[database]\nurl = "sqlite:////nowhere/at/all/loop.db"\n', "does not exist; make it"),
    ],
)
def test_a_config_that_cannot_be_used_is_named_and_nothing_more(
    ready: Terminal, text: str, named: str
) -> None:
    (ready.folder / "config.toml").write_text(text, "utf-8")
    ran = ready.run("plan", "show")
    assert (ran.code, ran.out) == (1, "")
    assert named in ran.err
    assert any(named in problem for problem in _problems(ready))


def test_a_config_that_is_not_text_is_named(ready: Terminal) -> None:
    (ready.folder / "config.toml").write_bytes(b"\xff\xfe\x00")
    assert "not a text file" in ready.run("people", "list").err


def test_a_database_that_is_not_one_is_named(ready: Terminal) -> None:
    for name in ("loop.db", "loop.db-wal", "loop.db-shm"):
        (ready.folder / "data" / name).unlink(missing_ok=True)
    (ready.folder / "data" / "loop.db").write_bytes(b"this is not a database, not at all" * 100)
    ran = ready.run("people", "list")
    assert (ran.code, ran.out) == (1, "")
    assert "doctor" in ran.err
    assert "The database cannot be used." in _problems(ready)


def test_a_clock_that_is_no_instant_is_wrong_usage(ready: Terminal) -> None:
    ran = Terminal(ready.folder, "tomorrow").run("people", "list")
    assert ran.code == 2
    assert "2023-12-01T09:00" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("plan", "import"),
        ("chat",),
        ("chat", "--as", MANAGER, "--invite", "x"),
        ("remind", "preview", "--on", "soon"),
        ("digest", "weekly", "--format", "pdf"),
        ("survey", "invite", YOUTH, "--uses", "0"),
    ],
)
def test_a_command_that_was_not_written_right_ends_with_2(
    rochdale: Terminal, words: tuple[str, ...]
) -> None:
    ran = rochdale.run(*words)
    assert ran.code == 2
    assert ran.err


def test_doctor_asks_for_keys_first(bare: Terminal) -> None:
    assert [*_problems(bare)] == [
        "there is no keys file at data/keys.toml: run `listening-loop init` first"
    ]


def test_doctor_finds_files_that_others_can_read(ready: Terminal) -> None:
    (ready.folder / "data" / "keys.toml").chmod(0o644)
    (ready.folder / "data" / "loop.db").chmod(0o644)
    found = _problems(ready)
    assert "Others on this machine can read data/keys.toml." in found
    assert "Everybody on this machine can read data/loop.db." in found


def test_doctor_counts_what_was_kept_and_names_no_words(rochdale: Terminal) -> None:
    with opened(rochdale) as database, database.writing() as db:
        for number in range(7):
            db.add(
                KeptMessage(
                    ref=f"KEPT{number}",
                    platform="console",
                    content="what somebody wrote",
                    error_kind="ValueError",
                    received_at=NOW,
                )
            )
    found = _problems(rochdale)
    assert "Message KEPT0 could not be handled (ValueError) and was kept." in found
    assert "2 more messages were kept." in found
    assert "wrote" not in " ".join(found)


def test_doctor_names_who_is_gone_and_what_was_not_sent(rochdale: Terminal) -> None:
    rochdale.done("people", "link", MANAGER)
    with opened(rochdale) as database, database.writing() as db:
        [contact] = rows(database, Contact)
        contact.state = ContactState.GONE
        db.add(contact)
        now = NOW
        db.add(
            Outbox(
                dedupe_key="one",
                intent="say",
                contact_id=contact.id,
                not_before=now,
                created_at=now,
                settled_at=now,
                outcome="fault",
            )
        )
    found = _problems(rochdale)
    assert "One person can no longer be reached where they were." in found
    assert "One message could not be sent." in found
    assert "None of the 18 people is connected, so no reminder reaches anybody." in found


def test_doctor_is_content_when_everything_is_in_place(ready: Terminal) -> None:
    made_in(ready.folder)
    with (ready.folder / "people.csv").open("a", encoding="utf-8") as people:
        people.write("ada@council.example,Administrator,Council,admin\n")
    ready.done("people", "import", "people.csv")
    ready.done("people", "link", "sam@council.example")
    assert ready.done("doctor").out.startswith("Nothing is wrong.\nWorks now: terminal, ")
    assert ready.json("doctor")["problems"] == []


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, bot.cli; print([name for name in sys.argv[1:] if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, *_HEAVY], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_program_ends_its_process_with_1_and_no_traceback(bare: Terminal) -> None:
    program = Path(sys.executable).with_name("listening-loop")
    done = subprocess.run(
        [program, "--clock", CLOCK, "plan", "show"],
        cwd=bare.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_demo_leaves_a_folder_with_other_things_alone(bare: Terminal) -> None:
    (bare.folder / "letter.txt").write_text("mine", "utf-8")
    ran = bare.run("demo", "--out", ".")
    assert ran.code == 1
    assert "choose another folder with --out" in ran.err
    assert [path.name for path in bare.folder.iterdir()] == ["letter.txt"]
