"""Answers that come as a page: several at once, in any order, with errors at their fields."""

from itertools import count

from sqlmodel import col

from bot.messages import (
    Ack,
    AckStatus,
    Address,
    Arrived,
    Content,
    FieldErrors,
    Incoming,
    Pressed,
    Said,
    Submitted,
)
from bot.schedule import tidy
from bot.standing import Standing, find
from bot.tokens import of_act, of_form
from storage.concerns import ReviewItem
from storage.mail import Outbox
from storage.surveys import Answer, SurveySession
from surveys.turns import Session
from tests.bot.stage import Stage, words_of

READER = Address("web", "", "a-page-somewhere")
_NONCES = count(1)


def send(stage: Stage, content: Content, nonce: str = "") -> Ack:
    event = nonce or f"n{next(_NONCES)}"
    [ack] = stage.receive(Incoming("web", "", event, READER, content, stage.now))
    return ack


def begin(stage: Stage, token: str) -> SurveySession:
    send(stage, Arrived(token))
    survey_id = (standing(stage).expecting or {})["welcome"]
    send(stage, Pressed(of_act("welcome", survey_id, "yes")))
    return session(stage)


def standing(stage: Stage) -> Standing:
    with stage.database.reading() as db:
        found = find(db, READER, stage.app.around.forms)
    assert found is not None
    return found


def session(stage: Stage) -> SurveySession:
    [row] = stage.rows(SurveySession)
    assert isinstance(row, SurveySession)
    return row


def at(stage: Stage) -> Session:
    return Session.from_json(session(stage).progress)


def submit(stage: Stage, nonce: str = "", **values: str) -> Ack:
    return send(stage, Submitted(session(stage).id, values), nonce)


def stored(stage: Stage) -> dict[str, str]:
    return {row.question: row.value or row.words or "" for row in stage.rows(Answer)}


def test_whoever_reads_pages_is_looked_up_without_being_registered(
    stage: Stage, youth: str
) -> None:
    with stage.database.reading() as db:
        assert find(db, READER, stage.app.around.forms) is None
    begin(stage, youth)
    assert standing(stage).running is not None


def test_a_page_answers_the_question_and_nothing_waits_to_be_sent(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    ack = submit(stage, age_band="14_15")
    assert (ack.status, ack.now) == (AckStatus.STORED, None)
    assert stored(stage) == {"age_band": "14_15"}
    assert stage.rows(Outbox, col(Outbox.settled_at).is_(None)) == []


def test_what_does_not_fit_comes_back_at_its_field_and_is_read_by_a_person(
    stage: Stage, youth: str
) -> None:
    begin(stage, youth)
    ack = submit(stage, age_band="I am scared at home")
    assert isinstance(ack.now, FieldErrors)
    assert ack.now.errors == {"age_band": "Please choose one of these."}
    assert words_of(stage.rows(ReviewItem)) == ["I am scared at home"]
    assert at(stage).asking == "age_band"


def test_an_older_page_changes_its_answer_and_goes_on_where_it_was(
    stage: Stage, youth: str
) -> None:
    begin(stage, youth)
    submit(stage, age_band="14_15")
    submit(stage, noticing="sometimes")
    asking = at(stage).asking
    submit(stage, age_band="16_17")
    assert stored(stage)["age_band"] == "16_17"
    assert at(stage).asking == asking


def test_the_same_page_sent_twice_counts_once(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    submit(stage, "twice", age_band="14_15")
    assert submit(stage, "twice", age_band="16_17").status is AckStatus.DUPLICATE
    assert stored(stage) == {"age_band": "14_15"}


def test_a_page_of_somebody_elses_form_changes_nothing(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    send(stage, Submitted("0" * 24, {"age_band": "14_15"}))
    assert stored(stage) == {}


def test_words_on_a_page_that_comes_after_the_end_are_read_and_codes_are_not(
    stage: Stage, youth: str
) -> None:
    running = begin(stage, youth)
    while asking := at(stage).asking:
        submit(stage, **{asking: ""})
    late = {"age_band": "14_15", "change": "he hits me"}
    send(stage, Submitted(running.id, late))
    assert words_of(stage.rows(ReviewItem)) == ["he hits me"]


def test_a_question_that_is_not_in_the_form_is_turned_down_and_its_words_are_read(
    stage: Stage, youth: str
) -> None:
    begin(stage, youth)
    ack = submit(stage, made_up="he hits me")
    assert isinstance(ack.now, FieldErrors)
    [item] = stage.rows(ReviewItem)
    assert (item.words, item.question) == ("he hits me", "")


def test_a_page_goes_on_with_the_form_after_something_else_was_asked(
    stage: Stage, youth: str
) -> None:
    running = begin(stage, youth)
    send(stage, Pressed(of_form(running.id, at(stage).step, "stop")))
    assert "stopping" in (standing(stage).expecting or {})
    submit(stage, age_band="14_15")
    assert standing(stage).expecting is None
    assert stored(stage) == {"age_band": "14_15"}


def test_a_notice_waits_on_the_page_until_the_next_thing_comes_from_it(
    stage: Stage, youth: str
) -> None:
    begin(stage, youth)
    send(stage, Said("is anyone there"))
    send(stage, Pressed("nothing:like:it"))
    [notice] = stage.rows(Outbox, col(Outbox.settled_at).is_(None))
    assert notice.intent == "say"
    submit(stage, age_band="14_15")
    [read] = stage.rows(Outbox, col(Outbox.id) == notice.id)
    assert read.outcome == "shown"


def test_a_notice_that_nobody_comes_back_for_waits_a_day(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    send(stage, Pressed("nothing:like:it"))
    stage.later(hours=23)
    tidy(stage.app)
    assert len(stage.rows(Outbox, col(Outbox.settled_at).is_(None))) == 1
    stage.later(hours=2)
    tidy(stage.app)
    assert stage.rows(Outbox, col(Outbox.settled_at).is_(None)) == []


def test_asking_who_is_told_is_answered_on_the_page(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    submit(stage, age_band="if I tell you do you tell my mum?")
    [notice] = stage.rows(Outbox, col(Outbox.settled_at).is_(None))
    assert "confidential_answer" in notice.params


def test_the_end_of_a_form_leaves_nothing_to_send(stage: Stage, youth: str) -> None:
    begin(stage, youth)
    for _ in range(12):
        asking = at(stage).asking
        if asking is None:
            break
        submit(stage, **{asking: ""})
    assert session(stage).state == "complete"
    assert standing(stage).running is None
    assert standing(stage).last_session_id == session(stage).id
    assert stage.rows(Outbox, col(Outbox.settled_at).is_(None)) == []
