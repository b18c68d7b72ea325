"""`survey poster`: files for every group and language, or one line that says what to mend."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from storage.surveys import Invite
from tests.commands.conftest import cover
from tests.commands.database import stored
from tests.commands.terminal import YOUTH, YOUTH_FORM, Terminal
from tests.surveys.poster.posters import scanned

WEB = "https://listen.rochdale.example"


@pytest.fixture
def linked(survey_open: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """With an address of survey pages in the settings, and a survey that is open."""
    monkeypatch.setenv("LOOP_LINKS__WEB", WEB)
    return survey_open


def _title(file: Path) -> str:
    metadata = PdfReader(BytesIO(file.read_bytes())).metadata
    return str(metadata and metadata.title)


def test_a_poster_opens_the_survey_for_its_group(linked: Terminal) -> None:
    [made] = linked.json("survey", "poster", YOUTH, "--group", "Hive", "--out", "a/hive.pdf")[
        "posters"
    ]
    [link] = made["links"]
    file = linked.folder / "a" / "hive.pdf"
    assert made["file"] == "a/hive.pdf"
    assert scanned(file.read_bytes()) == [link]
    assert _title(file).endswith("(Hive)")
    [invite] = stored(linked, Invite)
    assert (invite.group_name, invite.most_uses, invite.expires_on) == ("Hive", None, None)
    heard = linked.done("chat", "--invite", link.rpartition("/")[2], typed=["hello"]).out
    assert "They can see that it came from Hive" in heard


def test_every_group_of_a_list_gets_a_poster_in_every_language_and_one_invitation(
    linked: Terminal,
) -> None:
    (linked.folder / "groups.csv").write_text("school\nSt Mary's\nمدرسة\n", encoding="utf-8")
    words = ("--all-groups", "groups.csv", "--language", "en", "--language", "pl")
    made = linked.json("survey", "poster", YOUTH, *words, "--out", "p.pdf")["posters"]
    assert [poster["file"] for poster in made] == [
        "p-1-st-marys-en.pdf",
        "p-1-st-marys-pl.pdf",
        "p-2-en.pdf",
        "p-2-pl.pdf",
    ]
    assert made[0]["links"] == made[1]["links"] != made[2]["links"]
    for poster in made:
        assert scanned((linked.folder / poster["file"]).read_bytes()) == poster["links"]
    assert sorted(invite.group_name for invite in stored(linked, Invite)) == ["St Mary's", "مدرسة"]


def test_cards_and_a_last_day(linked: Terminal) -> None:
    out = linked.done(
        "survey", "poster", YOUTH, "--layout", "cards", "--until", "2023-12-20", "--out", "c.pdf"
    ).out
    assert out == "written: c.pdf\n"
    assert len(scanned((linked.folder / "c.pdf").read_bytes())) == 4
    [invite] = stored(linked, Invite)
    assert str(invite.expires_on) == "2023-12-20"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nothing",), "there is no survey 'nothing'"),
        ((YOUTH, "--language", "de"), "no texts in 'de'"),
        ((YOUTH, "--group", "Smile 😀"), "U+1F600"),
        ((YOUTH, "--until", "2023-12-01"), "is over"),
        ((YOUTH, "--all-groups", "absent.csv"), "absent.csv"),
        (("status_update",), "for leads"),
    ],
)
def test_what_cannot_be_printed_invites_nobody(
    linked: Terminal, words: tuple[str, ...], why: str
) -> None:
    ran = linked.run("survey", "poster", *words)
    assert (ran.code, ran.out) == (1, "")
    assert why in ran.err
    assert stored(linked, Invite) == []
    assert list(linked.folder.glob("*.pdf")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("--layout", "flyer"),
        ("--until", "soon"),
        ("--group", "Hive", "--all-groups", "groups.csv"),
    ],
)
def test_a_command_that_makes_no_sense_is_wrong_usage(
    linked: Terminal, words: tuple[str, ...]
) -> None:
    assert linked.run("survey", "poster", YOUTH, *words).code == 2


def test_a_list_with_mistakes_prints_nothing(linked: Terminal) -> None:
    (linked.folder / "groups.csv").write_text("Hive\nhive\n", encoding="utf-8")
    ran = linked.run("survey", "poster", YOUTH, "--all-groups", "groups.csv")
    assert ran.code == 1
    assert "groups.csv A2" in ran.out
    assert stored(linked, Invite) == []


def test_without_a_link_the_setting_is_named(survey_open: Terminal) -> None:
    ran = survey_open.run("survey", "poster", YOUTH)
    assert ran.code == 1
    assert "[links]" in ran.err


def test_a_draft_says_that_it_must_be_opened_and_a_closed_one_is_refused(
    rochdale: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_LINKS__WEB", WEB)
    rochdale.done("survey", "add", YOUTH_FORM)
    assert f"survey open {YOUTH}" in rochdale.done("survey", "poster", YOUTH).out
    cover(rochdale)
    rochdale.done("survey", "open", YOUTH)
    rochdale.done("survey", "close", YOUTH)
    ran = rochdale.run("survey", "poster", YOUTH)
    assert ran.code == 1
    assert "is closed" in ran.err


def test_the_workers_card_opens_the_page_for_a_tablet(linked: Terminal) -> None:
    words = ("--group", "Hive", "--layout", "worker")
    [made] = linked.json("survey", "poster", YOUTH, *words)["posters"]
    assert made["file"] == f"{YOUTH}-worker.pdf"
    [link] = made["links"]
    assert link.startswith(f"{WEB}/t/")
    assert scanned((linked.folder / made["file"]).read_bytes()) == [link]
    heard = linked.done("chat", "--invite", link.rpartition("/")[2], typed=["hello"]).out
    assert "They can see that it came from Hive" in heard
