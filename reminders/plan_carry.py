"""Unfinished actions of an earlier plan that a new plan goes on with."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from reminders.plan_leads import body_key
from reminders.plan_period import is_same_period, span_of
from reminders.plan_rows import ActionRow, PlanRows
from reminders.plan_stored import Stored
from reminders.policy import FINISHED
from storage.plans import Action, Plan

_ALIKE = 0.75  # of the words of two actions with one ref, below which they are two actions


@dataclass(frozen=True, slots=True)
class Candidate:
    """An action of an earlier plan that is not finished."""

    id: int
    plan: str
    ref: str
    text: str


def earlier_open(db: Session, stored: Stored, rows: PlanRows) -> list[Candidate]:
    """Every unfinished action of the partnership's earlier plans, the latest plan first."""
    if stored.partnership is None:
        return []
    plans = db.exec(select(Plan).where(Plan.partnership_id == stored.partnership.id)).all()
    before = [plan for plan in plans if _is_earlier(plan, stored.plan, rows)]
    before.sort(key=_newest_first, reverse=True)
    titles = {plan.id: " ".join(filter(None, (plan.title, plan.period_label))) for plan in before}
    found = db.exec(
        select(Action)
        .where(
            col(Action.plan_id).in_(list(titles)),
            col(Action.retired_on).is_(None),
            col(Action.status).not_in([status.value for status in FINISHED]),
            _not_carried_elsewhere(stored),
        )
        .order_by(col(Action.position), col(Action.id))
    ).all()
    order = {plan_id: at for at, plan_id in enumerate(titles)}
    return [
        Candidate(row.id or 0, titles[row.plan_id], row.ref, row.text)
        for row in sorted(found, key=lambda row: order[row.plan_id])
    ]


def _is_earlier(plan: Plan, own: Plan | None, rows: PlanRows) -> bool:
    """Whether a plan came before. Two plans of one period stand beside each other."""
    if (own is not None and plan.id == own.id) or is_same_period(plan, rows):
        return False
    theirs, ours = span_of(plan), span_of(rows)
    if theirs and ours:
        return theirs < ours
    # With a period that nobody can read, the plan that was brought in first is the earlier one.
    return own is None or (plan.id or 0) < (own.id or 0)


def _not_carried_elsewhere(stored: Stored) -> ColumnElement[bool]:
    """Leaves out what another plan goes on with: carried on twice, it would be asked twice."""
    own = stored.plan.id if stored.plan else None
    taken = select(Action.carried_from_id).where(
        col(Action.carried_from_id).is_not(None), col(Action.plan_id).is_distinct_from(own)
    )
    return col(Action.id).not_in(taken)


def _newest_first(plan: Plan) -> tuple[date, date, int]:
    start, end = span_of(plan) or (date.min, date.min)
    return start, end, plan.id or 0


def carried(rows: Iterable[ActionRow], earlier: Sequence[Candidate]) -> dict[str, Candidate]:
    """Which earlier action each row goes on with: by its words, or by its ref and most words."""
    left = list(rows)
    free = {one.id: one for one in reversed(earlier)}
    found: dict[str, Candidate] = {}
    by_text = {body_key(one.text): one for one in free.values()}
    for row in left:
        same = by_text.get(body_key(row.text))
        if same is not None and same.id in free:
            found[row.ref] = free.pop(same.id)
    by_ref = {one.ref: one for one in free.values()}
    for row in left:
        near = by_ref.get(row.ref) if row.ref not in found else None
        if near is not None and near.id in free and _alike(row.text, near.text):
            found[row.ref] = free.pop(near.id)
    return found


def _alike(one: str, other: str) -> bool:
    words = difflib.SequenceMatcher(None, body_key(one).split(), body_key(other).split())
    return words.quick_ratio() >= _ALIKE and words.ratio() >= _ALIKE
