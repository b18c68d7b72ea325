"""What of a plan somebody sees: all of it, their own and their group's actions, or exceptions."""

from dataclasses import replace

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right, Who
from digests.plan_columns import Scope
from reminders.plan_view import ActionView, PlanView
from reminders.policy import Status
from reminders.recipients import spoken_for_among
from reminders.standing import Colour, DateStatus
from storage.plans import Action

_NOT_WELL = frozenset({Status.AT_RISK, Status.OFF_TRACK, Status.WAITING})
_TO_LOOK_AT = frozenset({Colour.RED, Colour.AMBER})


def scope_of(who: Who) -> Scope:
    """The same as a condition: for lists that are filtered in the database."""
    return Scope(
        who.person_id,
        everything=who.may(Right.ALL_ACTIONS),
        exceptions=who.may(Right.EXCEPTIONS),
    )


def seen_by(db: Db, who: Who, view: PlanView) -> PlanView | None:
    """The plan as this person may see it; None where nothing of it is theirs to see."""
    if who.may(Right.ALL_ACTIONS):
        return view
    theirs = _spoken_for(db, who, view.id)
    if not (theirs or {Right.OWN_ACTIONS, Right.EXCEPTIONS} & who.rights):
        return None
    exceptions = who.may(Right.EXCEPTIONS)
    kept = (
        replace(
            priority,
            actions=tuple(
                action
                for action in priority.actions
                if action.ref in theirs or (exceptions and _is_exception(action))
            ),
        )
        for priority in view.priorities
    )
    return replace(
        view, priorities=tuple(priority for priority in kept if priority.actions), retired=()
    )


def _spoken_for(db: Db, who: Who, plan_id: int) -> set[str]:
    """The refs of what they lead, or may answer for with their group."""
    rows = db.exec(
        select(Action.id, Action.ref).where(
            Action.plan_id == plan_id, col(Action.retired_on).is_(None)
        )
    ).all()
    refs = {action_id: ref for action_id, ref in rows if action_id is not None}
    return {refs[action_id] for action_id in spoken_for_among(db, who.person_id, refs)}


def _is_exception(action: ActionView) -> bool:
    """Late, at risk, stuck, or shown in a colour that asks for a look."""
    return (
        action.computed is DateStatus.OVERDUE
        or action.reported in _NOT_WELL
        or action.colour in _TO_LOOK_AT
    )
