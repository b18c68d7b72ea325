"""What somebody says of an action: recorded once, counted for all who were asked.

An answer by any lead settles everybody's nudges and ends the ladder. What a lead calls complete
waits for a chair or a manager; a new date waits for somebody to agree it.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reminders.handing_over import hand_over as hand_over
from reminders.handing_over import settle_hand_over as settle_hand_over
from reminders.history import hold, note_change, overtake_escalations, settle_nudges
from reminders.policy import Status
from reminders.recipients import NotAllowed, may_settle
from reminders.review import confirm_review as confirm_review
from storage import audit
from storage.plans import Action, Update

NOTHING_NEW = "nothing new"
ONE_TAP = "one tap"
_ACHIEVED = frozenset({Status.COMPLETE, Status.EMBEDDED})
_DATED = ("date", "none")


class NothingToDecide(ValueError):
    """What was to be accepted or agreed is not there any more; the message says what happened."""


def current_updates() -> SelectOfScalar[Update]:
    """A query for the updates that stand: one that was corrected is not among them."""
    corrected = select(Update.corrects_id).where(col(Update.corrects_id).is_not(None))
    return select(Update).where(col(Update.id).not_in(corrected))


def record(
    db: Session,
    *,
    action_id: int,
    person_id: int,
    status: Status | str,
    now: datetime,
    today: date,
    note: str = "",
    evidence: str = "",
    help_wanted: str = "",
    proposed_due_on: date | None = None,
    how: str = "chat",
    recorded_by_id: int | None = None,
    corrects_id: int | None = None,
) -> Update:
    """Records what was said, in the caller's transaction. With `corrects_id` it takes that one's
    place; the status changes only if nobody has spoken since.
    """
    action = hold(db, action_id)
    said = Update(
        action_id=action_id,
        person_id=person_id,
        recorded_by_id=recorded_by_id,
        at=now,
        status=_until_accepted(Status(status), action).value,
        note=note,
        evidence=evidence,
        help_wanted=help_wanted,
        proposed_due_on=proposed_due_on,
        how=how,
        corrects_id=corrects_id,
    )
    is_newest = corrects_id is None or not _spoken_since(db, action_id, corrects_id)
    _answered(db, action, said, now=now, today=today, counts=is_newest)
    return said


def _until_accepted(status: Status, action: Action) -> Status:
    """A lead proposes "complete"; a chair or a manager accepts it."""
    if status in _ACHIEVED and action.status not in _ACHIEVED:
        return Status.COMPLETE_AWAITING_EVIDENCE
    return status


def _spoken_since(db: Session, action_id: int, update_id: int) -> bool:
    later = current_updates().where(Update.action_id == action_id, col(Update.id) > update_id)
    return db.exec(later.limit(1)).first() is not None


def _answered(
    db: Session, action: Action, said: Update, *, now: datetime, today: date, counts: bool
) -> None:
    db.add(said)
    if counts:
        # Also where the status stays: a report can tell what stood before the first word.
        note_change(
            db,
            action,
            "status",
            action.status,
            said.status,
            now=now,
            person_id=said.person_id,
            how=said.how,
        )
        action.status, action.status_at = said.status, now
    action.snoozed_until = None
    _replied(db, action, now=now, today=today)
    db.flush()


def _replied(db: Session, action: Action, *, now: datetime, today: date) -> None:
    """Any reply stops the ladder, for everybody who was asked."""
    assert action.id is not None
    action.last_reply_on = today
    db.add(action)
    settle_nudges(db, action.id, now=now)
    overtake_escalations(db, action.id, now=now)


def nothing_new(
    db: Session, *, action_ids: Iterable[int], person_id: int, now: datetime, today: date
) -> tuple[Update, ...]:
    """One tap for several actions: what was said last still stands, and that is an answer."""
    found = []
    for action_id in sorted(set(action_ids)):
        action = hold(db, action_id)
        said = Update(
            action_id=action_id,
            person_id=person_id,
            at=now,
            status=action.status,
            how=NOTHING_NEW,
        )
        _answered(db, action, said, now=now, today=today, counts=True)
        found.append(said)
    return tuple(found)


def snooze(
    db: Session, *, action_id: int, person_id: int, until: date, now: datetime, today: date
) -> Action:
    """Asks again on a day, and not before. It is a reply: the ladder starts anew."""
    action = hold(db, action_id)
    note_change(
        db,
        action,
        "snoozed_until",
        action.snoozed_until,
        until,
        now=now,
        person_id=person_id,
        how="snooze",
    )
    action.snoozed_until = until
    _replied(db, action, now=now, today=today)
    db.flush()
    return action


def accept_complete(
    db: Session,
    *,
    action_id: int,
    person_id: int,
    now: datetime,
    today: date,  # noqa: ARG001 - every use case of this room is called alike
) -> Action:
    """A chair of a leading body, or a manager, accepts that an action is complete."""
    _check_may_settle(db, person_id, action_id)
    action = hold(db, action_id)
    if action.status in _ACHIEVED:
        return action
    if action.status != Status.COMPLETE_AWAITING_EVIDENCE:
        raise NothingToDecide("nobody has reported this action as complete; see its last update")
    note_change(
        db,
        action,
        "status",
        action.status,
        Status.COMPLETE,
        now=now,
        person_id=person_id,
        how="accepted",
    )
    action.status, action.status_at = Status.COMPLETE.value, now
    action.snoozed_until = None
    settle_nudges(db, action_id, now=now)
    overtake_escalations(db, action_id, now=now)
    _audit(db, "complete_accepted", action_id, person_id, now)
    db.add(action)
    db.flush()
    return action


def agree_date(
    db: Session,
    *,
    update_id: int,
    person_id: int,
    now: datetime,
    today: date,  # noqa: ARG001 - every use case of this room is called alike
    agreed: bool,
    why: str = "",
) -> Action:
    """Agrees or refuses a proposed date. What was decided before stays as it was decided.

    The first date never changes; nudges for the old one are stale by their key.
    """
    proposal = db.get_one(Update, update_id)
    _check_may_settle(db, person_id, proposal.action_id)
    action = hold(db, proposal.action_id)
    db.refresh(proposal)
    if proposal.proposed_due_on is None or _is_corrected(db, update_id):
        raise NothingToDecide("this date is not proposed any more; see the last update")
    if proposal.date_agreed_at is not None or proposal.date_refused:
        return action
    if _is_overtaken(db, proposal):
        raise NothingToDecide("another date was proposed since; see the last update")
    if agreed:
        proposal.date_agreed_by_id, proposal.date_agreed_at = person_id, now
        _move(db, action, proposal.proposed_due_on, person_id, now)
    else:
        proposal.date_refused = True
    proposal.decided_by_id, proposal.decided_at, proposal.decided_why = person_id, now, why
    act = "date_agreed" if agreed else "date_refused"
    _audit(db, act, proposal.action_id, person_id, now, f"update:{update_id}")
    db.add(proposal)
    db.flush()
    return action


def _is_corrected(db: Session, update_id: int) -> bool:
    query = select(Update.id).where(Update.corrects_id == update_id).limit(1)
    return db.exec(query).first() is not None


def _is_overtaken(db: Session, proposal: Update) -> bool:
    """Whether somebody has asked for another date since: at most one is open."""
    newer = current_updates().where(
        Update.action_id == proposal.action_id,
        col(Update.id) > proposal.id,
        col(Update.proposed_due_on).is_not(None),
    )
    return db.exec(newer.limit(1)).first() is not None


def _move(db: Session, action: Action, to: date, person_id: int, now: datetime) -> None:
    changes: dict[str, tuple[object, object]] = {"due_on": (action.due_on, to)}
    if action.deadline_kind not in _DATED:  # "when developed" has become a day
        changes["deadline_kind"] = (action.deadline_kind, "date")
        action.deadline_kind = "date"
    for field, (before, after) in changes.items():
        note_change(
            db, action, field, before, after, now=now, person_id=person_id, how="date agreed"
        )
    action.due_on = to
    action.first_due_on = action.first_due_on or to
    db.add(action)


def _check_may_settle(db: Session, person_id: int, action_id: int) -> None:
    if not may_settle(db, person_id, action_id):
        raise NotAllowed("only the chair of the leading body or a business manager may decide this")


def _audit(
    db: Session, act: str, action_id: int, person_id: int, now: datetime, detail: str = ""
) -> None:
    audit.record(
        db, at=now, act=act, subject=f"action:{action_id}", person_id=person_id, detail=detail
    )
