"""The keys by which each event is taken once; of anonymous surveys they lead back to no event."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, tuple_
from sqlmodel import Session as Db

from bot.messages import Incoming, storable
from bot.standing import AddressKey, Standing, key_of
from storage.database import insert_new
from storage.mail import InboxKey
from storage.types import keyring_of
from surveys.anonymous import surveys_of

EventKey = tuple[str, str, str]
_SATURDAY = 5


def event_key(message: Incoming) -> EventKey:
    """What is stored of an event."""
    return (message.platform, storable(message.space, 64), storable(message.event_id, 128))


def insert_keys(db: Db, messages: Sequence[Incoming], today: date) -> set[EventKey]:
    """The keys that were not there before. Sorted, so that two nodes cannot deadlock."""
    return _insert(db, {event_key(message) for message in messages}, today)


def _insert(db: Db, keys: Collection[EventKey], today: date) -> set[EventKey]:
    rows = [
        {"platform": platform, "space": space, "event_id": event_id, "received_on": today}
        for platform, space, event_id in sorted(keys)
    ]
    found = insert_new(db, InboxKey, rows, InboxKey.platform, InboxKey.space, InboxKey.event_id)
    return {tuple(row) for row in found}


def nameless_of(db: Db, standings: Iterable[Standing]) -> set[int]:
    """The contacts among these who take part in an anonymous survey, or did."""
    several = [one for one in standings if one.person_id is None]
    found = {one.contact_id for one in several if one.running and one.running.is_anonymous}
    idle = [one.contact_id for one in several if one.running is None]
    return found | surveys_of(db, idle).keys() if idle else found


def hide_keys(
    db: Db,
    fresh: Sequence[Incoming],
    standings: Mapping[AddressKey, Standing],
    nameless: Collection[int],
) -> list[Incoming]:
    """Puts keyed hashes in place of these contacts' keys, and the end of the week for the day.

    Gives back what was there before under its hash: it came twice.
    """
    theirs = [one for one in fresh if standings[key_of(one.sender)].contact_id in nameless]
    if not theirs:
        return []
    table = InboxKey.__table__  # type: ignore[attr-defined]
    plain = tuple_(table.c.platform, table.c.space, table.c.event_id)
    today = db.connection().execute(
        delete(table)
        .where(plain.in_([event_key(one) for one in theirs]))
        .returning(table.c.received_on)
    )
    week = _end_of_week(next(iter(today.scalars().all())))
    hashed = {id(one): _hashed(db, event_key(one)) for one in theirs}
    new = _insert(db, set(hashed.values()), week)
    return [one for one in theirs if hashed[id(one)] not in new]


def _hashed(db: Db, key: EventKey) -> EventKey:
    keyring = keyring_of(db.connection().dialect)
    return ("", "", keyring.fingerprint("event", *key))


def _end_of_week(today: date) -> date:
    return today + timedelta(days=(_SATURDAY - today.weekday()) % 7)
