"""The code from the end of a survey, as somebody uses it: what came of it, and deleting."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from storage.surveys import Answer
from tests.bot.publishing import publish_something
from tests.browser.conftest import Visit
from tests.browser.program import Program
from tests.browser.walker import WORDS, Walker, say
from tests.examples.library import form

NARROW = {"width": 320, "height": 640}
YOUTH = "bolton_two_questions"
REPLY = "A worker comes on Mondays."


def _code(program: Program, walker: Walker) -> str:
    """What stands at the end of a survey that was answered."""
    walker.begin(program.open(form(YOUTH)))
    walker.to_the_end()
    return walker.page.locator(".code-shown").inner_text()


def _show(walker: Walker, code: str) -> None:
    """Types it as people do: in small letters, without the hyphens."""
    field = walker.page.get_by_role("textbox", name=say("public.receipt.label", walker.language))
    field.fill(code.lower().replace("-", " "))
    walker.press("public.receipt.show")


def _heading(walker: Walker, key: str) -> None:
    expect(walker.page.get_by_role("heading", level=1)).to_have_text(say(key, walker.language))


def _answers(program: Program) -> list[Answer]:
    with program.database.reading() as db:
        return list(db.exec(select(Answer)))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_code_shows_what_came_of_it_and_never_an_answer(
    program: Program, visit: Visit, language: str
) -> None:
    visitor = visit(viewport=NARROW)
    page, walker = visitor.page, Walker(visitor.page, language)
    code = _code(program, walker)
    page.get_by_role("link", name="/receipt").click()
    visitor.look_by_day_and_night()
    _show(walker, code)
    _heading(walker, "public.receipt.found_title")
    assert REPLY not in page.content()
    visitor.look_by_day_and_night()
    with program.database.writing() as db:
        publish_something(db, now=program.now)
    page.get_by_role("link", name=say("public.receipt.another", language), exact=True).click()
    _show(walker, code)
    expect(page.get_by_role("main")).to_contain_text(REPLY)
    assert WORDS not in page.content()
    visitor.look_by_day_and_night()


@pytest.mark.parametrize(("language", "has_script"), [("en", True), ("ur", True), ("en", False)])
def test_the_code_deletes_at_the_second_press_and_not_at_the_first(
    program: Program, visit: Visit, language: str, has_script: bool
) -> None:
    visitor = visit(viewport=NARROW)
    code = _code(program, Walker(visitor.page, language))
    other = visit(viewport=NARROW, java_script_enabled=has_script)
    walker = Walker(other.page, language)
    other.page.goto(f"/receipt?lang={language}")
    _show(walker, code)
    walker.press("public.receipt.delete_button")
    _heading(walker, "public.receipt.sure_title")
    if has_script:
        other.look_by_day_and_night()
    walker.press("public.receipt.sure_no")
    _heading(walker, "public.receipt.found_title")
    assert {row.words for row in _answers(program)} >= {WORDS}
    walker.press("public.receipt.delete_button")
    walker.press("public.receipt.sure_yes")
    expect(other.page.get_by_role("status")).to_contain_text(say("survey.deleted", language))
    assert walker.button("public.receipt.delete_button").count() == 0
    assert _answers(program) == []


def test_a_code_that_is_wrong_is_said_beside_its_field(program: Program, visit: Visit) -> None:
    program.open(form(YOUTH))
    visitor = visit(viewport=NARROW)
    walker = Walker(visitor.page)
    visitor.page.goto("/receipt")
    _show(walker, "ABCD-EFGH-JKMN")
    visitor.look()
    expect(visitor.page.get_by_role("alert")).to_be_focused()
    field = visitor.page.get_by_role("textbox", name=say("public.receipt.label"))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        f"{say('public.receipt.hint')} {say('public.receipt.wrong')}"
    )
