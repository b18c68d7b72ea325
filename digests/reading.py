"""What the voice lead works on: answers in people's own words, after review."""

from dataclasses import dataclass

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from digests.themes import Reply
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer

REDACTED = "redact"


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One answer that a reviewer has read and did not hold back."""

    handle: str
    question: str
    words: str


def reviewed_answers(session: Session, survey_id: int) -> list[ReviewedAnswer]:
    """Question by question, in an order that says nothing of when or by whom they were given."""
    is_free = (col(ReviewItem.state) == ReviewState.CLOSED) & (col(ReviewItem.decision) != REDACTED)
    # An answer that was changed has several items: every one of them must have been read.
    read = (
        select(col(ReviewItem.pseudonym), col(ReviewItem.question))
        .where(col(ReviewItem.survey_id) == survey_id)
        .group_by(col(ReviewItem.pseudonym), col(ReviewItem.question))
        .having(func.count() == func.sum(case((is_free, 1), else_=0)))
        .subquery()
    )
    rows = session.exec(
        select(Answer)
        .join(
            read,
            (read.c.pseudonym == col(Answer.pseudonym)) & (read.c.question == col(Answer.question)),
        )
        .where(col(Answer.words).is_not(None))
        .order_by(col(Answer.question), col(Answer.pseudonym))
    ).all()
    return [
        ReviewedAnswer(f"{row.question}:{row.pseudonym}", row.question, row.words or "")
        for row in rows
    ]


def reply_of(handle: str) -> Reply:
    """The answer behind a handle of `reviewed_answers`."""
    question, _, pseudonym = handle.partition(":")
    return Reply(pseudonym, question)
