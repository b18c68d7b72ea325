"""One paper, every format: text, Markdown, a page, PDF. Word has a file of its own."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from pypdf import PdfReader

from digests.paper import Paper, Section, Table, Text
from digests.paper_formats import as_pdf, draw, in_parts
from digests.paper_words import settled, tidy
from tests.digests.papers import paper

EVIL = (
    "A & B <c>",
    "{{ 7 * 7 }} {% for x in y %} {#gone#}",
    '#panic("x") $a^2$ @ref `raw` *bold* _it_ // gone \\ #import "x.typ"',
    "سارہ خان 0800 1111",
    "| a | b |\n|---|---|\n# two\n<script>alert(1)</script>",
    "\u202egnp Zoe\u0301 \x00\x1e \ufffe 👩‍👩‍👧‍👦",
)


def read(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@cache
def page_of(words: str = "Sam & co", language: str = "en") -> Any:
    return html.fromstring(draw(paper(words, language), "html"))


@pytest.mark.parametrize("words", EVIL[:3])
def test_a_name_comes_out_whole_in_every_format(words: str) -> None:
    made = paper(words)
    in_text = f"- 1.2 Put it to use {words}\n  Lead: Nurse Board\n  Moved: 2"
    assert in_text in draw(made, "text")
    assert words in page_of(words).text_content()
    assert (
        words
        in html.fromstring(
            MarkdownIt("gfm-like", {"linkify": False}).render(draw(made, "md"))
        ).text_content()
    )
    assert words.replace("  ", " ") in read(as_pdf(made))


@settings(max_examples=25, deadline=None)
@given(text=st.one_of(st.sampled_from(EVIL), st.text(max_size=60)))
def test_nothing_that_is_written_becomes_markup(text: str) -> None:
    made, plain = paper(text), paper("plain")
    assert _html(draw(made, "html")) == _html(draw(plain, "html"))
    assert _md(draw(made, "md")) == _md(draw(plain, "md"))


def _html(text: str) -> list[str]:
    return [element.tag for element in html.fromstring(text).iter() if element.tag != "br"]


_WITHIN = ("text", "text_special", "html_inline", "hardbreak", "softbreak")


def _md(text: str) -> list[str]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    every = [one for token in tokens for one in (token, *(token.children or ()))]
    return [one.type for one in every if one.type not in _WITHIN]


@settings(max_examples=8, deadline=None)
@given(text=st.one_of(st.sampled_from(EVIL), st.text(max_size=40)))
def test_whatever_is_written_can_be_printed(text: str) -> None:
    printed = read(as_pdf(paper(text)))
    assert "How the plan stands" in printed
    assert "May 1.2 move to 31 May 2024?" in printed


@given(st.text())
def test_texts_are_tidied_once_and_for_all(text: str) -> None:
    made = tidy(text)
    assert tidy(made) == made
    opened = sum(made.count(sign) for sign in "\u2066\u2067\u2068")
    assert opened == made.count("\u2069")
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u200e\u200f]", made)


@pytest.mark.parametrize(
    "draws",
    [
        lambda one: draw(one, "html"),
        lambda one: draw(one, "md"),
        lambda one: draw(one, "text"),
        as_pdf,
    ],
)
def test_the_same_paper_gives_the_same_bytes(draws: Callable[[Paper], str | bytes]) -> None:
    assert draws(paper()) == draws(paper())


# the page


def test_a_page_has_its_language_its_headings_in_order_and_a_link_past_them() -> None:
    for language, direction in (("en", "ltr"), ("ur", "rtl")):
        root = page_of(language=language)
        assert (root.get("lang"), root.get("dir")) == (language, direction)
        assert [h.tag for h in root.iter("h1", "h2", "h3", "h4")] == ["h1", "h2", "h2", "h3"]
        assert root.xpath("//a[@class='skip']/@href") == ["#main"]


def test_links_lead_to_their_section_or_to_a_web_address_and_nowhere_else() -> None:
    root = page_of()
    ids = set(root.xpath("//@id"))
    links = root.xpath("//main//a")
    assert {link.get("href") for link in links} == {
        "#section-1",
        "#section-2",
        "https://example.org/you",
    }
    assert all(link.get("href")[1:] in ids for link in links if link.get("href")[0] == "#")
    for target in ("javascript:alert(1)", "no-such-section", "https://a b", "//evil.example"):
        odd = Section("x", "X", (Text("words", opens=target),))
        for made in (draw(replace(paper(), sections=(odd,)), kind) for kind in ("html", "md")):
            assert "See:" not in made


def test_every_picture_on_a_page_has_words_and_its_figures_as_a_table() -> None:
    figures = page_of().xpath("//figure")
    assert len(figures) == 4
    for figure in figures:
        assert all(svg.get("aria-label") for svg in figure.xpath(".//svg"))
        assert figure.xpath(".//details//caption/text()") == ["Readings by quarter"]
    for table in page_of().xpath("//table"):
        assert table.xpath("./caption")
        assert all(cell.get("scope") for cell in table.xpath(".//th"))


def test_a_page_needs_nothing_from_elsewhere() -> None:
    text = draw(paper(), "html")
    assert not re.search(r"(src|xlink:href)=|url\(|@import|<script|<link", text)


# chat and Markdown


def test_chat_gets_what_stands_above_and_a_piece_for_each_section() -> None:
    head, *sections, foot = in_parts(paper("x"))
    assert head.startswith("Highlight report: 1 October 2023 to 31 December 2023\nRochdale: x")
    assert [one.split("\n")[0] for one in sections] == [
        "How the plan stands",
        "What was said x",
        "Pictures",
    ]
    assert "overdue: 5" in sections[0]
    assert "→ May 1.2 move to 31 May 2024?" in sections[0]
    assert "You said: “Listen before you decide x” About 35 said so." in sections[1]
    assert "We did: Every meeting starts with you. x" in sections[1]
    assert "Picture: Deadlines: what it shows." in sections[2]
    assert foot == "Figures are for the quarter."


def test_a_long_table_is_cut_in_chat_alone() -> None:
    rows = tuple((f"row {n}", f"value {n}") for n in range(40))
    section = Section("long", "Long", (Table("Many", ("What", "How much"), rows),))
    made = replace(paper(), sections=(section,))
    assert "and 30 more" in draw(made, "text")
    assert "row 39" not in draw(made, "text")
    for kind in ("html", "md"):
        assert "row 39" in draw(made, kind)
    assert "row 39" in read(as_pdf(made))


def test_markdown_has_tables_with_figures_at_the_edge() -> None:
    made = draw(paper("x"), "md")
    assert "| Action | Lead | Moved |\n| --- | --- | ---: |" in made
    assert "| 1.2 Put it to use x | Nurse<br>Board | 2 |" in made
    assert "> **You said:** “Listen before you decide x” About 35 said so." in made


def test_an_empty_paper_says_so() -> None:
    empty = replace(paper(), sections=(), opening=(), whose="")
    for made in (draw(empty, "text"), draw(empty, "md"), draw(empty, "html"), read(as_pdf(empty))):
        assert "There is nothing in this report yet." in made


# PDF


def tags(node: Any, name: str) -> list[Any]:
    """Every element of that name, in order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [found for child in node for found in tags(child, name)]
    if not isinstance(node, dict):
        return []
    below = tags(node["/K"], name) if "/K" in node else []
    return ([node] if node.get("/S") == name else []) + below


