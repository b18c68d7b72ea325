"""“Did we get that right?” in a browser: one tap, from right to left too."""

import pytest
from playwright.sync_api import expect

from digests.verdicts import true_verdicts
from tests.bot.web.public.scene import NOW, publish_one_more, seed
from tests.browser import measure
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.walker import say


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_tap_on_the_public_page_counts_once_without_a_barrier(
    program: Program, visit: Visit, language: str
) -> None:
    program.now = NOW
    found = publish_one_more(program.database, seed(program.database))
    visitor = visit(viewport={"width": 320, "height": 640})
    page = visitor.page
    page.goto(f"/we-did/help-at-home?lang={language}")
    for answer in ("right", "partly"):
        with page.expect_navigation():
            page.get_by_role("button", name=say(f"verdict.{answer}", language)).click()
        expect(page.get_by_role("status")).to_contain_text(say("verdict.counted", language))
    visitor.look_by_day_and_night()
    assert measure.sideways(page) == []
    assert [cookie["expires"] for cookie in visitor.context.cookies()] == [-1]
    with program.database.reading() as db:
        counted = true_verdicts(db, [found.publication_id])
    assert counted == {"right": 0, "partly": 1, "wrong": 0}
