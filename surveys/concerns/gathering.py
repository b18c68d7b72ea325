"""Many urgent texts of one person are one alert: the first is told, the others stand beside it."""

from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.concerns import ReviewItem, ReviewState
from surveys.concerns.queue import TIER_ORDER, change
from surveys.concerns.rows import is_anonymous, note_event, noted_at
from surveys.screening import Tier

GATHERED = "gathered"
_UNTOLD = case((col(ReviewItem.alerts) > 0, 0), else_=1)


def told_in_place_of(db: Db, item: ReviewItem) -> ReviewItem | None:
    """The text of the same person and survey of which somebody is told instead.

    A red before an amber, then what somebody was told of, then the oldest that nobody has; None
    where this is the one, or where it hangs on nobody. A wish to be contacted is always told.
    """
    if item.pseudonym is None or item.survey_id is None or item.is_contact_wish:
        return None
    first = db.exec(
        select(ReviewItem)
        .where(
            ReviewItem.pseudonym == item.pseudonym,
            ReviewItem.survey_id == item.survey_id,
            ReviewItem.state == ReviewState.WAITING,
            col(ReviewItem.tier).in_((Tier.RED, Tier.AMBER)),
        )
        .order_by(TIER_ORDER, _UNTOLD, col(ReviewItem.received_at), col(ReviewItem.ref))
        .limit(1)
    ).first()
    return None if first is None or first.id == item.id else first


def gather(
    db: Db, item: ReviewItem, first: ReviewItem, *, next_at: datetime, now: datetime
) -> None:
    """Leaves it in the queue, untold; its clock runs, and at its next mark it is looked at again.

    Of an anonymous survey the record names no other text: it would join the two for good.
    """
    is_new = item.next_alert_at is None and not item.alerts
    is_ours = change(db, item, (ReviewState.WAITING,), next_alert_at=next_at)
    if is_ours and is_new:
        is_nameless = is_anonymous(db, item.survey_id)
        what = GATHERED if is_nameless else f"{GATHERED} with {first.ref}"
        note_event(db, item, what, noted_at(db, item.survey_id, now))
