"""Several choices are marked by taps, each kept at once, and taken together with Done."""

from dataclasses import replace

import pytest
from sqlmodel import col

from bot.messages import Incoming, Message, Pressed
from storage.mail import Outbox
from storage.surveys import Answer, SurveySession
from surveys.turns import Session
from tests.bot.stage import Stage

WHO = "yp"


@pytest.fixture
def at_many(stage: Stage, youth: str) -> Stage:
    """At the first question of the example that takes several answers."""
    stage.say(WHO, f"/start {youth}", "1", "2", "1", "/skip", "1", "/skip")
    assert "more than one" in newest(stage).text
    return stage


def newest(stage: Stage) -> Message:
    return next(one.message for one in reversed(stage.recorder.sent) if one.to == WHO)


def taps(stage: Stage, *places: int, shown: Message | None = None) -> list[Incoming]:
    """Taps on buttons of one drawing of the question, all from the same message."""
    buttons = (shown or newest(stage)).buttons
    return [
        replace(stage.incoming(WHO, Pressed(buttons[place].token)), message_id="m7")
        for place in places
    ]


def marks(stage: Stage) -> tuple[str, ...]:
    [row] = stage.rows(SurveySession)
    return Session.from_json(row.progress).ticked


def stored(stage: Stage) -> list[str]:
    return [row.value for row in stage.rows(Answer, col(Answer.question) == question(stage))]


def question(stage: Stage) -> str:
    [row] = stage.rows(SurveySession)
    return Session.from_json(row.progress).asking or ""


def test_a_tap_is_kept_and_drawn_in_place_and_answers_nothing(at_many: Stage) -> None:
    asked = question(at_many)
    at_many.receive(*taps(at_many, 0))
    at_many.deliver()
    drawn = newest(at_many)
    assert drawn.replaces == "m7"
    assert [button.mark for button in drawn.buttons[:2]] == ["☑", "☐"]
    assert question(at_many) == asked
    assert stored(at_many) == []


def test_taps_made_before_anything_is_drawn_again_all_count(at_many: Stage) -> None:
    before = len(at_many.recorder.sent)
    at_many.receive(*taps(at_many, 0, 2))
    at_many.deliver()
    assert len(marks(at_many)) == 2
    assert len(at_many.recorder.sent) == before + 1, "only the newest state is drawn"


def test_the_same_button_tapped_twice_at_once_marks_once(at_many: Stage) -> None:
    at_many.receive(*taps(at_many, 1, 1))
    assert len(marks(at_many)) == 1


def test_done_stores_the_marks_and_the_next_question_takes_their_place(at_many: Stage) -> None:
    asked = question(at_many)
    shown = newest(at_many)
    done = next(n for n, button in enumerate(shown.buttons) if button.tap_only)
    at_many.receive(*taps(at_many, 2, 0, done, shown=shown))
    at_many.deliver()
    [row] = at_many.rows(Answer, col(Answer.question) == asked)
    assert len(str(row.value).split()) == 2
    assert newest(at_many).replaces == "m7"
    assert question(at_many) != asked


def test_a_tap_after_done_is_of_an_older_question(at_many: Stage) -> None:
    shown = newest(at_many)
    done = next(n for n, button in enumerate(shown.buttons) if button.tap_only)
    at_many.receive(*taps(at_many, 0, done, shown=shown))
    asked = question(at_many)
    at_many.receive(*taps(at_many, 1, shown=shown))
    assert question(at_many) == asked
    assert marks(at_many) == ()


def test_marks_are_kept_over_a_restart_and_over_reading_who_sees_what(at_many: Stage) -> None:
    at_many.receive(*taps(at_many, 0))
    at_many.say(WHO, "/privacy")
    assert [button.mark for button in newest(at_many).buttons[:2]] == ["☑", "☐"]


def test_a_tap_waits_in_the_outbox_as_a_step_and_not_as_a_word(at_many: Stage) -> None:
    at_many.receive(*taps(at_many, 0))
    [row] = at_many.rows(Outbox, col(Outbox.settled_at).is_(None))
    assert row.intent == "ask"
    assert not any(name in row.params for name in marks(at_many))


def test_where_nothing_can_be_tapped_the_numbers_are_asked_for(at_many: Stage) -> None:
    text = at_many.heard(WHO)[-1]
    assert "Send the numbers, for example: 1 3" in text
    assert "Done" not in text
    assert "☐" not in text
