"""A doubtful row of an import, settled by a manager; until then it nudges nobody."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from reminders.deadlines import DeadlineKind
from reminders.history import hold, note_change
from reminders.policy import Status
from reminders.recipients import NotAllowed, is_manager
from storage import audit
from storage.plans import Action, ActionLead

_HOW = "review"
_UNSETTLED = (DeadlineKind.MULTIPLE, DeadlineKind.UNREADABLE)


def confirm_review(
    db: Session,
    *,
    action_id: int,
    person_id: int,
    now: datetime,
    today: date,  # noqa: ARG001 - every use case of this room is called alike
    lead_body_ids: Sequence[int] | None = None,
    lead_person_ids: Sequence[int] | None = None,
    due_on: date | None = None,
    text: str | None = None,
    outcome: str | None = None,
) -> Action:
    """A manager settles a *needs review* row. What is not given stays as the import read it.

    Two dates in a cell, of which none is chosen, leave an action without a date. The first date
    counts from here: a person stands behind it, and what the import assumed is no promise.
    """
    if not is_manager(db, person_id):
        raise NotAllowed("only a business manager may settle a doubtful row of an import")
    action = hold(db, action_id)
    if not action.needs_review and action.status != Status.NEEDS_REVIEW:
        return action
    changes = _settle_date(action, due_on) | _settle_words(action, text, outcome)
    changes |= _settle_flags(action)
    if lead_body_ids is not None or lead_person_ids is not None:
        leads = [("body", body) for body in lead_body_ids or ()]
        leads += [("person", person) for person in lead_person_ids or ()]
        changes["lead"] = _settle_leads(db, action_id, leads)
    for field, (before, after) in changes.items():
        note_change(db, action, field, before, after, now=now, person_id=person_id, how=_HOW)
    audit.record(
        db, at=now, act="review_confirmed", subject=f"action:{action_id}", person_id=person_id
    )
    db.add(action)
    db.flush()
    return action


Changes = dict[str, tuple[object, object]]


def _settle_date(action: Action, due_on: date | None) -> Changes:
    """A date that a person settles is no move, so nothing stands before it in the history."""
    assumed, first, kind = action.due_on, action.first_due_on, action.deadline_kind
    if due_on is not None:
        action.due_on, action.deadline_kind = due_on, DeadlineKind.DATE.value
    elif kind in _UNSETTLED:
        action.due_on, action.deadline_kind = None, DeadlineKind.NONE.value
    action.first_due_on = action.due_on
    changes: Changes = {}
    if action.due_on != assumed:
        changes["due_on"] = ("", action.due_on)
    if action.first_due_on != first:
        changes["first_due_on"] = (first, action.first_due_on)
    if action.deadline_kind != kind:
        changes["deadline_kind"] = (kind, action.deadline_kind)
    return changes


def _settle_words(action: Action, text: str | None, outcome: str | None) -> Changes:
    changes: Changes = {}
    if text is not None and text != action.text:
        changes["text"] = (action.text, text)
        action.text = text
    if outcome is not None and outcome != action.outcome:
        changes["outcome"] = (action.outcome, outcome)
        action.outcome = outcome
    return changes


def _settle_flags(action: Action) -> Changes:
    changes: Changes = {"needs_review": ("true", "false")}
    action.needs_review, action.review_reasons, action.alternatives = False, [], []
    if action.status == Status.NEEDS_REVIEW:
        changes["status"] = (action.status, Status.NOT_STARTED.value)
        action.status = Status.NOT_STARTED.value
    return changes


def _settle_leads(db: Session, action_id: int, leads: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """The leads as decided, in place of those printed; a printed name stays beside its place."""
    rows = db.exec(
        select(ActionLead)
        .where(ActionLead.action_id == action_id)
        .order_by(col(ActionLead.position))
    ).all()
    before = ", ".join(_shown(row) for row in rows)
    for surplus in rows[len(leads) :]:
        db.delete(surplus)
    for position, (kind, value) in enumerate(leads):
        row = rows[position] if position < len(rows) else ActionLead(action_id=action_id)
        row.position = position
        row.body_id = value if kind == "body" else None
        row.person_id = value if kind == "person" else None
        db.add(row)
    return before, ", ".join(f"{kind}:{value}" for kind, value in leads)


def _shown(lead: ActionLead) -> str:
    if lead.body_id is None and lead.person_id is None:
        return lead.printed
    return f"body:{lead.body_id}" if lead.body_id is not None else f"person:{lead.person_id}"
