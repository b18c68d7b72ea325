"""The engine against the database: begin, store, expire, and what is stored of a session.

What a reply does is worked out in memory (surveys/steps.py); here its rows are written.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.concerns import ReviewItem
from storage.database import upsert
from storage.surveys import Answer, SessionState, SurveySession, SurveyVersion
from storage.surveys import Survey as SurveyRow
from storage.types import Keyring, keyring_of
from surveys import engine
from surveys.anonymous import Finished, finish, is_over, note_begun
from surveys.definition import Mode, Survey
from surveys.receipts import come_back_code, come_back_hash, receipt_code, receipt_hash
from surveys.steps import Moment, Running, Step
from surveys.turns import Ended, Event, Session

_ID_BYTES = 12


def session_row(running: Running, moment: Moment, ended: Ended | None) -> dict[str, Any]:
    """The columns that a step changes, for one update over many sessions."""
    state = SessionState.OPEN if ended is None else SessionState(ended.outcome.value)
    return {
        "row_id": running.id,
        "state": state,
        "step": running.at.step,
        "progress": running.at.to_json(),
        "language": running.at.language,
        "moved_at": moment.now,
        "ended_at": None if ended is None else moment.now,
    }


def store(db: Db, steps: Sequence[Step], moment: Moment) -> None:
    """Writes what steps made, each table with one statement; a session's last step counts."""
    last = {step.running.id: step for step in steps}
    over = [step for step in last.values() if step.running.is_anonymous and step.ended is not None]
    for step in over:
        del last[step.running.id]
    update = _session_update()
    rows = [session_row(step.running, moment, step.ended) for step in last.values()]
    if rows:
        db.connection().execute(update, rows)
    upsert(db, Answer, _last_of(steps), key=("pseudonym", "question"))
    queue_for_review(db, [row for step in steps for row in step.reviews])
    if over:
        finish(db, [Finished(step.running, _how(step)) for step in over])


def _how(step: Step) -> SessionState:
    assert step.ended is not None
    return SessionState(step.ended.outcome.value)


def queue_for_review(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts texts into the review queue. Never `on conflict do nothing`: no text may be dropped."""
    for some in ([row for row in rows if "id" not in row], [row for row in rows if "id" in row]):
        if some:
            db.connection().execute(insert(ReviewItem.__table__), some)  # type: ignore[attr-defined]


def _last_of(steps: Iterable[Step]) -> list[dict[str, Any]]:
    by_key = {(row["pseudonym"], row["question"]): row for step in steps for row in step.answers}
    return list(by_key.values())


@lru_cache(maxsize=1)
def _session_update() -> Any:
    table = SurveySession.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(
            {
                name: bindparam(name)
                for name in ("state", "step", "progress", "language", "moved_at", "ended_at")
            }
        )
    )


def begin(
    db: Db,
    survey: SurveyRow,
    form: Survey,
    *,
    contact_id: int | None,
    language: str,
    moment: Moment,
    group_name: str = "",
    about_action_id: int | None = None,
    seed: int | None = None,
) -> tuple[Running, tuple[Event, ...]]:
    """A new session with its first question asked, stored."""
    turn = engine.start(
        form, now=moment.now, seed=secrets.randbits(31) if seed is None else seed, language=language
    )
    assert survey.id is not None
    assert survey.version_id is not None
    running = Running(
        id=new_id(),
        survey_id=survey.id,
        version_id=survey.version_id,
        pseudonym=new_id(),
        contact_id=contact_id,
        group_name=group_name,
        about_action_id=about_action_id,
        round=survey.round,
        form=form,
        at=turn.session,
    )
    db.add(_new_row(running, moment, keyring_of(db.connection().dialect)))
    db.flush()
    if running.is_anonymous and contact_id is not None:
        note_begun(db, running.survey_id, running.round, contact_id)
    return running, turn.events


def _new_row(running: Running, moment: Moment, keyring: Keyring) -> SurveySession:
    return SurveySession(
        id=running.id,
        survey_id=running.survey_id,
        version_id=running.version_id,
        contact_id=running.contact_id,
        pseudonym=running.pseudonym,
        step=running.at.step,
        progress=running.at.to_json(),
        language=running.at.language,
        group_name=running.group_name,
        about_action_id=running.about_action_id,
        round=running.round,
        receipt_hash=receipt_hash(keyring, receipt_code(keyring, running.id)),
        comeback_hash=come_back_hash(keyring, come_back_code(keyring, running.id)),
        started_at=moment.now,
        moved_at=moment.now,
    )


def running_of(row: SurveySession, form: Survey) -> Running:
    """A stored session, ready to go on."""
    return Running(
        id=row.id,
        survey_id=row.survey_id,
        version_id=row.version_id,
        pseudonym=row.pseudonym,
        contact_id=row.contact_id,
        group_name=row.group_name,
        about_action_id=row.about_action_id,
        round=row.round,
        form=form,
        at=Session.from_json(row.progress),
    )


class Forms:
    """Survey definitions by version; they never change, so each is read once."""

    def __init__(self) -> None:
        self._forms: dict[int, Survey] = {}

    def of(self, db: Db, version_id: int) -> Survey:
        form = self._forms.get(version_id)
        if form is None:
            definition = db.exec(
                select(SurveyVersion.definition).where(col(SurveyVersion.id) == version_id)
            ).one()
            form = self._forms[version_id] = Survey.from_json(definition)
        return form


def expire(db: Db, moment: Moment, days: int) -> int:
    """Closes sessions that nobody came back to; what was answered stays. How many were closed."""
    stale = db.exec(
        select(SurveySession).where(
            col(SurveySession.state) == SessionState.OPEN,
            col(SurveySession.moved_at) < moment.now - timedelta(days=days),
        )
    ).all()
    nameless = _anonymous_ones(db, stale)
    for row in stale:
        if row not in nameless:
            row.state, row.ended_at = SessionState.EXPIRED, moment.now
            db.add(row)
    _expire_anonymous(db, nameless)
    return len(stale)


def end_with_their_survey(db: Db) -> int:
    """Ends open sessions of anonymous surveys that are closed, so that all can be moved together.

    What was answered is kept. How many were ended.
    """
    query = (
        select(SurveySession, SurveyRow)
        .join(SurveyRow, col(SurveyRow.id) == col(SurveySession.survey_id))
        .where(col(SurveyRow.mode) == Mode.ANONYMOUS)
        .where(col(SurveySession.state) == SessionState.OPEN)
    )
    over = [row for row, survey in db.exec(query).all() if is_over(survey, row.round)]
    _expire_anonymous(db, over)
    return len(over)


def _anonymous_ones(db: Db, rows: Sequence[SurveySession]) -> list[SurveySession]:
    surveys = {row.survey_id for row in rows}
    query = select(SurveyRow.id).where(
        col(SurveyRow.id).in_(surveys), col(SurveyRow.mode) == Mode.ANONYMOUS
    )
    found = set(db.exec(query)) if rows else set()
    return [row for row in rows if row.survey_id in found]


def _expire_anonymous(db: Db, rows: Sequence[SurveySession]) -> None:
    forms = Forms()
    ended = [running_of(row, forms.of(db, row.version_id)) for row in rows]
    if ended:
        finish(db, [Finished(running, SessionState.EXPIRED) for running in ended])


def new_id() -> str:
    """96 random bits, safe in links and buttons."""
    return secrets.token_hex(_ID_BYTES)
