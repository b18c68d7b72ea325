"""Which answers in people's own words a reviewer has read and did not hold back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func
from sqlmodel import col

from storage.concerns import ReviewItem, ReviewState
from storage.rows import columns

HELD_BACK = "redact"


def read_replies(survey_id: int, pseudonyms: Sequence[str] | None = None) -> Any:
    """A subquery of (pseudonym, question): every text that was ever given there has been read.

    An answer that was changed has several items in the queue; one that waits holds all of it back.
    """
    is_free = (col(ReviewItem.state) == ReviewState.CLOSED) & (
        col(ReviewItem.decision) != HELD_BACK
    )
    query = (
        columns(ReviewItem.pseudonym, ReviewItem.question)
        .where(col(ReviewItem.survey_id) == survey_id, col(ReviewItem.pseudonym).is_not(None))
        .group_by(col(ReviewItem.pseudonym), col(ReviewItem.question))
        .having(func.count() == func.sum(case((is_free, 1), else_=0)))
    )
    if pseudonyms is not None:
        query = query.where(col(ReviewItem.pseudonym).in_(pseudonyms))
    return query.subquery()
