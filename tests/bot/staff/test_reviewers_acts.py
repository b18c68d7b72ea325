"""What reviewers do in chat: take, give back, hand over; references and clocks, never words."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.messages import PAGER, Address, Alert
from bot.people import link
from bot.schedule import watch_concerns
from storage.concerns import ReviewItem, ReviewState
from storage.people import Person, Role
from surveys import concerns
from tests.bot.stage import Recorder, Stage

WORRY = "a boy just told me he is going to kill himself tonight"


@pytest.fixture
def alerted(stage: Stage) -> Stage:
    """A red waits, and the first of two reviewers was told."""
    stage.reviewers()
    stage.person("amira")
    stage.say("amira", WORRY)
    return stage


def _item(stage: Stage) -> ReviewItem:
    [row] = stage.rows(ReviewItem)
    assert isinstance(row, ReviewItem)
    return row


def test_whoever_takes_it_can_give_it_back_and_the_other_is_told_then(alerted: Stage) -> None:
    heard = alerted.press("reviewer", "I have it")
    ref = _item(alerted).ref
    assert f"Thank you, {ref} is with you since 10:00" in heard
    assert "with somebody" in alerted.say("deputy", f"ack {ref}")
    assert "with reviewer" in alerted.say("deputy", "concerns")
    assert "not with you" in alerted.say("deputy", f"giveback {ref}")
    assert "waits again" in alerted.press("reviewer", "Give it back")
    assert _item(alerted).state is ReviewState.WAITING
    alerted.later(minutes=1)
    assert watch_concerns(alerted.app) == 1
    alerted.deliver()
    assert "Nobody has it yet" in alerted.heard("reviewer")[-1]


def test_before_the_close_one_press_hands_over(alerted: Stage) -> None:
    olga = alerted.person("olga", Role.REVIEWER)
    assert "Nobody is on call then" in alerted.say("reviewer", "concerns handover")
    alerted.later(hours=6, minutes=40)
    with alerted.database.writing() as db:
        ends = alerted.now + timedelta(hours=16)
        concerns.add_shift(db, olga, alerted.now, ends, now=alerted.now)
    watch_concerns(alerted.app)
    alerted.deliver()
    offer = alerted.heard("reviewer")[-1]
    assert "1 red waiting" in offer
    assert "pass to olga, who is on call, at 17:00" in offer
    assert "Handed over to olga, from 17:00: 1 red" in alerted.press("reviewer", "Hand over")
    assert _item(alerted).passed_to_id == olga
    assert "A text needs you (red)" in alerted.heard("olga")[-1]


def test_only_reviewers_act(alerted: Stage) -> None:
    ref = _item(alerted).ref
    for said in (f"ack {ref}", f"giveback {ref}", "concerns", "concerns handover"):
        assert "Only the safeguarding reviewer" in alerted.say("amira", said)
    assert _item(alerted).state is ReviewState.WAITING


def test_who_decided_a_red_asks_the_other_and_hears_why_not(alerted: Stage) -> None:
    ref, now = _item(alerted).ref, alerted.now
    people = {row.name: row.id for row in alerted.rows(Person)}
    with alerted.database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        for name in ("reviewer", "deputy"):
            concerns.seen(db, item, person_id=people[name], now=now)
        concerns.decide(
            db,
            item,
            person_id=people["reviewer"],
            decision=concerns.Decision.NONE,
            reason="a film",
            now=now,
        )
    alerted.deliver()
    assert "needs a second person" in alerted.heard("deputy")[-1]
    assert "needs a second person" in alerted.say("deputy", "concerns")
    with alerted.database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        concerns.disagree(db, item, person_id=people["deputy"], reason="no film", now=now)
    alerted.deliver()
    told = alerted.heard("reviewer")[-1]
    assert "did not agree" in told
    assert "film" not in told


def test_managers_hear_how_long_and_no_reference(alerted: Stage) -> None:
    alerted.person("mona", Role.MANAGER)
    for _ in range(5):
        alerted.later(minutes=15)
        watch_concerns(alerted.app)
    alerted.deliver()
    told = alerted.heard("mona")[0]
    assert "Nobody has acknowledged a red for 75 minutes" in told
    assert _item(alerted).ref not in told


def test_the_board_is_linked_where_there_is_one_and_a_pager_gets_the_same(stage: Stage) -> None:
    pager = Recorder()
    stage.configure(links={"board": "https://board.example/in"})
    stage.delivery = stage.app.delivery({**stage._senders(), PAGER: pager})
    stage.reviewers()
    with stage.database.writing() as db:
        reviewer = db.exec(select(Person).where(Person.key == "reviewer")).one()
        link(db, reviewer, Address(PAGER, "", "key-1"))
    stage.person("amira")
    stage.say("amira", WORRY)
    item = _item(stage)
    page = f"https://board.example/in/concerns/{item.ref}"
    assert f"Open it here: {page}" in stage.heard("reviewer")[-1]
    [rung] = pager.sent
    assert rung.message.alert == Alert(item.ref, "red", item.due_at, page, False)
