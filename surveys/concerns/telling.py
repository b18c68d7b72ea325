"""What people are told beside the alerts: who has it, that a second person is wanted."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from storage.calendar import LONDON
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.mail import Outbox, Urgency, queue
from storage.people import PAGER, Contact, Role, contacts_of, everywhere, people_with
from surveys.concerns.circle import cover

ALERTED = "alerted"


def alert_key(item: ReviewItem, round_: int, contact_id: int) -> str:
    """The key of one alert: a round is claimed by one node, and tells each place once."""
    return f"alert:{item.ref}:{round_}:{contact_id}"


def taken_key(item: ReviewItem, contact_id: int) -> str:
    """The key of the message that says, in place of an alert, who has it."""
    return f"taken:{item.ref}:{item.alerts}:{contact_id}"


def hears_of_it(db: Db, item: ReviewItem, contact_id: int) -> bool:
    """Whether that message goes to this place, so that nothing else need be said there."""
    wanted = col(Outbox.dedupe_key) == taken_key(item, contact_id)
    return db.exec(select(Outbox.id).where(wanted)).first() is not None


def told(db: Db, item: ReviewItem) -> set[int]:
    """Everybody who was ever alerted of it."""
    rows = db.exec(
        select(ReviewEvent.person_id).where(
            ReviewEvent.item_id == item.id, ReviewEvent.what == ALERTED
        )
    )
    return {one for one in rows if one is not None}


def tell_taken(db: Db, item: ReviewItem, *, now: datetime) -> None:
    """Whoever was alerted reads, in place of the alert, who has it since when."""
    if not item.alerts:
        return
    for contact, alert in _alerted(db, item):
        assert contact.id is not None
        if contact.platform == "email" and contact.person_id == item.acknowledged_by_id:
            continue
        queue(
            db,
            key=taken_key(item, contact.id),
            intent="concern_taken",
            contact_id=contact.id,
            now=now,
            params={"ref": item.ref, "at": alert.external_id},
            urgency=Urgency.ALERT,
        )


def _alerted(db: Db, item: ReviewItem) -> list[tuple[Contact, Outbox]]:
    """Every place that was sent an alert in the last rounds, with the last of them."""
    places = everywhere(db, told(db, item))
    contacts = {
        contact.id: contact
        for found in places.values()
        for contact in found
        if contact.id is not None and contact.platform != PAGER
    }
    rounds = range(max(1, item.alerts - 3), item.alerts + 1)
    keys = {alert_key(item, round_, one): one for one in contacts for round_ in rounds}
    rows = db.exec(
        select(Outbox)
        .where(col(Outbox.dedupe_key).in_(list(keys)), col(Outbox.outcome) == "sent")
        .order_by(col(Outbox.id))
    )
    last = {keys[row.dedupe_key]: row for row in rows}
    return [(contacts[contact_id], row) for contact_id, row in last.items()]


def ask_for_second(db: Db, item: ReviewItem, *, now: datetime) -> int:
    """The other one of reviewer and deputy, else every other reviewer, is asked to look."""
    pair = [one for one in cover(db, item.survey_id) if one != item.decided_by_id]
    others = [
        one.id
        for one in people_with(db, Role.REVIEWER)
        if one.id is not None and one.id != item.decided_by_id
    ]
    places = contacts_of(db, pair) or contacts_of(db, others)
    return _say(db, item, "concern_second", places.values(), now)


def tell_disagreed(db: Db, item: ReviewItem, *, person_id: int | None, now: datetime) -> int:
    """Whoever decided hears that it is theirs again."""
    places = contacts_of(db, [person_id] if person_id is not None else [])
    return _say(db, item, "concern_disagreed", places.values(), now)


def _say(db: Db, item: ReviewItem, intent: str, contacts: Iterable[Contact], now: datetime) -> int:
    """Once for each decision, and once more every day while it waits."""
    day = now.astimezone(LONDON).date()
    decided = item.decided_at or now
    return sum(
        queue(
            db,
            key=f"{intent}:{item.ref}:{decided:%m%d%H%M%S}:{day}:{contact.id}",
            intent=intent,
            contact_id=contact.id,
            now=now,
            params={"ref": item.ref},
            urgency=Urgency.ALERT,
        )
        for contact in contacts
        if contact.id is not None
    )


def ask_again(db: Db, *, now: datetime) -> int:
    """Whatever waits for a second person is asked for again, once a day."""
    rows = db.exec(select(ReviewItem).where(ReviewItem.state == ReviewState.PROPOSED)).all()
    return sum(ask_for_second(db, item, now=now) for item in rows)
