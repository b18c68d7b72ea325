"""Hurry, old pages and a second browser: each answer is there once, and nobody is lost."""

from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from storage.surveys import Answer, SurveySession
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.walker import WORDS, Walker, say
from tests.examples.library import form

NAME = "neglect_tool_practitioners"


def _answers(program: Program) -> list[Answer]:
    with program.database.reading() as db:
        return list(db.exec(select(Answer)))


def _sessions(program: Program) -> list[SurveySession]:
    with program.database.reading() as db:
        return list(db.exec(select(SurveySession)))


def _heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_two_presses_on_start_begin_one_session(program: Program, visit: Visit) -> None:
    walker = Walker(visit().page)
    walker.arrive(program.open(form(NAME)))
    walker.button("page.start").dblclick()
    expect(walker.button("page.next")).to_be_visible()
    assert len(_sessions(program)) == 1


def test_two_presses_on_next_answer_one_question(program: Program, visit: Visit) -> None:
    walker = Walker(visit().page)
    walker.begin(program.open(form(NAME)))
    walker.answer()
    walker.button("page.next").dblclick(no_wait_after=True)
    expect(walker.page.get_by_role("progressbar")).to_have_attribute("value", "2")
    assert len(_answers(program)) == 1


def test_two_presses_without_script_answer_one_question(program: Program, visit: Visit) -> None:
    walker = Walker(visit(java_script_enabled=False).page)
    walker.begin(program.open(form(NAME)))
    walker.answer()
    walker.button("page.next").dblclick(no_wait_after=True)
    expect(walker.page.get_by_role("progressbar")).to_have_attribute("value", "2")
    assert len(_answers(program)) == 1


def test_a_press_whose_answer_never_came_back_counts_once(program: Program, visit: Visit) -> None:
    """The network goes between the two: pressed again, the same page counts as the same press."""
    walker = Walker(visit().page)
    page = walker.page
    walker.begin(program.open(form(NAME)))
    walker.answer()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/q", lose, times=1)
    walker.button("page.next").click()
    page.wait_for_url("chrome-error://**")
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "2")
    assert len(_answers(program)) == 1


def test_reloading_after_an_answer_answers_nothing(program: Program, visit: Visit) -> None:
    walker = Walker(visit().page)
    walker.begin(program.open(form(NAME)))
    walker.go_on()
    second = _heading(walker.page)
    walker.page.reload()
    assert _heading(walker.page) == second
    assert len(_answers(program)) == 1


def test_back_in_the_browser_shows_no_old_page_and_leads_nobody_astray(
    program: Program, visit: Visit
) -> None:
    """The one address shows where the person stands, so Back cannot undo or repeat an answer."""
    walker = Walker(visit().page)
    page = walker.page
    walker.begin(program.open(form(NAME)))
    walker.go_on()
    walker.go_on()
    third = _heading(page)
    page.go_back()
    if page.url.endswith("/q"):
        assert _heading(page) == third
    else:
        page.get_by_role("link", name=say("page.go_on"), exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(third)
    assert len(_answers(program)) == 2


def test_a_page_left_open_in_another_tab_changes_that_answer_and_goes_on_where_it_was(
    program: Program, visit: Visit
) -> None:
    visitor = visit()
    walker = Walker(visitor.page)
    walker.begin(program.open(form(NAME)))
    old = Walker(visitor.context.new_page())
    old.page.goto("/q")
    walker.go_on()
    walker.go_on()
    old.page.get_by_role("radio").last.check()
    old.press("page.next")
    assert _heading(old.page) == _heading(walker.page)
    question = form(NAME).questions[0]
    values = [row.value for row in _answers(program) if row.question == question.name]
    assert values == [question.choices[-1].name]


def test_two_tabs_are_one_respondent(program: Program, visit: Visit) -> None:
    visitor = visit()
    walker = Walker(visitor.page)
    walker.begin(program.open(form(NAME)))
    other = visitor.context.new_page()
    other.goto("/q")
    assert _heading(other) == _heading(walker.page)
    walker.go_on()
    beside = Walker(other)
    beside.answer()
    beside.press("page.next")
    assert _heading(other) == _heading_after(walker)
    assert len(_sessions(program)) == 1


def _heading_after(walker: Walker) -> str:
    walker.page.reload()
    return _heading(walker.page)


def test_a_come_back_code_goes_on_in_another_browser_and_shows_no_answer(
    program: Program, visit: Visit
) -> None:
    walker = Walker(visit().page)
    walker.begin(program.open(form("bolton_two_questions")))
    walker.go_on()
    walker.page.get_by_role("textbox").fill(WORDS)
    walker.press("page.next")
    walker.page.get_by_text(say("page.later"), exact=True).click()
    code = walker.page.locator(".code-shown").inner_text()
    asked = _heading(walker.page)
    there = Walker(visit().page)
    there.page.goto("/")
    there.page.get_by_label(say("page.code_label")).fill(code.lower().replace("-", " "))
    there.press("page.code_button")
    assert _heading(there.page) == asked
    walker.page.reload()
    expect(walker.page.get_by_role("heading", level=1)).to_have_text(say("page.gone_title"))
    there.press("commands.back")
    assert WORDS not in there.page.content()


def test_a_very_long_answer_is_kept_and_stays_on_the_page(program: Program, visit: Visit) -> None:
    visitor = visit(viewport={"width": 320, "height": 640})
    walker = Walker(visitor.page)
    walker.begin(program.open(form("bolton_two_questions")))
    walker.go_on()
    long = "Donaudampfschifffahrt" * 12
    visitor.page.get_by_role("textbox").fill(long)
    walker.press("page.next")
    walker.press("commands.back")
    expect(visitor.page.get_by_role("textbox")).to_have_value(long)
    visitor.look()
