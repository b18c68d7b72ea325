"""Every page of every example survey, in every language, on the narrowest of phones."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from storage.language import direction
from surveys.definition import Audience
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker, say
from tests.examples.library import NAMES, form

NARROW = {"width": 320, "height": 640}
ASKED = [name for name in NAMES if form(name).settings.audience is not Audience.LEADS]
YOUTH = [name for name in ASKED if form(name).languages != ("en",)]


def _other(name: str) -> str:
    """The language in which a form is looked at closely besides English; it goes round."""
    others = form(name).languages[1:]
    return others[YOUTH.index(name) % len(others)]


CLOSELY = [(name, "en") for name in ASKED] + [(name, _other(name)) for name in YOUTH]


@pytest.mark.parametrize(("name", "language"), CLOSELY)
def test_no_page_of_a_survey_has_a_barrier(
    program: Program, visit: Visit, name: str, language: str
) -> None:
    _walk(program, visit(viewport=NARROW), name, language, lambda visitor: visitor.look())


@pytest.mark.parametrize("name", YOUTH)
def test_every_page_fits_a_narrow_phone_in_every_language(
    program: Program, visit: Visit, name: str
) -> None:
    for language in form(name).languages:
        if (name, language) not in CLOSELY:
            visitor = visit(viewport=NARROW)
            _walk(program, visitor, name, language, lambda visitor: visitor.measure())


def _walk(
    program: Program, visitor: Visitor, name: str, language: str, look: Callable[[Visitor], None]
) -> None:
    def at_each_page() -> None:
        look(visitor)
        _is_sound(visitor.page, language)

    walker = Walker(visitor.page, language)
    walker.arrive(program.open(form(name)))
    at_each_page()
    walker.press("page.start")
    assert len(walker.to_the_end(at_each_page)) > 3
    title = say("page.receipt_title", language)
    expect(visitor.page.get_by_role("heading", name=title)).to_be_visible()


def _is_sound(page: Page, language: str) -> None:
    root = page.locator("html")
    assert root.get_attribute("lang") == language
    assert root.get_attribute("dir") == direction(language)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.title().strip()
