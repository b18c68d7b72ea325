"""A paper in Word is one that an officer can edit: headings, lists, tables, and a picture."""

import re
from collections import Counter
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from bot.papers import PAPERS
from bot.papers.marked import tree_of
from bot.papers.marks import MARK
from bot.papers.page import as_html
from bot.papers.word import as_docx
from tests.bot.papers.kit import FULL, SURVEY, facts_of, one

DRAWN = ("dpia", "data-map", "reviewers-handbook", "notice-8-11")


def opened(name: str) -> Any:
    return Document(BytesIO(_drawn(name)))


@cache
def _drawn(name: str) -> bytes:
    return as_docx(one(name, FULL, SURVEY), facts_of(FULL, SURVEY))


@pytest.mark.parametrize("name", DRAWN)
def test_it_has_the_headings_and_tables_of_the_paper(name: str) -> None:
    paper, document = one(name, FULL, SURVEY), opened(name)
    kinds = Counter(node.type for node in tree_of(paper.text).children)
    styles = Counter(paragraph.style.name for paragraph in document.paragraphs)
    assert styles["Title"] == 1
    assert styles["Title"] + styles["Heading 1"] + styles["Heading 2"] == kinds["heading"]
    assert len(document.tables) == kinds["table"]
    assert document.core_properties.title == paper.kind.title
    assert document.core_properties.author == "Rochdale Partnership"


@pytest.mark.parametrize("name", [kind.name for kind in PAPERS])
def test_every_word_of_the_paper_is_in_it(name: str) -> None:
    paper, document = one(name, FULL, SURVEY), opened(name)
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    there = " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    page = re.sub(
        r"<svg.*?</svg>|<style>.*?</style>|<title>.*?</title>|<[^>]+>",
        " ",
        as_html(paper, facts_of(FULL, SURVEY)),
        flags=re.DOTALL,
    )
    wanted = set(re.findall(r"[A-Za-z]{4,}", page.replace("&amp;", "&").replace("&quot;", '"')))
    assert wanted - set(re.findall(r"[A-Za-z]{4,}", there)) == set()


def test_each_numbered_list_begins_at_one() -> None:
    document = opened("reviewers-handbook")
    numbers = [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in document.paragraphs
        if paragraph.style.name == "List Number"
    ]
    lists = [
        node
        for node in tree_of(one("reviewers-handbook", FULL, SURVEY).text).children
        if node.type == "ordered_list"
    ]
    assert len(set(numbers)) == len(lists) > 1


def test_the_head_of_a_table_comes_again_on_each_page() -> None:
    for table in opened("dpia").tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblHeader" not in table.rows[-1]._tr.xml


def test_the_map_lies_across_and_its_picture_has_its_text_alternative() -> None:
    document = opened("data-map")
    section = document.sections[0]
    assert section.page_width > section.page_height
    [picture] = document.inline_shapes
    assert picture._inline.docPr.get("descr").startswith("Young people, practitioners")
    assert picture.width <= section.page_width


def test_what_is_to_be_decided_stands_out() -> None:
    runs = [run for paragraph in opened("reviewers-handbook").paragraphs for run in paragraph.runs]
    marked = [run for run in runs if run.text.startswith(MARK)]
    assert marked
    assert all("FDF0D2" in run._r.xml for run in marked)


def test_the_page_shows_the_picture_and_needs_nothing_else() -> None:
    page = as_html(one("data-map", FULL), facts_of(FULL))
    assert page.count("<svg ") == 1
    assert "<img" not in page
    assert not re.search(r'(?:src|href)="https?:', page)
    assert 'href="data-map.html"' in as_html(one("dpia", FULL), facts_of(FULL))
