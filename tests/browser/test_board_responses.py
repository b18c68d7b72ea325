"""Replies in a real browser: on a phone, by day and by night, and the reply that is written."""

from datetime import datetime

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from digests import responses, wordings
from digests.themes import add_theme
from storage.surveys import Survey
from storage.voice import Readers, ResponseKind, Theme
from tests.bot.web.board.published import published_in
from tests.bot.web.public.scene import NOW
from tests.browser import measure
from tests.browser.board import Board
from tests.browser.visitor import Visitor

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def began() -> datetime:
    return NOW


def story(board: Board) -> tuple[str, int, int]:
    """A survey with a published reply, and a theme whose reply is a draft in two wordings."""
    with board.program.database.writing() as db:
        published_in(db, NOW, 8)
        theme = db.exec(select(Theme)).first()
        assert theme is not None
        other = add_theme(db, survey_id=theme.survey_id, name="A quiet place", now=NOW)
        made = responses.draft(
            db,
            theme_id=other.id or 0,
            kind=ResponseKind.WE_CANNOT,
            text="Keep the library open all night.",
            because="there is no money for it until April",
            person_id=board.people["manager"],
            now=NOW,
        )
        wordings.write(
            db,
            made.id or 0,
            readers=Readers.AGE_8_11,
            language="ur",
            said="ایک پرسکون جگہ",
            text="ہم لائبریری رات کو نہیں کھول سکتے۔",
            because="ابھی پیسے نہیں ہیں",
            person_id=board.people["manager"],
            now=NOW,
        )
        slug = db.get_one(Survey, theme.survey_id).slug
        return slug, theme.id or 0, other.id or 0


def test_replies_have_no_barrier_and_a_draft_is_approved_in_one_press(
    board: Board, phone: Visitor
) -> None:
    page = phone.page
    slug, answered, drafted = story(board)
    board.sign_in(page, "voice", "/responses")
    for path in ("", f"/{slug}", f"/{slug}/{answered}", f"/{slug}/publish", f"/{slug}/{drafted}"):
        page.goto(f"/responses{path}")
        phone.look_by_day_and_night()
        assert measure.covered(page) == []
        assert measure.sideways(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Approve it in my name").click()
    expect(page.get_by_role("status")).to_contain_text("Approved in your name")
    page.goto(f"/responses/{slug}/publish?for=8_11&lang=ur")
    phone.look()
