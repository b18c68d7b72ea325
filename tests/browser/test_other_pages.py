"""The pages beside the survey, and those that say what cannot be done."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.visitor import Visitor
from tests.browser.walker import WORDS, Walker, say
from tests.examples.library import form

NARROW = {"width": 320, "height": 640}
YOUTH = "bolton_two_questions"


@pytest.mark.parametrize("language", ["en", "pl", "ur", "ar", "ro"])
def test_no_page_beside_the_survey_has_a_barrier(
    program: Program, visit: Visit, language: str
) -> None:
    program.open(form(YOUTH))
    visitor = visit(viewport=NARROW)
    for path in ("/", "/privacy", f"/privacy/{YOUTH}", "/accessibility", "/we-did", "/receipt"):
        assert _status(visitor, f"{path}?lang={language}") == 200
        # Colours are those of the page, whatever its language.
        visitor.look_by_day_and_night() if language in ("en", "ar") else visitor.look()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_that_is_not_there_is_kind_and_without_a_barrier(
    program: Program, visit: Visit, language: str
) -> None:
    visitor = visit(viewport=NARROW)
    for path in ("/nothing", "/s/0000000000000000", f"/privacy/{YOUTH}"):
        assert _status(visitor, f"{path}?lang={language}") == 404
        visitor.look_by_day_and_night()
        assert visitor.page.get_by_text("0800 1111").count() > 0


def test_the_language_that_somebody_chose_goes_along_without_a_cookie(
    program: Program, visit: Visit
) -> None:
    token = program.open(form(YOUTH))
    visitor = visit(viewport=NARROW)
    page, walker = visitor.page, Walker(visitor.page, "ur")
    for start in ("/", f"/s/{token}", "/privacy"):
        page.goto(f"{start}?lang=ur")
        here = "main a[href^='/']:not(a[href$='/no']), footer a[href^='/']"
        found = [one.get_attribute("href") or "" for one in page.locator(here).all()]
        # What only professionals read is in English.
        led = [to for to in found if "/privacy/practitioners" not in to]
        assert len(led) > 3
        for to in led:
            page.goto(to)
            expect(page.locator("html")).to_have_attribute("lang", "ur")
    page.goto("/?lang=ur")
    walker.press("page.code_button")
    expect(page.get_by_role("alert")).to_contain_text(say("page.code_empty", "ur"))
    assert visitor.context.cookies() == []


def _status(visitor: Visitor, path: str) -> int:
    answer = visitor.page.goto(path)
    assert answer is not None
    return answer.status


def _worried(walker: Walker) -> None:
    walker.page.get_by_role("textbox").fill("My dad hits me every night and I am scared")
    walker.press("page.next")


def _asks_for_contact(walker: Walker) -> None:
    _worried(walker)
    walker.press("young.care_contact")


def _contact_left_empty(walker: Walker) -> None:
    _asks_for_contact(walker)
    walker.press("page.send")


def _stops(walker: Walker) -> None:
    walker.press("page.stop")


def _stopped(walker: Walker) -> None:
    walker.press("page.stop")
    walker.press("survey.keep")


def _deleted(walker: Walker) -> None:
    walker.press("page.stop")
    walker.press("survey.delete")


_WAYS = [
    (_worried, "en"),
    (_worried, "ur"),
    (_asks_for_contact, "ar"),
    (_contact_left_empty, "en"),
    (_stops, "pl"),
    (_stopped, "ro"),
    (_deleted, "en"),
]


@pytest.mark.parametrize(("way", "language"), _WAYS)
def test_no_page_off_the_straight_way_has_a_barrier(
    program: Program, visit: Visit, way: Callable[[Walker], None], language: str
) -> None:
    visitor = visit(viewport=NARROW)
    walker = Walker(visitor.page, language)
    walker.begin(program.open(form(YOUTH)))
    walker.go_on()
    way(walker)
    visitor.look_by_day_and_night()
    assert WORDS not in visitor.page.title()


def test_a_wrong_code_is_said_beside_its_field(program: Program, visit: Visit) -> None:
    visitor = visit(viewport=NARROW)
    visitor.page.goto("/")
    visitor.page.get_by_label(say("page.code_label")).fill("ABCD-EFGH")
    Walker(visitor.page).press("page.code_button")
    visitor.look()
    expect(visitor.page.get_by_role("alert")).to_be_focused()
    expect(visitor.page.get_by_label(say("page.code_label"))).to_have_value("ABCD-EFGH")


def _forged(walker: Walker) -> None:
    walker.page.locator("form.ask [name=form]").evaluate("field => field.value = 'x'")
    walker.press("page.next")


def _far_too_long(walker: Walker) -> None:
    walker.page.get_by_role("textbox").evaluate("field => field.value = 'x'.repeat(70000)")
    walker.press("page.next")


def _guesses_codes(walker: Walker) -> None:
    walker.page.goto("/")
    for _ in range(11):
        walker.page.get_by_label(say("page.code_label")).fill("ABCD-EFGH")
        walker.press("page.code_button")


@pytest.mark.parametrize(
    ("way", "title"),
    [(_forged, "forbidden"), (_far_too_long, "large"), (_guesses_codes, "busy")],
)
def test_what_cannot_be_done_is_said_without_a_barrier(
    program: Program, visit: Visit, way: Callable[[Walker], None], title: str
) -> None:
    visitor = visit(viewport=NARROW)
    walker = Walker(visitor.page)
    walker.begin(program.open(form(YOUTH)))
    walker.go_on()
    way(walker)
    heading = visitor.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(say(f"page.{title}_title"))
    visitor.look_by_day_and_night()
