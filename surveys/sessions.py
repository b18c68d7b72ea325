"""The engine against the database: begin, answer, end, and what is stored of it.

`advance` is pure and makes rows; whoever calls it writes them, many sessions in one statement.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.calendar import Calendar
from storage.concerns import ReviewItem
from storage.database import upsert
from storage.surveys import Answer, SessionState, SurveySession, SurveyVersion
from storage.surveys import Survey as SurveyRow
from storage.types import keyring_of
from surveys import engine
from surveys.concerns import review_row
from surveys.definition import Audience, Kind, Survey
from surveys.form import form_of
from surveys.matching import clean
from surveys.receipts import receipt_code, receipt_hash
from surveys.screening import Screening, Tier, screen
from surveys.turns import Answered, Ended, Event, Outcome, Rejected, Reply, Session, Turn, Typed

_ID_BYTES = 12
ASKS_WHO_IS_TOLD = "confidentiality_question"
CARE_TIERS = (Tier.RED, Tier.AMBER)


@dataclass(frozen=True, slots=True)
class Running:
    """An open session as it is worked on: its row's fields, its form, and where it stands."""

    id: str
    survey_id: int
    version_id: int
    pseudonym: str
    contact_id: int | None
    group_name: str
    about_action_id: int | None
    round: int
    form: Survey
    at: Session

    @property
    def is_youth(self) -> bool:
        return self.form.settings.audience is Audience.YOUTH

    @property
    def is_about_action(self) -> bool:
        return self.form.settings.audience is Audience.LEADS


