"""Minutes as they are taken: a meeting is opened on its pack, what it decides acts on the plan.

Each act is the one that a manager's tap in chat would have been, so that an action's history and
"moved three times" are right. Everything here is within the caller's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from digests import editions
from digests.minutes import body_id, pack_of
from digests.pack_items import Item, Sort
from digests.period import Period, is_of_our_time
from digests.themes import Refused
from reminders import decisions, escalation, updates
from reminders.recipients import NotAllowed, may_settle
from storage import audit
from storage.calendar import Calendar
from storage.editions import Edition
from storage.meetings import Meeting, Minute, Outcome
from storage.plans import Action, Body

MEETING = "meeting"
MOST = 1000
CHOICES: Mapping[Sort, tuple[Outcome, ...]] = {
    Sort.ESCALATION: (Outcome.DECIDED, Outcome.CLOSED, Outcome.MOVED_TO, Outcome.NOTED),
    Sort.DATE: (Outcome.DECIDED, Outcome.MOVED_TO, Outcome.CLOSED, Outcome.NOTED),
    Sort.COMPLETION: (Outcome.CLOSED, Outcome.MOVED_TO, Outcome.DECIDED, Outcome.NOTED),
    Sort.BLOCKED: (Outcome.DECIDED, Outcome.MOVED_TO, Outcome.NOTED),
    Sort.LATE: (Outcome.MOVED_TO, Outcome.DECIDED, Outcome.NOTED),
    Sort.MOVED: (Outcome.NOTED, Outcome.MOVED_TO, Outcome.DECIDED),
}
"""What may become of each sort of thing, the most likely first; of any other: decided or noted."""
_OTHERWISE = (Outcome.DECIDED, Outcome.CLOSED, Outcome.NOTED)


@dataclass(frozen=True, slots=True)
class Said:
    """What the meeting said of one thing; `item` is its key on the pack, "" for anything else."""

    item: str
    outcome: Outcome
    text: str = ""
    moved_to: date | None = None
    lead: str = ""


def choices(item: Item) -> tuple[Outcome, ...]:
    """What may become of this thing."""
    return CHOICES.get(item.sort, _OTHERWISE)


def open_meeting(
    db: Session,
    *,
    subject: str,
    held_on: date,
    title: str,
    person_id: int,
    now: datetime,
    calendar: Calendar,
) -> Meeting:
    """A meeting with its pack, frozen as things stand now. One for a group and a day."""
    if not is_of_our_time(held_on):
        raise Refused("Please give the day of the meeting, such as 2024-03-31.")
    group = body_id(db, subject)
    found = db.exec(
        select(Meeting).where(Meeting.held_on == held_on, col(Meeting.body_id) == group)
        if group is not None
        else select(Meeting).where(Meeting.held_on == held_on, col(Meeting.body_id).is_(None))
    ).first()
    if found is not None:
        return found
    period = Period.quarter_of(held_on)
    edition = editions.make(
        db, "pack", period, subject=subject, now=now, calendar=calendar, person_id=person_id
    )
    meeting = Meeting(
        body_id=group,
        held_on=held_on,
        title=title.strip()[:200],
        edition_id=edition.id,
        opened_at=now,
    )
    db.add(meeting)
    db.flush()
    _note(db, "meeting.open", meeting, person_id, now)
    return meeting


def attended(
    db: Session, meeting: Meeting, *, present: str, apologies: str, person_id: int, now: datetime
) -> None:
    """Who was there, by post."""
    _refuse_ended(db, meeting)
    meeting.present, meeting.apologies = present.strip()[:MOST], apologies.strip()[:MOST]
    db.add(meeting)
    db.flush()
    _note(db, "meeting.attendance", meeting, person_id, now)


def minute(
    db: Session, meeting: Meeting, said: Said, *, person_id: int, now: datetime, today: date
) -> Minute | None:
    """Writes a line, and does in the plan what it says. None where it says what stands already.

    Raises Refused, NotAllowed or NothingToDecide; then nothing of it is kept.
    """
    _refuse_ended(db, meeting)
    pack = pack_of(db, meeting)
    item = pack.item(said.item) if pack and said.item else None
    _refuse_unfit(said, item)
    if _stands(db, meeting, said):
        return None
    if item is not None:
        _act(db, item, said, person_id=person_id, now=now, today=today)
    line = Minute(
        meeting_id=meeting.id or 0,
        item=said.item,
        outcome=said.outcome,
        text=said.text.strip()[:MOST],
        moved_to=said.moved_to if said.outcome is Outcome.MOVED_TO else None,
        action_id=item.course.id if item and item.course else None,
        lead=said.lead.strip()[:200],
        at=now,
        person_id=person_id,
    )
    db.add(line)
    db.flush()
    _note(db, f"meeting.{said.outcome.value}", meeting, person_id, now, said.item)
    return line


def _refuse_unfit(said: Said, item: Item | None) -> None:
    if said.item and item is None:
        raise Refused("This is not on the paper of the meeting. Enter it as something else.")
    if said.outcome is Outcome.MOVED_TO and (item is None or said.moved_to is None):
        raise Refused("Give the day that it was moved to.")
    if item is not None and said.outcome not in choices(item):
        raise Refused("That cannot become of this. Choose what it was, or note it.")
    if item is None and not said.text.strip():
        raise Refused("Write in a line what was said.")


def _stands(db: Session, meeting: Meeting, said: Said) -> bool:
    """A form that was sent twice says nothing new."""
    last = db.exec(
        select(Minute)
        .where(Minute.meeting_id == meeting.id, Minute.item == said.item)
        .order_by(col(Minute.id).desc())
        .limit(1)
    ).first()
    if last is None:
        return False
    before = (Outcome(last.outcome), last.text, last.moved_to, last.lead)
    to = said.moved_to if said.outcome is Outcome.MOVED_TO else None
    return before == (said.outcome, said.text.strip()[:MOST], to, said.lead.strip()[:200])


def _act(
    db: Session, item: Item, said: Said, *, person_id: int, now: datetime, today: date
) -> None:
    """What the outcome does to the plan; a decision in words alone does nothing to it."""
    if said.outcome is Outcome.NOTED or item.course is None:
        return
    if said.outcome is Outcome.MOVED_TO:
        _move(db, item, said, person_id=person_id, now=now, today=today)
    elif item.sort is Sort.DATE:
        updates.agree_date(
            db,
            update_id=_number(item),
            person_id=person_id,
            now=now,
            today=today,
            agreed=said.outcome is Outcome.DECIDED,
            why=said.text.strip(),
        )
    elif item.sort is Sort.ESCALATION:
        escalation.decide(
            db,
            escalation_id=_number(item),
            person_id=person_id,
            approved=said.outcome is Outcome.DECIDED,
            now=now,
            today=today,
            why=said.text.strip(),
        )
    elif item.sort is Sort.COMPLETION and said.outcome is Outcome.CLOSED:
        decisions.decide_complete(
            db,
            action_id=item.course.id,
            person_id=person_id,
            accepted=True,
            now=now,
            today=today,
            why=said.text.strip(),
        )


def _move(
    db: Session, item: Item, said: Said, *, person_id: int, now: datetime, today: date
) -> None:
    """The date is asked for and agreed, as if its lead had asked; another that was asked for

    is overtaken by it.
    """
    assert item.course is not None
    assert said.moved_to is not None
    action_id = item.course.id
    if not may_settle(db, person_id, action_id):
        raise NotAllowed("only the chair of the leading body or a business manager may decide this")
    action = db.get_one(Action, action_id)
    if action.due_on == said.moved_to:
        return
    asked = updates.record(
        db,
        action_id=action_id,
        person_id=person_id,
        status=action.status,
        now=now,
        today=today,
        note=said.text.strip(),
        proposed_due_on=said.moved_to,
        how=MEETING,
    )
    updates.agree_date(
        db, update_id=asked.id or 0, person_id=person_id, now=now, today=today, agreed=True
    )


def _number(item: Item) -> int:
    return int(item.key.partition(":")[2])


def end(
    db: Session,
    meeting: Meeting,
    *,
    person_id: int,
    now: datetime,
    calendar: Calendar,
    next_meeting: date | None = None,
) -> Edition:
    """From here on it never changes: its minutes are kept and approved by who ended it."""
    _refuse_ended(db, meeting)
    if next_meeting is not None and next_meeting <= meeting.held_on:
        raise Refused("The next meeting is after this one. Give a later day, or leave it empty.")
    meeting.ended_at, meeting.ended_by_id = now, person_id
    db.add(meeting)
    body = db.get(Body, meeting.body_id) if meeting.body_id else None
    if body is not None and next_meeting is not None:
        body.next_meeting = next_meeting
        db.add(body)
    db.flush()
    _note(db, "meeting.end", meeting, person_id, now)
    kept = editions.make(
        db,
        "minutes",
        Period.quarter_of(meeting.held_on),
        subject=str(meeting.id),
        now=now,
        calendar=calendar,
        person_id=person_id,
    )
    editions.approve(db, kept, person_id, now)
    return kept


def _refuse_ended(db: Session, meeting: Meeting) -> None:
    db.refresh(meeting, with_for_update={"key_share": True})
    if meeting.ended_at is not None:
        raise Refused("This meeting has ended, and its minutes do not change any more.")


def _note(
    db: Session, act: str, meeting: Meeting, person_id: int, now: datetime, detail: str = ""
) -> None:
    audit.record(
        db, at=now, act=act, subject=f"meeting:{meeting.id}", person_id=person_id, detail=detail
    )
