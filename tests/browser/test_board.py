"""The board in a real browser: signing in, reading, deciding, by keyboard, narrow, and after."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from storage.concerns import ReviewItem
from surveys import concerns
from surveys.screening import Tier
from tests.browser import measure
from tests.browser.board import WORDS, Board
from tests.browser.test_keyboard import _press, _tab
from tests.browser.visitor import Visitor

CHAT = "http://chat.example/"
NARROW = {"width": 320, "height": 640}
WHY = "No reviewer answers the telephone and a child may be in danger."


@pytest.fixture
def people(browser: Browser, board: Board) -> Iterator[list[Visitor]]:
    """A narrow browser and a wide one. At the end: were both content?"""
    address = board.program.address
    both = [Visitor(browser, address, viewport=NARROW), Visitor(browser, address)]
    yield both
    for visitor in both:
        visitor.close()
    assert {url for visitor in both for url in visitor.beyond()} <= {CHAT}
    assert [line for visitor in both for line in visitor.complaints] == []


def _state(board: Board, ref: str) -> str:
    with board.program.database.reading() as db:
        item = concerns.find(db, ref)
        assert isinstance(item, ReviewItem)
        return f"{item.state}: {item.decision}"


def _look(visitor: Visitor, *paths: str, at_night: bool = False) -> None:
    for path in paths:
        visitor.page.goto(path)
        (visitor.look_by_day_and_night if at_night else visitor.look)()
        assert measure.covered(visitor.page) == [], path


def test_no_page_of_the_board_has_a_barrier_on_a_phone(board: Board, people: list[Visitor]) -> None:
    red, urdu = board.item(tier=Tier.RED), board.item("وہ مجھے مارتا ہے", language="ur")
    board.on_call("deputy")
    phone, wide = people
    _look(phone, "/sign-in", "/sign-in/nothing")
    board.sign_in(phone.page, "reviewer", "/concerns")
    item = f"/concerns/{red}"
    _look(phone, "/concerns", item, at_night=True)
    _look(phone, "/", "/concerns/hand-over", "/concerns/figures", "/rota", "/sessions", "/again")
    _look(phone, f"/concerns/{urdu}", f"{item}/redact", f"{item}/trace", "/audit", "/nothing/here")
    board.sign_in(wide.page, "manager", "/break-glass")
    wide.page.set_viewport_size({"width": 320, "height": 640})
    _look(wide, "/audit?check=1", "/state", "/break-glass")
    wide.page.get_by_label("Why can it not wait for a reviewer?").fill(WHY)
    with wide.page.expect_navigation():
        wide.page.get_by_role("button", name="Open the review queue").click()
    expect(wide.page.get_by_role("complementary")).to_contain_text("Opened in an emergency")
    wide.look_by_day_and_night()


def test_a_red_is_decided_by_keyboard_alone_and_a_second_person_agrees(
    board: Board, people: list[Visitor]
) -> None:
    ref = board.item(tier=Tier.RED)
    first, second = people[1].page, people[0].page
    board.sign_in(first, "reviewer", "/concerns")
    first.goto("/concerns")
    while ref not in _tab(first)["says"]:
        pass
    with first.expect_navigation():
        first.keyboard.press("Enter")
    expect(first.get_by_role("main")).to_contain_text(WORDS)
    _press(first, "I have it")
    expect(first.get_by_role("status")).to_contain_text("It is with you")
    _fill_by_keyboard(first)
    _press(first, "Decide")
    expect(first.get_by_role("status")).to_contain_text("Your decision is on record")
    assert _state(board, ref) == "proposed: mash"
    board.sign_in(second, "deputy", f"/concerns/{ref}")
    expect(second.get_by_role("main")).to_contain_text("She told us of an assault.")
    with second.expect_navigation():
        second.get_by_role("button", name="I agree, close it").click()
    assert _state(board, ref) == "closed: mash"


def _fill_by_keyboard(page: Page) -> None:
    """The decision, the reason, to whom; the time is there already."""
    typed = {"reason": "She told us of an assault.", "to": "MASH, Ms Hill", "case_ref": "LCS-1"}
    for _ in range(60):
        stop = _tab(page)
        if stop["type"] == "radio":
            page.keyboard.press("Space")
        elif stop["name"] in typed:
            page.keyboard.type(typed[stop["name"]])
        if stop["name"] == "case_ref":
            return
    raise AssertionError("the form of the decision cannot be reached")


def test_a_stale_page_says_first_that_nothing_was_saved(
    board: Board, people: list[Visitor]
) -> None:
    ref = board.item()
    slow, fast = people[0], people[1]
    for visitor, who in ((slow, "reviewer"), (fast, "deputy")):
        board.sign_in(visitor.page, who, f"/concerns/{ref}")
    slow.page.get_by_label("Why?", exact=True).fill("My long and careful reason")
    slow.page.get_by_role("radio", name="Nothing to refer; others may read it").check()
    with fast.page.expect_navigation():
        fast.page.get_by_role("button", name="I have it").click()
    with slow.page.expect_navigation():
        slow.page.get_by_role("button", name="Decide", exact=True).click()
    expect(slow.page.get_by_role("alert")).to_be_focused()
    expect(slow.page.get_by_role("alert")).to_contain_text("deputy took it")
    expect(slow.page.get_by_label("Why?", exact=True)).to_have_value("My long and careful reason")
    slow.look()


def test_back_shows_nothing_after_signing_out(board: Board, people: list[Visitor]) -> None:
    ref = board.item()
    page = people[1].page
    board.sign_in(page, "reviewer", f"/concerns/{ref}")
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        assert WORDS not in page.content()
    assert people[1].context.cookies() == []


def test_who_is_signed_in_and_follows_a_link_of_a_chat_gets_there(
    board: Board, people: list[Visitor]
) -> None:
    """The chat is another site, so the browser holds the cookie back at first."""
    page, to = people[1].page, f"{board.program.address}/rota"
    board.sign_in(page, "manager", "/state")
    chat = f"<!doctype html><html lang=en><title>Chat</title><a href='{to}'>Open</a>"
    page.route(f"{CHAT}**", lambda route: route.fulfill(body=chat, content_type="text/html"))
    page.goto(CHAT)
    page.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rota")


def test_the_words_are_not_printed(board: Board, people: list[Visitor]) -> None:
    ref = board.item()
    page = people[1].page
    board.sign_in(page, "reviewer", f"/concerns/{ref}")
    page.emulate_media(media="print")
    expect(page.get_by_text(WORDS)).to_be_hidden()
    expect(page.get_by_text("The words are not printed")).to_be_visible()


def test_without_script_the_whole_way_works(board: Board, browser: Browser) -> None:
    ref = board.item("fine", Tier.NONE)
    visitor = Visitor(browser, board.program.address, java_script_enabled=False)
    page = visitor.page
    board.sign_in(page, "reviewer", f"/concerns/{ref}")
    page.get_by_role("radio", name="Nothing to refer; others may read it").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Decide", exact=True).click()
    assert _state(board, ref) == "closed: none"
    visitor.close()