@cache
def reader(language: str = "en") -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf(paper(language=language))))


def test_a_pdf_can_be_read_aloud() -> None:
    root: Any = reader().trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    tree = root["/StructTreeRoot"]
    assert [len(tags(tree, name)) for name in ("/H1", "/H2", "/H3")] == [1, 2, 1]
    figures = tags(tree, "/Figure")
    assert [figure["/Alt"] for figure in figures] == [
        f"{title}: what it shows."
        for title in ("Repeat plans", "Actions by colour", "Deadlines", "From said to told")
    ]
    assert len(tags(tree, "/Table")) == len(tags(tree, "/THead")) == 6
    assert tags(tree, "/TH")
    assert tags(tree, "/L")
    assert tags(tree, "/Link")


def test_a_pdf_has_a_title_a_date_and_bookmarks() -> None:
    metadata = reader().metadata
    assert metadata is not None
    assert metadata.title == "Highlight report: 1 October 2023 to 31 December 2023"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == paper().dated
    marks = [mark.title for mark in _flat(reader().outline)]
    assert marks == [
        "Highlight report",
        "How the plan stands",
        "What was said Sam & co",
        "Pictures",
    ]


def _flat(marks: Any) -> list[Any]:
    return [one for mark in marks for one in (_flat(mark) if isinstance(mark, list) else [mark])]


def test_a_long_table_in_a_pdf_has_its_header_on_every_page() -> None:
    rows = tuple((f"row {n}", "words " * 20, "3") for n in range(80))
    section = Section("long", "Long", (Table("Many", ("What", "Why", "How much"), rows, (2,)),))
    found = PdfReader(io.BytesIO(as_pdf(replace(paper(), sections=(section,)))))
    assert len(found.pages) > 2
    assert all("How much" in page.extract_text() for page in found.pages)


@pytest.mark.parametrize(("language", "said"), [("ar", "قلتم"), ("ur", "آپ نے کہا")])
def test_letters_that_join_are_joined_in_a_pdf(language: str, said: str) -> None:
    """What the joined shapes mean can be copied out, word by word."""
    root: Any = reader(language).trailer["/Root"]
    assert root["/Lang"] == language
    raw = " ".join(page.extract_text() for page in reader(language).pages)
    for word in said.split():
        assert word in raw or word[::-1] in raw


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("By سارہ خان, 6 February", "By \u2068سارہ خان\u2069, 6 February"),
        ("Said في 2024 قالوا today", "Said \u2068في 2024 قالوا\u2069 today"),
        ("סארה said 5", "סארה said 5"),
        ("Zoë, 6 February", "Zoë, 6 February"),
    ],
)
def test_a_name_from_right_to_left_takes_no_number_with_it(written: str, held: str) -> None:
    assert settled(replace(paper(), of=written)).of == held
    assert settled(replace(paper(), of=written, language="ar")).of == written
