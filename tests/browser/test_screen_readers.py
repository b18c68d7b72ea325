"""What those hear who do not see the page."""

from dataclasses import replace
from typing import Any

from playwright.sync_api import Page, expect

from surveys.definition import Picture, Survey
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.visitor import Visitor
from tests.browser.walker import Walker, say
from tests.examples.library import form

YOUTH = "domestic_abuse_young_people"
PRACTITIONERS = "practitioner_needs"
_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)

_WHOLE_PAGE = """
- link "Go to the main part"
- banner:
  - link "Leave this page"
- main:
  - paragraph: Question 1 of 7
  - progressbar "Question 1 of 7"
  - group "How old are you?":
    - heading "How old are you?" [level=1]
    - radio "11 to 13"
    - radio "14 or 15"
    - radio "16 or 17"
    - radio "I would rather not say"
  - button "Next"
  - button "Skip this question"
  - button "Stop here"
- contentinfo:
  - navigation "About these pages"
"""
_SEVERAL = """
- group "What would help adults to listen better?":
  - heading "What would help adults to listen better?" [level=1]
  - paragraph: You can choose more than one.
  - checkbox "More time to talk"
  - checkbox "Something else"
"""
_ORDER = """
- group "What would help you most? Put these in order.":
  - list:
    - listitem:
      - combobox "Time to reflect":
        - option "Choose" [selected]
        - option "1"
    - listitem:
      - combobox "Training"
"""
_DATE = """
- group "When did you last have training on neglect? Leave out if never.":
  - textbox "Day"
  - textbox "Month"
  - textbox "Year"
"""
_LEFT_OPEN = """
- alert "Please look again":
  - heading "Please look again" [level=2]
  - list:
    - listitem:
      - link "Choose an answer, or press \\"Skip this question\\"."
"""


def _until(walker: Walker, fields: str) -> Page:
    """Goes on to the first question that is asked with such fields."""
    while not walker.page.locator("form.ask").locator(fields).count():
        walker.go_on()
    return walker.page


def _begun(program: Program, visit: Visit, survey: Survey, language: str = "en") -> Walker:
    walker = Walker(visit().page, language)
    walker.begin(program.open(survey))
    return walker


def test_a_page_is_heard_from_its_landmarks_to_its_buttons(program: Program, visit: Visit) -> None:
    page = _begun(program, visit, form(YOUTH)).page
    expect(page.locator("body")).to_match_aria_snapshot(_WHOLE_PAGE)


def test_several_answers_are_one_group_that_says_so(program: Program, visit: Visit) -> None:
    page = _until(_begun(program, visit, form(YOUTH)), "[type=checkbox]")
    expect(page.get_by_role("main")).to_match_aria_snapshot(_SEVERAL)
    expect(page.get_by_role("group").first).to_have_accessible_description(say("ask.many"))


def test_an_order_is_a_number_for_each_answer(program: Program, visit: Visit) -> None:
    page = _until(_begun(program, visit, form(PRACTITIONERS)), "select")
    expect(page.get_by_role("main")).to_match_aria_snapshot(_ORDER)


def test_a_date_is_three_fields_of_one_question(program: Program, visit: Visit) -> None:
    page = _until(_begun(program, visit, form("neglect_tool_practitioners")), "[name=p-day]")
    expect(page.get_by_role("main")).to_match_aria_snapshot(_DATE)


def test_words_are_asked_for_with_the_question_as_their_label(
    program: Program, visit: Visit
) -> None:
    page = _until(_begun(program, visit, form(YOUTH)), "textarea")
    field = page.get_by_role("textbox")
    expect(field).to_have_accessible_name(
        "What should change, so that young people get help sooner?"
    )
    expect(field).to_have_accessible_description(
        "Write as much or as little as you like. You do not have to write about your own life."
    )


def test_what_is_wrong_is_heard_first_and_again_at_the_field(
    program: Program, visit: Visit
) -> None:
    walker = _begun(program, visit, form(YOUTH))
    walker.press("page.next")
    expect(walker.page.get_by_role("main")).to_match_aria_snapshot(_LEFT_OPEN)
    expect(walker.page.get_by_role("group").first).to_have_accessible_description(
        say("page.error_choose")
    )
    expect(walker.page.get_by_role("radio").first).to_have_attribute("aria-invalid", "true")


def test_how_many_letters_are_left_is_said_only_once_they_run_out(
    program: Program, visit: Visit
) -> None:
    page = _until(_begun(program, visit, form(YOUTH)), "textarea")
    counter, field = page.locator("#counter"), page.get_by_role("textbox")
    field.fill("a" * 100)
    expect(counter).not_to_be_visible()
    field.fill("a" * 3990)
    expect(counter).to_be_visible()
    expect(counter).to_have_role("status")
    expect(counter).to_contain_text("10")


def test_a_picture_is_seen_and_said_in_words(program: Program, visit: Visit) -> None:
    plain = form("neglect_tool_practitioners")
    first = replace(plain.questions[0], images={"en": "two_hands_holding_a_cup.png"})
    pictures = {"two_hands_holding_a_cup.png": Picture("image/png", _PIXEL)}
    shown = replace(plain, questions=(first, *plain.questions[1:]), pictures=pictures)
    visitor = visit()
    Walker(visitor.page).begin(program.open(shown))
    picture = visitor.page.get_by_role("img", name="two hands holding a cup")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") == 1
    visitor.look()


def test_the_mark_before_what_is_folded_away_is_not_read_aloud(
    program: Program, visit: Visit
) -> None:
    visitor = visit()
    Walker(visitor.page).arrive(program.open(form(YOUTH)))
    assert _folded(visitor) == [(say("welcome.more"), False)]
    visitor.page.get_by_text(say("welcome.more"), exact=True).click()
    assert _folded(visitor) == [(say("welcome.more"), True)]


def _folded(visitor: Visitor) -> list[tuple[str, bool]]:
    """What the browser itself tells of each summary: its name, and whether it is open."""
    reader = visitor.context.new_cdp_session(visitor.page)
    nodes = reader.send("Accessibility.getFullAXTree")["nodes"]
    reader.detach()
    return [
        (node["name"]["value"], _is_expanded(node))
        for node in nodes
        if node.get("role", {}).get("value") == "DisclosureTriangle"
    ]


def _is_expanded(node: dict[str, Any]) -> bool:
    told = {one["name"]: one["value"]["value"] for one in node["properties"]}
    return bool(told["expanded"])


def test_what_was_noted_is_read_aloud_above_the_next_question(
    program: Program, visit: Visit
) -> None:
    walker = _begun(program, visit, form("bolton_two_questions"))
    walker.go_on()
    walker.page.get_by_role("textbox").fill("My dad hits me every night and I am scared")
    walker.press("page.next")
    walker.press("young.care_contact")
    walker.page.get_by_role("textbox").fill("After school, at the library")
    walker.press("page.send")
    expect(walker.page.get_by_role("status")).to_contain_text(say("young.contact_noted"))
