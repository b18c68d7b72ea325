"""Clearing the screen, being told on a shared phone, and people who have only a page."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from bot.messages import Address, Arrived, Pressed, Submitted
from bot.standing import find
from storage.language import Catalogue
from storage.mail import ChatMessage, Outbox
from storage.surveys import SurveySession
from tests.bot.publishing import publish_something
from tests.bot.stage import TELEGRAM, Stage


def _telegram(stage: Stage, youth: str) -> None:
    stage.platform = TELEGRAM
    stage.say("yp", f"/start {youth}")
    stage.press("yp", "16 or older")
    stage.press("yp", "Yes, start")


def test_clearing_takes_both_sides_of_two_days_and_nothing_older_or_of_others(
    stage: Stage, youth: str
) -> None:
    _telegram(stage, youth)
    stage.later(hours=49)
    stage.say("other", f"/start {youth}")
    stage.say("yp", "/safe")
    recent = stage.now - timedelta(hours=48)
    with stage.database.reading() as db:
        ours = db.exec(select(Outbox.external_id).where(col(Outbox.created_at) >= recent)).all()
    theirs = {row.message_id for row in stage.rows(ChatMessage, col(ChatMessage.at) >= recent)}
    stage.say("yp", "/clear")
    cleared = stage.recorder.sent[-1].message.clears
    mine = {sent.external_id for sent in stage.recorder.sent if sent.to == "yp"}
    assert set(cleared) & set(ours) == mine & set(ours)
    assert len(set(cleared) & mine) == 2, "numbers to call, and the question again"
    assert len(set(cleared) - mine) == 2, "/safe and /clear"
    assert len(cleared) == 4
    assert not theirs - set(cleared) - {row.message_id for row in stage.rows(ChatMessage)}


def test_clearing_leaves_the_answers_and_the_way_on(stage: Stage, youth: str) -> None:
    _telegram(stage, youth)
    said = stage.say("yp", "/clear")
    assert "Your answers stay" in said
    assert "Question" not in said, "somebody may be looking"
    assert "Question 1" in stage.press("yp", "Go on")


def test_a_line_that_comes_by_itself_says_nothing_of_the_survey(stage: Stage, youth: str) -> None:
    _telegram(stage, youth)
    for _ in range(7):
        stage.say("yp", "/skip")
    stage.press("yp", "Yes, tell me")
    before = len(stage.recorder.sent)
    with stage.database.writing() as db:
        publish_something(db, now=stage.now)
    stage.deliver()
    [told] = stage.recorder.sent[before:]
    assert told.message.text == "There is something new for you here."
    shown = stage.say("yp", Pressed(told.message.buttons[0].token))
    assert "A worker comes on Mondays." in shown
    assert stage.recorder.sent[-1].message.replaces == told.external_id


def test_what_came_of_it_is_not_shown_to_who_did_not_ask_for_it(stage: Stage, youth: str) -> None:
    _telegram(stage, youth)
    stage.press("yp", "16 or 17")
    with stage.database.writing() as db:
        publication = publish_something(db, now=stage.now)
    assert "earlier message" in stage.say("yp", Pressed(f"told:{publication}:show"))
    assert "earlier message" in stage.say("yp", Pressed("told:99999:show"))


def test_who_has_only_a_page_is_offered_nothing_that_would_be_sent(
    stage: Stage, youth: str
) -> None:
    stage.platform = "web"
    stage.tell("visitor", Arrived(youth))
    with stage.database.reading() as db:
        standing = find(db, Address("web", "", "visitor"), stage.app.around.forms)
    assert standing is not None
    assert standing.expecting is not None
    assert "welcome" in standing.expecting
    stage.tell("visitor", Pressed(f"welcome:{standing.expecting['welcome']}:yes"))
    [session] = stage.rows(SurveySession)
    for _ in range(12):
        with stage.database.reading() as db:
            standing = find(db, Address("web", "", "visitor"), stage.app.around.forms)
        assert standing is not None
        if standing.running is None:
            break
        asking = standing.running.at.asking or ""
        stage.tell("visitor", Submitted(session.id, {asking: ""}))
    assert standing.running is None
    assert standing.expecting is None
    assert standing.last_session_id == session.id


@pytest.mark.parametrize("command", ["/later", "/replies", "/clear", "/safe", "/language"])
def test_a_command_without_a_survey_is_answered_all_the_same(stage: Stage, command: str) -> None:
    assert stage.say("stranger", command)


def test_asked_again_who_can_see_it_the_group_is_named_as_in_the_welcome(
    small_stage: Stage,
) -> None:
    small_stage.reviewers()
    _telegram(small_stage, small_stage.open(group="Falinge Park High School"))
    small_stage.say("yp", "/privacy")
    told = next(text for text in reversed(small_stage.heard("yp")) if "Who sees it:" in text)
    assert "They can see that it came from Falinge Park High School" in told
    assert "browser" not in told


@pytest.mark.parametrize("language", ["en", "pl", "ur", "ar", "ro"])
def test_the_ending_has_no_gap_where_no_day_is_promised(language: str) -> None:
    given = {"notes": "", "help": "- 999", "receipt": "ABCD-EFGH-JKMN"}
    say = Catalogue.load("bot").say
    without = say("survey.ending_youth", language, hear_back_by=None, **given)
    promised = say("survey.ending_youth", language, hear_back_by=date(2024, 2, 29), **given)
    assert "\n\n\n" not in without + promised
    assert len(promised.split("\n\n")) == len(without.split("\n\n")) + 1


@pytest.mark.parametrize(
    ("said", "pressed"),
    [("/stop", "Go on with the questions"), ("my dad hits me every night", "Go on")],
)
def test_going_on_within_a_moment_of_the_question_puts_it_again(
    stage: Stage, youth: str, said: str, pressed: str
) -> None:
    stage.say("yp", f"/start {youth}", "1", "2", said)
    assert "Question" in stage.press("yp", pressed)
