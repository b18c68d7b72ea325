"""The review queue: what goes in, how soon a person reads it, and what they decide."""

import secrets
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session as Db
from sqlmodel import col, select

from storage import audit
from storage.calendar import LONDON, Calendar
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.mail import Urgency, queue
from storage.people import Contact, Role, contacts_of, people_with
from storage.surveys import SessionState, Survey, SurveySession
from surveys.screening import Screening, Tier

RED_CLOCK = timedelta(minutes=15)
CLOSE_OF_HOURS = time(17, 0)
_REF_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"


def due_at(tier: str, received_at: datetime, calendar: Calendar) -> datetime:
    """When a person must have read it: red 15 minutes, always; amber by close of the working day;

    everything else within one working day. Source: DOMAIN, Concerns 3; agreed locally.
    """
    if tier == "red":
        return received_at + RED_CLOCK
    day = calendar.local_date(received_at)
    today_closes = calendar.at_local(day, CLOSE_OF_HOURS)
    started = day if calendar.is_working_day(day) and received_at < today_closes else None
    first = started or calendar.working_day_after(day + timedelta(days=1))
    if tier == "amber":
        return calendar.at_local(first, CLOSE_OF_HOURS)
    if started is None:
        return calendar.at_local(first, CLOSE_OF_HOURS)
    following = calendar.working_day_after(day + timedelta(days=1))
    return calendar.at_local(following, received_at.astimezone(LONDON).time())


def review_row(
    *,
    survey_id: int | None,
    pseudonym: str | None,
    question: str,
    words: str,
    screening: Screening,
    language: str,
    group_name: str,
    now: datetime,
    calendar: Calendar,
) -> dict[str, Any]:
    """The row of one text, for writers that write many in one statement."""
    return {
        "ref": "".join(secrets.choice(_REF_LETTERS) for _ in range(8)),
        "survey_id": survey_id,
        "pseudonym": pseudonym,
        "question": question,
        "words": words,
        "tier": str(screening.tier),
        "categories": list(screening.categories),
        "rules": list(screening.rules),
        "lexicon_version": screening.lexicon_version,
        "language": language,
        "group_name": group_name,
        "reply_sent": "",
        "received_at": now,
        "due_at": due_at(str(screening.tier), now, calendar),
        "state": ReviewState.WAITING,
        "decision": "",
        "reason": "",
    }


class Decision(StrEnum):
    """What a reviewer decides. Every one but NONE and REDACT is a referral."""

    MASH = "mash"
    LADO = "lado"
    POLICE = "police"
    SCHOOL_DSL = "school_dsl"
    REDACT = "redact"
    NONE = "none"


class NotAllowed(ValueError):
    """This may not be done so; the message says why and who can."""


_TIER_ORDER = case(
    (col(ReviewItem.tier) == Tier.RED, 0),
    (col(ReviewItem.tier) == Tier.AMBER, 1),
    (col(ReviewItem.tier) == Tier.UNSURE, 2),
    else_=3,
)


def find(db: Db, ref: str) -> ReviewItem | None:
    return db.exec(select(ReviewItem).where(ReviewItem.ref == ref.strip().upper())).first()


def waiting(db: Db, limit: int = 200) -> list[ReviewItem]:
    """What is to be read or decided: red first, then by the clock."""
    rows = db.exec(
        select(ReviewItem)
        .where(col(ReviewItem.state) != ReviewState.CLOSED)
        .order_by(_TIER_ORDER, col(ReviewItem.due_at), col(ReviewItem.id))
        .limit(limit)
    )
    return list(rows)


def acknowledge(db: Db, item: ReviewItem, *, person_id: int, now: datetime) -> bool:
    """A person has it; False if somebody had it already."""
    if item.state != ReviewState.WAITING:
        return False
    item.state, item.acknowledged_by_id, item.acknowledged_at = (
        ReviewState.ACKNOWLEDGED,
        person_id,
        now,
    )
    db.add(item)
    _note(db, item, "acknowledged", now, person_id)
    return True


