"""One round: what has come due is asked, once, in one message to each person.

Any node may run it at any time, and several at once: a nudge and a message are each made once by
their unique keys. A round that was missed is caught up by the next one, with the newest question
only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, delete, select

from reminders import escalation
from reminders.facts import Asked, gather
from reminders.policy import (
    DEFAULT_STAGES,
    UNANSWERED_LIMIT,
    PlannedNudge,
    Stage,
    chosen_silence,
    plan,
    ripe,
)
from reminders.wishes import NONE, Wishes, wishes
from storage.calendar import Calendar
from storage.database import insert_new
from storage.mail import Outbox, Urgency, outbox_row
from storage.people import Contact, contacts_of
from storage.plans import Action, Nudge

INTENT = "nudges"
STAYS = timedelta(days=3)
"""How long after its day a message of nudges may still be delivered."""


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What one round did. `fell_silent`: the third question went out, nobody is asked again."""

    today: date
    closed: bool = False
    open_actions: int = 0
    people: int = 0
    nudges: int = 0
    actions: int = 0
    fell_silent: int = 0
    review_dates: int = 0
    escalations: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A question that goes out today, and what it answers to."""

    asked: Asked
    nudge: PlannedNudge
    person_id: int

    @property
    def sort_key(self) -> tuple[int, date, str, int]:
        return self.asked.action_id, self.nudge.due_on, str(self.nudge.stage), self.person_id


def run(
    db: Session,
    *,
    now: datetime,
    calendar: Calendar,
    stages: Iterable[Stage] = DEFAULT_STAGES,
    hour: time = escalation.HOUR,
) -> RoundReport:
    """Runs the round of today, in the caller's transaction; on a closed day it does nothing."""
    today = calendar.local_date(now)
    if not calendar.is_working_day(today):
        return RoundReport(today, closed=True)
    asked = gather(db, today=today, calendar=calendar)
    reviews = _keep_review_dates(db, asked)
    due = due_today(asked, today, calendar=calendar, stages=tuple(stages))
    new = _ask(db, due, today)
    hours = _Hours(wishes(db, {one.person_id for _, one in new}), calendar, hour, now)
    sent = _queue(db, new, today, hours)
    proposed = escalation.propose(db, now=now, today=today, calendar=calendar, hour=hour)
    return RoundReport(
        today,
        open_actions=len({one.action_id for one in asked}),
        people=len({one.person_id for one in sent}),
        nudges=len(sent),
        actions=len({one.asked.action_id for one in sent}),
        fell_silent=sum(one.asked.facts.unanswered + 1 == UNANSWERED_LIMIT for one in sent),
        review_dates=reviews,
        escalations=len(proposed),
    )


def due_today(
    asked: Iterable[Asked], today: date, *, calendar: Calendar, stages: Sequence[Stage]
) -> list[Due]:
    """What a round of this day would ask, in the order in which every node writes it."""
    found = []
    for one in asked:
        if one.hands_over or one.person_id is None or chosen_silence(one.facts, today) is not None:
            continue
        newest = ripe(plan(one.facts, stages, calendar, until=today), today)
        if newest is not None and not _asked_since(one, newest):
            found.append(Due(one, newest, one.person_id))
    return sorted(found, key=lambda due: due.sort_key)  # two nodes in one order never deadlock


def _asked_since(one: Asked, newest: PlannedNudge) -> bool:
    last = one.facts.last_asked_on
    return last is not None and last >= newest.send_on


def _keep_review_dates(db: Session, asked: Sequence[Asked]) -> int:
    """Writes the review dates that `gather` filled in."""
    new = {
        one.action_id: one.facts.review_on
        for one in asked
        if one.facts.review_on != one.stored_review_on
    }
    if new:
        statement = (
            update(Action.__table__)  # type: ignore[attr-defined]
            .where(col(Action.id) == bindparam("action_id"))
            .values(review_on=bindparam("day"))
        )
        rows = [{"action_id": action_id, "day": day} for action_id, day in sorted(new.items())]
        db.connection().execute(statement, rows)
        db.expire_all()
    return len(new)


def batch_of(today: date, person_id: int) -> str:
    """The name of everything that one person is asked on one day."""
    return f"{today}:{person_id}"


def _ask(db: Session, due: Sequence[Due], today: date) -> list[tuple[int, Due]]:
    """Writes the nudges; those that were not there before, with their ids."""
    rows = [
        {
            "action_id": one.asked.action_id,
            "due_on": one.nudge.due_on,
            "stage": str(one.nudge.stage),
            "person_id": one.person_id,
            "queued_on": today,
            "batch": batch_of(today, one.person_id),
            "answered_at": None,
        }
        for one in due
    ]
    written = insert_new(
        db, Nudge, rows, Nudge.id, Nudge.action_id, Nudge.due_on, Nudge.stage, Nudge.person_id
    )
    ids = {tuple(row)[1:]: row.id for row in written}
    return [(ids[one.sort_key], one) for one in due if one.sort_key in ids]


@dataclass(frozen=True, slots=True)
class _Hours:
    """When each person's message of today may go out."""

    chosen: Mapping[int, Wishes]
    calendar: Calendar
    usual: time
    now: datetime

    def of(self, person_id: int, today: date) -> datetime:
        hour = self.chosen.get(person_id, NONE).hour_or(self.usual)
        return max(self.now, self.calendar.at_local(today, hour))


def _queue(db: Session, new: Sequence[tuple[int, Due]], today: date, hours: _Hours) -> list[Due]:
    """One message for each person; what goes out with it."""
    contacts = contacts_of(db, {one.person_id for _, one in new})
    rows = [
        _message(person_id, contact, today, hours)
        for person_id, contact in sorted(contacts.items())
    ]
    made = {key for (key,) in insert_new(db, Outbox, rows, Outbox.dedupe_key)}
    too_late = _gone_out(db, {_key(today, one.person_id) for _, one in new} - made)
    # Somebody's message of today has left without these: the next working day asks them.
    undone = [
        nudge_id
        for nudge_id, one in new
        if one.person_id not in contacts or _key(today, one.person_id) in too_late
    ]
    if undone:
        db.exec(delete(Nudge).where(col(Nudge.id).in_(undone)))
    left = set(undone)
    return [one for nudge_id, one in new if nudge_id not in left]


def _message(person_id: int, contact: Contact, today: date, hours: _Hours) -> dict[str, object]:
    assert contact.id is not None
    end_of_day = _midnight_after(today)
    return outbox_row(
        key=_key(today, person_id),
        intent=INTENT,
        contact_id=contact.id,
        now=hours.now,
        params={"batch": batch_of(today, person_id), "person": person_id},
        urgency=Urgency.REMINDER,
        not_before=hours.of(person_id, today),
        lapses_at=end_of_day + STAYS,
    )


def _midnight_after(day: date) -> datetime:
    return Calendar().at_local(day + timedelta(days=1), time(0))


def _key(today: date, person_id: int) -> str:
    return f"{INTENT}:{batch_of(today, person_id)}"


def _gone_out(db: Session, keys: set[str]) -> set[str]:
    """Which of these messages delivery has taken already; the others wait until we are done."""
    rows = db.exec(
        select(Outbox.dedupe_key, Outbox.attempts)
        .where(col(Outbox.dedupe_key).in_(sorted(keys)))
        .order_by(col(Outbox.dedupe_key))
        .with_for_update()
    )
    return {key for key, attempts in rows if attempts > 0}
