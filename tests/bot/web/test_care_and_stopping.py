"""A worry on a page, wanting to be reached, and stopping."""

from dataclasses import replace

import pytest
from sqlmodel import col

from storage.concerns import ReviewItem
from storage.mail import Outbox
from storage.surveys import Answer, SessionState, SurveySession
from surveys.definition import Mode
from tests.bot.stage import Stage
from tests.bot.web.every_kind import EVERY_KIND, open_every_kind
from tests.bot.web.visitor import WORDS, Visitor

WORRY = "my dad hits me every night and I am scared to go home"
REACH_ME = "07700 900123 after school"


def at_words(stage: Stage, visitor: Visitor, way: str = "s") -> None:
    stage.reviewers()
    visitor.start(open_every_kind(stage), way)
    while visitor.question != "words":
        visitor.answer()


def words_for_the_reviewer(stage: Stage) -> list[str]:
    return [row.words for row in stage.rows(ReviewItem)]


def test_a_worry_is_met_with_thanks_help_and_a_choice(small_stage: Stage, visitor: Visitor) -> None:
    at_words(small_stage, visitor)
    visitor.answer(WORRY)
    assert visitor.heading == "Thank you for telling us. You did the right thing."
    assert "Nobody reads this straight away" in visitor.main
    assert visitor.tree.find(".//a[@href='tel:999']") is not None
    assert visitor.tree.find(".//a[@href='tel:08001111']") is not None
    assert WORRY not in visitor.page.text
    assert words_for_the_reviewer(small_stage) == [WORRY]
    alerts = small_stage.rows(Outbox, col(Outbox.intent) == "concern_alert")
    assert alerts
    assert not any("dad" in row.params for row in alerts)


def test_after_a_worry_the_survey_goes_on_where_it_was(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer(WORRY)
    visitor.press("Go on")
    assert visitor.question == "more"


def test_who_wants_to_be_reached_says_how_and_goes_on(small_stage: Stage, visitor: Visitor) -> None:
    at_words(small_stage, visitor)
    visitor.answer(WORRY)
    visitor.press("I would like someone to contact me")
    assert visitor.heading == "How can someone reach you?"
    assert "until the next working day" in visitor.main
    assert visitor.press("Send").status_code == 422
    visitor.press("Send", {"a": REACH_ME})
    assert visitor.question == "more"
    assert any("will see this" in one for one in visitor.notices)
    assert words_for_the_reviewer(small_stage) == [WORRY, REACH_ME]
    assert small_stage.rows(ReviewItem)[1].tier == "red"


def test_contact_details_that_are_sent_twice_never_become_an_answer(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer(WORRY)
    visitor.press("I would like someone to contact me")
    action, fields = visitor.filled("Send", {"a": REACH_ME})
    visitor.send(action, fields)
    visitor.send(action, fields)
    visitor.send(action, [(n, "another number" if n == "a" else v) for n, v in fields])
    assert visitor.question == "more"
    assert words_for_the_reviewer(small_stage) == [WORRY, REACH_ME, "another number"]
    stored = {row.question: row.words for row in small_stage.rows(Answer)}
    assert "more" not in stored


def test_a_worry_at_the_last_question_leads_to_the_end(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer()
    visitor.answer(WORRY)
    assert visitor.heading.startswith("Thank you for telling us")
    visitor.press("Finish")
    assert visitor.heading == "Thank you. You helped."
    assert small_stage.rows(SurveySession)[0].state is SessionState.COMPLETE


def test_who_stops_is_asked_whether_to_keep_or_delete(small_stage: Stage, visitor: Visitor) -> None:
    at_words(small_stage, visitor)
    visitor.press("Stop here")
    assert visitor.heading == "Stop here?"
    assert "If somebody is not safe, that part stays" in visitor.main
    visitor.press("Go on with the questions")
    assert visitor.question == "words"


def test_what_was_said_is_kept_and_the_code_to_delete_it_is_given(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.press("Stop here")
    visitor.press("Keep them")
    assert visitor.heading == "You stopped"
    assert len(visitor.come_back_code) == len("ABCD-EFGH-JKMN")
    assert "/delete" not in visitor.text
    assert small_stage.rows(SurveySession)[0].state is SessionState.WITHDRAWN
    assert small_stage.rows(Answer)


def test_what_was_said_is_deleted_and_what_nobody_has_read_is_read_once(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer()
    visitor.press("Stop here")
    visitor.press("Delete them")
    assert "your answers are deleted" in visitor.main
    assert not small_stage.rows(Answer)
    assert words_for_the_reviewer(small_stage) == [WORDS]
    assert visitor.go("/q").status_code == 200


def test_words_for_a_survey_that_was_stopped_elsewhere_are_read_by_a_person(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    action, fields = visitor.filled("Next", {"a": "typed in the other window"})
    visitor.press("Stop here")
    visitor.press("Keep them")
    visitor.send(action, fields)
    assert visitor.page.status_code == 200
    assert words_for_the_reviewer(small_stage) == ["typed in the other window"]


def test_asking_who_is_told_gets_the_answer_about_confidentiality(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer("if I tell you, do you tell my mum?")
    assert any("You asked who we tell" in one for one in visitor.notices)
    assert visitor.question == "more"
    visitor.answer()
    assert not visitor.notices


def test_who_would_rather_not_be_reached_after_the_last_question_comes_to_the_end(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.answer(WORRY)
    visitor.press("Go on")
    while visitor.question and not visitor.has_button("Finish"):
        visitor.answer(WORRY if visitor.question == "more" else None)
        if visitor.has_button("Go on"):
            visitor.press("Go on")
    visitor.press("I would like someone to contact me")
    visitor.press("I would rather not")
    assert visitor.heading == "Thank you. You helped."


def test_who_looks_for_help_can_ask_to_be_reached_before_any_rule_is_met(
    small_stage: Stage, visitor: Visitor
) -> None:
    at_words(small_stage, visitor)
    visitor.press("I would like someone to contact me")
    assert visitor.heading == "How can someone reach you?"
    visitor.press("I would rather not")
    assert visitor.question == "words"
    assert words_for_the_reviewer(small_stage) == []
    visitor.press("I would like someone to contact me")
    visitor.press("Send", {"a": REACH_ME})
    assert visitor.question == "words"
    assert words_for_the_reviewer(small_stage) == [REACH_ME]


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.ANONYMOUS])
def test_how_to_be_reached_is_said_once_and_as_the_survey_promised(
    small_stage: Stage, visitor: Visitor, mode: Mode
) -> None:
    small_stage.reviewers()
    form = replace(EVERY_KIND, settings=replace(EVERY_KIND.settings, mode=mode))
    visitor.start(open_every_kind(small_stage, form))
    visitor.press("I would like someone to contact me")
    assert visitor.main.count("can contact you.") == 1
    unseen = "They cannot see which answers are yours" in visitor.main
    assert unseen is (mode is Mode.ANONYMOUS)
