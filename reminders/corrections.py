"""Putting right what was said: a new update takes the place of the old one, and both are kept."""

from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from reminders.action_views import HANDED_OVER
from reminders.recipients import may_speak_for
from reminders.updates import current_updates
from storage.people import Person
from storage.plans import ActionChange, ActionLead, Body, Update


def correctable(db: Session, action_id: int, person_id: int) -> Update | None:
    """The newest update that this person may put right: their own, or their body's.

    One that a manager wrote down for somebody is that person's.
    """
    said_by = {person_id} | _beside(db, action_id, person_id)
    return db.exec(
        current_updates()
        .where(
            Update.action_id == action_id,
            or_(
                col(Update.person_id).in_(sorted(said_by)),
                col(Update.recorded_by_id) == person_id,
            ),
            Update.how != HANDED_OVER,
        )
        .order_by(col(Update.id).desc())
        .limit(1)
    ).first()


def may_correct(db: Session, update: Update, person_id: int) -> bool:
    """Whether this very update is theirs to put right, and still stands."""
    newest = correctable(db, update.action_id, person_id)
    is_theirs = newest is not None and newest.id == update.id
    return is_theirs and may_speak_for(db, person_id, update.action_id)


def _beside(db: Session, action_id: int, person_id: int) -> set[int]:
    """Who speaks for the same leading bodies, and for whom this person deputises."""
    posts = db.exec(
        select(
            ActionLead.person_id,
            Body.contact_person_id,
            Body.deputy_person_id,
            Body.chair_person_id,
        )
        .select_from(ActionLead)
        .join(Body, col(Body.id) == col(ActionLead.body_id))
        .where(col(ActionLead.action_id) == action_id)
    ).all()
    found = {one for row in posts if person_id in row for one in row if one is not None}
    deputised = select(Person.id).where(
        Person.deputy_id == person_id,
        or_(
            col(Person.id).in_(
                select(ActionLead.person_id).where(col(ActionLead.action_id) == action_id)
            ),
            col(Person.id).in_([one for row in posts for one in row if one is not None]),
        ),
    )
    return found | {one for one in db.exec(deputised) if one is not None}


def is_corrected(db: Session, update: Update) -> bool:
    """Whether something was said in its place."""
    query = select(Update.id).where(Update.corrects_id == update.id).limit(1)
    return db.exec(query).first() is not None


def open_proposal(db: Session, action_id: int) -> Update | None:
    """The new date that waits to be agreed: the newest that was asked for, if it is undecided."""
    newest = db.exec(
        current_updates()
        .where(Update.action_id == action_id, col(Update.proposed_due_on).is_not(None))
        .order_by(col(Update.id).desc())
        .limit(1)
    ).first()
    undecided = newest is not None and newest.date_agreed_at is None and not newest.date_refused
    return newest if undecided else None


def date_before(db: Session, proposal: Update, due_on: date | None) -> date | None:
    """The day that a proposal moves, or was to move: as it stood when that was decided.

    `due_on` is how the action stands now.
    """
    if proposal.decided_at is None:
        return due_on
    moved = db.exec(
        select(ActionChange.before)
        .where(
            ActionChange.action_id == proposal.action_id,
            ActionChange.field == "due_on",
            col(ActionChange.at) >= proposal.decided_at,
        )
        .order_by(col(ActionChange.at), col(ActionChange.id))
    ).first()
    if moved is None:
        return due_on
    return date.fromisoformat(moved) if moved else None


def date_of_proposal(db: Session, action_id: int) -> date | None:
    """The day that is asked for just now."""
    proposal = open_proposal(db, action_id)
    return proposal.proposed_due_on if proposal is not None else None
