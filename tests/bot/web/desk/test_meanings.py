"""What links mean to a page, and what is remembered of the last presses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms import Form
from bot.messages import Ack, AckStatus, OpenForm, Pressed, Said
from bot.staff.every_form import SMALL_FORMS
from bot.web.desk.answers import MOST, Answers
from bot.web.desk.meanings import Subject, content_of, meaning_of
from storage.language import HOME, Catalogue
from tests.bot.moment import MONDAY

TOKENS = [
    "status:1:on_track",
    "update:1",
    "needhelp:1",
    "notmine:1",
    "askdate:1",
    "snooze:1",
    "history:1",
    "handto:1:2",
    "review:1",
    "give:1:2",
    "givewho:1",
    "stays:1",
    "accept:1:yes",
    "evidenced:1:no",
    "correct:1",
    "helped:1",
    "newdate:1:no",
    "escalate:1:yes",
    "same:2023-12-04:1",
    "dsend:1",
    "invited:1:never",
    "right:yes",
    "do:actions",
    "settings",
    "stop",
    "start",
    "help",
    "survey",
]


@pytest.mark.parametrize("token", TOKENS)
def test_each_link_has_its_words_and_a_form_that_there_is(token: str) -> None:
    meaning, words = meaning_of(token), Catalogue.load("bot").texts[HOME]
    assert f"desk.does.{meaning.key}" in words
    assert f"desk.press.{meaning.key}" in words
    assert not meaning.form or meaning.form[0] in SMALL_FORMS


@pytest.mark.parametrize(
    "token", ["", ":", "update", "update:", "right:perhaps", "do:delete", "actions:1", "s:1:2:skip"]
)
def test_of_others_nothing_is_claimed(token: str) -> None:
    meaning = meaning_of(token)
    assert meaning.subject is Subject.NOTHING or meaning.key == "update"
    assert not meaning.form or meaning.form == ("update", "")


@given(token=st.text(max_size=64))
def test_whatever_a_link_says_it_can_be_read(token: str) -> None:
    assert meaning_of(token) == meaning_of(token)
    assert isinstance(content_of(token), Pressed | Said)


def _opened(title: str) -> Ack:
    return Ack(AckStatus.STORED, OpenForm(Form("a", title, (), "Send")))


def test_a_second_press_is_shown_what_the_first_was_shown() -> None:
    answers, duplicate = Answers(), Ack(AckStatus.DUPLICATE)
    first = answers.of("e1", _opened("one"), MONDAY)
    assert answers.of("e1", duplicate, MONDAY) == first
    assert answers.of("e2", duplicate, MONDAY) is None


def test_answers_are_forgotten_after_a_while_and_when_there_are_many() -> None:
    answers, duplicate = Answers(), Ack(AckStatus.DUPLICATE)
    answers.of("e1", _opened("one"), MONDAY)
    assert answers.of("e1", duplicate, MONDAY + timedelta(minutes=14)) is not None
    assert answers.of("e1", duplicate, MONDAY + timedelta(minutes=16)) is None
    for n in range(MOST + 50):
        answers.of(f"many{n}", _opened("x"), MONDAY)
    assert answers.of("many0", duplicate, MONDAY) is None
    assert answers.of(f"many{MOST + 49}", duplicate, MONDAY) is not None
