"""The database cannot be written for a moment: nothing that was typed is lost from the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from storage.database import Database
from storage.surveys import Answer, SurveySession
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.moment import MONDAY
from tests.browser.conftest import Visit
from tests.browser.program import Program, running
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker, say
from tests.examples.library import form

NARROW = {"width": 320, "height": 640}
TYPED = "Aunt Mabel\n<b>& the</b> blue bicycle"


@pytest.fixture
def program(tmp_path: Path, keyring: Keyring) -> Iterator[Program]:
    """One that soon gives up waiting for its database."""
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring, patience=0.2) as database,
        running(database, MONDAY) as one,
    ):
        yield one


def _press_in_vain(program: Program, visitor: Visitor, key: str) -> None:
    """Presses a button while somebody else writes, and goes on writing."""
    with program.database.writing(), visitor.page.expect_navigation() as tried:
        Walker(visitor.page).button(key).click()
    assert tried.value.status == 503
    visitor.look_by_day_and_night()
    assert ["503" in line for line in visitor.complaints] == [True], "the browser says so too"
    visitor.complaints.clear()


def test_words_that_could_not_be_saved_stay_on_the_page_and_are_saved_next(
    program: Program, visit: Visit
) -> None:
    visitor = visit(viewport=NARROW)
    page, walker = visitor.page, Walker(visitor.page)
    walker.begin(program.open(form("bolton_two_questions")))
    walker.go_on()
    page.get_by_role("textbox").fill(TYPED)
    _press_in_vain(program, visitor, "page.next")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text(say("page.not_saved"))
    expect(page.get_by_role("textbox")).to_have_value(TYPED)
    walker.press("page.next")
    expect(page.get_by_role("alert")).to_have_count(0)
    with program.database.reading() as db:
        words = [row.words for row in db.exec(select(Answer)) if row.words]
    assert [" ".join(one.split()) for one in words] == [" ".join(TYPED.split())]


def test_a_start_that_could_not_be_saved_is_pressed_again_after_going_back(
    program: Program, visit: Visit
) -> None:
    visitor = visit(viewport=NARROW)
    walker = Walker(visitor.page)
    walker.arrive(program.open(form("bolton_two_questions")))
    _press_in_vain(program, visitor, "page.start")
    heading = visitor.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(say("page.closed_door_title"))
    visitor.page.go_back()
    walker.press("page.start")
    expect(walker.button("page.next")).to_be_visible()
    with program.database.reading() as db:
        assert len(db.exec(select(SurveySession)).all()) == 1
