"""An anonymous survey on pages: the same promises, and an end that is drawn from no session."""

from collections.abc import Iterator

import pytest

from storage.anonymous import PooledResponse
from storage.database import Database
from storage.surveys import SurveySession
from surveys.definition import Mode
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.bot.web.conftest import Browsers, pages_of
from tests.privacy.anonymous_stage import SLUG, form_in, open_it


@pytest.fixture
def small_stage(sqlite_database: Database) -> Iterator[Stage]:
    with staged(sqlite_database) as stage:
        stage.reviewers()
        yield stage


@pytest.fixture
def browser(small_stage: Stage) -> Iterator[Browsers]:
    with pages_of(small_stage) as browsers:
        yield browsers


def test_the_code_stands_with_the_first_question_and_the_end_is_the_same_for_everyone(
    small_stage: Stage, browser: Browsers
) -> None:
    link, visitor = open_it(small_stage, form_in(Mode.ANONYMOUS)), browser()
    visitor.go(f"/s/{link}")
    assert "When you finish, we cannot find out who you are." in visitor.main
    assert "the code that you get with the first question" in visitor.main
    visitor.start(link)
    shown = visitor.tree.findall(".//*[@class='code-shown']")
    receipt = shown[0].text_content().strip()
    assert len(receipt) == 14
    visitor.answer("red")
    assert receipt not in visitor.text
    visitor.to_the_end()
    assert visitor.heading == "Thank you. You helped."
    assert "Your code" not in visitor.main
    assert small_stage.rows(SurveySession) == []
    assert len(small_stage.rows(PooledResponse)) == 1
    visitor.go("/q")
    assert visitor.heading == "Thank you. You helped."
    other = browser()
    other.go("/receipt")
    other.press("Show me", {"code": receipt})
    other.press("Delete my answers")
    other.press("Yes, delete them")
    assert "nobody can find out any more that it is yours" in other.main


def test_stopping_on_a_page_says_what_stays(small_stage: Stage, browser: Browsers) -> None:
    visitor = browser()
    visitor.start(open_it(small_stage, form_in(Mode.ANONYMOUS)))
    visitor.answer("red")
    visitor.press("Stop here")
    visitor.press("Keep them")
    assert visitor.heading == "You stopped"
    assert small_stage.rows(SurveySession) == []


def test_its_privacy_page_says_what_is_true(small_stage: Stage, browser: Browsers) -> None:
    open_it(small_stage, form_in(Mode.ANONYMOUS))
    visitor = browser()
    visitor.go(f"/privacy/{SLUG}")
    assert "Your answers wait until 10 people have finished" in visitor.main
    assert "confidential" not in visitor.main
