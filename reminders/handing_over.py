"""Not mine: an action goes to somebody else, at once or by the manager's decision.

"Not mine" is not an answer about the action: a second lead is still asked. The one who said it is
left in peace until it is settled.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, and_, case, col, or_, select

from reminders.action_views import HANDED_OVER
from reminders.history import hold, note_change, overtake_escalations, settle_nudges
from reminders.lead_changes import asked_for, pass_on_questions
from reminders.recipients import NotAllowed, is_manager
from storage import audit
from storage.audit import AuditEntry
from storage.calendar import Calendar
from storage.people import Person
from storage.plans import Action, ActionChange, ActionLead, Body, Update

ASKED = "hand over asked"
SETTLED = "handed over"
_LEAD = "lead"
_NAMINGS = ("deputy_named", "leave_noted")
_NOTICED_AFTER = timedelta(days=1)


def hand_over(
    db: Session,
    *,
    action_id: int,
    person_id: int,
    to_person_id: int | None = None,
    named: str = "",
    now: datetime,
    today: date,
) -> ActionChange:
    """Hands over to a known person at once; otherwise the manager settles to whom.

    `may_take_over` says whether it may be at once. `named` is what the person wrote ("try Sam");
    it is kept encrypted, as an update.
    """
    action = hold(db, action_id)
    settle_nudges(db, action_id, now=now, person_id=person_id)
    overtake_escalations(db, action_id, now=now)
    if named:
        db.add(_said(action, person_id, named, now))
    if to_person_id is None or _person(db, to_person_id) is None:
        change = note_change(
            db, action, _LEAD, f"person:{person_id}", "", now=now, person_id=person_id, how=ASKED
        )
    else:
        lead = _lead_of(db, action_id, person_id)
        to = ("person", to_person_id)
        change = _pass_on(db, action, lead, to, by_id=person_id, now=now, today=today)
    db.flush()
    return change


def _said(action: Action, person_id: int, named: str, now: datetime) -> Update:
    assert action.id is not None
    return Update(
        action_id=action.id,
        person_id=person_id,
        at=now,
        status=action.status,
        note=named,
        how=HANDED_OVER,
    )


def settle_hand_over(
    db: Session,
    *,
    action_id: int,
    to_person_id: int | None = None,
    to_body_id: int | None = None,
    person_id: int,
    now: datetime,
) -> Action:
    """The manager says whose it is: a person's, a body's, or (neither given) still the same lead's.

    A person who takes over a body's action answers for the body, which still leads.
    """
    if not is_manager(db, person_id):
        raise NotAllowed("only a business manager may say to whom an action goes")
    action = hold(db, action_id)
    asked_by = _asked_by(db, action_id)
    lead = _lead_of(db, action_id, asked_by)
    to = ("person", to_person_id) if to_person_id is not None else ("body", to_body_id)
    whose = to if to[1] is not None else None
    today = Calendar().local_date(now)
    _pass_on(db, action, lead, whose, by_id=person_id, now=now, today=today)
    audit.record(
        db,
        at=now,
        act="hand_over_settled",
        subject=f"action:{action_id}",
        person_id=person_id,
        detail=f"{to[0]}:{to[1]}" if to[1] is not None else "unchanged",
    )
    db.flush()
    return action


def may_take_over(db: Session, action_id: int, from_id: int, to_id: int, *, now: datetime) -> bool:
    """Whether an action may go from one person to another without the manager.

    Within a leading body, between its contact and its deputy, or to a lead's own deputy: they may
    answer for it already. Not to a deputy whom they named themselves within the last day: else
    naming one would be a way past the manager.
    """
    giver = db.get(Person, from_id)
    if giver is not None and giver.deputy_id == to_id and not _just_named(db, from_id, now):
        return True
    leads = db.exec(
        select(Body.contact_person_id, Body.deputy_person_id, ActionLead.person_id)
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id))
        .where(ActionLead.action_id == action_id)
    )
    return any(from_id in posts and to_id in posts for posts in leads)


def _just_named(db: Session, person_id: int, now: datetime) -> bool:
    """Whether they named their deputy themselves, so lately that nobody may have noticed."""
    query = select(AuditEntry.id).where(
        AuditEntry.subject == f"person:{person_id}",
        col(AuditEntry.act).in_(_NAMINGS),
        AuditEntry.person_id == person_id,
        col(AuditEntry.detail).contains("person:"),
        col(AuditEntry.at) > now - _NOTICED_AFTER,
    )
    return db.exec(query.limit(1)).first() is not None


def beside(db: Session, action_id: int, person_id: int) -> list[int]:
    """Whom one would think of first: the posts of a leading body, and one's own deputy."""
    posts = db.exec(
        select(Body.contact_person_id, Body.deputy_person_id, Body.chair_person_id)
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id))
        .where(ActionLead.action_id == action_id)
    ).all()
    own = db.get(Person, person_id)
    found = [*(one for row in posts for one in row), own.deputy_id if own is not None else None]
    return sorted({one for one in found if one is not None} - {person_id})


