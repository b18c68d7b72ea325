"""Measures on the board in a real browser: on a phone, by day and night, without script."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from storage.plans import IndicatorReading
from tests.browser import measure
from tests.browser.board import Board
from tests.browser.visitor import Visitor
from tests.digests.measured import indicator, plan, put

NARROW = {"width": 320, "height": 640}
JUNE, SEPTEMBER = date(2023, 6, 30), date(2023, 9, 30)
ENTERED = datetime(2023, 10, 5, 9, tzinfo=UTC)
SHEET = "ref,reading,date\nBRI-I9,22,2023-09-30\nBRI-I7,plenty,2023-09-30\n"


@pytest.fixture
def number(board: Board) -> int:
    """A measure with two readings, among those of Bristol; its number."""
    with board.program.database.writing() as db:
        plan(db, "bristol")
        for ref, before, now in (("BRI-I1", "40", "52"), ("BRI-I6", "90%", "92.4%")):
            put(db, ref, JUNE, before, now=ENTERED)
            put(db, ref, SEPTEMBER, now, now=ENTERED, narrative="Two schools joined.")
        put(db, "BRI-I4", SEPTEMBER, "4", now=ENTERED)
        row = indicator(db, "BRI-I6")
        row.target, row.baseline = 95.0, 88.0
        db.add(row)
        return row.id or 0


def test_no_page_of_measures_has_a_barrier_on_a_phone(
    board: Board, number: int, phone: Visitor
) -> None:
    board.sign_in(phone.page, "manager", "/indicators")
    for path in ("/indicators", f"/indicators/{number}", "/indicators/import"):
        phone.page.goto(path)
        phone.look_by_day_and_night()
        assert measure.covered(phone.page) == [], path
    phone.page.goto("/indicators")
    for one in phone.page.locator("summary").all():
        one.click()
    phone.look()


def test_a_sheet_with_a_bad_row_says_which_and_keeps_nothing(
    board: Board, number: int, phone: Visitor, tmp_path: Path
) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(SHEET, encoding="utf-8")
    page = phone.page
    board.sign_in(page, "manager", "/indicators/import")
    page.goto("/indicators/import")
    page.get_by_label("The file").set_input_files(file)
    with page.expect_navigation():
        page.get_by_role("button", name="Look at what it holds").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was kept")
    expect(page.get_by_role("main")).to_contain_text('"plenty" is not a number.')
    phone.look_by_day_and_night()


def test_without_script_a_reading_is_entered(board: Board, number: int, browser: Browser) -> None:
    visitor = Visitor(browser, board.program.address, java_script_enabled=False)
    page = visitor.page
    board.sign_in(page, "manager", f"/indicators/{number}")
    page.goto(f"/indicators/{number}")
    page.get_by_label("Figure").fill("93%")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep the reading").click()
    expect(page.get_by_role("status")).to_contain_text("The reading is kept")
    visitor.close()
    with board.program.database.reading() as db:
        kept = db.get_one(IndicatorReading, 6)
        assert (kept.value, kept.how) == (93.0, "board")
