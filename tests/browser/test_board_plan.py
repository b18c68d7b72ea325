"""The plan side of the board in a real browser: phone and desk, day and night, without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from storage.plans import Action
from tests.bot.moment import MONDAY
from tests.bot.web.board.plans import Laid, laid_in
from tests.browser import measure
from tests.browser.board import Board
from tests.browser.test_keyboard import _tab
from tests.browser.visitor import Visitor

NARROW = {"width": 320, "height": 640}
ROCHDALE = Path("examples/plans/rochdale.xlsx").resolve()


@pytest.fixture
def laid(board: Board) -> Laid:
    database = board.program.database
    with database.writing() as db:
        return laid_in(db, database.keyring, board.people, MONDAY)


def _look(visitor: Visitor, *paths: str) -> None:
    for path in paths:
        visitor.page.goto(path)
        visitor.look_by_day_and_night()
        assert measure.covered(visitor.page) == [], path


def test_no_page_of_the_plan_has_a_barrier_on_a_phone(
    board: Board, laid: Laid, phone: Visitor
) -> None:
    board.sign_in(phone.page, "manager", "/plan")
    _look(phone, "/plan", "/plan?words=nothing", f"/plan/{laid.actions['1.1']}")
    _look(phone, "/decisions", "/plan/timeline", "/calendar", "/plan/import")
    phone.page.goto("/calendar")
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="Make the calendar").click()
    expect(phone.page.get_by_role("status")).to_contain_text("shown only now")
    phone.look()


def test_a_plan_is_imported_on_a_phone_with_a_look_at_it_first(
    board: Board, phone: Visitor
) -> None:
    page = phone.page
    board.sign_in(page, "manager", "/plan/import")
    page.goto("/plan/import")
    page.get_by_label("The file").set_input_files(ROCHDALE)
    with page.expect_navigation():
        page.get_by_role("button", name="Look at what it holds").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing is stored yet")
    phone.look_by_day_and_night()
    with page.expect_navigation():
        page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The plan is in")
    phone.look()
    page.goto("/plan/timeline")
    phone.look_by_day_and_night()


def test_a_date_is_agreed_by_keyboard_alone(board: Board, laid: Laid, phone: Visitor) -> None:
    page = phone.page
    board.sign_in(page, "manager", f"/plan/{laid.actions['1.1']}")
    while _tab(page)["name"] != "reason":
        pass
    page.keyboard.type("The board agrees")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The new date stands")
    with board.program.database.reading() as db:
        assert str(db.get_one(Action, laid.actions["1.1"]).due_on) == "2024-05-31"


def test_without_script_filters_and_decisions_work(
    board: Board, laid: Laid, browser: Browser
) -> None:
    visitor = Visitor(browser, board.program.address, java_script_enabled=False)
    page = visitor.page
    board.sign_in(page, "manager", "/plan")
    page.goto("/plan")
    page.get_by_text("Search and filter").click()
    page.get_by_label("Date", exact=True).select_option("overdue")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()
    expect(page.locator(".entry.action")).to_have_count(2)
    page.goto("/decisions")
    with page.expect_navigation():
        page.get_by_role("button", name="Accept it").click()
    expect(page.get_by_role("status")).to_contain_text("The action is complete")
    visitor.close()


def test_the_plan_prints_without_what_is_only_for_the_screen(
    board: Board, laid: Laid, phone: Visitor
) -> None:
    board.sign_in(phone.page, "manager", "/plan")
    phone.page.goto("/plan")
    phone.page.emulate_media(media="print")
    expect(phone.page.get_by_role("navigation", name="The board")).to_be_hidden()
    expect(phone.page.get_by_text("Search and filter")).to_be_hidden()
    expect(phone.page.locator(".entry.action").first).to_be_visible()
