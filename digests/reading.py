"""What the voice lead works on: answers in people's own words, after review."""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from digests.themes import Reply
from storage.concerns import ReviewItem
from storage.rows import columns, rows
from storage.surveys import Answer, Survey, SurveyVersion
from storage.types import EMPTY_SEALED
from surveys.definition import Mode
from surveys.reviewed import AsOthersRead, read_replies

ABOUT_OUR_ANSWER = "did we get that right"
"""The question by which the reviewer and the voice lead find words about what we told people."""


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """One answer that a reviewer has read and did not hold back."""

    handle: str
    question: str
    words: str


def reviewed_answers(session: Session, survey_id: int) -> list[ReviewedAnswer]:
    """Question by question, in an order that says nothing of when or by whom they were given.

    What somebody wrote to "did we get that right?" stands at the end, as an answer of its own.
    """
    read = read_replies(survey_id)
    if _is_anonymous(session, survey_id):
        return _texts_alone(session, _texts_of(session, survey_id, read))
    query = _answers_of(read).add_columns(col(Answer.words))
    as_read = AsOthersRead(session, survey_id)
    found = (
        (pseudonym, question, as_read.of((pseudonym, question), words or ""))
        for pseudonym, question, words in rows(session, query)
    )
    given = [
        ReviewedAnswer(f"{question}:{pseudonym}", question, words)
        for pseudonym, question, words in found
        if words
    ]
    return given + _said_to_our_answer(session, survey_id, read)


def reviewed_places(session: Session, survey_id: int) -> Any:
    """A subquery of (pseudonym, question) of those answers, without a word of them."""
    read = read_replies(survey_id)
    if _is_anonymous(session, survey_id):
        return _texts_of(session, survey_id, read).subquery()
    answers, said = _answers_of(read).order_by(None), _to_our_answer(survey_id, read)
    return answers.union(said.order_by(None)).subquery()


def _is_anonymous(session: Session, survey_id: int) -> bool:
    return session.get_one(Survey, survey_id).mode == Mode.ANONYMOUS


def _answers_of(read: Any) -> Select[Any]:
    return (
        columns(Answer.pseudonym, Answer.question)
        .join(read, _same_place(read, Answer))
        .where(col(Answer.words).is_not(None))
        .order_by(col(Answer.question), col(Answer.pseudonym))
    )


def _texts_of(session: Session, survey_id: int, read: Any) -> Select[Any]:
    """Of an anonymous survey words are joined to no answers: they stand in the queue alone."""
    slug = session.get_one(Survey, survey_id).slug
    asked = (
        select(Answer.question)
        .join(SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id))
        .where(col(SurveyVersion.slug) == slug)
    )
    question = col(ReviewItem.question)
    return (
        _items_of(survey_id, read)
        .where(question.in_(asked) | (question == ABOUT_OUR_ANSWER))
        .order_by(question, col(ReviewItem.pseudonym), col(ReviewItem.ref))
    )


def _to_our_answer(survey_id: int, read: Any) -> Select[Any]:
    return (
        _items_of(survey_id, read)
        .where(col(ReviewItem.question) == ABOUT_OUR_ANSWER)
        .order_by(col(ReviewItem.pseudonym), col(ReviewItem.received_at), col(ReviewItem.ref))
    )


def _items_of(survey_id: int, read: Any) -> Select[Any]:
    return (
        columns(ReviewItem.pseudonym, ReviewItem.question)
        .join(read, _same_place(read, ReviewItem))
        .where(col(ReviewItem.survey_id) == survey_id, func.length(ReviewItem.words) > EMPTY_SEALED)
    )


def _said_to_our_answer(session: Session, survey_id: int, read: Any) -> list[ReviewedAnswer]:
    """Of one person all that they wrote to it, over several publications."""
    said: dict[str, list[str]] = {}
    texts = _texts_alone(session, _to_our_answer(survey_id, read))
    for text in texts:
        said.setdefault(text.handle, []).append(text.words)
    return [
        ReviewedAnswer(handle, ABOUT_OUR_ANSWER, "\n".join(words)) for handle, words in said.items()
    ]


def _same_place(read: Any, table: Any) -> Any:
    return (read.c.pseudonym == col(table.pseudonym)) & (read.c.question == col(table.question))


def _texts_alone(session: Session, places: Select[Any]) -> list[ReviewedAnswer]:
    query = places.add_columns(col(ReviewItem.words), col(ReviewItem.redacted_words))
    return [
        ReviewedAnswer(f"{question}:{pseudonym}", question, redacted or words)
        for pseudonym, question, words, redacted in rows(session, query)
    ]


def reply_of(handle: str) -> Reply:
    """The answer behind a handle of `reviewed_answers`."""
    question, _, pseudonym = handle.partition(":")
    return Reply(pseudonym, question)


def mark_of(survey_id: int, handle: str) -> str:
    """What stands for an answer in an address: the same each time, and no way back from it."""
    return hashlib.sha256(f"{survey_id}:{handle}".encode()).hexdigest()[:12]
