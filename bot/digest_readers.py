"""Who reads the weekly digest besides the managers who word it, and when each of them gets it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right, rights_of, roles_of
from bot.circumstances import Circumstances
from bot.settings import DigestSettings
from storage.calendar import LONDON, Calendar
from storage.editions import Edition
from storage.mail import Urgency, queue
from storage.people import Contact, Person, Preferences, Role, contacts_of, preferences_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SENT_UNASKED = frozenset({Role.MANAGER, Role.CHAIR, Role.EXECUTIVE})
"""Who gets it unless they said no; whoever else may read it gets it once they said yes."""
_EARLY, _LATE = time(8, 0), time(18, 0)
_SATURDAY = 5
_DAY = timedelta(days=1)


def managers(db: Db) -> list[Person]:
    """Those who word and send it, and want it themselves."""
    return [person for person in _readers(db) if _rights(person) >= {Right.APPROVE}]


def others(db: Db, edition: Edition, *, but: int | None = None) -> list[Person]:
    """Whom this edition goes to once it is approved.

    The managers have the scheduled one already; one that a manager asked for goes to the rest too.
    """
    everybody = [person for person in _readers(db) if person.id != but]
    if edition.made_for_id is not None:
        return [person for person in everybody if person.id != edition.made_for_id]
    return [person for person in everybody if Right.APPROVE not in _rights(person)]


def is_reader(db: Db, person: Person) -> bool:
    """Whether they may see it, and get it without asking each time."""
    if Right.DIGEST not in _rights(person) or person.id is None:
        return False
    wanted = preferences_of(db, person.id).digest_wanted
    return bool(roles_of(person) & _SENT_UNASKED) if wanted is None else wanted


def _readers(db: Db) -> list[Person]:
    everybody = db.exec(select(Person).where(col(Person.active)).order_by(col(Person.id)))
    return [person for person in everybody if person.id is not None and is_reader(db, person)]


def _rights(person: Person) -> frozenset[Right]:
    return rights_of(roles_of(person))


def reached(db: Db, people: Iterable[Person]) -> list[tuple[Person, Contact]]:
    """Those who can be written to, and where."""
    listed = list(people)
    contacts = contacts_of(db, [person.id for person in listed if person.id is not None])
    return [(person, contacts[person.id]) for person in listed if person.id in contacts]


def this_week(
    chosen: Preferences, usual: DigestSettings, today: date, calendar: Calendar
) -> datetime:
    """When somebody's digest of this week is due: a closed day gives way to the one before it."""
    monday = today - today.weekday() * _DAY
    day = monday + _weekday(chosen, usual) * _DAY
    return calendar.at_local(_open_day(day, calendar), _hour(chosen, usual))


def after_approval(
    chosen: Preferences, usual: DigestSettings, now: datetime, calendar: Calendar
) -> datetime:
    """Their own day and hour, the next there is; who chose none gets it now, in office hours."""
    today = calendar.local_date(now)
    if chosen.digest_day is None and chosen.digest_hour is None:
        clock = now.astimezone(LONDON).time()
        if calendar.is_working_day(today) and _EARLY <= clock < _LATE:
            return now
        return _next(today, now, usual.hour, calendar, None)
    return _next(today, now, _hour(chosen, usual), calendar, chosen.digest_day)


def _next(
    today: date, now: datetime, hour: time, calendar: Calendar, weekday: int | None
) -> datetime:
    """The first moment of this hour from now on, on that weekday or, without one, a working day."""
    for ahead in range(15):
        day = today + ahead * _DAY
        if weekday is None and not calendar.is_working_day(day):
            continue
        if weekday in (None, day.weekday()):
            moment = calendar.at_local(_open_day(day, calendar), hour)
            if moment >= now:
                return moment
    return now


def _open_day(day: date, calendar: Calendar) -> date:
    """Whoever chose a weekend means it."""
    return day if day.weekday() >= _SATURDAY else calendar.working_day_before(day)


def _weekday(chosen: Preferences, usual: DigestSettings) -> int:
    return WEEKDAYS.index(usual.weekday) if chosen.digest_day is None else chosen.digest_day


def _hour(chosen: Preferences, usual: DigestSettings) -> time:
    return usual.hour if chosen.digest_hour is None else time(chosen.digest_hour)


def send_to_others(db: Db, edition: Edition, around: Circumstances, *, by: int) -> list[str]:
    """Queues an approved edition for everybody it is for; the posts that cannot be reached."""
    people = others(db, edition, but=by)
    found = reached(db, people)
    for person, contact in found:
        assert person.id is not None
        assert contact.id is not None
        chosen = preferences_of(db, person.id)
        queue(
            db,
            key=f"digest:{edition.id}:{person.id}",
            intent="digest",
            contact_id=contact.id,
            now=around.now,
            params={"edition": edition.id, "sent": True},
            urgency=Urgency.REMINDER,
            not_before=after_approval(chosen, around.settings.digests, around.now, around.calendar),
        )
    there = {person.id for person, _ in found}
    return [person.name for person in people if person.id not in there]
