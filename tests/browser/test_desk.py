"""The desk in a real browser: by keyboard, without script, narrow, in the dark, and twice."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from storage.plans import Action, Update
from tests.browser import measure
from tests.browser.conftest import Visit
from tests.browser.desk import NOTE, Office
from tests.browser.program import Program
from tests.browser.test_keyboard import _press, _tab, _tab_to
from tests.browser.visitor import Visitor
from tests.browser.walker import say

NARROW = {"width": 320, "height": 640}
PAGES = ("update:1", "status:1:at_risk", "snooze:1", "stop", "settings")


@pytest.fixture
def office(program: Program) -> Office:
    return Office.open(program)


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form.ask button").click()


def _look_everywhere(office: Office, visitor: Visitor) -> None:
    """Every kind of page: before a press, a form, what is wrong with it, the answer, a list."""
    page = visitor.page
    for token in PAGES:
        page.goto(office.path(token))
        visitor.look_by_day_and_night()
        assert measure.covered(page) == [], token
    page.goto(office.path("update:1"))
    _send(page)
    expect(page.get_by_role("alert")).to_be_focused()
    visitor.look_by_day_and_night()
    page.goto(office.path("actions"))
    with page.expect_navigation():
        page.locator(".button.big").click()
    expect(page.locator(".piece").first).to_be_visible()
    visitor.look_by_day_and_night()
    page.goto(f"{office.path('stop')}x")
    visitor.look_by_day_and_night()


def test_no_page_has_a_barrier_however_narrow_it_is(office: Office, visit: Visit) -> None:
    _look_everywhere(office, visit(viewport=NARROW))


def test_an_update_goes_by_keyboard_alone(office: Office, visit: Visit) -> None:
    page = visit().page
    page.goto(office.path("status:1:at_risk"))
    while _tab(page)["tag"] != "TEXTAREA":
        assert page.evaluate("document.activeElement !== document.body")
    page.keyboard.type(NOTE)
    _press(page, say("form.send"))
    expect(page.get_by_role("heading", level=1)).to_have_text(say("desk.said_title"))
    expect(page.get_by_role("main")).to_contain_text(NOTE)
    _press(page, say("desk.press.actions"))
    expect(page.get_by_role("main")).to_contain_text("Tell every school")


def test_an_error_is_read_first_and_leads_to_its_field(office: Office, visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(office.path("update:1"))
    page.get_by_role("textbox").first.fill(NOTE)
    _send(page)
    expect(page).to_have_title(f"{say('page.error_mark')} Update on 1.2")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("group").first).to_have_accessible_description(say("desk.error.choose"))
    expect(page.get_by_role("main")).to_contain_text("Half of the wards are done.")
    _tab_to(page, f"How is it going: {say('desk.error.choose')}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.get_by_role("textbox").first).to_have_value(NOTE)


def test_everything_works_without_script(office: Office, visit: Visit) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(office.path("update:1"))
    page.get_by_role("radio", name="On track").check()
    page.get_by_role("textbox").first.fill(NOTE)
    _send(page)
    while page.locator("form.ask").count():
        _send(page)
    expect(page.get_by_role("main")).to_contain_text(NOTE)
    page.get_by_role("textbox").fill("1.3 done")
    with page.expect_navigation():
        page.locator("form.write button").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Yes, that is right").click()
    assert _statuses(office) == {"1.2": "on_track", "1.3": "complete_awaiting_evidence"}


def _statuses(office: Office) -> dict[str, str]:
    with office.program.database.reading() as db:
        return {row.ref: str(row.status) for row in db.exec(select(Action))}


def test_nothing_happens_by_opening_a_page_with_script(office: Office, visit: Visit) -> None:
    """A scanner that runs scripts opens the page, waits, and goes."""
    visitor = visit()
    for token in PAGES:
        visitor.page.goto(office.path(token))
        visitor.page.wait_for_load_state("networkidle")
    with office.program.database.reading() as db:
        assert len(db.exec(select(Update)).all()) == 1
    posts = [url for url in visitor.asked_for if "/here" in url or "/said" in url]
    assert posts == []
    assert visitor.context.cookies() == []


def test_the_button_says_which_action_it_is_for(office: Office, visit: Visit) -> None:
    page = visit().page
    page.goto(office.path("actions"))
    with page.expect_navigation():
        page.locator(".button.big").click()
    described = page.locator(".piece button").first
    expect(described).to_have_accessible_description("1.3 Tell every school")
