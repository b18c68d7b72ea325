"""Everything about one person: found, gone through by an officer, handed over, erased."""

import json
import shutil
from pathlib import Path

import pytest
from sqlmodel import col

from storage.audit import AuditEntry
from storage.concerns import ReviewItem
from storage.mail import KeptMessage
from storage.people import Contact, Person
from storage.schema import metadata
from storage.surveys import Answer
from tests.commands.conftest import cover, within
from tests.commands.database import NOW, opened, stored
from tests.commands.terminal import (
    MANAGER,
    MONDAY,
    REVIEWER,
    VOICE,
    YOUTH,
    YOUTH_FORM,
    Terminal,
)

_WORRY = "mr lowe at school hit me"
_KIND = "my teacher Ms Grey and my friend Zoë help"
_WHY = ("--reason", "asked on 1 December")
_LEAD = "qa@rochdale.example"


@pytest.fixture(scope="module")
def answered_folder(planned_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a young person's worrying text and a kind one; their code in a file beside it."""
    folder = tmp_path_factory.mktemp("answered")
    shutil.copytree(planned_folder, folder, dirs_exist_ok=True)
    with within(folder) as terminal:
        terminal.done("survey", "add", YOUTH_FORM, "--action", "3.3")
        cover(terminal)
        terminal.done("survey", "open", YOUTH)
        monday = terminal.at(MONDAY)
        token = monday.json("survey", "invite", YOUTH)["token"]
        lines = ("1", _WORRY, *["/skip"] * 6, _KIND)
        heard = monday.done("chat", "--invite", token, typed=lines).out
    (folder / "code").write_text(heard.partition("Your code: ")[2].split()[0])
    return folder


@pytest.fixture
def answered(bare: Terminal, answered_folder: Path) -> Terminal:
    shutil.copytree(answered_folder, bare.folder, dirs_exist_ok=True)
    return bare.at(MONDAY)


def _code(terminal: Terminal) -> str:
    return (terminal.folder / "code").read_text()


def _bytes(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))


def _export(terminal: Terminal, code: str, out: str = "draft") -> Path:
    who = ("--receipt", code, "--as", REVIEWER)
    terminal.done("data", "export", *who, *_WHY, "--out", out)
    return terminal.folder / out


