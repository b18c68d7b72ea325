"""Reports and meetings in a real browser: on a phone, by day and by night, without a barrier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from storage.database import Database
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.web.public.scene import NOW
from tests.browser import measure
from tests.browser.board import Board, board_of
from tests.browser.visitor import Visitor
from tests.digests import seeded
from tests.digests.story import busiest_body

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def board(tmp_path: Path, keyring: Keyring) -> Iterator[Board]:
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring) as database,
        board_of(database, NOW) as one,
    ):
        with database.writing() as db:
            seeded.partnership(db)
        yield one


def _look(phone: Visitor) -> None:
    phone.look_by_day_and_night()
    assert measure.covered(phone.page) == []
    assert measure.sideways(phone.page) == []


def test_a_report_is_made_and_read_on_a_phone(board: Board, phone: Visitor) -> None:
    page = phone.page
    board.sign_in(page, "manager", "/reports")
    _look(phone)
    with board.program.database.reading() as db:
        group = busiest_body(db)
    page.get_by_label("Which report").select_option("highlight")
    page.get_by_label("Of which group").select_option(group)
    with page.expect_navigation():
        page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Highlight report")
    _look(phone)
    page.goto("/reports")
    _look(phone)


def test_a_meeting_is_opened_and_minuted_on_a_phone(board: Board, phone: Visitor) -> None:
    page = phone.page
    board.sign_in(page, "manager", "/meetings")
    _look(phone)
    with page.expect_navigation():
        page.get_by_role("button", name="Open the meeting").click()
    _look(phone)
    page.locator("details summary").first.click()
    first = page.locator("details form").first
    first.get_by_label("Noted", exact=True).check()
    first.get_by_label("In a line").fill("We heard it.")
    _look(phone)
    with page.expect_navigation():
        first.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("status")).to_contain_text("in the minutes")
    _look(phone)
