"""With JavaScript switched off, everything works: it only helps where it is there."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.program import ELSEWHERE, Program
from tests.browser.walker import Walker, say
from tests.examples.library import form


@pytest.mark.parametrize("name", ["domestic_abuse_young_people", "practitioner_needs"])
def test_a_whole_survey_works_without_script(program: Program, visit: Visit, name: str) -> None:
    walker = Walker(visit(java_script_enabled=False).page)
    walker.begin(program.open(form(name)))
    assert len(walker.to_the_end()) > 5
    expect(walker.page.get_by_role("heading", name=say("page.receipt_title"))).to_be_visible()


def test_what_is_wrong_is_said_and_what_was_typed_is_still_there(
    program: Program, visit: Visit
) -> None:
    walker = Walker(visit(java_script_enabled=False).page)
    walker.begin(program.open(form("neglect_tool_practitioners")))
    while walker.page.locator("form.ask input[inputmode=numeric]").count() != 1:
        walker.go_on()
    number = walker.page.get_by_role("textbox")
    number.fill("quite a few")
    walker.press("page.next")
    expect(number).to_have_value("quite a few")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(walker.page.get_by_role("alert")).to_be_visible()


def test_the_quick_exit_works_without_script(program: Program, visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    walker = Walker(visitor.page)
    walker.begin(program.open(form("bolton_two_questions")))
    walker.page.get_by_role("link", name=say("page.leave")).click()
    walker.page.wait_for_url(f"**{ELSEWHERE}")
    assert visitor.context.cookies() == []
    walker.page.go_back()
    assert walker.page.locator("form.ask").count() == 0


def test_a_tablet_clears_itself_without_script(program: Program, visit: Visit) -> None:
    """It leads to a page that shows nothing of the person before, and on to the next."""
    walker = Walker(visit(java_script_enabled=False).page)
    token = program.open(form("bolton_two_questions"))
    walker.begin(token, door="t")
    refresh = walker.page.locator("meta[http-equiv=refresh]")
    assert refresh.get_attribute("content") == "60;url=/away"
    walker.page.goto("/away")
    expect(walker.page).to_have_url(program.url(f"/t/{token}"))
    expect(walker.button("page.start")).to_be_visible()