def test_a_draft_holds_every_text_and_what_worries_is_withheld_unless_released(
    answered: Terminal,
) -> None:
    code = _code(answered)
    draft = _export(answered, code)
    assert (draft.stat().st_mode & 0o777, (draft / "texts.txt").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    texts = json.loads((draft / "person.json").read_text())["texts"]
    withheld = {text["words"]: text["withheld"] for text in texts}
    assert withheld[_KIND] == ""
    worrying = {reason for words, reason in withheld.items() if _WORRY in words}
    assert worrying == {"child-abuse-data"}
    certificate = json.loads((draft / "certificate.json").read_text())
    assert set(certificate["looked_through"]) == set(metadata().tables)
    assert certificate["looked_through"]["answer"]["about"] == 7
    assert certificate["looked_through"]["invite"]["why nothing"]
    assert code not in (draft / "certificate.json").read_text()
    [entry] = stored(answered, AuditEntry, col(AuditEntry.act) == "data.export")
    assert entry.person_id is not None
    assert code not in entry.subject


def test_what_is_withheld_is_in_no_byte_of_what_is_handed_over(answered: Terminal) -> None:
    draft = _export(answered, _code(answered))
    before = _bytes(draft)
    marks = (draft / "texts.txt").read_text()
    marked = marks.replace("Ms Grey", "[[third-party: Ms Grey]]").replace(
        "Zoë", "[[third-party: Zoë]]"
    )
    (answered.folder / "marks.txt").write_text(marked)
    made = answered.json(
        *("data", "redact", "draft", "--marks", "marks.txt", "--out", "final", "--as", REVIEWER)
    )
    final = answered.folder / "final"
    found = _bytes(final)
    for word in ("Ms Grey", "Zoë", "Zo\\u00eb", "lowe", "hit me"):
        assert word.encode() not in found, word
    assert b"help" in found
    assert "█████ [third-party]" in (final / "person.html").read_text()
    assert made["withheld"]["third-party"] >= 2
    certificate = json.loads((final / "certificate.json").read_text())
    withheld = {name: one["places"] for name, one in certificate["withheld"].items()}
    assert withheld == made["withheld"]
    assert certificate["draft"] == json.loads((draft / "certificate.json").read_text())["files"]
    assert _bytes(draft) == before


def test_a_word_that_is_withheld_here_and_stands_there_is_refused_or_covered_everywhere(
    answered: Terminal,
) -> None:
    draft = _export(answered, _code(answered))
    marks = (draft / "texts.txt").read_text()
    marks = marks.replace("withhold: child-abuse-data\n", "release\n")
    first = marks.replace("Ms Grey", "[[third-party: Ms Grey]]", 1)
    (answered.folder / "marks.txt").write_text(first)
    make = ("data", "redact", "draft", "--marks", "marks.txt", "--out", "final", "--as", REVIEWER)
    ran = answered.run(*make)
    assert ran.code == 1
    assert "stand in another" in ran.err
    assert "Grey" not in ran.err
    assert not (answered.folder / "final").exists()
    answered.done(*make, "--everywhere")
    assert b"Grey" not in _bytes(answered.folder / "final")


def test_marks_that_cannot_be_used_are_named_and_nothing_is_made(answered: Terminal) -> None:
    draft = _export(answered, _code(answered))
    file = draft / "texts.txt"
    file.write_text(file.read_text().replace("Ms Grey", "Ms Black", 1))
    ran = answered.run("data", "redact", "draft", "--out", "final", "--as", REVIEWER)
    assert ran.code == 1
    assert "not as in the draft" in ran.err
    assert not (answered.folder / "final").exists()


def test_a_draft_that_was_changed_is_no_draft(answered: Terminal) -> None:
    draft = _export(answered, _code(answered))
    data = draft / "person.json"
    data.write_text(data.read_text().replace("Grey", "Gray"))
    ran = answered.run("data", "redact", "draft", "--out", "final", "--as", REVIEWER)
    assert "changed since" in ran.err


def test_a_concern_leads_to_all_of_its_author(answered: Terminal) -> None:
    item = next(row for row in stored(answered, ReviewItem) if row.tier != "none")
    who = ("--concern", item.ref, "--as", REVIEWER)
    answered.done("data", "export", *who, *_WHY, "--out", "draft")
    assert _KIND in (answered.folder / "draft" / "person.json").read_text()


def test_a_managers_export_of_a_colleague_leaves_answers_to_a_reviewer(
    rochdale: Terminal,
) -> None:
    rochdale.done("people", "link", _LEAD)
    who = ("--person", _LEAD, "--as", MANAGER)
    rochdale.done("data", "export", *who, *_WHY, "--out", "draft")
    found = json.loads((rochdale.folder / "draft" / "person.json").read_text())
    tables = {part["table"] for part in found["parts"]}
    assert {"person", "contact", "body"} <= tables
    assert not tables & {"answer", "review_item", "survey_session"}
    assert "q...@rochdale.example" in found["about"]["whom"]


@pytest.mark.parametrize("who", [MANAGER, VOICE, "stranger@council.example"])
def test_a_young_persons_data_are_exported_and_erased_by_a_reviewer_alone(
    answered: Terminal, who: str
) -> None:
    code = _code(answered)
    for words in (("export", "--out", "draft"), ("erase",)):
        ran = answered.run("data", *words, "--receipt", code, "--as", who, *_WHY)
        assert (ran.code, ran.out) == (1, "")
    assert not (answered.folder / "draft").exists()
    assert stored(answered, Answer)


def test_a_reason_is_needed(answered: Terminal) -> None:
    code = _code(answered)
    who = ("--receipt", code, "--as", REVIEWER, "--reason", " ")
    assert "write why" in answered.run("data", "erase", *who).err
    assert "write why" in answered.run("data", "export", *who, "--out", "draft").err


def test_erasing_a_respondent_is_certified_and_leaves_what_worries_with_the_reviewer(
    answered: Terminal,
) -> None:
    code = _code(answered)
    erase = ("data", "erase", "--receipt", code.lower(), "--as", REVIEWER, *_WHY)
    dry = answered.json(*erase, "--dry-run")
    assert dry["what"] == "would be erased"
    assert len(stored(answered, Answer)) == 7
    assert not (answered.folder / "data" / "deleted.txt").exists()

    answered.done(*erase, "--out", "certificate.json")
    done = json.loads((answered.folder / "certificate.json").read_text())
    assert done["what"] == "erased"
    assert done["tables"] == dry["tables"]
    assert done["tables"]["answer"] == {"before": 7, "after": 0, "why": ""}
    assert done["texts_waiting_for_a_reviewer"] == 2
    assert "reviewer settles it" in done["tables"]["review_item"]["why"]
    assert [name for name, one in done["tables"].items() if one["after"] and not one["why"]] == []
    assert code not in json.dumps(done)
    assert stored(answered, Answer) == []
    assert (answered.folder / "data" / "deleted.txt").read_text().count("\n") >= 1
    log = answered.folder / "data" / "loop.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    [entry] = stored(answered, AuditEntry, col(AuditEntry.act) == "data.erase")
    assert entry.person_id is not None


def test_erasing_a_colleague_leaves_the_post_in_the_plan(rochdale: Terminal) -> None:
    rochdale.done("people", "link", _LEAD)
    erase = ("data", "erase", "--person", _LEAD, "--as", MANAGER, *_WHY)
    done = rochdale.json(*erase)
    assert done["tables"]["person"]["why"]
    assert done["tables"]["body"]["why"]
    assert all(one["why"] for one in done["tables"].values() if one["after"])
    person = next(row for row in stored(rochdale, Person) if row.key == "qa")
    assert (person.email, person.email_hash, person.active, person.name) == (
        None,
        None,
        False,
        "post qa",
    )
    assert _LEAD not in {row.address for row in stored(rochdale, Contact)}
    assert "nobody has this e-mail" in rochdale.run(*erase).err


def test_what_is_held_is_not_erased_and_the_hold_is_named(answered: Terminal) -> None:
    code = _code(answered)
    hold = ("data", "hold", "set", "RC/7", "--as", MANAGER, "--reason", "inquiry")
    assert answered.json(*hold, "--receipt", code)["scope"] == "receipt"
    ran = answered.run("data", "erase", "--receipt", code, "--as", REVIEWER, *_WHY)
    assert ran.code == 1
    assert '"RC/7"' in ran.err
    assert len(stored(answered, Answer)) == 7
    [shown] = answered.json("data", "hold", "list", "--as", MANAGER)
    assert (shown["name"], shown["reason"]) == ("RC/7", "inquiry")
    assert answered.run("data", "hold", "lift", "RC/7", "--as", VOICE).code == 1
    answered.done("data", "hold", "lift", "RC/7", "--as", MANAGER)
    answered.done("data", "erase", "--receipt", code, "--as", REVIEWER, *_WHY)
    assert stored(answered, Answer) == []


@pytest.mark.parametrize(
    "of", [("--everything",), ("--survey", YOUTH), ("--person", _LEAD)], ids=lambda of: of[0]
)
def test_a_hold_on_more_than_one_person_stops_erasing_too(
    answered: Terminal, of: tuple[str, ...]
) -> None:
    code = _code(answered)
    answered.done("data", "hold", "set", "X", "--as", MANAGER, "--reason", "inquiry", *of)
    youth = answered.run("data", "erase", "--receipt", code, "--as", REVIEWER, *_WHY)
    lead = answered.run("data", "erase", "--person", _LEAD, "--as", MANAGER, *_WHY)
    assert youth.code == (0 if of[0] == "--person" else 1)
    assert lead.code == (0 if of[0] == "--survey" else 1)


def test_kept_messages_are_listed_without_words_and_read_by_a_reviewer_on_record(
    answered: Terminal,
) -> None:
    with opened(answered) as database, database.writing() as db:
        db.add(
            KeptMessage(
                ref="M7", platform="web", content=_WORRY, error_kind="KeyError", received_at=NOW
            )
        )
    listed = answered.done("data", "kept", "list").out
    assert "M7" in listed
    assert "KeyError" in listed
    assert "lowe" not in listed
    assert answered.run("data", "kept", "show", "M7", "--as", MANAGER).code == 1
    assert _WORRY in answered.done("data", "kept", "show", "M7", "--as", REVIEWER).out
    answered.done("data", "kept", "settle", "M7")
    assert answered.json("data", "kept", "list") == []
    assert len(answered.json("data", "kept", "list", "--all")) == 1
    acts = [(row.act, row.subject) for row in stored(answered, AuditEntry)]
    assert ("kept.read", "kept:M7") in acts
    assert ("kept.settled", "kept:M7") in acts
    assert "M8" in answered.run("data", "kept", "settle", "M8").err
