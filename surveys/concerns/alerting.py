"""Alerts without words: told at once, told again, and passed on until somebody has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, or_, select

from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.mail import Outbox, Trace, Urgency, queue
from storage.people import PAGER, Contact, Role, contacts_of, people_with
from surveys.concerns.circle import Circle, circle_of
from surveys.concerns.gathering import gather, told_in_place_of
from surveys.concerns.queue import change, find, overdue
from surveys.concerns.rows import is_anonymous, note_event, noted_at
from surveys.concerns.telling import ALERTED, alert_key, ask_again, told
from surveys.review_clock import USUAL, Clocks, in_hours, next_opening
from surveys.screening import Tier

_PLAIN = Calendar()
_FAILED = ("gone", "fault", "gave_up")
_URGENT = (Tier.RED, Tier.AMBER)
MANAGERS_TOLD = "managers told"
NOT_DELIVERED = "not delivered"


@dataclass(frozen=True, slots=True)
class Hours:
    """The working days and the clocks that were agreed."""

    calendar: Calendar = _PLAIN
    clocks: Clocks = USUAL


def alert(
    db: Db,
    ref: str,
    survey_id: int | None,  # noqa: ARG001 - as callers have it at hand
    *,
    now: datetime,
    calendar: Calendar = _PLAIN,
    clocks: Clocks = USUAL,
) -> int:
    """Tells the first person that a text needs them: a reference, never words. How many messages.

    In hours the reviewer, out of hours whoever is on call; where they cannot be reached, the next.
    """
    item = find(db, ref)
    return 0 if item is None else tell_round(db, item, now=now, hours=Hours(calendar, clocks))


def tell_round(db: Db, item: ReviewItem, *, now: datetime, hours: Hours, further: int = 1) -> int:
    """The next round of alerts about a text, so many steps further round than the last.

    Of two nodes that come to it at once one does it. Nobody is told of a text for which they are
    told of another one of the same person.
    """
    first = told_in_place_of(db, item)
    if first is not None:
        gather(db, item, first, next_at=_next_at(item, now, hours), now=now)
        return 0
    circle = circle_of(db, item, now=now, calendar=hours.calendar, clocks=hours.clocks)
    is_red = item.tier == Tier.RED
    step = min(item.circle + further, circle.steps + int(is_red))
    people = [*circle.within(step), *sorted(told(db, item))]
    reached = list(dict.fromkeys(one for one in people if one in circle.places))
    managers = circle.managers if is_red and step > circle.steps else ()
    if not reached and not managers:
        return 0
    known = {one for one in reached if one in circle.within(circle.steps)}
    claimed = _claim(db, item, step, _next_at(item, now, hours))
    if not claimed:
        return 0
    queued = _tell(db, item, [one for one in reached if one in known], circle, now, hours)
    return queued + _tell_managers(db, item, managers, circle, now)


def _claim(db: Db, item: ReviewItem, step: int, next_at: datetime) -> bool:
    """Makes the round ours: whoever counted the alerts first."""
    round_ = item.alerts
    return change(
        db,
        item,
        (ReviewState.WAITING,),
        col(ReviewItem.alerts) == round_,
        alerts=round_ + 1,
        circle=step,
        next_alert_at=next_at,
    )


def _next_at(item: ReviewItem, now: datetime, hours: Hours) -> datetime:
    """When it is told again: a red at the next mark of its clock, at any hour."""
    clocks = hours.clocks
    if item.tier == Tier.RED:
        period = min(clocks.red, clocks.repeat_red)
        passed = max(now - item.received_at, timedelta(0)) // period
        return item.received_at + period * (passed + 1)
    if now < item.due_at:
        return item.due_at
    later = now + clocks.repeat_amber
    if item.passed_to_id is not None:
        return later
    return next_opening(later, hours.calendar, clocks)


def _tell(
    db: Db, item: ReviewItem, people: list[int], circle: Circle, now: datetime, hours: Hours
) -> int:
    at = noted_at(db, item.survey_id, now) if item.alerts == 1 else now
    before = told(db, item)
    for person_id in people:
        if person_id not in before:
            note_event(db, item, ALERTED, at, person_id)
    if set(people) <= before:
        note_event(db, item, "alerted again", at)
    places = [place for one in people for place in _places(db, item, one, circle)]
    return sum(_queue_alert(db, item, place, at, _not_before(item, now, hours)) for place in places)


def _places(db: Db, item: ReviewItem, person_id: int, circle: Circle) -> list[Contact]:
    """A red goes everywhere; an amber to where they are reached first."""
    if item.tier == Tier.RED:
        return circle.places[person_id]
    first = contacts_of(db, [person_id])
    return list(first.values()) or circle.places[person_id]


def _not_before(item: ReviewItem, now: datetime, hours: Hours) -> datetime | None:
    """An amber that comes at night is said in the morning."""
    if item.tier == Tier.RED or item.alerts > 1 or item.passed_to_id is not None:
        return None
    opens = next_opening(now, hours.calendar, hours.clocks)
    return None if opens <= now else opens


def _queue_alert(
    db: Db, item: ReviewItem, place: Contact, at: datetime, not_before: datetime | None
) -> bool:
    assert place.id is not None
    return queue(
        db,
        key=alert_key(item, item.alerts, place.id),
        intent="concern_alert",
        contact_id=place.id,
        now=at,
        params={"ref": item.ref, "round": item.alerts},
        urgency=Urgency.ALERT,
        not_before=not_before,
        trace=Trace.HOUR if is_anonymous(db, item.survey_id) else Trace.KEPT,
    )


def _tell_managers(
    db: Db, item: ReviewItem, managers: tuple[int, ...], circle: Circle, now: datetime
) -> int:
    """Managers hear that nobody has it, and for how long: no reference leads them to it."""
    if not managers:
        return 0
    note_event(db, item, MANAGERS_TOLD, now)
    return sum(
        queue(
            db,
            key=f"unheard:{item.ref}:{item.alerts}:{place.id}",
            intent="concern_unheard",
            contact_id=place.id,
            now=now,
            params={"since": item.received_at.isoformat()},
            urgency=Urgency.ALERT,
        )
        for person_id in managers
        for place in circle.places[person_id]
        if place.id is not None and place.platform != PAGER
    )


def pass_on(db: Db, *, now: datetime, clocks: Clocks = USUAL, calendar: Calendar = _PLAIN) -> int:
    """Whatever is due is told again, one step further; how many messages were queued.

    Also what was never told, what reached nobody, and what waits for a second person.
    """
    hours = Hours(calendar, clocks)
    queued = 0
    if in_hours(now, calendar, clocks):
        queued = _remind_of_overdue(db, now) + ask_again(db, now=now)
    for item in _urgent(db, now):
        queued += tell_round(db, item, now=now, hours=hours)
    for item in undelivered(db):
        queued += _tell_others(db, item, now, hours)
    return queued


def _tell_others(db: Db, item: ReviewItem, now: datetime, hours: Hours) -> int:
    """Its last round reached nobody: those who moved up in their place, else one step further."""
    circle = circle_of(db, item, now=now, calendar=hours.calendar, clocks=hours.clocks)
    moved_up = set(circle.within(item.circle)) - told(db, item)
    if not moved_up and item.circle >= circle.steps + int(item.tier == Tier.RED):
        return 0
    queued = tell_round(db, item, now=now, hours=hours, further=int(not moved_up))
    if queued:
        note_event(db, item, NOT_DELIVERED, now)
    return queued


def _urgent(db: Db, now: datetime) -> list[ReviewItem]:
    is_due = or_(col(ReviewItem.next_alert_at).is_(None), col(ReviewItem.next_alert_at) <= now)
    rows = db.exec(
        select(ReviewItem)
        .where(ReviewItem.state == ReviewState.WAITING, col(ReviewItem.tier).in_(_URGENT), is_due)
        .order_by(col(ReviewItem.due_at), col(ReviewItem.ref))
    )
    return list(rows)


def undelivered(db: Db) -> list[ReviewItem]:
    """What waits, urgent, while every message of its last round failed; for `doctor` as well."""
    rows = db.exec(
        select(ReviewItem).where(
            ReviewItem.state == ReviewState.WAITING,
            col(ReviewItem.tier).in_(_URGENT),
            ReviewItem.alerts > 0,
        )
    ).all()
    return [item for item in rows if _all_failed(db, item)]


def _all_failed(db: Db, item: ReviewItem) -> bool:
    people = told(db, item)
    contacts = db.exec(select(Contact.id).where(col(Contact.person_id).in_(people))).all()
    keys = [alert_key(item, item.alerts, one) for one in contacts if one is not None]
    outcomes = db.exec(select(Outbox.outcome).where(col(Outbox.dedupe_key).in_(keys))).all()
    return bool(outcomes) and all(outcome in _FAILED for outcome in outcomes)


def unheard(db: Db) -> list[ReviewItem]:
    """Reds that nobody has, of which the managers were told."""
    told_of = select(ReviewEvent.item_id).where(ReviewEvent.what == MANAGERS_TOLD)
    rows = db.exec(
        select(ReviewItem).where(
            ReviewItem.state == ReviewState.WAITING,
            ReviewItem.tier == Tier.RED,
            col(ReviewItem.id).in_(told_of),
        )
    )
    return list(rows)


def unreachable(db: Db, *, now: datetime, calendar: Calendar, clocks: Clocks) -> list[ReviewItem]:
    """What waits, urgent, and there is nobody at all who could be told."""
    rows = db.exec(
        select(ReviewItem).where(
            ReviewItem.state == ReviewState.WAITING, col(ReviewItem.tier).in_(_URGENT)
        )
    ).all()
    return [
        item
        for item in rows
        if not circle_of(db, item, now=now, calendar=calendar, clocks=clocks).steps
    ]


def _remind_of_overdue(db: Db, now: datetime) -> int:
    """Once a day every reviewer hears how many texts of any tier are past their time."""
    if not overdue(db, now):
        return 0
    people = [one.id for one in people_with(db, Role.REVIEWER) if one.id is not None]
    day = now.astimezone(LONDON).date()
    return sum(
        queue(
            db,
            key=f"overdue:{day}:{contact.id}",
            intent="concerns_overdue",
            contact_id=contact.id,
            now=now,
            urgency=Urgency.ALERT,
        )
        for contact in contacts_of(db, people).values()
        if contact.id is not None
    )
