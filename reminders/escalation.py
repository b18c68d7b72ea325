"""The ladder against the database: proposed by the bot, approved by a person, ended by an answer.

A rung belongs to one silence. Where somebody answers and falls silent again on the same deadline,
the ladder starts anew, from the bottom.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from reminders.action_views import kind_of
from reminders.deadlines import DeadlineKind
from reminders.facts import unanswered
from reminders.ladder import Decision, Rung, Step, ladder
from reminders.policy import UNANSWERED_LIMIT
from reminders.recipients import NotAllowed, Recipient, is_manager, open_actions, recipients
from storage import audit
from storage.calendar import Calendar
from storage.database import insert_new
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, Role, contacts_of, people_with
from storage.plans import Action, Body, Escalation, Nudge, Plan
from storage.rows import columns, rows

HOUR = time(9)
EXECUTIVE = "executive"


@dataclass(frozen=True, slots=True)
class Silence:
    """Three questions to one person without an answer; `since` is the day of the third."""

    action_id: int
    due_on: date
    since: date
    last_reply_on: date | None
    recipient: Recipient
    executive_meets_on: date | None


def propose(
    db: Session, *, now: datetime, today: date, calendar: Calendar, hour: time = HOUR
) -> list[Escalation]:
    """Puts forward the next rung of every silence whose day has come; what is new.

    The deputy is told at once; above, every manager is asked first.
    """
    silences = _silences(db, today)
    taken = _taken(db, [one.action_id for one in silences])
    due = []
    for one in silences:
        step = _next(one, taken.get((one.action_id, one.due_on), ()), calendar)
        if step is not None and step.on <= today:
            due.append((one, step))
    proposed = _write(db, due, taken, now=now, calendar=calendar)
    managers = [person.id for person in people_with(db, Role.MANAGER)]
    deputies = {(one.action_id, one.due_on): one.recipient.deputy_id for one in silences}
    tellings: list[Telling] = [
        (row, "escalation_proposed", managers)
        if row.needs_approval
        else (row, "escalated", [deputies[row.action_id, row.due_on]])
        for row in proposed
    ]
    _tell(db, tellings, now=now, not_before=max(now, calendar.at_local(today, hour)))
    return proposed


def _next(one: Silence, taken: Sequence[Escalation], calendar: Calendar) -> Step | None:
    return ladder(
        one.since,
        last_reply_on=one.last_reply_on,
        decisions=[
            Decision(Rung(row.step), calendar.local_date(row.decided_at), approved=row.approved)
            for row in taken
            if row.decided_at is not None
            and row.approved is not None
            and calendar.local_date(row.proposed_at) >= one.since
        ],
        has_deputy=one.recipient.deputy_id is not None,
        has_chair=one.recipient.chair_id is not None,
        executive_meets_on=one.executive_meets_on,
        calendar=calendar,
    )


# -- who is silent


def _silences(db: Session, today: date) -> list[Silence]:
    """For each open action the longest silence among those who are asked now."""
    thirds = _third_nudges(db)
    asked = recipients(db, {action_id for action_id, _ in thirds}, today=today)
    meetings = _executive_meetings(db)
    found = []
    for action_id, those in sorted(asked.items()):
        silent = [
            (thirds[action_id, one.person_id], one)
            for one in those
            if one.person_id is not None and (action_id, one.person_id) in thirds
        ]
        if silent:
            nudge, recipient = min(silent, key=lambda pair: pair[0].queued_on)
            found.append(_silence(nudge, recipient, meetings))
    return found


def _silence(nudge: Any, recipient: Recipient, meetings: Mapping[int, date]) -> Silence:
    dated = kind_of(nudge.deadline_kind) in (DeadlineKind.DATE, DeadlineKind.NONE)
    deadline = nudge.deadline if dated else None
    return Silence(
        action_id=nudge.action_id,
        due_on=deadline or nudge.due_on,
        since=nudge.queued_on,
        last_reply_on=nudge.last_reply_on,
        recipient=recipient,
        executive_meets_on=meetings.get(nudge.plan_id),
    )


def _third_nudges(db: Session) -> dict[tuple[int, int], Any]:
    """The nudge with which a silence became one, by action and person."""
    place = func.row_number().over(
        partition_by=(col(Nudge.action_id), col(Nudge.person_id)),
        order_by=(col(Nudge.queued_on), col(Nudge.id)),
    )
    numbered = (
        columns(
            col(Nudge.action_id),
            col(Nudge.person_id),
            col(Nudge.due_on),
            col(Nudge.queued_on),
            col(Action.due_on).label("deadline"),
            col(Action.deadline_kind),
            col(Action.last_reply_on),
            col(Action.plan_id),
            place.label("place"),
        )
        .join(Action, col(Action.id) == col(Nudge.action_id))
        .where(*open_actions(), ~col(Action.needs_review), *unanswered())
        .subquery()
    )
    thirds = columns(numbered).where(numbered.c.place == UNANSWERED_LIMIT)
    return {(row.action_id, row.person_id): row for row in rows(db, thirds)}


def _executive_meetings(db: Session) -> dict[int, date]:
    """When the executive of each plan's partnership meets next."""
    query = (
        columns(col(Plan.id), func.min(col(Body.next_meeting)))
        .join(Body, col(Body.partnership_id) == col(Plan.partnership_id))
        .where(col(Body.kind) == EXECUTIVE, col(Body.next_meeting).is_not(None))
        .group_by(col(Plan.id))
    )
    return dict(rows(db, query))


