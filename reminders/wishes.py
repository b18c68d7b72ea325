"""What people chose about being asked: their hour and days, quiet for a while, or no more at all.

A wish is about reminders. Answers to what somebody does, and news that concern them, still come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, update

from reminders.policy import FAR_OFF
from storage.calendar import add_months
from storage.people import Preferences, preferences_of
from storage.plans import Nudge
from storage.rows import columns, rows


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person chose; what they did not choose is as the partnership has it."""

    hour: int | None = None
    days: frozenset[int] = frozenset()
    quiet_until: date | None = None
    stopped_on: date | None = None

    def hour_or(self, usual: time) -> time:
        """When their reminders of a day go out."""
        return usual if self.hour is None else time(self.hour)


NONE = Wishes()


def wishes(db: Session, person_ids: Iterable[int] | None = None) -> dict[int, Wishes]:
    """Of everybody who chose something, by person; with one query."""
    query = columns(
        col(Preferences.person_id),
        col(Preferences.reminder_hour),
        col(Preferences.reminder_days),
        col(Preferences.quiet_until),
        col(Preferences.stopped_on),
    )
    if person_ids is not None:
        query = query.where(col(Preferences.person_id).in_(sorted(set(person_ids))))
    return {
        person_id: Wishes(hour, frozenset(days or ()), quiet_until, stopped_on)
        for person_id, hour, days, quiet_until, stopped_on in rows(db, query)
    }


def latest_quiet(today: date) -> date:
    """The last day until which reminders can be put off; who wants more stops them, openly."""
    return add_months(today, FAR_OFF)


def stop(db: Session, *, person_id: int, now: datetime, today: date) -> bool:
    """No more reminders to this person; False where they had stopped them before.

    What was asked of them is not their silence any more.
    """
    row = preferences_of(db, person_id)
    if row.stopped_on is not None:
        return False
    row.stopped_on = today
    db.add(row)
    _settle(db, person_id, now)
    return True


def start_again(db: Session, *, person_id: int) -> bool:
    """Reminders come again, also before the end of a quiet time; False where they never ceased."""
    row = preferences_of(db, person_id)
    if row.stopped_on is None and row.quiet_until is None:
        return False
    row.stopped_on = row.quiet_until = None
    db.add(row)
    db.flush()
    return True


def be_quiet(db: Session, *, person_id: int, until: date, now: datetime) -> None:
    """Nothing is asked of this person before that day; it is an answer to what was asked."""
    row = preferences_of(db, person_id)
    row.quiet_until = until
    db.add(row)
    _settle(db, person_id, now)


def _settle(db: Session, person_id: int, now: datetime) -> None:
    db.flush()
    waiting = (col(Nudge.person_id) == person_id, col(Nudge.answered_at).is_(None))
    db.exec(update(Nudge).where(*waiting).values(answered_at=now))


def is_stopped(db: Session, person_id: int) -> bool:
    """Whether they asked for no more reminders."""
    row = db.get(Preferences, person_id)
    return row is not None and row.stopped_on is not None
