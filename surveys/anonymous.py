"""Anonymous surveys: from a session that leads to somebody to answers that lead to nobody.

When a session ends its row goes at once, and its answers wait in a pool. The pool is moved among
the answers in a random order when enough have finished, or when the survey closes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from secrets import token_hex
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session as Db
from sqlmodel import col, delete, select, update

from storage.anonymous import PooledResponse, TookPart, day_of
from storage.database import insert_new
from storage.mail import ChatMessage, Conversation, Outbox, Trace, WrongCodes
from storage.people import Contact
from storage.rows import change, chunks
from storage.surveys import Answer, SessionState, SurveySession, SurveyState
from storage.surveys import Survey as SurveyRow
from surveys import engine
from surveys.anonymous_rules import least_to_move
from surveys.definition import Kind, Survey
from surveys.form import form_of
from surveys.steps import Moment, Running

_CHANCE = SystemRandom()


# who takes part


def note_begun(db: Db, survey_id: int, round_: int, contact_id: int) -> None:
    """Notes that a contact takes part; who did already stays as they are."""
    row = {"survey_id": survey_id, "round": round_, "contact_id": contact_id, "has_finished": False}
    insert_new(db, TookPart, [row])


def has_finished(db: Db, contact_id: int, survey_id: int, round_: int | None = None) -> bool:
    """Whether a contact came to the end of an anonymous survey, in this round or in any."""
    query = select(TookPart.contact_id).where(
        col(TookPart.contact_id) == contact_id,
        col(TookPart.survey_id) == survey_id,
        col(TookPart.has_finished),
    )
    if round_ is not None:
        query = query.where(col(TookPart.round) == round_)
    return db.exec(query).first() is not None


def surveys_of(db: Db, contact_ids: Iterable[int]) -> dict[int, int]:
    """Those of these contacts that take part in an anonymous survey, or did; the newest of each."""
    query = select(TookPart.contact_id, TookPart.survey_id).where(
        col(TookPart.contact_id).in_(list(contact_ids))
    )
    return dict(sorted(db.exec(query).all(), key=lambda row: row[1]))


# the end of a session


@dataclass(frozen=True, slots=True)
class Finished:
    """A session that is over, and how; its answers are kept unless it was deleted."""

    running: Running
    state: SessionState


def finish(db: Db, ended: Sequence[Finished]) -> None:
    """Takes these sessions away, with all that leads from them to a contact."""
    ids = [one.running.id for one in ended]
    receipts = _receipts(db, ids)
    for one in ended:
        if one.running.contact_id is not None:
            _forget_their_day(db, one.running)
        if one.state is SessionState.COMPLETE:
            _note_finished(db, one.running)
    _leave(db, ids)
    quieten(db, [c for one in ended if (c := one.running.contact_id) is not None])
    pooled = [_pooled(one, receipts.get(one.running.id, "")) for one in ended]
    _into_the_pool(db, [row for row in pooled if row is not None])
    change(db, delete(SurveySession).where(col(SurveySession.id).in_(ids)))
    db.expire_all()


def _receipts(db: Db, session_ids: Sequence[str]) -> dict[str, str]:
    query = select(SurveySession.id, SurveySession.receipt_hash)
    return dict(db.exec(query.where(col(SurveySession.id).in_(session_ids))).all())


def _note_finished(db: Db, running: Running) -> None:
    change(
        db,
        update(TookPart)
        .where(
            col(TookPart.survey_id) == running.survey_id,
            col(TookPart.round) == running.round,
            col(TookPart.contact_id) == running.contact_id,
        )
        .values(has_finished=True),
    )


def _leave(db: Db, session_ids: Sequence[str]) -> None:
    db.flush()
    here = col(Conversation.session_id).in_(session_ids)
    change(db, update(Conversation).where(here).values(session_id=None))
    before = col(Conversation.last_session_id).in_(session_ids)
    change(db, update(Conversation).where(before).values(last_session_id=None))


def quieten(db: Db, contact_ids: Sequence[int]) -> None:
    """Deletes what says when these contacts were here: what messages are called, and sends."""
    for chunk in chunks(contact_ids):
        change(db, delete(ChatMessage).where(col(ChatMessage.contact_id).in_(chunk)))
        sent = (col(Outbox.trace) == Trace.NONE, col(Outbox.settled_at).is_not(None))
        change(db, delete(Outbox).where(col(Outbox.contact_id).in_(chunk), *sent))


def _forget_their_day(db: Db, running: Running) -> None:
    """Also what was sent on the way to the survey, before it was known which one it was."""
    unknown = select(Contact.id).where(
        col(Contact.id) == running.contact_id, col(Contact.person_id).is_(None)
    )
    since = col(Outbox.created_at) >= day_of(running.at.started)
    sent = col(Outbox.settled_at).is_not(None)
    change(db, delete(Outbox).where(col(Outbox.contact_id).in_(unknown), since, sent))
    change(db, delete(WrongCodes).where(col(WrongCodes.contact_id) == running.contact_id))


def _pooled(one: Finished, receipt_hash: str) -> dict[str, Any] | None:
    """The row of the pool; None where nothing is left to be kept."""
    running = one.running
    answers = {} if one.state is SessionState.DELETED else said(running, one.state)
    if not answers and one.state is not SessionState.COMPLETE:
        return None
    return {
        "id": token_hex(12),
        "survey_id": running.survey_id,
        "version_id": running.version_id,
        "round": running.round,
        "group_name": running.group_name,
        "state": one.state,
        "receipt_hash": receipt_hash,
        "sealed": json.dumps(answers, ensure_ascii=False),
    }


def said(running: Running, state: SessionState) -> dict[str, str]:
    """What counts of the answers; of a young person's own words only that there are some.

    The words themselves are in the review queue, and joined to nothing.
    """
    form, counts = running.form, engine.effective(running.form, running.at)
    found = {name: counts[name] for name in running.at.answers if counts.get(name)}
    if state is SessionState.COMPLETE:
        found |= {
            row.name: counts[row.name]
            for row in form_of(form).rows
            if row.is_worked_out and counts[row.name] and not (row.carries_words or row.tells_time)
        }
    if running.is_youth:
        found |= {name: "" for name in found if form.question(name).kind is Kind.TEXT}
    return found


def _into_the_pool(db: Db, rows: Sequence[dict[str, Any]]) -> None:
    """Adds to the pool, and writes all of it anew: no row is younger than another."""
    for survey_id, round_ in sorted({(row["survey_id"], row["round"]) for row in rows}):
        mine = [row for row in rows if (row["survey_id"], row["round"]) == (survey_id, round_)]
        waiting = [row.model_dump() for row in _pool(db, survey_id, round_)]
        everyone = [*waiting, *mine]
        _CHANCE.shuffle(everyone)
        _empty(db, [row["id"] for row in waiting])
        _insert(db, PooledResponse, everyone)


def _pool(db: Db, survey_id: int, round_: int) -> list[PooledResponse]:
    query = (
        select(PooledResponse)
        .where(col(PooledResponse.survey_id) == survey_id, col(PooledResponse.round) == round_)
        .order_by(col(PooledResponse.id))
        .with_for_update()
    )
    rows = list(db.exec(query))
    for row in rows:
        db.expunge(row)
    return rows


def _empty(db: Db, ids: Sequence[str]) -> None:
    for chunk in chunks(ids):
        change(db, delete(PooledResponse).where(col(PooledResponse.id).in_(chunk)))


def _insert(db: Db, model: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        table: Table = model.__table__
        db.connection().execute(insert(table), list(rows))


# moving


def is_over(survey: SurveyRow, round_: int) -> bool:
    """Whether nobody can come to this round any more; a survey that has a break goes on later."""
    return survey.state in (SurveyState.CLOSED, SurveyState.DRAFT) or survey.round != round_


def waiting_rounds(db: Db) -> list[tuple[SurveyRow, int]]:
    """The rounds for which answers wait in the pool."""
    query = select(PooledResponse.survey_id, PooledResponse.round).distinct()
    return [(db.get_one(SurveyRow, survey_id), round_) for survey_id, round_ in db.exec(query)]


def move(db: Db, survey: SurveyRow, round_: int, form: Survey, moment: Moment) -> int:
    """Moves the pool of a round among the answers where it is time to; how many were moved.

    What is moved together is of one day, under names that are new, in a random order.
    """
    assert survey.id is not None
    waiting = _pool(db, survey.id, round_)
    count = sum(row.state is not SessionState.DELETED for row in waiting)
    if not waiting or (count < least_to_move(form) and not is_over(survey, round_)):
        return 0
    _CHANCE.shuffle(waiting)
    sessions = [_session(row, form, moment.now) for row in waiting]
    answers = [
        one
        for row, session in zip(waiting, sessions, strict=True)
        for one in _answers(row, session["pseudonym"], form, moment)
    ]
    _CHANCE.shuffle(answers)
    _insert(db, SurveySession, sessions)
    _insert(db, Answer, answers)
    _empty(db, [row.id for row in waiting])
    return len(waiting)


def _session(row: PooledResponse, form: Survey, now: datetime) -> dict[str, Any]:
    day = day_of(now)
    return {
        "id": token_hex(12),
        "survey_id": row.survey_id,
        "version_id": row.version_id,
        "contact_id": None,
        "pseudonym": token_hex(12),
        "state": row.state,
        "step": 0,
        "progress": "",
        "language": form.settings.default_language,
        "group_name": "" if row.state is SessionState.DELETED else row.group_name,
        "about_action_id": None,
        "round": row.round,
        "receipt_hash": row.receipt_hash,
        "comeback_hash": "",
        "started_at": day,
        "moved_at": day,
        "ended_at": day,
    }


def _answers(
    row: PooledResponse, pseudonym: str, form: Survey, moment: Moment
) -> list[dict[str, Any]]:
    found = []
    for name, value in json.loads(row.sealed).items():
        known = form.position(name) is not None
        in_words = value == "" or (known and form.question(name).kind is Kind.TEXT)
        found.append(
            {
                "pseudonym": pseudonym,
                "question": name,
                "version_id": row.version_id,
                "round": row.round,
                "value": None if in_words else value,
                "words": value if in_words else None,
                "answered_on": moment.today,
            }
        )
    return found
