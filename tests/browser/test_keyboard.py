"""A survey without a mouse: everything can be reached, seen and pressed by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.walker import MOST_PAGES, WORDS, Walker, say
from tests.examples.library import form

MOST_STOPS = 60
_HERE = """() => {
    const one = document.activeElement
    const drawn = [one, ...(one.labels || [])].map(part => getComputedStyle(part))
    const box = one.getBoundingClientRect()
    return {
        tag: one.tagName, type: one.type || '', id: one.id, name: one.name || '',
        says: (one.innerText || '').trim(), top: box.top + scrollY, height: box.height,
        in_form: Boolean(one.closest('form.ask')), in_main: Boolean(one.closest('main *')),
        in_sight: box.top >= -1 && box.bottom <= innerHeight + 1 || box.height > innerHeight,
        ring: drawn.some(style => style.outlineStyle !== 'none'
            && parseFloat(style.outlineWidth) >= 2),
    }
}"""


def _tab(page: Page, key: str = "Tab") -> dict[str, Any]:
    """One stop on; wherever it is, it shows."""
    page.keyboard.press(key)
    stop: dict[str, Any] = page.evaluate(_HERE)
    if stop["tag"] != "BODY":
        assert stop["ring"], f"nobody sees that the focus is here: {stop}"
        assert stop["in_sight"], f"the focus is out of sight: {stop}"
    return stop


def _tab_to(page: Page, says: str) -> None:
    """Tabs on until the focus is on what is called so."""
    for _ in range(MOST_STOPS):
        if _tab(page)["says"] == says:
            return
    raise AssertionError(f"{says!r} cannot be reached by keyboard")


def _press(page: Page, says: str) -> None:
    _tab_to(page, says)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _answer(page: Page) -> None:
    """Answers the question of this page by the keys that people know for its fields."""
    for _ in range(MOST_STOPS):
        stop = _tab(page)
        if stop["in_form"]:
            break
    while stop["in_form"] and stop["tag"] != "BUTTON":
        _fill(page, stop)
        stop = _tab(page)


def _fill(page: Page, stop: dict[str, Any]) -> None:
    parts = {"p-day": "4", "p-month": "12", "p-year": "2023"}
    if stop["type"] == "radio":
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    elif stop["type"] == "checkbox":
        if stop["id"] == "a-0":
            page.keyboard.press("Space")
    elif stop["tag"] == "SELECT":
        page.keyboard.press(str(int(stop["name"].partition("-")[2]) + 1))
    else:
        number = page.evaluate("document.activeElement.inputMode") in {"numeric", "decimal"}
        page.keyboard.type(parts.get(stop["name"], "2" if number else WORDS))


@pytest.mark.parametrize("name", ["neglect_tool_practitioners", "practitioner_needs"])
def test_a_whole_survey_goes_by_keyboard_alone(program: Program, visit: Visit, name: str) -> None:
    page = visit().page
    Walker(page).arrive(program.open(form(name)))
    _press(page, say("page.start"))
    for _ in range(MOST_PAGES):
        if not page.get_by_role("button", name=say("page.next"), exact=True).count():
            break
        _answer(page)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=say("page.receipt_title"))).to_be_visible()


def test_the_focus_goes_down_the_page_and_round_again(program: Program, visit: Visit) -> None:
    page = visit().page
    Walker(page).begin(program.open(form("what_matters_12_15")))
    stops = []
    for _ in range(MOST_STOPS):
        stop = _tab(page)
        if stop["tag"] == "BODY":
            break
        stops.append(stop)
    else:
        raise AssertionError("the focus never leaves the page")
    within = [stop["top"] for stop in stops if stop["in_main"] and stop["type"] != "submit"]
    assert within == sorted(within)
    assert _tab(page, "Shift+Tab")["says"] == stops[-1]["says"]


def test_the_first_stop_leads_past_what_stands_on_every_page(
    program: Program, visit: Visit
) -> None:
    page = visit().page
    Walker(page).begin(program.open(form("what_matters_12_15")))
    assert _tab(page)["says"] == say("page.skip_to_main")
    expect(page.get_by_role("link", name=say("page.skip_to_main"))).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize(
    ("name", "first"), [("what_matters_12_15", "checkbox"), ("bolton_two_questions", "radio")]
)
def test_what_was_left_open_is_said_first_and_leads_to_its_field(
    program: Program, visit: Visit, name: str, first: str
) -> None:
    visitor = visit()
    page, walker = visitor.page, Walker(visitor.page)
    walker.begin(program.open(form(name)))
    with page.expect_navigation() as left:
        walker.button("page.next").click()
    assert left.value.status == 422
    visitor.look()
    expect(page).to_have_title(
        f"{say('page.error_mark')} {say('ask.progress', place=1, total=_total(page))}"
    )
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text(say("page.error_choose"))
    _tab(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role(first).first).to_be_focused()  # type: ignore[arg-type]


def _total(page: Page) -> str | None:
    return page.get_by_role("progressbar").get_attribute("max")
