"""Which answers in people's own words a reviewer has read, and how everybody else reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session as Db
from sqlmodel import col

from storage.concerns import ReviewItem, ReviewState
from storage.rows import columns, rows
from storage.types import EMPTY_SEALED
from surveys.matching import clean

HELD_BACK = "redact"
"""The decision of a text that nobody else reads, unless the reviewer wrote what they may read."""


def read_replies(survey_id: int, pseudonyms: Sequence[str] | None = None) -> Any:
    """A subquery of (pseudonym, question): every text that was ever given there has been read.

    An answer that was changed has several items in the queue; one that waits holds all of it back.
    """
    may_be_read = (col(ReviewItem.decision) != HELD_BACK) | _is_redacted()
    is_free = (col(ReviewItem.state) == ReviewState.CLOSED) & may_be_read
    query = (
        columns(ReviewItem.pseudonym, ReviewItem.question)
        .where(col(ReviewItem.survey_id) == survey_id, col(ReviewItem.pseudonym).is_not(None))
        .group_by(col(ReviewItem.pseudonym), col(ReviewItem.question))
        .having(func.count() == func.sum(case((is_free, 1), else_=0)))
    )
    if pseudonyms is not None:
        query = query.where(col(ReviewItem.pseudonym).in_(pseudonyms))
    return query.subquery()


Place = tuple[str, str]
"""Of an answer: its pseudonym and its question."""


@dataclass(frozen=True, slots=True)
class _Text:
    words: str
    instead: str


class AsOthersRead:
    """How everybody after the reviewer reads answers of a survey that `read_replies` lets out."""

    def __init__(self, db: Db, survey_id: int, pseudonyms: Sequence[str] | None = None) -> None:
        changed = _changed(survey_id)
        query = (
            columns(
                ReviewItem.pseudonym,
                ReviewItem.question,
                ReviewItem.words,
                ReviewItem.redacted_words,
            )
            .join(
                changed,
                (changed.c.pseudonym == col(ReviewItem.pseudonym))
                & (changed.c.question == col(ReviewItem.question)),
            )
            .where(col(ReviewItem.survey_id) == survey_id)
            .order_by(col(ReviewItem.received_at), col(ReviewItem.ref))
        )
        if pseudonyms is not None:
            query = query.where(col(ReviewItem.pseudonym).in_(pseudonyms))
        self._texts: dict[Place, list[_Text]] = {}
        for pseudonym, question, words, instead in rows(db, query):
            self._texts.setdefault((pseudonym, question), []).append(_Text(words, instead))

    def of(self, place: Place, words: str) -> str:
        """The words, or what was left of them; empty where only the reviewer may read them.

        Texts come in twice and are changed: of the same words the version without names counts,
        whichever came last. Words that are not in the queue any more are nobody's to read where
        another text of that place was changed.
        """
        texts = self._texts.get(place)
        if texts is None:
            return words
        same = [text for text in texts if text.words == clean(words)]
        changed = [text.instead for text in same if text.instead]
        if changed:
            return changed[-1]
        return words if same else texts[-1].instead


def _changed(survey_id: int) -> Any:
    """A subquery of (pseudonym, question): names were taken out of a text there, or it is gone."""
    written = func.length(ReviewItem.words) > EMPTY_SEALED
    return (
        columns(ReviewItem.pseudonym, ReviewItem.question)
        .where(
            col(ReviewItem.survey_id) == survey_id,
            col(ReviewItem.pseudonym).is_not(None),
            _is_redacted() | ~written,
        )
        .distinct()
        .subquery()
    )


def _is_redacted() -> Any:
    """Whether there is a text without names; its length shows without the key."""
    return func.length(ReviewItem.redacted_words) > EMPTY_SEALED