def _taken(db: Session, action_ids: Iterable[int]) -> dict[tuple[int, date], list[Escalation]]:
    """By action and deadline, the rungs that were ever proposed."""
    found: dict[tuple[int, date], list[Escalation]] = defaultdict(list)
    query = (
        select(Escalation)
        .where(col(Escalation.action_id).in_(list(action_ids)))
        .order_by(col(Escalation.id))
    )
    for row in db.exec(query):
        found[row.action_id, row.due_on].append(row)
    return found


# -- proposing


def _write(
    db: Session,
    due: Sequence[tuple[Silence, Step]],
    taken: Mapping[tuple[int, date], Sequence[Escalation]],
    *,
    now: datetime,
    calendar: Calendar,
) -> list[Escalation]:
    """New rungs; one left over from an earlier silence is proposed again."""
    new = [_row(one, step, now) for one, step in due]
    ids = {row_id for (row_id,) in insert_new(db, Escalation, new, Escalation.id)}
    for one, step in due:
        for old in taken.get((one.action_id, one.due_on), ()):
            earlier = calendar.local_date(old.proposed_at) < one.since
            if old.step == step.rung and earlier and _propose_again(db, old, step, now):
                assert old.id is not None
                ids.add(old.id)
    found = select(Escalation).where(col(Escalation.id).in_(ids)).order_by(col(Escalation.id))
    return list(db.exec(found.execution_options(populate_existing=True)))


def _row(one: Silence, step: Step, now: datetime) -> dict[str, Any]:
    return {
        "action_id": one.action_id,
        "due_on": one.due_on,
        "step": step.rung.value,
        "proposed_at": now,
        "decided_by_id": None,
        **_undecided(step, now),
    }


def _undecided(step: Step, now: datetime) -> dict[str, Any]:
    """A rung that waits for a person; the deputy's does not, and is taken at once."""
    return {
        "needs_approval": step.needs_approval,
        "decided_at": None if step.needs_approval else now,
        "approved": None if step.needs_approval else True,
        "decided_why": "",
    }


def _propose_again(db: Session, old: Escalation, step: Step, now: datetime) -> bool:
    again = db.exec(
        update(Escalation)
        .where(col(Escalation.id) == old.id, col(Escalation.proposed_at) == old.proposed_at)
        .values(proposed_at=now, decided_by_id=None, **_undecided(step, now))
        .execution_options(synchronize_session=False)
    )
    return again.rowcount == 1


