"""What is left on a screen for the next pair of eyes: nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.program import ELSEWHERE, Program
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker, say
from tests.examples.library import form

SECRET = "Aunt Mabel and the blue bicycle"
TABLET_SECONDS = 60


def _begun(visitor: Visitor, token: str, *, door: str = "s") -> Walker:
    """Somebody who has written something, sent it, and looks at the next question."""
    walker = Walker(visitor.page)
    walker.begin(token, door=door)
    walker.go_on()
    walker.page.get_by_role("textbox").fill(SECRET)
    walker.press("page.next")
    expect(walker.button("page.next")).to_be_visible()
    return walker


def _token(program: Program) -> str:
    return program.open(form("bolton_two_questions"))


def _shows_nothing(page: Page) -> None:
    """No word of the person before, and no question of theirs."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert SECRET not in page.content()
    assert page.locator("form.ask").count() == 0


def _click(page: Page) -> None:
    page.get_by_role("link", name=say("page.leave")).click()


def _escape(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("leave", [_click, _escape], ids=["click", "escape three times"])
def test_the_quick_exit_leads_away_and_back_shows_nothing(
    program: Program, visit: Visit, leave: type
) -> None:
    visitor = visit()
    page = _begun(visitor, _token(program)).page
    leave(page)
    page.wait_for_url(f"**{ELSEWHERE}")
    assert visitor.context.cookies() == []
    for _ in range(3):
        page.go_back()
        assert page.locator("form.ask").count() == 0
        assert SECRET not in page.content()


def test_two_escapes_are_an_accident(program: Program, visit: Visit) -> None:
    page = _begun(visit(), _token(program)).page
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    expect(page.locator("form.ask")).to_be_visible()


def test_next_person_finds_the_welcome_and_back_shows_nothing(
    program: Program, visit: Visit
) -> None:
    visitor, token = visit(), _token(program)
    walker = _begun(visitor, token, door="t")
    walker.press("page.next_person")
    page = walker.page
    expect(page).to_have_url(program.url(f"/t/{token}"))
    expect(walker.button("page.start")).to_be_visible()
    for _ in range(3):
        page.go_back()
        _shows_nothing(page)
    page.goto("/q")
    _shows_nothing(page)


def test_a_tablet_that_is_left_alone_asks_and_then_clears_itself(
    program: Program, visit: Visit
) -> None:
    visitor, token = visit(), _token(program)
    visitor.page.clock.install()
    walker = _begun(visitor, token, door="t")
    page, dialog = walker.page, walker.page.get_by_role("dialog", name=say("page.idle_title"))
    page.clock.run_for((TABLET_SECONDS - 40) * 1000)
    expect(dialog).not_to_be_visible()
    page.clock.run_for(25_000)
    expect(dialog).to_be_visible()
    visitor.look()
    expect(page.get_by_role("button", name=say("page.idle_here"))).to_be_focused()
    program.later(seconds=TABLET_SECONDS)
    page.clock.run_for(14_000)  # the last second passes by itself, so that it may leave
    page.wait_for_url(lambda url: "/q" not in url)
    _shows_nothing(page)
    page.go_back()
    _shows_nothing(page)


def test_who_is_still_there_says_so_and_goes_on(program: Program, visit: Visit) -> None:
    page = visit().page
    page.clock.install()
    walker = _begun_on(page, _token(program))
    page.get_by_role("textbox").fill(SECRET)
    page.clock.run_for((TABLET_SECONDS - 10) * 1000)
    page.get_by_role("button", name=say("page.idle_here")).press("Enter")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    program.later(seconds=TABLET_SECONDS - 10)
    # Past the minute, and far from the next question: a slow machine's own seconds count too.
    page.clock.run_for((TABLET_SECONDS - 45) * 1000)
    program.later(seconds=TABLET_SECONDS - 45)
    expect(page.get_by_role("textbox")).to_have_value(SECRET)
    page.clock.resume()
    page.get_by_role("textbox").press("Shift")
    walker.press("page.next")
    expect(walker.button("page.next")).to_be_visible()


def _begun_on(page: Page, token: str) -> Walker:
    walker = Walker(page)
    walker.begin(token, door="t")
    walker.go_on()
    return walker


def test_the_server_forgets_a_tablet_that_was_left_alone(program: Program, visit: Visit) -> None:
    """Also where the browser slept, so that no clock of the page ran."""
    walker = _begun(visit(), _token(program), door="t")
    program.later(seconds=TABLET_SECONDS + 30)
    walker.page.reload()
    _shows_nothing(walker.page)


def test_a_page_of_ones_own_is_cleared_after_half_an_hour(program: Program, visit: Visit) -> None:
    visitor = visit()
    walker = _begun(visitor, _token(program))
    program.later(minutes=29)
    walker.page.reload()
    expect(walker.button("page.next")).to_be_visible()
    program.later(minutes=31)
    walker.page.reload()
    _shows_nothing(walker.page)
    visitor.look()


def test_the_only_cookie_is_out_of_reach_and_goes_with_the_browser(
    program: Program, visit: Visit
) -> None:
    visitor = visit()
    _begun(visitor, _token(program))
    (cookie,) = visitor.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["expires"] == -1
    assert visitor.page.evaluate(
        "[document.cookie, localStorage.length, sessionStorage.length]"
    ) == [
        "",
        0,
        0,
    ]


def test_before_anybody_starts_there_is_no_cookie(program: Program, visit: Visit) -> None:
    visitor = visit()
    Walker(visitor.page).arrive(_token(program))
    assert visitor.context.cookies() == []
