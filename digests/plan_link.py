"""Which action of the plan a person means by its number."""

from sqlmodel import Session, col, select

from digests.themes import Refused
from reminders.recipients import not_carried
from storage.plans import Action, Plan


def action_meant(session: Session, typed: str) -> int | None:
    """The action's id; None where nothing was typed. "1.2", or "1.2 Bury" where two plans share it.

    Raises Refused where there is none, or several.
    """
    ref, _, words = typed.strip().partition(" ")
    if not ref:
        return None
    found = session.exec(
        select(Action.id, Plan.title, Plan.period_label)
        .join(Plan, col(Plan.id) == col(Action.plan_id))
        .where(col(Action.ref) == ref, col(Action.retired_on).is_(None), not_carried())
        .order_by(col(Action.id))
    ).all()
    wanted = words.strip().casefold()
    fits = [row for row in found if wanted in f"{row[1]} {row[2]}".casefold()]
    if not fits:
        raise Refused(f"There is no action {ref[:20]} in the plan. Look it up with `plan show`.")
    if len(fits) > 1:
        raise Refused(
            f"Several plans have an action {ref[:20]}. Write a word of the plan's title after it."
        )
    return fits[0][0]


def as_typed(session: Session, action_id: int | None) -> str:
    """What a person would type for this action; with the plan where its number is not enough."""
    row = session.get(Action, action_id) if action_id is not None else None
    if row is None:
        return ""
    try:
        action_meant(session, row.ref)
    except Refused:
        plan = session.get(Plan, row.plan_id)
        return f"{row.ref} {plan.title if plan is not None else ''}".strip()
    return row.ref