def waiting_hand_overs(
    db: Session, action_ids: Iterable[int] | None = None
) -> set[tuple[int, int]]:
    """Action and person of every "not mine" that the manager has not settled; of these actions."""
    latest = func.max(col(ActionChange.id))
    settled = select(ActionChange.action_id, latest.label("last")).where(
        ActionChange.field == _LEAD, col(ActionChange.how) == SETTLED
    )
    ended = settled.group_by(col(ActionChange.action_id)).subquery()
    asked = (
        select(ActionChange.action_id, ActionChange.person_id)
        .outerjoin(ended, ended.c.action_id == col(ActionChange.action_id))
        .where(
            ActionChange.field == _LEAD,
            ActionChange.how == ASKED,
            or_(ended.c.last.is_(None), col(ActionChange.id) > ended.c.last),
        )
    )
    if action_ids is not None:
        asked = asked.where(col(ActionChange.action_id).in_(sorted(set(action_ids))))
    return {(action, person) for action, person in db.exec(asked) if person is not None}


def _asked_by(db: Session, action_id: int) -> int | None:
    return db.exec(
        select(ActionChange.person_id)
        .where(ActionChange.action_id == action_id, ActionChange.how == ASKED)
        .order_by(col(ActionChange.id).desc())
        .limit(1)
    ).first()


def _person(db: Session, person_id: int) -> Person | None:
    person = db.get(Person, person_id)
    return person if person is not None and person.active else None


def _lead_of(db: Session, action_id: int, person_id: int | None) -> ActionLead:
    """The lead for which a person was asked; the first where it cannot be told; a new one."""
    own = and_(col(ActionLead.person_id).is_not(None), col(ActionLead.person_id) == person_id)
    of_body = or_(
        col(Body.contact_person_id) == person_id,
        col(Body.deputy_person_id) == person_id,
        col(Body.chair_person_id) == person_id,
    )
    found = db.exec(
        select(ActionLead)
        .outerjoin(Body, col(Body.id) == col(ActionLead.body_id))
        .where(ActionLead.action_id == action_id)
        .order_by(case((own, 0), (of_body, 1), else_=2), col(ActionLead.position))
        .limit(1)
    ).first()
    return found or ActionLead(action_id=action_id)


def _pass_on(
    db: Session,
    action: Action,
    lead: ActionLead,
    to: tuple[str, int | None] | None,
    *,
    by_id: int,
    now: datetime,
    today: date,
) -> ActionChange:
    before, asked_before = _shown(lead), asked_for(db, lead)
    if to is not None and to[0] == "body":
        lead.body_id, lead.person_id = to[1], None
    elif to is not None:
        lead.person_id = to[1]
    db.add(lead)
    change = note_change(
        db, action, _LEAD, before, _shown(lead), now=now, person_id=by_id, how=SETTLED
    )
    pass_on_questions(
        db,
        action,
        change,
        before=asked_before,
        after=asked_for(db, lead),
        by_id=by_id,
        now=now,
        today=today,
    )
    return change


def _shown(lead: ActionLead) -> str:
    parts = (("body", lead.body_id), ("person", lead.person_id))
    return " ".join(f"{kind}:{value}" for kind, value in parts if value is not None)
