"""A form in pages: every example comes to its end page by page, and nothing is lost on the way."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.form_pages import MOST_QUESTIONS, field_of_question, page_of, values_of_page
from bot.forms import Field, FieldKind, Form
from surveys import engine
from surveys.definition import Kind, Question
from surveys.steps import Running, take_page
from surveys.turns import Chose, Reply, Skipped, Typed
from tests.examples.library import NAMES, form
from tests.examples.respondents import MOMENT, NOW, fitting, running_of, through_json


def say(key: str, **params: object) -> str:
    return f"{key} {params}" if params else key


def _page(running: Running) -> Form:
    return page_of(running.form, running.at, say, id=running.id)


def _written(question: Question, reply: Reply, fields: dict[str, Field]) -> dict[str, str]:
    """A reply as it is filled into the fields of its question."""
    if isinstance(reply, Skipped):
        return dict.fromkeys(fields, "")
    values = reply.names if isinstance(reply, Chose) else ()
    text = reply.text if isinstance(reply, Typed) else " ".join(values)
    if question.kind is Kind.RANK:
        places = [name for name, field in fields.items() if field.kind is not FieldKind.NOTE]
        return dict(zip(places, values, strict=True))
    if question.kind is Kind.DATE_TIME:
        return dict(zip(fields, text.split(" "), strict=True))
    return dict.fromkeys(fields, text)


def _fields_of(page: Form, question: Question) -> dict[str, Field]:
    own = (question.name, f"{question.name}--")
    return {
        field.name: field
        for field in page.fields
        if field.name == own[0] or field.name.startswith(own[1])
    }


def _filled(
    draw: Callable[[st.SearchStrategy[Reply]], Reply], running: Running, page: Form
) -> dict[str, str]:
    found: dict[str, str] = {}
    for question in engine.page(running.form, running.at, MOST_QUESTIONS):
        if question.kind.is_asked:
            fields = _fields_of(page, question)
            found |= _written(question, draw(fitting(running.form, question)), fields)
    return found


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8)
@given(data=st.data())
def test_every_example_comes_to_its_end_page_by_page(name: str, data: st.DataObject) -> None:
    running = running_of(form(name), "en")
    refused: set[str | None] = set()
    for _ in range(40):
        page = _page(running)
        sent = _filled(data.draw, running, page)
        values = {
            name: "" if name in refused else value
            for name, value in values_of_page(running.form, sent).items()
        }
        step = take_page(through_json(running), values, MOMENT)
        assert {one.name for one in step.all_rejected} <= values.keys()
        refused, running = {one.name for one in step.all_rejected}, step.running
        if running.at.asking is None:
            return
    raise AssertionError("the form does not come to an end")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_fields_are_what_platforms_take(name: str) -> None:
    page = _page(running_of(form(name), "en"))
    names = [field.name for field in page.fields]
    assert len(set(names)) == len(names)
    assert all(0 < len(one) <= 64 and " " not in one for one in names)
    assert all(" " not in option.value for field in page.fields for option in field.options)
    assert sum(field.kind is not FieldKind.NOTE for field in page.fields) >= 1


def test_a_question_that_another_one_decides_comes_on_the_next_page() -> None:
    running = running_of(form("status_update"), "en")
    assert [field.name for field in _page(running).fields] == ["status", "note"]
    step = take_page(running, {"status": "complete", "note": "43 staff trained"}, MOMENT)
    assert [field.name for field in _page(step.running).fields] == ["evidence"]
    step = take_page(running, {"status": "at_risk", "note": ""}, MOMENT)
    assert [field.name for field in _page(step.running).fields] == ["new_date", "help"]


def test_what_stands_already_is_filled_in() -> None:
    running = running_of(form("status_update"), "en")
    at = engine.resume(running.form, running.at, Chose(("on_track",)), now=NOW).session
    page = page_of(running.form, at, say, id="x", title="Update on 1.2")
    assert (page.title, [field.name for field in page.fields]) == ("Update on 1.2", ["note"])


def test_an_error_is_shown_at_the_first_field_of_its_question() -> None:
    survey = form("status_update")
    assert field_of_question(survey, "note") == "note"
    assert field_of_question(survey, "no_such_question") == "no_such_question"


def test_after_the_end_there_is_no_page() -> None:
    running = running_of(form("status_update"), "en")
    step = take_page(running, {"status": "on_track", "note": ""}, MOMENT)
    with pytest.raises(ValueError, match="ended"):
        _page(step.running)
