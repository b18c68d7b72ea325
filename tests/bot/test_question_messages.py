"""Every kind of question as a message: text, buttons, picture."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.messages import Button, Limits, Message, Picture
from bot.numbered import as_list, fit
from bot.platforms.console import draw
from storage.surveys import Answer
from surveys import definition
from surveys.definition import Survey
from surveys.invitations import invite
from surveys.register import add, open_survey
from surveys.xlsform import read_xlsform
from tests.bot.stage import Stage

FORM = Path(__file__).parents[1] / "surveys" / "transcripts" / "every_kind.md"


@pytest.fixture
def form() -> Survey:
    survey, issues = read_xlsform(FORM)
    assert survey is not None, issues
    return survey


def begun(stage: Stage, form: Survey) -> None:
    """Somebody is at the first question of this form."""
    with stage.database.writing() as db:
        row = add(db, form, now=stage.now).survey
        open_survey(db, row.slug, form, now=stage.now)
        assert row.id is not None
        token = invite(db, row.id, now=stage.now)
    stage.say("nurse", f"/start {token}", "1")


def last(stage: Stage) -> str:
    return stage.heard("nurse")[-1]


def message(stage: Stage) -> Message:
    return [sent.message for sent in stage.recorder.sent if sent.to == "nurse"][-1]


def test_every_kind_is_asked_with_what_people_need_to_answer_it(stage: Stage, form: Survey) -> None:
    begun(stage, form)
    assert 'To leave it at "Rochdale", press the button or send /keep.' in last(stage)
    assert "/keep  /stop" in last(stage)
    stage.say("nurse", "1")
    assert "What does this mean? The one you go to most." in last(stage)
    stage.say("nurse", "2", "1 3")
    assert "  1) Someone to ask\n  2) Training\n  3) More time\n" in last(stage)
    assert "Send all the numbers, for example: 2 1 3" in last(stage)
    assert "Done" not in last(stage)
    stage.say("nurse", "2 1")
    assert "each one once" in last(stage)
    stage.say("nurse", "2 1 3")
    assert "  1) Disagree  2) Neither  3) Agree\n" in last(stage)
    assert message(stage).scale
    stage.say("nurse", "agree")
    assert "  0  1  2  3  4  5\n" in last(stage)
    stage.say("nurse", "4")
    assert "Choose a number from 0 to 100, in steps of 5." in last(stage)
    stage.say("nurse", "65", "0", "1 May 2023")
    assert 'To leave it at "09:30"' in last(stage)
    stage.say("nurse", "10:15", "/skip", "/skip")
    assert "  1) OK\n" in last(stage)
    stage.say("nurse", "ok")
    assert "Your code is" in last(stage)


def test_a_picture_goes_with_its_question(stage: Stage, form: Survey) -> None:
    first = replace(form.question("town"), images={"en": "town_hall.png"})
    shown = {"town_hall.png": definition.Picture("image/png", "AAAA")}
    rows = tuple(first if row.name == "town" else row for row in form.questions)
    begun(stage, replace(form, questions=rows, pictures=shown))
    assert message(stage).picture == Picture("town hall", "image/png", "AAAA")
    assert last(stage).startswith("[Picture: town hall]\n")


def test_a_picture_that_is_not_there_is_still_told(stage: Stage, form: Survey) -> None:
    first = replace(form.question("town"), images={"en": "town_hall.png"})
    rows = tuple(first if row.name == "town" else row for row in form.questions)
    begun(stage, replace(form, questions=rows))
    assert message(stage).picture == Picture("town hall")


ROW = tuple(Button(label, label) for label in ("Never", "Often"))


def test_a_row_is_numbered_unless_its_labels_are_numbers() -> None:
    numbers = tuple(Button(label, label) for label in ("1 - low", "2"))
    assert as_list(Message("", ROW, scale=True)) == "  1) Never  2) Often"
    assert as_list(Message("", numbers, scale=True)) == "  1 - low  2"
    assert as_list(Message("", ROW)) == "  1) Never\n  2) Often"


def test_fitting_a_message_keeps_its_picture() -> None:
    picture = Picture("a map")
    fitted = fit(Message("Look", ROW, picture=picture), Limits(buttons=1))
    assert fitted.picture == picture
    assert fitted.buttons == ()


def test_right_to_left_the_words_of_a_picture_turn_too() -> None:
    drawn = draw(Message("نص", rtl=True, picture=Picture("خريطة")))
    assert all(line.startswith("\u200f") for line in drawn.splitlines())
    assert "[Picture: خريطة]" in drawn


def test_what_a_question_starts_with_is_kept_by_button_or_command(
    stage: Stage, form: Survey
) -> None:
    begun(stage, form)
    stage.press("nurse", "Keep: Rochdale")
    assert "Which centre in Rochdale?" in last(stage)
    stage.say("nurse", "/skip", "/skip", "/skip", "/skip")
    stage.press("nurse", "4")
    assert "What share" in last(stage)
    stage.say("nurse", "65", "3")
    assert 'To leave it at "1.5"' in last(stage)
    stage.say("nurse", "/keep", "/skip", "/keep", "/skip", "/skip")
    stage.press("nurse", "OK")
    assert "Your code is" in last(stage)
    values = {row.question: row.value for row in stage.rows(Answer)}
    assert {name: values[name] for name in ("town", "supported", "hours", "good_time", "read")} == {
        "town": "rochdale",
        "supported": "4",
        "hours": "1.5",
        "good_time": "09:30:00",
        "read": "OK",
    }