# -- telling

Telling = tuple[Escalation, str, Sequence[int | None]]
"""A rung, the intent, and who hears it."""


def _tell(db: Session, tellings: Sequence[Telling], *, now: datetime, not_before: datetime) -> None:
    """Queues all with a few statements. A rung taken in a later silence is told a second time."""
    people = {person for _, _, those in tellings for person in those if person is not None}
    contacts = contacts_of(db, people)
    messages = {
        _key(row, intent, person_id): (row, intent, contacts[person_id])
        for row, intent, those in tellings
        for person_id in those
        if person_id is not None and person_id in contacts
    }

    def written(keys: Mapping[str, str]) -> set[str]:
        new = [
            _message(key, *messages[first], now=now, not_before=not_before)
            for key, first in sorted(keys.items())
        ]
        return {key for (key,) in insert_new(db, Outbox, new, Outbox.dedupe_key)}

    told_before = messages.keys() - written({key: key for key in messages})
    written({f"{key}:{messages[key][0].proposed_at.date()}": key for key in told_before})


def _key(row: Escalation, intent: str, person_id: int) -> str:
    return f"{intent.replace('_', '-')}:{row.id}:{person_id}"


def _message(
    key: str,
    row: Escalation,
    intent: str,
    contact: Contact,
    *,
    now: datetime,
    not_before: datetime,
) -> dict[str, Any]:
    assert contact.id is not None
    return outbox_row(
        key=key,
        intent=intent,
        contact_id=contact.id,
        now=now,
        params={"escalation": row.id},
        urgency=Urgency.REMINDER,
        not_before=not_before,
    )


# -- deciding


def decide(
    db: Session,
    *,
    escalation_id: int,
    person_id: int,
    approved: bool,
    now: datetime,
    today: date,
    why: str = "",
) -> Escalation:
    """A manager approves or refuses a rung. The first decision stays, an answer's included."""
    if not is_manager(db, person_id):
        raise NotAllowed("only a business manager may approve what goes above a lead")
    first = db.exec(
        update(Escalation)
        .where(col(Escalation.id) == escalation_id, col(Escalation.decided_at).is_(None))
        .values(decided_at=now, decided_by_id=person_id, approved=approved, decided_why=why)
        .execution_options(synchronize_session=False)
    )
    row = db.get_one(Escalation, escalation_id, populate_existing=True)
    if first.rowcount != 1:
        return row
    audit.record(
        db,
        at=now,
        act="escalation_approved" if approved else "escalation_refused",
        subject=f"action:{row.action_id}",
        person_id=person_id,
        detail=f"escalation:{escalation_id} {row.step}",
    )
    if approved:
        _tell(db, [(row, "escalated", _above(db, row, today))], now=now, not_before=now)
    return row


def _above(db: Session, row: Escalation, today: date) -> list[int | None]:
    """Whom a rung tells."""
    match Rung(row.step):
        case Rung.MANAGER:
            return [person.id for person in people_with(db, Role.MANAGER)]
        case Rung.EXECUTIVE:
            return [person.id for person in people_with(db, Role.EXECUTIVE)]
        case Rung.CHAIR:
            found = recipients(db, [row.action_id], today=today).get(row.action_id, ())
            return [one.chair_id for one in found]
        case Rung.DEPUTY:
            found = recipients(db, [row.action_id], today=today).get(row.action_id, ())
            return [one.deputy_id for one in found]


def still_stands(db: Session, escalation_id: int) -> bool:
    """Whether an escalation is still to be told: nobody has answered or refused since.

    For delivery, at the moment of sending.
    """
    row = db.get(Escalation, escalation_id)
    action = db.get(Action, row.action_id) if row is not None else None
    if row is None or action is None or action.retired_on is not None:
        return False
    overtaken = row.decided_at is not None and not row.approved
    proposed_on = Calendar().local_date(row.proposed_at)
    replied = action.last_reply_on is not None and action.last_reply_on >= proposed_on
    return not overtaken and not replied
