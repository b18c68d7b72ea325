"""Delivery in a real browser: on a phone and at a desk, by day and by night, and one press."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.bot.web.board.published import published_in, settle
from tests.bot.web.public.scene import NOW
from tests.browser import measure
from tests.browser.board import Board
from tests.browser.visitor import Visitor

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def began() -> datetime:
    return NOW


def test_delivery_has_no_barrier_and_telling_again_is_one_press(
    board: Board, phone: Visitor
) -> None:
    page = phone.page
    board.sign_in(page, "voice", "/delivery")
    phone.look_by_day_and_night()
    with board.program.database.writing() as db:
        ref = published_in(db, NOW, 8)
        settle(db, NOW, {0: "gave_up", 1: "fault"} | dict.fromkeys(range(2, 7), "sent"))
    for path in ("/delivery", f"/delivery/{ref}"):
        page.goto(path)
        phone.look_by_day_and_night()
        assert measure.covered(page) == []
        assert measure.sideways(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Tell again those who were not reached").click()
    expect(page.get_by_role("status")).to_contain_text("told again now")
    phone.look()
