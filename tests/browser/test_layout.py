"""Pages at other sizes, in other directions, colours and on paper."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import measure
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker, say
from tests.examples.library import form

YOUTH = "domestic_abuse_young_people"
PRACTITIONERS = "practitioner_needs"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 1024}
MAGNIFIED = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400%."""

# Pages set 112.5% themselves, so this is twice as large.
_BIG_TEXT = "() => document.documentElement.style.fontSize = '225%'"
_AIRY = """() => {
    document.documentElement.style.fontSize = ''
    for (const one of document.querySelectorAll('body, body *')) {
        one.style.lineHeight = '1.5'
        one.style.letterSpacing = '0.12em'
        one.style.wordSpacing = '0.16em'
    }
    for (const one of document.querySelectorAll('p')) one.style.marginBottom = '2em'
}"""
_CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.checkVisibility() && !one.closest('.skip'))
    .filter(one => ['hidden', 'clip'].includes(getComputedStyle(one).overflowX))
    .filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map(one => one.outerHTML.slice(0, 120))"""
_MOVES = """() => [...document.querySelectorAll('*')].filter(one => {
    const style = getComputedStyle(one)
    const lasts = text => text.split(',').some(part => parseFloat(part) > 0.01)
    return style.animationName !== 'none' && lasts(style.animationDuration)
        || lasts(style.transitionDuration)
}).map(one => one.outerHTML.slice(0, 120))"""
_LONGEST_MOVE = """() => Math.max(...[...document.querySelectorAll('*')].flatMap(one => {
    const {animationDuration, transitionDuration} = getComputedStyle(one)
    return `${animationDuration},${transitionDuration}`.split(',').map(parseFloat)
}))"""
_FIRST_AND_LAST = """one => {
    const text = one.firstChild, range = document.createRange()
    const left = at => {
        range.setStart(text, at)
        range.setEnd(text, at + 1)
        return range.getBoundingClientRect().left
    }
    const shown = text.data.trim(), start = text.data.indexOf(shown)
    return [left(start), left(start + shown.length - 1)]
}"""


def _walk(program: Program, visitor: Visitor, name: str, at_each: Callable[[Page], Any]) -> None:
    walker = Walker(visitor.page)
    walker.arrive(program.open(form(name)))
    at_each(visitor.page)
    walker.press("page.start")
    walker.to_the_end(lambda: at_each(visitor.page))


def _with_other_text(page: Page) -> None:
    for change in (_BIG_TEXT, _AIRY):
        page.evaluate(change)
        assert measure.sideways(page) == [], page.url
        assert page.evaluate(_CUT_OFF) == [], page.url


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_text_may_be_twice_as_large_and_further_apart(
    program: Program, visit: Visit, size: dict[str, int]
) -> None:
    _walk(program, visit(viewport=size), YOUTH, _with_other_text)


@pytest.mark.parametrize("name", [YOUTH, PRACTITIONERS])
def test_at_four_times_the_size_everything_is_there_and_nothing_covers_it(
    program: Program, visit: Visit, name: str
) -> None:
    visitor = visit(viewport=MAGNIFIED, device_scale_factor=4)

    def look(page: Page) -> None:
        assert measure.sideways(page) == [], page.url
        assert measure.covered(page) == [], page.url

    _walk(program, visitor, name, look)


@pytest.mark.parametrize("language", ["ar", "ur"])
def test_from_right_to_left_the_page_is_mirrored_and_numbers_are_not(
    program: Program, visit: Visit, language: str
) -> None:
    visitor = visit(viewport=PHONE)
    page, walker = visitor.page, Walker(visitor.page, language)
    walker.arrive(program.open(form(YOUTH)))
    number = page.get_by_role("link", name="0800 1111").locator("bdi").first
    first, last = number.evaluate(_FIRST_AND_LAST)
    assert first < last
    leave = page.get_by_role("link", name=say("page.leave", language)).bounding_box()
    assert leave is not None
    assert leave["x"] + leave["width"] / 2 < PHONE["width"] / 2
    walker.press("page.start")
    box = page.get_by_role("radio").first.bounding_box()
    words = page.locator("form.ask label span").first.bounding_box()
    assert box is not None
    assert words is not None
    assert box["x"] > words["x"]


def test_dark_pages_can_be_read(program: Program, visit: Visit) -> None:
    visitor = visit(viewport=PHONE, color_scheme="dark")
    _walk(program, visitor, YOUTH, lambda _: visitor.colours())
    ground = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    channels = [int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(",")]
    assert max(channels) < 80, f"this is not dark: {ground}"


def test_an_error_can_be_read_in_the_dark(program: Program, visit: Visit) -> None:
    visitor = visit(viewport=PHONE, color_scheme="dark")
    walker = Walker(visitor.page)
    walker.begin(program.open(form(YOUTH)))
    walker.press("page.next")
    visitor.colours()


def test_with_colours_of_their_own_people_see_what_is_chosen_and_what_is_a_button(
    program: Program, visit: Visit
) -> None:
    visitor = visit(viewport=PHONE, forced_colors="active")
    page, walker = visitor.page, Walker(visitor.page)
    walker.begin(program.open(form(YOUTH)))
    choice = page.locator("form.ask .choice").first
    before = choice.screenshot()
    page.get_by_role("radio").first.check()
    page.locator("body").click(position={"x": 1, "y": 1})
    assert choice.screenshot() != before
    edge = walker.button("page.next").evaluate(
        "one => [getComputedStyle(one).borderTopStyle, getComputedStyle(one).borderTopWidth]"
    )
    assert edge[0] == "solid"
    assert float(edge[1].removesuffix("px")) >= 1


def test_nothing_moves_for_those_who_asked_for_that(program: Program, visit: Visit) -> None:
    visitor = visit(viewport=PHONE)

    def still(page: Page) -> None:
        assert page.evaluate(_MOVES) == []

    _walk(program, visitor, "bolton_two_questions", still)


def test_where_things_may_move_they_are_quick_and_the_way_is_the_same(
    program: Program, visit: Visit
) -> None:
    visitor = visit(viewport=PHONE, reduced_motion="no-preference")
    page, walker = visitor.page, Walker(visitor.page)
    walker.begin(program.open(form(YOUTH)))
    walker.press("page.next")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.get_by_role("radio").first).to_be_in_viewport()
    assert 0 < page.evaluate(_LONGEST_MOVE) <= 0.2
    assert len(walker.to_the_end()) > 5
    expect(page.get_by_role("heading", name=say("page.receipt_title"))).to_be_visible()


def test_the_printed_ending_has_the_code_and_nothing_to_press(
    program: Program, visit: Visit
) -> None:
    visitor = visit()
    _walk(program, visitor, "bolton_two_questions", lambda _: None)
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".code-shown").first).to_be_visible()
    expect(visitor.page.get_by_role("link", name=say("page.leave"))).not_to_be_visible()
    expect(visitor.page.get_by_role("button")).to_have_count(0)
    assert visitor.page.pdf(format="A5").startswith(b"%PDF")
