"""Privacy notices and the other papers in a browser: no barrier, on a phone, and on paper."""

from io import BytesIO

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from bot.papers.page import as_html
from tests.bot.papers.kit import FULL, SURVEY, facts_of, one
from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.program import Program

NARROW = {"width": 320, "height": 640}
NOTICES = ("8-11", "16")
PAPERS = ("data-map", "incident-plan", "reviewers-handbook")
"""Between them they have every kind of part that there is."""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_notice_has_a_barrier_on_a_narrow_phone(
    program: Program, visit: Visit, language: str
) -> None:
    visitor = visit(viewport=NARROW)
    for name in NOTICES:
        answered = visitor.page.goto(program.url(f"/privacy/{name}?lang={language}"))
        assert answered is not None
        assert answered.status == 200
        visitor.look()


def test_on_paper_a_childs_notice_is_two_sheets_and_leaves_the_buttons_out(
    program: Program, visit: Visit
) -> None:
    visitor = visit()
    visitor.page.goto(program.url("/privacy/8-11?lang=en"))
    printed = PdfReader(BytesIO(visitor.page.pdf(format="A4")))
    text = " ".join(page.extract_text() for page in printed.pages)
    assert len(printed.pages) <= 2
    assert "What if I tell you something worrying?" in text
    assert "0800 1111" in text.replace("\n", " ")
    assert "Leave this page" not in text
    assert "Română" not in text


def test_no_paper_has_a_barrier_and_each_fits_a_narrow_phone(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    for name in PAPERS:
        page.set_content(as_html(one(name, FULL, SURVEY), facts_of(FULL, SURVEY)))
        assert findings(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    page.close()