def close(
    db: Db,
    item: ReviewItem,
    *,
    person_id: int,
    decision: Decision,
    reason: str,
    now: datetime,
    second_person_id: int | None = None,
) -> None:
    """A person's decision. A red needs a second person; every referral needs a reason."""
    if item.state == ReviewState.CLOSED:
        raise NotAllowed(f"{item.ref} is closed already; a decision is never overwritten.")
    if item.tier == Tier.RED and second_person_id in (None, person_id):
        raise NotAllowed(f"{item.ref} is red: a second reviewer must agree before it is closed.")
    needs_reason = item.tier in (Tier.RED, Tier.AMBER) or decision is not Decision.NONE
    if needs_reason and not reason.strip():
        raise NotAllowed("Please give the reason: it is the record of why.")
    acknowledge(db, item, person_id=person_id, now=now)
    item.state, item.decision, item.reason = ReviewState.CLOSED, decision.value, reason.strip()
    item.decided_by_id, item.decided_at = person_id, now
    if decision in (Decision.NONE, Decision.REDACT) and _was_deleted(db, item.pseudonym):
        # Its author deleted it before it was read; now that it was read, it goes.
        item.words, item.pseudonym = "", None
    db.add(item)
    _note(db, item, f"closed: {decision.value}", now, person_id)
    if second_person_id is not None:
        _note(db, item, "agreed by a second person", now, second_person_id)
    audit.record(
        db, at=now, act="concern.close", subject=f"review item {item.ref}", person_id=person_id
    )


def _was_deleted(db: Db, pseudonym: str | None) -> bool:
    if pseudonym is None:
        return False
    state = db.exec(select(SurveySession.state).where(SurveySession.pseudonym == pseudonym)).first()
    return state is SessionState.DELETED


def seen(db: Db, item: ReviewItem, *, person_id: int, now: datetime) -> None:
    """Somebody read the words: that is kept too."""
    _note(db, item, "read", now, person_id)
    audit.record(
        db, at=now, act="concern.read", subject=f"review item {item.ref}", person_id=person_id
    )


def _note(db: Db, item: ReviewItem, what: str, now: datetime, person_id: int | None) -> None:
    assert item.id is not None
    db.add(ReviewEvent(item_id=item.id, at=now, what=what, person_id=person_id))


def events(db: Db, item: ReviewItem) -> list[ReviewEvent]:
    rows = db.exec(
        select(ReviewEvent).where(ReviewEvent.item_id == item.id).order_by(col(ReviewEvent.id))
    )
    return list(rows)


def cover(db: Db, survey_id: int | None) -> tuple[int, ...]:
    """The survey's reviewer and deputy, else everyone with the role."""
    survey = db.get(Survey, survey_id) if survey_id is not None else None
    named = (survey.reviewer_id, survey.deputy_id) if survey is not None else ()
    people = tuple(person_id for person_id in named if person_id is not None)
    return people or tuple(
        person.id for person in people_with(db, Role.REVIEWER) if person.id is not None
    )


def alert(db: Db, ref: str, survey_id: int | None, *, now: datetime, round_: int = 1) -> int:
    """Tells the next person that a text needs them: a reference, never words. How many it reaches.

    The first round goes to the reviewer, later ones to the deputy as well. Where the reviewer
    cannot be reached the deputy hears at once, and where neither can, every reviewer.
    """
    contacts = _reached(db, cover(db, survey_id)) or _reached(db, cover(db, None))
    first = list(contacts)[: 1 if round_ == 1 else None]
    return sum(
        queue(
            db,
            key=f"alert:{ref}:{round_}:{contact.id}",
            intent="concern_alert",
            contact_id=contact.id,
            now=now,
            params={"ref": ref},
            urgency=Urgency.ALERT,
        )
        for contact in (contacts[person_id] for person_id in first)
        if contact.id is not None
    )


def _reached(db: Db, people: tuple[int, ...]) -> dict[int, Contact]:
    """Those of them who can be reached, in their order."""
    contacts = contacts_of(db, people)
    return {person_id: contacts[person_id] for person_id in people if person_id in contacts}


def pass_on(db: Db, *, now: datetime) -> int:
    """Repeats the alert for what is urgent, overdue and not acknowledged; once for each overrun.

    How many alerts were queued. Red repeats every 15 minutes, amber every hour.
    """
    rows = db.exec(
        select(ReviewItem).where(
            ReviewItem.state == ReviewState.WAITING,
            col(ReviewItem.tier).in_([Tier.RED, Tier.AMBER]),
            col(ReviewItem.due_at) <= now,
        )
    ).all()
    queued = _remind_of_overdue(db, now)
    for item in rows:
        every = RED_CLOCK if item.tier == Tier.RED else timedelta(hours=1)
        round_ = 2 + int((now - item.due_at) / every)
        new = alert(db, item.ref, item.survey_id, now=now, round_=round_)
        if new:
            _note(db, item, "passed on", now, None)
        queued += new
    return queued


def overdue(db: Db, now: datetime) -> int:
    """How many texts of every tier wait past their time."""
    late = (col(ReviewItem.state) == ReviewState.WAITING) & (col(ReviewItem.due_at) <= now)
    return db.exec(select(func.count()).select_from(ReviewItem).where(late)).one()


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
