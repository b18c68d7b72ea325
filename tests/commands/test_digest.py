"""`digest`: every format at the terminal, and what was sent, as it was sent."""

import io
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from tests.commands.terminal import MANAGER, Terminal


@pytest.fixture
def sent(rochdale: Terminal) -> Terminal:
    """A digest that the manager worded and sent in chat."""
    chair = "chair@rochdale.example"
    people = rochdale.folder / "people.csv"
    people.write_text(f"e-mail,post,roles\n{chair},Independent Chair,chair\n", "utf-8")
    rochdale.done("people", "import", "people.csv")
    for who in (MANAGER, chair):
        rochdale.done("people", "link", who)
    lines = ("/digest", "/digest words Please read 1.2 first.", "2")
    rochdale.done("chat", "--as", MANAGER, typed=lines)
    return rochdale


def _text(path: Path) -> str:
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_week_is_written_for_word_and_for_print(rochdale: Terminal) -> None:
    for kind in ("docx", "pdf"):
        ran = rochdale.done("digest", "weekly", "--format", kind, "--out", f"deep/week.{kind}")
        assert ran.out == f"written: deep/week.{kind}\n"
    assert "As at 09:00 on 1 December 2023" in _text(rochdale.folder / "deep" / "week.pdf")
    document = Document(str(rochdale.folder / "deep" / "week.docx"))
    assert document.paragraphs[0].text == "Weekly digest"


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_word_and_pdf_need_a_file_to_go_into(rochdale: Terminal, kind: str) -> None:
    ran = rochdale.run("digest", "weekly", "--format", kind)
    assert ran.code == 2
    assert "add --out FILE" in ran.err


def test_what_was_sent_is_listed_and_shown_as_it_was(sent: Terminal) -> None:
    [row] = sent.json("digest", "list")
    assert (row["number"], row["state"], row["period"]) == (
        1,
        "approved",
        "2023-11-25 to 2023-12-01",
    )
    assert row["sent_by"]
    listed = sent.done("digest", "list").out
    assert "as at" in listed.splitlines()[0]
    later = Terminal(sent.folder, "2024-02-01T09:00")
    shown = later.done("digest", "show", "1").out
    assert "As at 09:00 on 1 December 2023" in shown
    assert "Please read 1.2 first." in shown
    assert later.json("digest", "show", "1")["words"]["opening"] == "Please read 1.2 first."
    later.done("digest", "show", "1", "--format", "pdf", "--out", "sent.pdf")
    assert "Please read 1.2 first." in _text(later.folder / "sent.pdf")


def test_a_digest_that_is_not_there_is_said(rochdale: Terminal) -> None:
    assert "No digest has been made yet" in rochdale.done("digest", "list").out
    ran = rochdale.run("digest", "show", "7")
    assert ran.code == 1
    assert "listening-loop digest list" in ran.err


def _names_template(terminal: Terminal) -> None:
    config = terminal.folder / "config.toml"
    text = config.read_text("utf-8")
    assert '# template = "templates"' in text
    config.write_text(text.replace('# template = "templates"', 'template = "ours.docx"'), "utf-8")


def test_the_template_is_written_to_start_from_and_used_when_it_is_named(
    rochdale: Terminal,
) -> None:
    rochdale.done("digest", "template", "--out", "ours.docx")
    path = rochdale.folder / "ours.docx"
    document = Document(str(path))
    document.paragraphs[0].text = "OUR {{ title }}"
    document.save(str(path))
    _names_template(rochdale)
    rochdale.done("digest", "weekly", "--format", "docx", "--out", "week.docx")
    made = Document(str(rochdale.folder / "week.docx"))
    assert made.paragraphs[0].text == "OUR Weekly digest"
    assert rochdale.run("digest", "template", "--out", "ours.docx").code == 1


def test_a_broken_template_is_explained_and_does_no_harm(rochdale: Terminal) -> None:
    (rochdale.folder / "ours.docx").write_bytes(b"nothing")
    _names_template(rochdale)
    ran = rochdale.done("digest", "weekly", "--format", "docx", "--out", "week.docx")
    assert "digests.template: ours.docx: it is not a Word document" in ran.err
    assert Document(str(rochdale.folder / "week.docx")).paragraphs[0].text == "Weekly digest"
