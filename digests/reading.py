"""What the voice lead works on: answers in people's own words, after review."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from digests.themes import Reply
from storage.surveys import Answer
from surveys.reviewed import read_replies


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One answer that a reviewer has read and did not hold back."""

    handle: str
    question: str
    words: str


def reviewed_answers(session: Session, survey_id: int) -> list[ReviewedAnswer]:
    """Question by question, in an order that says nothing of when or by whom they were given."""
    read = read_replies(survey_id)
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