@dataclass(frozen=True, slots=True)
class Step:
    """What one reply did: the session after it, and the rows that go with it."""

    running: Running
    events: tuple[Event, ...]
    answers: tuple[dict[str, Any], ...] = ()
    reviews: tuple[dict[str, Any], ...] = ()
    care: bool = False
    asks_confidentiality: bool = False

    @property
    def ended(self) -> Ended | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Ended) else None

    @property
    def rejected(self) -> Rejected | None:
        return next((event for event in self.events if isinstance(event, Rejected)), None)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a reply needs of its surroundings: the instant, the local day, the closed days."""

    now: datetime
    today: date
    calendar: Calendar = field(repr=False)


def advance(running: Running, reply: Reply, moment: Moment) -> Step:
    """One reply to an open session, in memory; nothing is stored yet."""
    asking = running.at.asking
    turn = engine.resume(running.form, running.at, reply, now=moment.now)
    moved = _moved(running, turn.session)
    screening, reviews = _review(moved, asking, reply, turn.events, moment)
    return Step(
        running=moved,
        events=turn.events,
        answers=_answers(moved, turn.events, moment.today),
        reviews=reviews,
        care=bool(reviews) and running.is_youth and screening.tier in CARE_TIERS,
        asks_confidentiality=running.is_youth and ASKS_WHO_IS_TOLD in screening.categories,
    )


def page_step(running: Running, turn: Turn, given: Mapping[str, Reply], moment: Moment) -> Step:
    """What a whole page did, as one step; each text of it is reviewed by itself."""
    moved = _moved(running, turn.session)
    reviewed = [
        _review(moved, name, reply, tuple(e for e in turn.events if _is_about(e, name)), moment)
        for name, reply in given.items()
    ]
    return Step(
        running=moved,
        events=turn.events,
        answers=_answers(moved, turn.events, moment.today),
        reviews=tuple(row for _, rows in reviewed for row in rows),
        care=running.is_youth and any(found.tier in CARE_TIERS for found, _ in reviewed),
        asks_confidentiality=False,
    )


def _is_about(event: Event, name: str) -> bool:
    return isinstance(event, Answered | Rejected) and event.name == name


def _moved(old: Running, at: Session) -> Running:
    return Running(
        old.id,
        old.survey_id,
        old.version_id,
        old.pseudonym,
        old.contact_id,
        old.group_name,
        old.about_action_id,
        old.round,
        old.form,
        at,
    )


_UNSCREENED = Screening(tier=Tier.NONE, categories=(), rules=(), lexicon_version="")


def _review(
    running: Running, asking: str | None, reply: Reply, events: tuple[Event, ...], moment: Moment
) -> tuple[Screening, tuple[dict[str, Any], ...]]:
    """The text for the queue, unless it only picked from a list or gave a number or a date."""
    if not isinstance(reply, Typed) or running.is_about_action:
        return _UNSCREENED, ()
    is_known = asking is not None and running.form.position(asking) is not None
    question = running.form.question(asking) if asking and is_known else None
    was_taken = any(isinstance(event, Answered) for event in events)
    if was_taken and question is not None and question.kind is not Kind.TEXT:
        return _UNSCREENED, ()
    return review_words(
        running,
        reply.text,
        moment,
        question=(asking or "")[:64],
        after_sensitive=question is not None and question.sensitive,
    )


def review_words(
    running: Running,
    words: str,
    moment: Moment,
    *,
    question: str = "",
    after_sensitive: bool = False,
) -> tuple[Screening, tuple[dict[str, Any], ...]]:
    """Screens words and makes their row in the review queue.

    Every text of a young person is queued; a practitioner's where the screening points at harm.
    """
    words = clean(words)
    if not words:
        return _UNSCREENED, ()
    screening = screen(words, running.at.language, after_sensitive=after_sensitive)
    if not running.is_youth and screening.tier not in CARE_TIERS:
        return screening, ()
    row = review_row(
        survey_id=running.survey_id,
        pseudonym=running.pseudonym,
        question=question,
        words=words,
        screening=screening,
        language=running.at.language,
        group_name=running.group_name,
        now=moment.now,
        calendar=moment.calendar,
    )
    return screening, (row,)


def _answers(
    running: Running, events: tuple[Event, ...], today: date
) -> tuple[dict[str, Any], ...]:
    if running.is_about_action:
        return ()
    given = {event.name: event.value for event in events if isinstance(event, Answered)}
    if events and isinstance(events[-1], Ended) and events[-1].outcome is Outcome.COMPLETE:
        given.update(_settled_at_the_end(running))
    return tuple(_answer(running, name, value, today) for name, value in given.items())


def _settled_at_the_end(running: Running) -> dict[str, str]:
    """What counts otherwise than it was answered, and what was worked out.

    Answers on a way that was left again do not count. A value made of a person's own words is not
    stored a second time, and the instant of answering, which could find the person, not at all.
    """
    counts = engine.effective(running.form, running.at)
    changed = {
        name: counts[name] for name, old in running.at.answers.items() if counts[name] != old
    }
    worked_out = {
        row.name: counts[row.name]
        for row in form_of(running.form).rows
        if row.is_worked_out and counts[row.name] and not (row.carries_words or row.tells_time)
    }
    return {**changed, **worked_out}


def _answer(running: Running, name: str, value: str, today: date) -> dict[str, Any]:
    in_words = running.form.question(name).kind is Kind.TEXT
    return {
        "pseudonym": running.pseudonym,
        "question": name,
        "version_id": running.version_id,
        "round": running.round,
        "value": None if in_words else value or None,
        "words": (value or None) if in_words else None,
        "answered_on": today,
    }


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
    update = _session_update()
    rows = [session_row(step.running, moment, step.ended) for step in last.values()]
    if rows:
        db.connection().execute(update, rows)
    upsert(db, Answer, _last_of(steps), key=("pseudonym", "question"))
    queue_for_review(db, [row for step in steps for row in step.reviews])


def queue_for_review(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts texts into the review queue. Never `on conflict do nothing`: no text may be dropped."""
    if rows:
        db.connection().execute(insert(ReviewItem.__table__), list(rows))  # type: ignore[attr-defined]


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
    keyring = keyring_of(db.connection().dialect)
    receipt = receipt_hash(keyring, receipt_code(keyring, running.id))
    db.add(_new_row(running, moment, receipt))
    db.flush()
    return running, turn.events


def _new_row(running: Running, moment: Moment, receipt: str) -> SurveySession:
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
        receipt_hash=receipt,
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
    for row in stale:
        row.state, row.ended_at = SessionState.EXPIRED, moment.now
        db.add(row)
    return len(stale)


def new_id() -> str:
    """96 random bits, safe in links and buttons."""
    return secrets.token_hex(_ID_BYTES)
