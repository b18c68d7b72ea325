"""Handing over at the close of hours: one press, and a red that nobody has passes by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import audit
from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewItem, ReviewState
from storage.mail import Urgency, queue
from storage.people import Role, contacts_of, people_with
from surveys.concerns.alerting import Hours, tell_round
from surveys.concerns.circle import duty
from surveys.concerns.queue import change
from surveys.concerns.rota import on_call
from surveys.concerns.rows import NotAllowed, note_event
from surveys.review_clock import USUAL, Clocks, close_of_day, in_hours
from surveys.screening import Tier

_PLAIN = Calendar()
_HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What passes from somebody to the on-call, and when. `to` is empty where nobody is on call.

    `red_waiting` are those that nobody has taken; `unread` the others.
    """

    person_id: int
    red_waiting: int
    unread: int
    to: str
    to_id: int | None
    at: datetime


def hand_over_of(
    db: Db,
    person_id: int,
    now: datetime,
    *,
    calendar: Calendar = _PLAIN,
    clocks: Clocks = USUAL,
) -> HandOver:
    """What one reviewer would hand over now."""
    at = now
    if in_hours(now, calendar, clocks):
        at = close_of_day(now, calendar, clocks) or now
    called = [one for one in on_call(db, at) if one.id != person_id]
    to = called[0] if called else None
    mine = _of(db, person_id, now)
    reds = sum(item.tier == Tier.RED for item in mine)
    return HandOver(
        person_id,
        reds,
        len(mine) - reds,
        to.name if to is not None else "",
        to.id if to is not None else None,
        at,
    )


def hand_over_due(
    db: Db,
    now: datetime,
    *,
    calendar: Calendar = _PLAIN,
    clocks: Clocks = USUAL,
    before: timedelta = _HALF_AN_HOUR,
) -> tuple[HandOver, ...]:
    """For each reviewer with something unread, shortly before the close; none at other times."""
    closes = close_of_day(now, calendar, clocks)
    if closes is None or not closes - before <= now < closes:
        return ()
    found = (
        hand_over_of(db, person.id, now, calendar=calendar, clocks=clocks)
        for person in people_with(db, Role.REVIEWER)
        if person.id is not None
    )
    return tuple(one for one in found if one.red_waiting or one.unread)


def hand_over(
    db: Db,
    person_id: int,
    now: datetime,
    *,
    calendar: Calendar = _PLAIN,
    clocks: Clocks = USUAL,
) -> HandOver:
    """One press: everything unread of theirs passes to the on-call, who is told."""
    what = hand_over_of(db, person_id, now, calendar=calendar, clocks=clocks)
    if what.to_id is None:
        raise NotAllowed(
            f"Nobody is on call from {what.at.astimezone(LONDON):%H:%M}, so nothing was handed "
            "over. A red is told to the deputy and to every reviewer all the same. Ask the "
            "business manager to put somebody on call (`concerns rota add`)."
        )
    for item in _of(db, person_id, now):
        if _pass(db, item, what.to_id, now, "handed over", person_id) and item.tier == Tier.RED:
            tell_round(db, item, now=now, hours=Hours(calendar, clocks))
    audit.record(
        db,
        at=now,
        act="concerns.handed_over",
        subject=f"person:{what.to_id}",
        person_id=person_id,
        detail=f"{what.red_waiting} red, {what.unread} other",
    )
    _tell_on_call(db, what, now)
    return what


def offer(db: Db, *, now: datetime, calendar: Calendar, clocks: Clocks, before: timedelta) -> int:
    """Before the close each reviewer who has something unread gets one message, with one button."""
    queued = 0
    for what in hand_over_due(db, now, calendar=calendar, clocks=clocks, before=before):
        for contact in contacts_of(db, [what.person_id]).values():
            assert contact.id is not None
            queued += queue(
                db,
                key=f"hand-over:{what.at:%Y-%m-%d}:{contact.id}",
                intent="hand_over_offer",
                contact_id=contact.id,
                now=now,
                urgency=Urgency.ALERT,
                lapses_at=what.at,
            )
    return queued


def pass_at_close(db: Db, *, now: datetime, calendar: Calendar, clocks: Clocks) -> int:
    """After the close a red of the day that nobody has passes to the on-call, without a press."""
    if in_hours(now, calendar, clocks):
        return 0
    called = on_call(db, now)
    if not called or called[0].id is None:
        return 0
    rows = db.exec(
        select(ReviewItem).where(
            ReviewItem.state == ReviewState.WAITING,
            ReviewItem.tier == Tier.RED,
            col(ReviewItem.passed_to_id).is_(None),
        )
    ).all()
    queued = 0
    for item in rows:
        if not in_hours(item.received_at, calendar, clocks):
            continue  # it came out of hours, and the on-call was told first
        if _pass(db, item, called[0].id, now, "passed at close", None):
            queued += tell_round(db, item, now=now, hours=Hours(calendar, clocks))
    return queued


def _of(db: Db, person_id: int, now: datetime) -> list[ReviewItem]:
    """What waits and is this person's to read first."""
    rows = db.exec(
        select(ReviewItem)
        .where(ReviewItem.state == ReviewState.WAITING)
        .order_by(col(ReviewItem.due_at), col(ReviewItem.ref))
    )
    return [item for item in rows if _holder(db, item, now) == person_id]


def _holder(db: Db, item: ReviewItem, now: datetime) -> int | None:
    if item.passed_to_id is not None:
        return item.passed_to_id
    return next(iter(duty(db, item.survey_id, now=now, language=item.language)), None)


def _pass(
    db: Db, item: ReviewItem, to_id: int, now: datetime, what: str, by_id: int | None
) -> bool:
    holder = item.passed_to_id
    is_same = (
        col(ReviewItem.passed_to_id).is_(None)
        if holder is None
        else col(ReviewItem.passed_to_id) == holder
    )
    passed = change(db, item, (ReviewState.WAITING,), is_same, passed_to_id=to_id)
    if passed:
        note_event(db, item, what, now, by_id)
    return passed


def _tell_on_call(db: Db, what: HandOver, now: datetime) -> None:
    if not what.unread or what.to_id is None:
        return
    for contact in contacts_of(db, [what.to_id]).values():
        assert contact.id is not None
        queue(
            db,
            key=f"handed-over:{what.person_id}:{now:%Y%m%d%H%M%S}:{contact.id}",
            intent="handed_over",
            contact_id=contact.id,
            now=now,
            params={"red": what.red_waiting, "unread": what.unread, "by": what.person_id},
            urgency=Urgency.ALERT,
        )
