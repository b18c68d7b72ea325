"""Word and PDF of a digest. UPDATE_GOLDEN=1 writes the Word template anew from its script."""

import io
import os
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from digests.escaping import every_text, one_line
from digests.letters import printable
from digests.pdf import as_pdf
from digests.picture import Picture, Words, digest_from, first_words
from digests.sheet import sheet_of
from digests.word import TemplateBroken, as_docx, shipped
from tests.digests.seeded import NOW
from tests.digests.word_template import built

GOLDEN = Path(__file__).parent / "golden"
NASTY = (
    "<b>Sam</b> & co </w:t> <w:br/>",
    "{{ 7 * 7 }} {% for x in y %} {#gone#} {_{ x }_} {_% %_}",
    '#panic("x") $a^2$ @ref `raw` *bold* _it_ // gone \\ #import "x.typ"',
    '=HYPERLINK("http://evil.example") +1 -1 @SUM(A1)',
    "👩‍👩‍👧‍👦 中文 שלום \u202egnp Zoe\u0301 \ufffe \U000e0041",
    "سارہ خان 0800 1111",
    "one\n\n# two\r\nthree\x0b\x1e\x00",
    "c c c " * 400,
)


@cache
def picture() -> Picture:
    """The digest whose JSON is kept in golden/."""
    digest = digest_from((GOLDEN / "weekly.en.json").read_text("utf-8"))
    return Picture(digest, first_words(digest), NOW)


def worded(text: str) -> Picture:
    """The same with this text wherever a person can put one."""
    digest = every_text(picture().digest, lambda _: text)
    return Picture(digest, Words(text, dict.fromkeys(("overdue", "surveys"), text), text), NOW)


def word(found: Picture, own: Path | None = None) -> Any:
    made = as_docx(found, own)
    assert not made.problem
    return Document(io.BytesIO(made.content))


def pdf(found: Picture) -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf(found)))


def read(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def texts(document: Any) -> list[str]:
    """Every paragraph, those in cells as well."""
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    inside = [paragraph.text for cell in cells for paragraph in cell.paragraphs]
    return [paragraph.text for paragraph in document.paragraphs] + inside


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_template_that_ships_is_the_one_that_is_built() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        shipped().write_bytes(built())
    kept, new = parts(shipped().read_bytes()), parts(built())
    for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
        assert kept[name] == new[name], f"{name} differs"


def test_both_say_when_they_are_of_and_whose_words_they_open_with() -> None:
    named = replace(picture(), words=Words("Please read 1.2.", {}, "Business Manager"))
    for found, whose in (
        (picture(), "Opening put together from the figures by the program."),
        (named, "Opening and remarks: Business Manager."),
    ):
        for text in (" ".join(texts(word(found))), read(pdf(found))):
            assert "As at 09:00 on 15 January 2024" in text
            assert whose in text
            assert found.words.opening in text


def test_every_section_has_its_heading_its_columns_and_its_rows() -> None:
    sheet = sheet_of(picture(), str)
    document, printed = word(picture()), read(pdf(picture()))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [section.heading for section in sheet.sections]
    tables = document.tables[1:]
    assert len(tables) == len(sheet.sections) == 12
    for table, section in zip(tables, sheet.sections, strict=True):
        found = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert found == [section.columns, *section.rows]
        assert section.heading in printed
        for text in (*section.columns, *(cell for row in section.rows for cell in row)):
            assert re.sub(r"\s+", " ", text) in printed


def test_remarks_stand_below_their_headings() -> None:
    remarked = replace(picture(), words=Words("x", {"overdue": "Ask Priya."}, "Business Manager"))
    found = [p.text for p in word(remarked).paragraphs]
    assert found[found.index("Overdue (2)") + 1] == "Remark: Ask Priya."
    assert "Overdue (2) Remark: Ask Priya." in read(pdf(remarked))


def test_tables_in_word_have_header_rows_that_come_again_and_rows_that_are_not_torn() -> None:
    for table in word(picture()).tables:
        first, *rest = table._tbl.tr_lst
        assert first.xpath("./w:trPr/w:tblHeader")
        assert not [row for row in rest if row.xpath("./w:trPr/w:tblHeader")]
        assert all(row.xpath("./w:trPr/w:cantSplit") for row in (first, *rest))


def test_a_pdf_can_be_read_aloud() -> None:
    root: Any = pdf(picture()).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)
    tags = _tags(root["/StructTreeRoot"])
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == tags.count("/Table") - 1 == 12
    assert tags.count("/THead") == tags.count("/Table")
    assert {"/TH", "/TD", "/TR"} <= set(tags)


