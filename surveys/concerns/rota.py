"""Who is on call and when, who is away, and where nobody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import audit
from storage.calendar import LONDON, Calendar
from storage.concerns import OnCallShift
from storage.people import Person, Role
from surveys.concerns.rows import NotAllowed
from surveys.review_clock import Clocks, out_of_hours

LONGEST_SHIFT = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn on call, with the name of who has it."""

    id: int
    person_id: int
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Out of hours, and nobody is on call."""

    starts_at: datetime
    ends_at: datetime


def is_away(person: Person, at: datetime) -> bool:
    """Whether their leave covers the local day of an instant."""
    day = at.astimezone(LONDON).date()
    return person.away_until is not None and person.away_until >= day


def on_call(db: Db, now: datetime) -> list[Person]:
    """Who is on call now, longest first; without those who are away or have left."""
    people = db.exec(
        select(Person)
        .join(OnCallShift, col(OnCallShift.person_id) == col(Person.id))
        .where(Person.active, OnCallShift.starts_at <= now, OnCallShift.ends_at > now)
        .order_by(col(OnCallShift.starts_at), col(OnCallShift.id))
    ).all()
    here = {person.id: person for person in people if not is_away(person, now)}
    return [person for person in here.values() if Role.REVIEWER in person.roles]


def shifts(db: Db, begins: datetime | None = None, ends: datetime | None = None) -> list[Shift]:
    """The turns that touch a time, in order; all of them without one."""
    query = (
        select(OnCallShift, Person.name)
        .join(Person, col(Person.id) == col(OnCallShift.person_id))
        .order_by(col(OnCallShift.starts_at), col(OnCallShift.id))
    )
    if begins is not None:
        query = query.where(OnCallShift.ends_at > begins)
    if ends is not None:
        query = query.where(OnCallShift.starts_at < ends)
    return [
        Shift(row.id or 0, row.person_id, name, row.starts_at, row.ends_at)
        for row, name in db.exec(query)
    ]


def add_shift(
    db: Db,
    person_id: int,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    by_id: int | None = None,
    actor: str = "",
) -> OnCallShift:
    """Puts a reviewer on call. NotAllowed where it cannot be so, with what to do."""
    why = why_no_shift(db, person_id, starts_at, ends_at, now=now)
    if why:
        raise NotAllowed(why)
    row = OnCallShift(person_id=person_id, starts_at=starts_at, ends_at=ends_at)
    db.add(row)
    db.flush()
    _audit(db, row, "rota.added", now, by_id, actor)
    return row


def why_no_shift(
    db: Db, person_id: int, starts_at: datetime, ends_at: datetime, *, now: datetime
) -> str:
    """Why this turn cannot be added, and what to do; empty where it can."""
    person = db.get(Person, person_id)
    if person is None or not person.active or Role.REVIEWER not in person.roles:
        return "This person is no reviewer: give them the role with `people import`."
    if ends_at <= starts_at:
        return "It ends before it begins: write the later time second."
    if ends_at <= now:
        return "It is over already: write a time that is still to come."
    if ends_at - starts_at > LONGEST_SHIFT:
        return f"It is longer than {LONGEST_SHIFT.days} days: write it as several turns."
    same = db.exec(
        select(OnCallShift).where(
            OnCallShift.person_id == person_id,
            OnCallShift.starts_at < ends_at,
            OnCallShift.ends_at > starts_at,
        )
    ).first()
    if same is not None:
        return f"They are on call then already (turn {same.id}): remove that one first."
    return ""


def remove_shift(
    db: Db, shift_id: int, *, now: datetime, by_id: int | None = None, actor: str = ""
) -> None:
    """Takes a turn out of the rota; NotAllowed where there is none."""
    row = db.get(OnCallShift, shift_id)
    if row is None:
        raise NotAllowed(f"There is no turn {shift_id}; see `concerns rota list`.")
    _audit(db, row, "rota.removed", now, by_id, actor)
    db.delete(row)
    db.flush()


def _audit(
    db: Db, row: OnCallShift, act: str, now: datetime, by_id: int | None, actor: str
) -> None:
    audit.record(
        db,
        at=now,
        act=act,
        subject=f"person:{row.person_id}",
        person_id=by_id,
        actor=actor,
        detail=f"{row.starts_at:%Y-%m-%dT%H:%MZ} to {row.ends_at:%Y-%m-%dT%H:%MZ}",
    )


def gaps(
    db: Db, begins: datetime, ends: datetime, *, calendar: Calendar, clocks: Clocks
) -> list[Gap]:
    """When, out of hours, nobody is on call who is not away."""
    taken = _covered(db, begins, ends)
    found: list[Gap] = []
    for start, end in out_of_hours(begins, ends, calendar, clocks):
        found += _open_parts(start, end, taken)
    return found


def _covered(db: Db, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
    """The times that are covered: a turn counts from the end of its person's leave."""
    found = []
    for shift in shifts(db, begins, ends):
        person = db.get_one(Person, shift.person_id)
        starts = shift.starts_at
        if not person.active or Role.REVIEWER not in person.roles:
            continue
        if person.away_until is not None:
            back = Calendar().at_local(person.away_until + timedelta(days=1), datetime.min.time())
            starts = max(starts, back) if is_away(person, begins) else starts
        found.append((starts, shift.ends_at))
    return sorted(found)


def _open_parts(
    start: datetime, end: datetime, taken: list[tuple[datetime, datetime]]
) -> list[Gap]:
    found = []
    for begins, ends in taken:
        if ends <= start or begins >= end:
            continue
        if begins > start:
            found.append(Gap(start, begins))
        start = max(start, ends)
        if start >= end:
            return found
    return [*found, Gap(start, end)]
