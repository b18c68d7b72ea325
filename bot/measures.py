"""Whose measures are whose: who may see them, and who may enter readings of which."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right, Who
from storage.plans import Indicator


def may_enter(who: Who, row: Indicator) -> bool:
    """Managers and chairs for any measure, its keeper for theirs."""
    return who.may(Right.READINGS) or row.keeper_id == who.person_id


def kept_by(db: Db, person_id: int) -> list[Indicator]:
    """The live measures that somebody was named to keep."""
    return list(
        db.exec(
            select(Indicator)
            .where(Indicator.keeper_id == person_id, col(Indicator.retired_on).is_(None))
            .order_by(col(Indicator.plan_id), col(Indicator.position))
        )
    )


def only_of(db: Db, who: Who) -> frozenset[int] | None:
    """The measures that they may enter readings of; None: all."""
    if who.may(Right.READINGS):
        return None
    return frozenset(row.id or 0 for row in kept_by(db, who.person_id))
