"""The queue: what waits, who read it, who has it now."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from storage import audit
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from surveys.concerns.rows import NotAllowed, note_event
from surveys.concerns.telling import tell_taken
from surveys.screening import Tier

TIER_ORDER = case(
    (col(ReviewItem.tier) == Tier.RED, 0),
    (col(ReviewItem.tier) == Tier.AMBER, 1),
    (col(ReviewItem.tier) == Tier.UNSURE, 2),
    else_=3,
)
READ = "read"


def find(db: Db, ref: str) -> ReviewItem | None:
    """The item of a reference, as it is typed."""
    return db.exec(select(ReviewItem).where(ReviewItem.ref == ref.strip().upper())).first()


def waiting(db: Db, limit: int | None = 200) -> list[ReviewItem]:
    """What is to be read or decided: red first, then by the clock."""
    rows = db.exec(
        select(ReviewItem)
        .where(col(ReviewItem.state) != ReviewState.CLOSED)
        .order_by(TIER_ORDER, col(ReviewItem.due_at), col(ReviewItem.ref))
        .limit(limit)
    )
    return list(rows)


def closed(db: Db, limit: int = 200) -> list[ReviewItem]:
    """What was decided, the latest first."""
    rows = db.exec(
        select(ReviewItem)
        .where(col(ReviewItem.state) == ReviewState.CLOSED)
        .order_by(col(ReviewItem.decided_at).desc(), col(ReviewItem.ref))
        .limit(limit)
    )
    return list(rows)


def seen(db: Db, item: ReviewItem, *, person_id: int, now: datetime) -> None:
    """Somebody read the words: that is kept too."""
    if item.reached_at is None:
        item.reached_at = now
        db.add(item)
    note_event(db, item, READ, now, person_id)
    _audited(db, item, "concern.read", now, person_id)


def has_read(db: Db, item: ReviewItem, person_id: int) -> bool:
    """Whether this person has had the words before them."""
    found = db.exec(
        select(ReviewEvent.id).where(
            ReviewEvent.item_id == item.id,
            ReviewEvent.person_id == person_id,
            ReviewEvent.what == READ,
        )
    ).first()
    return found is not None


def acknowledge(db: Db, item: ReviewItem, *, person_id: int, now: datetime) -> bool:
    """A person has it, and the alerts stop; False if somebody had it already."""
    taken = change(
        db,
        item,
        (ReviewState.WAITING,),
        state=ReviewState.ACKNOWLEDGED,
        acknowledged_by_id=person_id,
        acknowledged_at=now,
        reached_at=item.reached_at or now,
        passed_to_id=None,
        circle=0,
        next_alert_at=None,
    )
    if taken:
        note_event(db, item, "acknowledged", now, person_id)
        _audited(db, item, "concern.acknowledged", now, person_id)
        tell_taken(db, item, now=now)
    return taken


def hand_back(db: Db, item: ReviewItem, *, person_id: int, now: datetime, reason: str = "") -> None:
    """Whoever has it gives it back: it waits again, and is told again at once."""
    if item.acknowledged_by_id != person_id:
        raise NotAllowed(f"{item.ref} is not with you; only who has it can give it back.")
    given = change(
        db,
        item,
        (ReviewState.ACKNOWLEDGED,),
        state=ReviewState.WAITING,
        acknowledged_by_id=None,
        acknowledged_at=None,
        next_alert_at=None,
        circle=0,
    )
    if not given:
        raise NotAllowed(f"{item.ref} cannot be given back: a decision about it was made.")
    note_event(db, item, "handed back", now, person_id, reason.strip())
    _audited(db, item, "concern.handed_back", now, person_id)


def _audited(db: Db, item: ReviewItem, act: str, now: datetime, person_id: int) -> None:
    audit.record(db, at=now, act=act, subject=f"review item {item.ref}", person_id=person_id)


def overdue(db: Db, now: datetime) -> int:
    """How many texts of every tier wait past their time."""
    late = (col(ReviewItem.state) == ReviewState.WAITING) & (col(ReviewItem.due_at) <= now)
    return db.exec(select(func.count()).select_from(ReviewItem).where(late)).one()


def change(
    db: Db, item: ReviewItem, states: tuple[ReviewState, ...], *still: Any, **values: Any
) -> bool:
    """Changes an item that still is in one of these states; of two at once only one does."""
    db.flush()
    done = db.exec(
        update(ReviewItem)
        .where(col(ReviewItem.id) == item.id, col(ReviewItem.state).in_(states), *still)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.refresh(item)
    return done.rowcount == 1
