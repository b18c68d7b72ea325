"""Finding those who never wrote: the platforms are asked where their work e-mail is at home.

A chat is looked for also where e-mail works already. Somebody who removed us is left in peace.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.messages import EMAIL, Address
from bot.people import link, note_connected
from bot.standing import address_hash
from storage.people import PAGER, TERMINAL, UNSENT, Contact, ContactState, Person, Preferences

if TYPE_CHECKING:
    from bot.app import App
    from storage.database import Database

MOST_LOOKUPS = 40
ASK_AGAIN = timedelta(days=1)

Find = Callable[[str], Awaitable[Address | None]]

_not_found: WeakKeyDictionary["Database", dict[str, datetime]] = WeakKeyDictionary()
"""When nothing new was found for somebody, by the keyed hash of their e-mail."""


@dataclass(frozen=True, slots=True)
class ReachReport:
    """How many were looked for and newly connected; `left` wait for the next time."""

    looked: int = 0
    found: int = 0
    left: int = 0


async def reach(
    app: "App", find: Find, *, anew: bool = False, most: int = MOST_LOOKUPS
) -> ReachReport:
    """Connects active people with where `find` says that they are.

    `anew`: also those who were looked for within the last day, as when another platform opened.
    """
    wanted = await app.writer.run(lambda: _wanted(app))
    looked_at = _not_found.setdefault(app.database, {})
    if not anew:
        wanted = [one for one in wanted if _may_look(looked_at.get(one[1]), app.around.now)]
    found = 0
    for person_id, digest, email in wanted[:most]:
        address = await find(email)
        is_new = address is not None and await app.writer.run(
            lambda to=address, who=person_id: _connect(app, who, to)  # type: ignore[misc]
        )
        found += is_new
        if not is_new:
            looked_at[digest] = app.around.now
    return ReachReport(min(len(wanted), most), found, max(len(wanted) - most, 0))


def _may_look(looked_at: datetime | None, now: datetime) -> bool:
    return looked_at is None or now - looked_at >= ASK_AGAIN


def _wanted(app: "App") -> list[tuple[int, str, str]]:
    """People who can be reached in no chat; those who can be reached nowhere come first."""
    with app.database.reading() as db:
        people = db.exec(
            select(Person)
            .where(Person.active, col(Person.email_hash).is_not(None))
            .order_by(col(Person.id))
        ).all()
        chats, mails = _reached(db)
        content = set(db.exec(select(Preferences.person_id).where(Preferences.platform == EMAIL)))
        found = [
            (person.id in mails, person.id, person.email_hash, person.email)
            for person in people
            if person.id not in chats and not (person.id in mails and person.id in content)
        ]
    return [
        (person_id, digest, email)
        for _, person_id, digest, email in sorted(found, key=lambda one: (one[0], one[1] or 0))
        if person_id is not None and digest and email
    ]


def _reached(db: Db) -> tuple[set[int | None], set[int | None]]:
    """Who is reached in a chat, and who by e-mail."""
    rows = db.exec(
        select(Contact.person_id, Contact.platform).where(
            col(Contact.person_id).is_not(None),
            Contact.state == ContactState.ACTIVE,
            col(Contact.platform).not_in((*UNSENT, PAGER, TERMINAL)),
        )
    ).all()
    chats = {person_id for person_id, platform in rows if platform != EMAIL}
    return chats, {person_id for person_id, platform in rows if platform == EMAIL}


def _connect(app: "App", person_id: int, address: Address) -> bool:
    """Connects them with an address that is nobody's; False where it is known already."""
    with app.database.writing() as db:
        person = db.get(Person, person_id)
        digest = address_hash(db, address)
        known = db.exec(select(Contact).where(col(Contact.address_hash) == digest)).first()
        if person is None or not person.active:
            return False
        if known is not None and (known.person_id or known.state is not ContactState.ACTIVE):
            return False
        link(db, person, address)
        note_connected(db, "person_found", person_id, address.platform, now=app.around.now)
        return True
