"""What leaves: in order, once, and only while it is still wanted."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col

from bot.messages import (
    Address,
    DeliveryError,
    Failure,
    Message,
)
from bot.outgoing.delivery import CLAIM, LANES, MOST_ATTEMPTS, SEND_SECONDS
from bot.outgoing.outbox import Ask, Ticket, claim
from bot.platforms.console import PLATFORM
from storage.mail import Outbox, Urgency
from storage.people import Contact, ContactState, Role
from storage.plans import Nudge
from tests.bot.errands import nudged, queue_text
from tests.bot.stage import Recorder, Stage

_BUSY = DeliveryError(Failure.TRY_LATER, "busy")


def _outcomes(stage: Stage) -> list[str]:
    rows = sorted(stage.rows(Outbox), key=lambda row: row.id)
    return [row.outcome for row in rows]


def test_alerts_go_before_replies_and_broadcasts_last(stage: Stage) -> None:
    people = [stage.person(f"p{number}") for number in range(4)]
    order = (Urgency.BROADCAST, Urgency.REMINDER, Urgency.REPLY, Urgency.ALERT)
    for who, urgency in zip(people, order, strict=True):
        queue_text(stage, who, "young.clear", urgency)
    stage.deliver()
    assert stage.recorder.calls == ["p3", "p2", "p1", "p0"]


def test_a_broadcast_does_not_delay_a_reply_by_more_than_one_claim(stage: Stage) -> None:
    crowd = [stage.person(f"c{number}") for number in range(150)]
    asks = stage.person("asks")
    for who in crowd:
        queue_text(stage, who, "young.clear", Urgency.BROADCAST)
    stage.run(stage.delivery.run_once())
    queue_text(stage, asks, "young.clear", Urgency.REPLY)
    already = len(stage.recorder.calls)
    stage.run(stage.delivery.run_once())
    assert already < len(crowd)
    assert "asks" in stage.recorder.calls[already : already + LANES]


def test_messages_to_one_person_keep_their_order_while_one_must_wait(stage: Stage) -> None:
    who = stage.person("lead")
    texts = ["young.clear", "young.no_files", "staff.no_files"]
    for wording in texts:
        queue_text(stage, who, wording, Urgency.REPLY)
    stage.recorder.fail("lead", _BUSY, _BUSY)
    stage.deliver()
    assert stage.heard("lead") == []
    for _ in range(4):
        stage.later(seconds=6)
        stage.deliver()
    assert [text[:12] for text in stage.heard("lead")] == [
        "I cannot rem",
        "We can't ope",
        "Files are no",
    ]
    assert _outcomes(stage) == ["sent"] * 3


def test_never_two_messages_at_once_to_one_person(stage: Stage) -> None:
    people = {f"p{number}": stage.person(f"p{number}") for number in range(5)}
    for wording in ("young.clear", "young.no_files", "staff.no_files"):
        for who in people.values():
            queue_text(stage, who, wording, Urgency.REPLY)
    flying: set[str] = set()

    async def slow(to: Address, _: Message) -> None:
        assert to.id not in flying
        flying.add(to.id)
        await asyncio.sleep(0.01)
        flying.discard(to.id)

    stage.recorder.on_send = slow
    stage.deliver()
    assert len(stage.recorder.sent) == 15


def test_a_concern_does_not_wait_behind_a_message_that_cannot_be_sent(stage: Stage) -> None:
    reviewer = stage.person("reviewer", Role.REVIEWER)
    queue_text(stage, reviewer, "young.clear", Urgency.REPLY)
    stage.recorder.fail("reviewer", DeliveryError(Failure.TRY_LATER, "busy", retry_after=3000))
    stage.deliver()
    stage.delivery = stage.app.delivery({PLATFORM: stage.recorder})  # a platform that is not paused
    stage.tell("stranger", "my dad is hitting me right now")
    stage.deliver()
    [alert] = stage.heard("reviewer")
    assert "A text needs you" in alert


def test_a_question_that_was_answered_meanwhile_is_not_asked_any_more(
    stage: Stage, youth: str
) -> None:
    stage.say("yp", f"/start {youth}", "1")
    before = len(stage.heard("yp"))
    stage.tell("yp", "2", "1")
    stage.deliver()
    assert [text.splitlines()[0] for text in stage.heard("yp")[before:]] == ["Question 3 of 7"]
    assert _outcomes(stage)[-2:] == ["lapsed", "sent"]


def test_a_nudge_whose_deadline_has_moved_is_not_sent(stage: Stage) -> None:
    nudged(stage)
    assert len(stage.rows(Nudge)) == 1
    with stage.database.writing() as db:
        db.connection().execute(text("UPDATE action SET due_on = '2024-06-30', review_on = NULL"))
    stage.deliver()
    assert stage.heard("lead") == []
    assert _outcomes(stage) == ["lapsed"]


def test_a_nudge_that_waited_too_long_lapses(stage: Stage) -> None:
    nudged(stage)
    stage.recorder.fail("lead", DeliveryError(Failure.TRY_LATER, "busy", retry_after=5 * 86400))
    stage.deliver()
    stage.later(days=6)
    stage.delivery = stage.app.delivery({PLATFORM: stage.recorder})
    stage.deliver()
    assert stage.heard("lead") == []
    assert _outcomes(stage) == ["lapsed"]


def test_whoever_is_gone_is_marked_with_the_reason_and_not_tried_again(stage: Stage) -> None:
    who = stage.person("lead")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    queue_text(stage, who, "staff.no_files", Urgency.REPLY)
    stage.recorder.fail("lead", DeliveryError(Failure.RECIPIENT_GONE, "blocked by the user"))
    stage.deliver()
    [contact] = stage.rows(Contact)
    assert contact.state is ContactState.GONE
    assert contact.state_reason == "blocked by the user"
    assert contact.state_since == stage.now
    assert stage.recorder.calls == ["lead"]
    assert _outcomes(stage) == ["gone", "gone"]
    details = [row.detail for row in stage.rows(Outbox)]
    assert sorted(details) == ["blocked by the user", "gone before"]


def test_a_fault_of_ours_is_settled_and_stops_nobody_else(stage: Stage) -> None:
    people = [stage.person(f"p{number}") for number in range(4)]
    for who in people:
        queue_text(stage, who, "young.clear", Urgency.REPLY)
    stage.recorder.fail("p1", DeliveryError(Failure.OUR_FAULT, "bad card"))
    stage.recorder.fail("p2", RuntimeError("a bug in a sender, with secret words"))
    stage.deliver()
    assert sorted(sent.to for sent in stage.recorder.sent) == ["p0", "p3"]
    rows = sorted(stage.rows(Outbox), key=lambda row: row.id)
    assert [(row.outcome, row.detail) for row in rows] == [
        ("sent", ""),
        ("fault", "bad card"),
        ("fault", "RuntimeError"),
        ("sent", ""),
    ]


def test_what_is_due_waits_while_a_platform_does_not_let_us_in_and_goes_out_when_it_does(
    stage: Stage,
) -> None:
    told: list[tuple[str, str]] = []
    stage.delivery.on_refusal = lambda platform, kind: told.append((platform, kind))
    first, second = stage.person("p1"), stage.person("p2")
    for who in (first, second):
        queue_text(stage, who, "young.clear", Urgency.REPLY)
    refused = DeliveryError.refused("token_revoked")
    stage.recorder.fail("p1", *[refused] * (MOST_ATTEMPTS + 3))
    stage.recorder.fail("p2", refused)
    for _ in range(MOST_ATTEMPTS + 2):
        stage.deliver()
        stage.later(hours=2)
    assert [sent.to for sent in stage.recorder.sent] == ["p2"]
    assert _outcomes(stage) == ["", "sent"]
    assert told == [(PLATFORM, "token_revoked")]
    for _ in range(2):
        stage.deliver()
        stage.later(hours=2)
    assert _outcomes(stage) == ["sent", "sent"]


def test_an_intent_that_cannot_be_written_is_settled_as_our_fault(stage: Stage) -> None:
    first, second = stage.person("p1"), stage.person("p2")
    queue_text(stage, first, "no.such.wording", Urgency.REPLY)
    queue_text(stage, second, "young.clear", Urgency.REPLY)
    stage.deliver()
    assert _outcomes(stage) == ["fault", "sent"]


def test_a_row_that_was_tampered_with_stops_nobody_else(stage: Stage) -> None:
    first, second = stage.person("p1"), stage.person("p2")
    queue_text(stage, first, "young.clear", Urgency.REPLY)
    queue_text(stage, second, "young.clear", Urgency.REPLY)
    [row, _] = sorted(stage.rows(Outbox), key=lambda row: row.id)
    sealed = stage.database.keyring.encrypt("{}")
    spoilt = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with stage.database.writing() as db:
        db.connection().execute(
            text("UPDATE outbox SET params = :junk WHERE id = :id"), {"junk": spoilt, "id": row.id}
        )
        db.commit()
    stage.deliver()
    assert [sent.to for sent in stage.recorder.sent] == ["p2"]


def test_pauses_grow_and_end_after_more_than_a_day(small_stage: Stage) -> None:
    stage = small_stage
    who = stage.person("lead")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    stage.recorder.fail("lead", *[_BUSY] * (MOST_ATTEMPTS + 5))
    began, pauses = stage.now, []
    for _ in range(MOST_ATTEMPTS):
        assert stage.deliver() == 1
        [row] = stage.rows(Outbox)
        if row.settled_at is None:
            pauses.append((row.claimed_until - stage.now).total_seconds())
            stage.now = row.claimed_until - timedelta(milliseconds=1)
            assert stage.deliver() == 0
            stage.now = row.claimed_until
    assert row.outcome == "gave_up"
    assert stage.now - began > timedelta(days=1)
    assert all(0.8 * 2**n <= pause <= 1.2 * 2**n for n, pause in enumerate(pauses[:11], 1))
    assert max(pauses) <= 1.2 * 3600
    assert len({pause / 2**n for n, pause in enumerate(pauses[:11], 1)}) > 1, "there is jitter"


def test_what_the_platform_asks_for_is_obeyed(stage: Stage) -> None:
    who = stage.person("lead")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    stage.recorder.fail("lead", DeliveryError(Failure.TRY_LATER, "429", retry_after=90))
    stage.deliver()
    [row] = stage.rows(Outbox)
    assert 90 <= (row.claimed_until - stage.now).total_seconds() <= 99


def test_a_platform_that_asked_for_a_pause_is_left_alone_by_everyone(stage: Stage) -> None:
    people = [stage.person(f"p{number}") for number in range(40)]
    for who in people:
        queue_text(stage, who, "young.clear", Urgency.REPLY)
    stage.recorder.fail("p0", DeliveryError(Failure.TRY_LATER, "429", retry_after=90))
    stage.deliver()
    assert len(stage.recorder.calls) <= LANES
    assert not any(row.outcome == "fault" for row in stage.rows(Outbox))


def test_a_send_that_never_returns_is_given_up_and_tried_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0 < SEND_SECONDS < 60, "shorter than a claim"
    monkeypatch.setattr("bot.outgoing.delivery.SEND_SECONDS", 0.05)
    stuck, other = stage.person("stuck"), stage.person("other")
    for who in (stuck, other):
        queue_text(stage, who, "young.clear", Urgency.REPLY)

    async def hang(to: Address, _: Message) -> None:
        if to.id == "stuck":
            await asyncio.sleep(3600)

    stage.recorder.on_send = hang
    stage.deliver()
    assert len(stage.heard("other")) == 1
    [row] = stage.rows(Outbox, col(Outbox.settled_at).is_(None))
    assert row.claimed_until > stage.now


def test_what_was_claimed_by_a_process_that_died_is_sent_when_its_claim_runs_out(
    stage: Stage,
) -> None:
    who = stage.person("lead")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    assert len(_claimed(stage)) == 1
    assert stage.deliver() == 0
    stage.later(seconds=61)
    assert stage.deliver() == 1
    assert len(stage.heard("lead")) == 1


def _claimed(stage: Stage, **more: Any) -> list[Ticket]:
    """What a process that dies now would have claimed."""
    with stage.database.writing() as db:
        ask = Ask([PLATFORM], 64, **more)
        return claim(db, ask, now=stage.now, until=stage.now + CLAIM)


def test_params_of_the_outbox_are_references_and_are_encrypted(stage: Stage, youth: str) -> None:
    stage.say("yp", f"/start {youth}", "1", "my dad hits me when he drinks")
    for row in stage.rows(Outbox):
        assert "dad" not in json.dumps(row.model_dump(mode="json"))
    with stage.database.reading() as db:
        raw = db.connection().execute(text("SELECT params FROM outbox")).scalars().all()
    assert all(b"wording" not in bytes(params) for params in raw)


def test_a_stale_claim_never_overwrites_what_another_process_settled(stage: Stage) -> None:
    """A slow process wakes up after its claim has run out and another one has sent the row."""
    who = stage.person("lead")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    fast = stage.app.delivery({PLATFORM: stage.recorder})
    slow_recorder = Recorder()

    async def overtaken(*_: Any) -> None:
        stage.later(seconds=61)
        await fast.run_until_idle()
        raise _BUSY

    slow_recorder.on_send = overtaken
    slow = stage.app.delivery({PLATFORM: slow_recorder})
    stage.run(slow.run_once())
    [row] = stage.rows(Outbox)
    assert row.outcome == "sent"
    assert row.settled_at is not None
    stage.later(days=1)
    assert stage.deliver() == 0