def _tags(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for child in node for tag in _tags(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (_tags(node["/K"]) if "/K" in node else [])


def test_documents_are_titled_dated_with_the_period_s_end_and_in_english() -> None:
    metadata = pdf(picture()).metadata
    assert metadata is not None
    assert metadata.title == "Weekly digest: 8 January 2024 to 14 January 2024"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == picture().digest.period.end
    properties = word(picture()).core_properties
    assert properties.title == metadata.title
    assert properties.language == "en-GB"
    assert (properties.author, properties.last_modified_by) == ("", "")


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert as_pdf(picture()) == as_pdf(picture())
    assert as_docx(picture()).content == as_docx(picture()).content


@settings(max_examples=12, deadline=None)
@given(text=st.one_of(st.sampled_from(NASTY), st.text(max_size=40)))
def test_whatever_is_written_stays_text_in_word(text: str) -> None:
    made = as_docx(worded(text))
    assert not made.problem
    xml = parts(made.content)["word/document.xml"]
    document = Document(io.BytesIO(made.content))
    etree.fromstring(xml)  # strictly: docxtpl's own parser loses what it cannot read
    assert len(document.tables) == 13
    shown = _visible(one_line(text.splitlines()[0] if text.splitlines() else ""))
    assert shown[:200] in _visible(" ".join(texts(document)))
    assert xml.count(b"<w:tbl>") == 13


def _visible(text: str) -> str:
    """Without the signs that only keep braces apart, and what no file can hold."""
    return re.sub("[\u2060\ufffd\ufffe\uffff]", "", text)


@settings(max_examples=12, deadline=None)
@given(text=st.one_of(st.sampled_from(NASTY), st.text(max_size=40)))
def test_whatever_is_written_is_printed_and_never_read_as_a_command(text: str) -> None:
    printed = read(pdf(worded(text)))
    for heading in ("Overdue (2)", "The whole plan"):
        assert heading in printed


def test_commands_of_typst_stand_on_the_page_as_they_were_written() -> None:
    printed = read(pdf(worded(NASTY[2])))
    assert '#panic("x") $a^2$ @ref `raw` *bold* _it_ // gone \\ #import "x.typ"' in printed


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Zoë Kraków Țepeș", "Zoë Kraków Țepeș"),
        ("سارہ خان", "سارہ خان"),
        ("Zoe\u0301", "Zo\u00e9"),
        ("ready 👍🏽 now", "ready ?? now"),
        ("中文", "??"),
        ("a\u2062b\ufe0f", "ab"),
    ],
)
def test_a_sign_that_no_font_has_is_a_question_mark(written: str, kept: str) -> None:
    assert printable(written) == kept


def test_long_weeks_run_over_pages_with_the_header_on_each() -> None:
    overdue = picture().digest.overdue
    long = replace(overdue, rows=overdue.rows * 60, total=900)
    found = pdf(replace(picture(), digest=replace(picture().digest, overdue=long)))
    assert len(found.pages) > 6
    assert "Lead says, dates say" in found.pages[3].extract_text()
    assert "and 780 more" in read(found)


# a partnership's own template


def _own(folder: Path, *lines: str) -> Path:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    path = folder / "ours.docx"
    document.save(str(path))
    return path


def test_a_template_of_their_own_is_filled_with_sections_by_name(tmp_path: Path) -> None:
    own = _own(
        tmp_path,
        "OURS {{ title|upper }} {{ as_at }}",
        "{{ overdue.heading }}, {{ due_30.total }}, {{ meetings.rows[0][1] }}",
        "{%p for line in opening %}",
        "{{ line }}",
        "{%p endfor %}",
    )
    found = texts(word(picture(), own))
    assert found[:2] == [
        "OURS WEEKLY DIGEST As at 09:00 on 15 January 2024",
        "Overdue (2), 2, The Quality Assurance Sub-group",
    ]
    assert found[2] == picture().words.opening


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{% if %}", "near {% if %}"),
        ("{{ title", "it cannot be filled in"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% for x in range(9999999) %}a{% endfor %}", "not a Word document|filled in"),
    ],
)
def test_a_broken_template_is_explained_and_the_program_s_own_is_used(
    tmp_path: Path, line: str, why: str
) -> None:
    made = as_docx(picture(), _own(tmp_path, line))
    assert made.content == as_docx(picture()).content
    assert made.problem.startswith("digests.template: ours.docx: ")
    assert re.search(why, made.problem)
    assert made.problem.endswith("or take the setting out.")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04junk", None])
def test_a_template_that_is_no_word_file_or_not_there_is_explained(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "ours.docx"
    if content is not None:
        path.write_bytes(content)
    made = as_docx(picture(), path)
    assert made.content == as_docx(picture()).content
    assert "not a Word document" in made.problem


def test_what_is_said_of_a_template_repeats_nobody_s_words(tmp_path: Path) -> None:
    own = _own(tmp_path, "{{ overdue.rows[0][0] / 2 }} {{ opening[0] + 1 }}")
    made = as_docx(worded("Private words"), own)
    assert made.problem
    assert "Private" not in made.problem
    assert isinstance(TemplateBroken(own, "x"), ValueError)
