"""What every change of an action has in common: the row held, the change noted, the rest ended."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.plans import Action, ActionChange, Escalation, Nudge


def hold(db: Session, action_id: int) -> Action:
    """The action, held until the transaction ends, so that two answers come one after the other."""
    return db.exec(_held(), params={"id": action_id}).one()


@lru_cache(maxsize=1)
def _held() -> SelectOfScalar[Action]:
    return (
        select(Action)
        .where(col(Action.id) == bindparam("id"))
        .with_for_update(key_share=True)  # new nudges may still point at it
        .execution_options(populate_existing=True)
    )


def note_change(
    db: Session,
    action: Action,
    field: str,
    before: object,
    after: object,
    *,
    now: datetime,
    person_id: int | None,
    how: str,
) -> ActionChange:
    """Adds one line to an action's history. References and dates, never a person's words."""
    change = ActionChange(
        action_id=action.id or 0,
        at=now,
        field=field,
        before=_text(before),
        after=_text(after),
        person_id=person_id,
        how=how,
    )
    db.add(change)
    return change


def _text(value: object) -> str:
    return "" if value is None else str(value)


def settle_nudges(
    db: Session, action_id: int, *, now: datetime, person_id: int | None = None
) -> None:
    """Marks open nudges as answered: everybody's, or only those to one person."""
    is_open = [col(Nudge.action_id) == action_id, col(Nudge.answered_at).is_(None)]
    if person_id is not None:
        is_open.append(col(Nudge.person_id) == person_id)
    db.exec(update(Nudge).where(*is_open).values(answered_at=now))


def overtake_escalations(db: Session, action_id: int, *, now: datetime) -> None:
    """Ends what nobody has decided yet: decided, but neither approved nor refused.

    That combination (`decided_at` set, `approved` None) means "overtaken by an answer".
    """
    db.exec(
        update(Escalation)
        .where(col(Escalation.action_id) == action_id, col(Escalation.decided_at).is_(None))
        .values(decided_at=now)
    )
