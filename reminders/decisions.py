"""What waits for a person to decide, and the decisions that an update keeps: who, when and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlmodel import Session, col, select

from reminders.action_views import HANDED_OVER
from reminders.handing_over import waiting_hand_overs
from reminders.history import hold, note_change
from reminders.policy import Status
from reminders.recipients import NotAllowed, is_manager, may_settle, not_carried
from reminders.updates import NothingToDecide, accept_complete, current_updates
from storage import audit
from storage.people import Person
from storage.plans import Action, ActionChange, ActionLead, Body, Escalation, Update
from storage.rows import columns
from storage.types import EMPTY_SEALED


@dataclass(frozen=True, slots=True)
class HandOver:
    """Somebody says that an action is not theirs; `named` is whom they named instead."""

    action: Action
    person: Person
    named: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that somebody may decide now, the oldest first."""

    escalations: tuple[tuple[Escalation, Action], ...] = ()
    dates: tuple[tuple[Update, Action], ...] = ()
    completions: tuple[tuple[Update, Action], ...] = ()
    helps: tuple[tuple[Update, Action], ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    doubtful: tuple[Action, ...] = ()

    def __len__(self) -> int:
        kinds = (self.escalations, self.dates, self.completions, self.helps, self.hand_overs)
        return sum(map(len, kinds)) + len(self.doubtful)


def waiting_for(db: Session, person_id: int, *, action_id: int | None = None) -> Waiting:
    """What waits for this person: everything for a manager, their bodies' for a chair.

    `action_id`: of this action alone.
    """
    only = [] if action_id is None else [col(Action.id) == action_id]
    if is_manager(db, person_id):
        return _waiting(db, only)
    chaired = (
        select(ActionLead.action_id)
        .join(Body, col(Body.id) == col(ActionLead.body_id))
        .where(col(Body.chair_person_id) == person_id)
    )
    found = _waiting(db, [*only, col(Action.id).in_(chaired)])
    return Waiting(dates=found.dates, completions=found.completions)


Ids = Sequence[int] | Select[Any]
"""Of which actions: by name, or whatever a query finds."""


def _waiting(db: Session, wanted: Sequence[ColumnElement[bool]]) -> Waiting:
    """Only those actions are read that something is asked of, however many there are."""
    live = [col(Action.retired_on).is_(None), not_carried(), *wanted]
    of_live = columns(col(Action.id)).where(*live)
    escalations, helps = _escalations(db, of_live), _helps(db, of_live)
    dates, completions = _dates(db, of_live), _completions(db, of_live)
    passing_on = sorted(waiting_hand_overs(db))
    asked = {row.action_id for row in (*helps, *dates, *completions)}
    asked |= {row.action_id for row in escalations} | {action_id for action_id, _ in passing_on}
    found = db.exec(select(Action).where(*live, col(Action.id).in_(sorted(asked))))
    actions = {row.id: row for row in found}
    return Waiting(
        escalations=tuple((row, actions[row.action_id]) for row in escalations),
        dates=tuple((row, actions[row.action_id]) for row in dates),
        completions=tuple(
            (row, actions[row.action_id])
            for row in completions
            if actions[row.action_id].status == Status.COMPLETE_AWAITING_EVIDENCE
        ),
        helps=tuple((row, actions[row.action_id]) for row in helps),
        hand_overs=tuple(_hand_overs(db, actions, passing_on)),
        doubtful=tuple(
            db.exec(
                select(Action)
                .where(*live, col(Action.needs_review))
                .order_by(col(Action.plan_id), col(Action.position))
            )
        ),
    )


def _escalations(db: Session, ids: Ids) -> Sequence[Escalation]:
    return db.exec(
        select(Escalation)
        .where(
            col(Escalation.decided_at).is_(None),
            col(Escalation.needs_approval),
            col(Escalation.action_id).in_(ids),
        )
        .order_by(col(Escalation.id))
    ).all()


def _dates(db: Session, ids: Ids) -> list[Update]:
    """The newest date asked for of each action, where nobody has decided it."""
    return [
        row
        for row in _newest(db, ids, col(Update.proposed_due_on).is_not(None))
        if row.date_agreed_at is None and not row.date_refused
    ]


def _completions(db: Session, ids: Ids) -> Sequence[Update]:
    """The newest words of each action that call it complete."""
    return _newest(db, ids, col(Update.status) == Status.COMPLETE_AWAITING_EVIDENCE.value)


def _newest(db: Session, ids: Ids, wanted: object) -> Sequence[Update]:
    """Of each action the newest update of a kind that was not put right since."""
    last = (
        current_updates()
        .where(col(Update.action_id).in_(ids), wanted)  # type: ignore[arg-type]
        .with_only_columns(func.max(col(Update.id)))
        .group_by(col(Update.action_id))
    )
    return db.exec(select(Update).where(col(Update.id).in_(last)).order_by(col(Update.id))).all()


def _helps(db: Session, ids: Ids) -> Sequence[Update]:
    return db.exec(
        current_updates()
        .where(
            col(Update.action_id).in_(ids),
            func.length(col(Update.help_wanted)) > EMPTY_SEALED,
            col(Update.help_answered_at).is_(None),
        )
        .order_by(col(Update.id))
    ).all()


def _hand_overs(
    db: Session, actions: Mapping[int | None, Action], asked: Iterable[tuple[int, int]]
) -> Iterable[HandOver]:
    for action_id, person_id in asked:
        person = db.get(Person, person_id)
        if action_id in actions and person is not None:
            yield HandOver(actions[action_id], person, named_instead(db, action_id, person_id))


def named_instead(db: Session, action_id: int, person_id: int) -> str:
    """Whom somebody named as they said that an action is not theirs."""
    named = db.exec(
        select(Update.note)
        .where(
            Update.action_id == action_id, Update.person_id == person_id, Update.how == HANDED_OVER
        )
        .order_by(col(Update.id).desc())
    ).first()
    return named or ""


# -- deciding


def completion_of(db: Session, action_id: int) -> Update | None:
    """The words with which an action was called complete; they carry the decision."""
    found = _completions(db, [action_id])
    return found[0] if found else None


def decide_complete(
    db: Session,
    *,
    action_id: int,
    person_id: int,
    accepted: bool,
    now: datetime,
    today: date,
    why: str = "",
) -> Update | None:
    """A chair or a manager accepts that an action is complete, or says what is still missing.

    Not accepted, what stood before stands again, and the lead is asked again in time. Gives the
    update that was decided on.
    """
    if not may_settle(db, person_id, action_id):
        raise NotAllowed("only the chair of the leading body or a business manager may decide this")
    proposal = completion_of(db, action_id)
    if accepted:
        accept_complete(db, action_id=action_id, person_id=person_id, now=now, today=today)
    else:
        _not_complete(db, action_id, person_id, now)
    if proposal is not None:
        proposal.decided_by_id, proposal.decided_at = person_id, now
        proposal.decided_why = why
        db.add(proposal)
        db.flush()
    return proposal


def _not_complete(db: Session, action_id: int, person_id: int, now: datetime) -> None:
    action = hold(db, action_id)
    if action.status != Status.COMPLETE_AWAITING_EVIDENCE:
        raise NothingToDecide("this action is not reported as complete; see its last update")
    before = db.exec(
        select(ActionChange.before)
        .where(
            ActionChange.action_id == action_id,
            ActionChange.field == "status",
            ActionChange.after == Status.COMPLETE_AWAITING_EVIDENCE.value,
            ActionChange.before != Status.COMPLETE_AWAITING_EVIDENCE.value,
        )
        .order_by(col(ActionChange.id).desc())
        .limit(1)
    ).first()
    to = before or Status.ON_TRACK.value
    note_change(
        db,
        action,
        "status",
        action.status,
        to,
        now=now,
        person_id=person_id,
        how="not accepted",
    )
    action.status, action.status_at = to, now
    db.add(action)
    _note(db, "complete_refused", action_id, person_id, now)


def answer_help(
    db: Session, *, update_id: int, person_id: int, answer: str, now: datetime
) -> Update:
    """A manager answers what a lead asked help with. The first answer stays."""
    if not is_manager(db, person_id):
        raise NotAllowed("only a business manager may answer this")
    row = db.get_one(Update, update_id, with_for_update={"key_share": True})
    if not row.help_wanted:
        raise NothingToDecide("no help was asked for here; see the last update")
    if row.help_answered_at is not None:
        return row
    row.help_answer, row.help_answered_by_id, row.help_answered_at = answer, person_id, now
    _note(db, "help_answered", row.action_id, person_id, now)
    db.add(row)
    db.flush()
    return row


def _note(db: Session, act: str, action_id: int, person_id: int, now: datetime) -> None:
    audit.record(db, at=now, act=act, subject=f"action:{action_id}", person_id=person_id)


def could_take(db: Session, action_id: int, asked_by_id: int | None, named: str) -> list[Person]:
    """Whom an action that is "not mine" may go to: who was named, then those beside who said it."""
    people = db.exec(select(Person).where(Person.active).order_by(col(Person.name))).all()
    by_id = {person.id: person for person in people}
    posts = db.exec(
        select(Body.contact_person_id, Body.deputy_person_id, Body.chair_person_id)
        .join(ActionLead, col(ActionLead.body_id) == col(Body.id))
        .where(ActionLead.action_id == action_id)
    ).all()
    asker = by_id.get(asked_by_id)
    beside = [one for row in posts for one in row] + [asker.deputy_id if asker else None]
    found = [*_of_name(people, named), *(by_id[one] for one in beside if one in by_id)]
    once = {person.id: person for person in found if person.id != asked_by_id}
    return list(once.values())


def _of_name(people: Iterable[Person], named: str) -> list[Person]:
    """Whose name, or e-mail, holds what was written; two letters alone name nobody."""
    wanted = named.strip().casefold()
    if len(wanted) < 3:
        return []
    return [
        person
        for person in people
        if wanted in person.name.casefold() or wanted in (person.email or "").casefold()
    ]
