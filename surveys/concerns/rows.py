"""The row of one text in the review queue, and the lines of its record."""

from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.anonymous import hour_of
from storage.calendar import Calendar
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.refs import new_ref
from storage.surveys import Survey
from surveys.definition import Mode
from surveys.review_clock import USUAL, Clocks, due_at
from surveys.screening import Screening


class NotAllowed(ValueError):
    """This may not be done so; the message says why and who can."""


def review_row(
    *,
    survey_id: int | None,
    pseudonym: str | None,
    question: str,
    words: str,
    screening: Screening,
    language: str,
    group_name: str,
    now: datetime,
    calendar: Calendar,
    clocks: Clocks = USUAL,
    is_contact_wish: bool = False,
) -> dict[str, Any]:
    """The row of one text, for writers that write many in one statement."""
    return {
        "ref": new_ref(),
        "survey_id": survey_id,
        "pseudonym": pseudonym,
        "question": question,
        "words": words,
        "redacted_words": "",
        "is_contact_wish": is_contact_wish,
        "tier": str(screening.tier),
        "categories": list(screening.categories),
        "rules": list(screening.rules),
        "lexicon_version": screening.lexicon_version,
        "language": language,
        "group_name": group_name,
        "reply_sent": "",
        "received_at": now,
        "due_at": due_at(str(screening.tier), now, calendar, clocks),
        "state": ReviewState.WAITING,
        "alerts": 0,
        "circle": 0,
        "decision": "",
        "reason": "",
        "referral_to": "",
        "case_ref": "",
    }


def note_event(
    db: Db,
    item: ReviewItem,
    what: str,
    now: datetime,
    person_id: int | None = None,
    words: str = "",
) -> None:
    """One more line of the record; a line is never changed or taken away."""
    assert item.id is not None
    db.add(ReviewEvent(item_id=item.id, at=now, what=what, person_id=person_id, words=words))


def events(db: Db, item: ReviewItem) -> list[ReviewEvent]:
    """The record of one text, in order."""
    db.flush()
    rows = db.exec(
        select(ReviewEvent).where(ReviewEvent.item_id == item.id).order_by(col(ReviewEvent.id))
    )
    return list(rows)


def is_anonymous(db: Db, survey_id: int | None) -> bool:
    """Whether nothing kept about a text may be finer than the hour it came in."""
    survey = db.get(Survey, survey_id) if survey_id is not None else None
    return survey is not None and survey.mode == Mode.ANONYMOUS


def noted_at(db: Db, survey_id: int | None, now: datetime) -> datetime:
    """The instant as it may be kept beside a text that came in just now."""
    if not is_anonymous(db, survey_id):
        return now
    return hour_of(now)
