"""What the voice lead works on: answers in people's own words, after review."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.themes import Reply
from storage.concerns import ReviewItem
from storage.surveys import Answer, Survey, SurveyVersion
from storage.types import EMPTY_SEALED
from surveys.definition import Mode
from surveys.reviewed import AsOthersRead, read_replies


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One answer that a reviewer has read and did not hold back."""

    handle: str
    question: str
    words: str


def reviewed_answers(session: Session, survey_id: int) -> list[ReviewedAnswer]:
    """Question by question, in an order that says nothing of when or by whom they were given."""
    read = read_replies(survey_id)
    if session.get_one(Survey, survey_id).mode == Mode.ANONYMOUS:
        return _texts_alone(session, survey_id, read)
    rows = session.exec(
        select(Answer)
        .join(
            read,
            (read.c.pseudonym == col(Answer.pseudonym)) & (read.c.question == col(Answer.question)),
        )
        .where(col(Answer.words).is_not(None))
        .order_by(col(Answer.question), col(Answer.pseudonym))
    ).all()
    as_read = AsOthersRead(session, survey_id)
    found = ((row, as_read.of((row.pseudonym, row.question), row.words or "")) for row in rows)
    return [
        ReviewedAnswer(f"{row.question}:{row.pseudonym}", row.question, words)
        for row, words in found
        if words
    ]


def _texts_alone(session: Session, survey_id: int, read: Any) -> list[ReviewedAnswer]:
    """Of an anonymous survey words are joined to no answers: they stand in the queue alone."""
    asked = select(Answer.question).join(
        SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id)
    )
    slug = session.get_one(Survey, survey_id).slug
    rows = session.exec(
        select(ReviewItem)
        .join(
            read,
            (read.c.pseudonym == col(ReviewItem.pseudonym))
            & (read.c.question == col(ReviewItem.question)),
        )
        .where(
            col(ReviewItem.survey_id) == survey_id,
            func.length(ReviewItem.words) > EMPTY_SEALED,
            col(ReviewItem.question).in_(asked.where(col(SurveyVersion.slug) == slug)),
        )
        .order_by(col(ReviewItem.question), col(ReviewItem.pseudonym), col(ReviewItem.ref))
    ).all()
    return [
        ReviewedAnswer(
            f"{row.question}:{row.pseudonym}", row.question, row.redacted_words or row.words
        )
        for row in rows
    ]


def reply_of(handle: str) -> Reply:
    """The answer behind a handle of `reviewed_answers`."""
    question, _, pseudonym = handle.partition(":")
    return Reply(pseudonym, question)
