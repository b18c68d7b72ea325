"""A survey for practitioners as pages: each sent page is kept, and a page left open waits."""

from collections.abc import Iterator, Mapping

import pytest

from bot.forms import FieldKind, Form
from bot.messages import Ack, FieldErrors, NextPage, OpenForm, Pressed, Said, Submitted
from storage.database import Database
from storage.people import Role
from storage.surveys import Answer, SessionState, SurveySession
from tests.bot.staff.office import Office, office
from tests.bot.stage import PRACTITIONERS

WHO = "nurse"


@pytest.fixture
def stage(database: Database) -> Iterator[Office]:
    with office(database) as one:
        one.reviewers()
        one.colleague(WHO, Role.LEAD)
        one.opens = True
        yield one


def _welcomed(stage: Office) -> None:
    """By a link of the survey, up to the question whether to start."""
    token = stage.open(PRACTITIONERS)
    stage.opens = False
    stage.say(WHO, f"/start {token}")
    stage.opens = True


def _begin(stage: Office) -> Form:
    _welcomed(stage)
    ack = stage.tell(WHO, Pressed(stage.token(WHO, "Yes, start")))[0]
    assert isinstance(ack.now, OpenForm)
    return ack.now.form


def _send(stage: Office, form: Form, values: Mapping[str, str] | None = None) -> Ack:
    given = _first_of_each(form) if values is None else values
    return stage.tell(WHO, Submitted(form.id, given))[0]


_TYPED = {
    FieldKind.TEXT: "word of mouth",
    FieldKind.WORDS: "word of mouth",
    FieldKind.NUMBER: "3",
    FieldKind.DATE: "2023-06-15",
    FieldKind.TIME: "14:30",
}


def _first_of_each(form: Form) -> dict[str, str]:
    values = {}
    for field in form.fields:
        if field.kind is FieldKind.NOTE:
            continue
        values[field.name] = field.options[0].value if field.options else _TYPED[field.kind]
    return values


def test_a_press_opens_the_questions_as_a_page_and_asks_nothing_in_the_chat(
    stage: Office,
) -> None:
    heard = len(stage.heard(WHO))
    form = _begin(stage)
    stage.deliver()
    assert [field for field in form.fields if field.kind is not FieldKind.NOTE]
    assert len(stage.heard(WHO)) == heard + 1  # the welcome alone


def test_page_by_page_to_the_thanks_and_every_answer_is_there(stage: Office) -> None:
    form, sent = _begin(stage), dict[str, str]()
    for _ in range(10):
        values = _first_of_each(form)
        sent |= values
        ack = _send(stage, form, values)
        if not isinstance(ack.now, NextPage):
            break
        form = ack.now.form
    assert ack.now is None
    stage.deliver()
    assert "Thank you" in stage.heard(WHO)[-1]
    [session] = stage.rows(SurveySession)
    assert session.state == SessionState.COMPLETE
    stored = {row.question: row.value or row.words for row in stage.rows(Answer)}
    assert stored == stored | sent


def test_what_does_not_fit_is_shown_at_its_field_and_what_fits_is_kept(stage: Office) -> None:
    form = _begin(stage)
    first, *others = [field for field in form.fields if field.options]
    ack = _send(stage, form, {**_first_of_each(form), first.name: "no_such_choice"})
    assert isinstance(ack.now, FieldErrors)
    assert list(ack.now.errors) == [first.name]
    kept = {row.question for row in stage.rows(Answer)}
    assert {field.name for field in others} <= kept
    assert first.name not in kept


def test_words_in_the_chat_are_no_answer_while_a_page_is_open(stage: Office) -> None:
    form = _begin(stage)
    stage.say(WHO, Said("help"))
    assert stage.rows(Answer) == []
    assert not isinstance(_send(stage, form).now, FieldErrors)
    assert stage.rows(Answer) != []


def test_a_page_that_was_left_open_is_taken_after_something_else(stage: Office) -> None:
    form = _begin(stage)
    stage.opens = False
    stage.say(WHO, "/actions", "settings", "help")
    stage.opens = True
    ack = _send(stage, form)
    assert isinstance(ack.now, NextPage | type(None))
    assert stage.rows(Answer) != []


def test_nobody_fills_in_somebody_elses_page(stage: Office) -> None:
    form = _begin(stage)
    stage.colleague("other", Role.LEAD)
    stage.say("other", Submitted(form.id, _first_of_each(form)))
    assert stage.rows(Answer) == []


def test_the_same_page_sent_twice_counts_once(stage: Office) -> None:
    form = _begin(stage)
    once = stage.incoming(WHO, Submitted(form.id, _first_of_each(form)), event_id="view-1")
    stage.receive(once)
    before = [(row.question, row.value) for row in stage.rows(Answer)]
    stage.receive(once)
    assert [(row.question, row.value) for row in stage.rows(Answer)] == before
