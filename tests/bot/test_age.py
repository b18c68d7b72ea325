"""Who is too young for Telegram is shown another way in, and leaves nothing behind."""

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.messages import Message, Pressed
from storage.leaving import forget_leavers
from storage.mail import KeptMessage
from storage.people import Contact
from storage.surveys import SurveySession
from tests.bot.stage import PRACTITIONERS, TELEGRAM, Stage

_NAME = "telegram-person-4711"


def _forget(stage: Stage) -> int:
    with stage.database.writing() as db:
        return forget_leavers(db)


def _rows_by_table(stage: Stage) -> dict[str, int]:
    with stage.database.reading() as db:
        return {
            table.name: len(db.connection().execute(select(table)).all())
            for table in SQLModel.metadata.sorted_tables
            if table.name != "inbox_key"
        }


def test_not_one_row_tells_that_somebody_too_young_was_here(stage: Stage, youth: str) -> None:
    stage.configure(links={"web": "https://loop.example"})
    stage.platform = TELEGRAM
    before = _rows_by_table(stage)
    stage.say(_NAME, f"/start {youth}", "/help", "/language pl")
    said = stage.press(_NAME, "Mniej niż 16")
    assert f"https://loop.example/s/{youth}" in said
    assert "Childline" in said
    assert _forget(stage) == 1
    assert _rows_by_table(stage) == before


def test_the_link_that_was_given_is_still_good_in_a_browser(stage: Stage) -> None:
    stage.reviewers()
    once = stage.open(most_uses=1)
    stage.platform = TELEGRAM
    stage.say(_NAME, f"/start {once}", "15")
    stage.platform = "console"
    stage.say("page", f"/start {once}")
    assert "Question 1" in stage.press("page", "Yes, start")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("15", "so we stop here"), ("16", "Would you like to start?"), (" 40 ", "like to start?")],
)
def test_an_age_may_be_typed(stage: Stage, youth: str, typed: str, said: str) -> None:
    stage.platform = TELEGRAM
    stage.say(_NAME, f"/start {youth}")
    assert said in stage.say(_NAME, typed)


def test_the_age_is_a_setting_and_may_be_left_unasked(stage: Stage, youth: str) -> None:
    stage.platform = TELEGRAM
    stage.configure(telegram={"minimum_age": 13})
    assert "13 or older" in stage.say("one", f"/start {youth}")
    stage.configure(telegram={"minimum_age": 0})
    assert "Would you like to start?" in stage.say("two", f"/start {youth}")


def test_professionals_are_not_asked_how_old_they_are(stage: Stage, youth: str) -> None:
    stage.platform = TELEGRAM
    assert "Shall we start?" in stage.say("worker", f"/start {stage.open(PRACTITIONERS)}")


def test_the_age_button_tapped_again_later_begins_nothing_new(stage: Stage, youth: str) -> None:
    stage.platform = TELEGRAM
    stage.say(_NAME, f"/start {youth}")
    older = stage.token(_NAME, "16 or older")
    younger = stage.token(_NAME, "Under 16")
    stage.say(_NAME, Pressed(older))
    stage.press(_NAME, "Yes, start")
    stage.later(minutes=1)
    assert "Question 1" in stage.say(_NAME, Pressed(older))
    assert "earlier message" in stage.say(_NAME, Pressed(younger))
    assert len(stage.rows(SurveySession)) == 1
    assert _forget(stage) == 0


def test_who_blocks_the_bot_before_the_last_word_is_gone_after_the_next_night(
    stage: Stage, youth: str
) -> None:
    from bot import schedule
    from bot.messages import Left

    stage.platform = TELEGRAM
    stage.say(_NAME, f"/start {youth}")
    stage.tell(_NAME, Pressed(stage.token(_NAME, "Under 16")), Left())
    stage.deliver()
    stage.later(days=1)
    schedule.tidy(stage.app)
    assert all(row.address != _NAME for row in stage.rows(Contact))


def test_in_every_language_the_first_screen_offers_the_others(stage: Stage, youth: str) -> None:
    stage.platform = TELEGRAM
    stage.say(_NAME, f"/start {youth}")
    for name in ("Polski", "اردو", "العربية", "Română", "English"):
        stage.press(_NAME, name)
        last: Message = stage.recorder.sent[-1].message
        assert len(last.buttons) == 6
        assert name not in [button.label for button in last.buttons]


@pytest.mark.parametrize(
    "made_up",
    [
        *("age:1:over", "welcome:1:yes", "language:1:pl", "invited:1:begin", "tell:1:yes"),
        *(
            f"tell:{'9' * 30}:yes",
            f"told:{'9' * 30}:show",
            "invited:\u00b2:begin",
            "tell:\u00b2:yes",
        ),
        *("age:x:over", "s:none:1:1", "s:none:\u00b2:1", "::::", "x" * 64),
    ],
)
def test_a_button_that_somebody_made_up_leads_past_no_question_and_alarms_nobody(
    stage: Stage, youth: str, made_up: str
) -> None:
    stage.platform = TELEGRAM
    stage.tell(_NAME, f"/start {youth}" if "age" not in made_up else "/help", Pressed(made_up))
    assert not stage.rows(SurveySession)
    assert not stage.rows(KeptMessage)
