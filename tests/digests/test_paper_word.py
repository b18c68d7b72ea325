"""A paper in Word. UPDATE_GOLDEN=1 writes the template anew from its script."""

import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from digests.paper import Section, Table
from digests.paper_formats import as_docx
from digests.paper_word import shipped
from digests.word import own_for
from tests.digests.paper_template import built
from tests.digests.papers import paper
from tests.digests.test_word_and_pdf import NASTY, parts, texts


def word(words: str = "Sam & co", language: str = "en", own: Path | None = None) -> Any:
    made = as_docx(paper(words, language), own)
    assert not made.problem
    return Document(io.BytesIO(made.content))


def test_the_template_that_ships_is_the_one_that_is_built() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        shipped().write_bytes(built())
    kept, new = parts(shipped().read_bytes()), parts(built())
    for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
        assert kept[name] == new[name], f"{name} differs"


def test_headings_are_headings_and_every_block_is_there() -> None:
    document = word("A & B <c>")
    styled = [(p.style.name, p.text) for p in document.paragraphs]
    assert [one for one in styled if one[0] in ("Title", "Heading 1", "Heading 2")] == [
        ("Title", "Highlight report"),
        ("Heading 1", "How the plan stands"),
        ("Heading 1", "What was said A & B <c>"),
        ("Heading 2", "Pictures"),
    ]
    for expected in (
        ("Remark", "Remark: Ask Priya. A & B <c>"),
        ("Not there", "No reading was entered this quarter."),
        ("To decide", "May 1.2 move to 31 May 2024?"),
        ("Small print", "See: What was said A & B <c>"),
        ("Normal", "1. Find a lead. A & B <c>"),
        ("List Bullet", "two"),
        ("What was said", "“Listen before you decide A & B <c>”"),
        ("Reply label", "We did"),
        ("Own words", "We trained 43 staff. A & B <c>"),
        ("Table title", "Repeat plans"),
        ("Small print", "c: fewer than 5 people."),
    ):
        assert expected in styled


def test_tables_have_header_rows_that_come_again_and_figures_at_the_edge() -> None:
    tables = word("x").tables
    assert len(tables) == 6
    for table in tables:
        first, *rest = table._tbl.tr_lst
        assert first.xpath("./w:trPr/w:tblHeader")
        assert all(row.xpath("./w:trPr/w:cantSplit") for row in (first, *rest))
    cells = [[cell.text for cell in row.cells] for row in tables[1].rows]
    assert cells[1] == ["1.2 Put it to use x", "Nurse\nBoard", "2"]
    assert tables[1].rows[1].cells[2].paragraphs[0].alignment is not None
    assert tables[1].rows[1].cells[1].paragraphs[0].alignment is None


def test_pictures_have_words_for_those_who_cannot_see_them() -> None:
    document = word()
    said = [one.get("descr") for one in document.element.iter(qn("wp:docPr"))]
    assert said == [
        f"{title}: what it shows."
        for title in ("Repeat plans", "Actions by colour", "Deadlines", "From said to told")
    ]
    assert len({one.get("id") for one in document.element.iter(qn("wp:docPr"))}) == 4


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert as_docx(paper()).content == as_docx(paper()).content


def test_a_document_is_titled_dated_and_in_its_language() -> None:
    properties = word().core_properties
    assert properties.title == "Highlight report: 1 October 2023 to 31 December 2023"
    assert properties.created is not None
    assert properties.created.date() == paper().dated
    assert properties.language == "en-GB"
    assert (properties.author, properties.last_modified_by) == ("", "")


def test_from_right_to_left_paragraphs_tables_and_letters_are_turned() -> None:
    document = word("سارہ خان", "ur")
    assert document.core_properties.language == "ur"
    assert document.styles["Normal"].element.xpath("./w:pPr/w:bidi")
    assert all(table._tbl.xpath("./w:tblPr/w:bidiVisual") for table in document.tables)
    runs = [
        run for run in document.element.body.iter(qn("w:r")) if "سارہ" in "".join(run.itertext())
    ]
    assert runs
    assert all(run.xpath("./w:rPr/w:rtl") for run in runs)
    assert not word("سارہ خان").styles["Normal"].element.xpath("./w:pPr/w:bidi")


@settings(max_examples=6, deadline=None)
@given(text=st.one_of(st.sampled_from(NASTY), st.text(max_size=40)))
def test_whatever_is_written_stays_text(text: str) -> None:
    bare = replace(paper(text), sections=paper(text).sections[:2])
    made = as_docx(bare)
    assert not made.problem
    xml = parts(made.content)["word/document.xml"]
    etree.fromstring(xml)  # strictly: docxtpl's own parser loses what it cannot read
    assert xml.count(b"<w:tbl>") == 2
    found = Document(io.BytesIO(made.content))
    assert "Moved" in texts(found)
    if text == NASTY[1]:
        assert text in re.sub("\u2060", "", " ".join(texts(found)))


def test_a_table_with_too_many_columns_keeps_them_all() -> None:
    columns = tuple(f"column {n}" for n in range(12))
    table = Table("Wide", columns, (tuple(f"cell {n}" for n in range(12)),))
    made = as_docx(replace(paper(), sections=(Section("wide", "Wide", (table,)),)))
    found = " ".join(texts(Document(io.BytesIO(made.content))))
    assert all(f"column {n}" in found and f"cell {n}" in found for n in range(12))


# a partnership's own template


def _own(path: Path, *lines: str) -> Path:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def test_a_template_of_their_own_names_sections_by_key(tmp_path: Path) -> None:
    own = _own(
        tmp_path / "ours.docx",
        "OURS {{ title|upper }}",
        "{{ part('standing').title }}{{ part('nowhere').title }}",
        "{%p for block in part('pictures').blocks %}",
        "{{ block.image }}",
        "{%p endfor %}",
    )
    found = word(own=own)
    assert [p.text for p in found.paragraphs[:2]] == [
        "OURS HIGHLIGHT REPORT",
        "How the plan stands",
    ]
    assert len(list(found.element.iter(qn("wp:docPr")))) == 4


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{% if %}", "near {% if %}"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_broken_template_is_explained_and_the_program_s_own_is_used(
    tmp_path: Path, line: str, why: str
) -> None:
    made = as_docx(paper(), _own(tmp_path / "ours.docx", line))
    assert made.content == as_docx(paper()).content
    assert "digests.template: ours.docx" in made.problem
    assert why in made.problem


def test_a_folder_holds_a_template_for_each_kind(tmp_path: Path) -> None:
    one = _own(tmp_path / "highlight.docx", "x")
    others = _own(tmp_path / "paper.docx", "x")
    assert own_for(tmp_path, "highlight") == one
    assert own_for(tmp_path, "annual") == others
    assert own_for(tmp_path, "weekly") is None
    assert own_for(one, "weekly") == one
    assert own_for(one, "highlight") is None
    assert own_for(None, "weekly") is None


@pytest.mark.parametrize("language", ["en", "ar"])
def test_another_program_opens_it(tmp_path: Path, language: str) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice was found; on Debian: apt-get install libreoffice-writer")
    (tmp_path / "paper.docx").write_bytes(as_docx(paper("A & B <c>", language)).content)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    done = subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "paper.docx")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    printed = " ".join(page.extract_text() for page in PdfReader(tmp_path / "paper.pdf").pages)
    assert "A & B <c>" in printed
    assert "May 1.2 move to 31 May 2024?" in printed or "2024" in printed
    assert len(printed.split()) > 150
