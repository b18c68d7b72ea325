"""What was published, in a browser: read by everybody, in their language."""

import pytest
from playwright.sync_api import expect

from storage.language import direction
from tests.bot.web.public.scene import NOW, publish_one_more, seed
from tests.browser import measure
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.walker import say

SLUG = "help-at-home"
WIDTHS = (320, 1280)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_was_published_is_found_and_read_without_a_barrier(
    program: Program, visit: Visit, language: str
) -> None:
    program.now = NOW
    publish_one_more(program.database, seed(program.database))
    visitor = visit(viewport={"width": WIDTHS[0], "height": 640})
    page = visitor.page
    page.goto(f"/we-did?lang={language}")
    expect(page.locator("html")).to_have_attribute("dir", direction(language))
    visitor.look_by_day_and_night()
    page.locator(".published").get_by_role("link").click()
    expect(page.locator(".pairs .pair")).not_to_have_count(0)
    expect(page.locator("html")).to_have_attribute("lang", language)
    visitor.look_by_day_and_night()
    page.set_viewport_size({"width": WIDTHS[1], "height": 800})
    assert measure.sideways(page) == []
    page.get_by_role("link", name=say("public.we_did.all", language), exact=True).click()
    expect(page).to_have_url(program.url(f"/we-did?lang={language}"))
    assert visitor.context.cookies() == []


def test_words_that_stayed_in_their_language_are_said_in_it(program: Program, visit: Visit) -> None:
    program.now = NOW
    publish_one_more(program.database, seed(program.database))
    page = visit().page
    page.goto(f"/we-did/{SLUG}?lang=ar")
    theirs = page.locator(".pair blockquote, .pair .did")
    assert theirs.count() > 1
    assert {one.get_attribute("lang") for one in theirs.all()} == {"en"}
    assert {one.evaluate("one => getComputedStyle(one).direction") for one in theirs.all()} == {
        "ltr"
    }
