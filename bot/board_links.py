"""One-time links to the pages inside: for whom, how often, and into which channel they go."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from bot.access import Right, Who, who_acts
from bot.board_pages import NEEDS
from bot.circumstances import Circumstances
from storage.board import SignInLink, links_since, new_link, token_of
from storage.mail import Urgency, queue
from storage.people import contacts_of

SERVED = frozenset[Right]().union(*(need.rights for need in NEEDS.values()))
"""Whoever has one of these finds something on the board; nobody else gets a link."""

QUEUE = "/concerns"
GUARDED_AGAIN = (QUEUE, "/break-glass")
"""Where a link of its own is asked for, however long somebody is signed in."""

MOST_FROM_OUTSIDE = 5
MOST_KNOWN = 20
"""Links to one person in an hour: asked for by anybody who knows their e-mail, by themselves."""

_HOUR = timedelta(hours=1)
_OURS = re.compile(r"(?:/[A-Za-z0-9_-]{1,40}){1,3}|/")


@dataclass(frozen=True, slots=True)
class Asking:
    """What a link is asked for. `is_known`: by somebody who has shown who they are."""

    leads_to: str = "/"
    is_known: bool = False

    @property
    def opens_queue(self) -> bool:
        return self.leads_to.startswith(GUARDED_AGAIN)


def ours(path: str) -> str:
    """A path of the board, from wherever it came; the front page for anything else."""
    return path if _OURS.fullmatch(path) else "/"


def may_enter(who: Who | None) -> bool:
    """Whether the board has anything for them."""
    return who is not None and bool(who.rights & SERVED)


def send_link(
    db: Db,
    person_id: int,
    around: Circumstances,
    asking: Asking,
    *,
    contact_id: int | None = None,
) -> bool:
    """Puts a link on its way to where we usually write to them, or to the contact that is given.

    False where they may not enter, have left, cannot be reached, or were sent too many.
    """
    now = around.now
    most = MOST_KNOWN if asking.is_known else MOST_FROM_OUTSIDE
    if not may_enter(who_acts(db, person_id, around)):
        return False
    if links_since(db, person_id, now - _HOUR) >= most:
        return False
    contact_id = contact_id or _usual(db, person_id)
    if contact_id is None:
        return False
    link = new_link(
        db,
        around.keyring,
        person_id,
        now=now,
        good_for=timedelta(minutes=around.settings.board.link_minutes),
        leads_to=asking.leads_to,
        opens_queue=asking.opens_queue,
    )
    return queue(
        db,
        key=f"board-link:{link.digest}:{contact_id}",
        intent="board_link",
        contact_id=contact_id,
        now=now,
        params={"link": link.id},
        urgency=Urgency.ALERT,
        lapses_at=link.ends_at,
    )


def _usual(db: Db, person_id: int) -> int | None:
    contact = contacts_of(db, [person_id]).get(person_id)
    return contact.id if contact is not None else None


def address_of(link: SignInLink, around: Circumstances) -> str:
    """The whole address; made when it is sent, and kept nowhere."""
    base = around.settings.links.board.rstrip("/")
    return f"{base}/sign-in/{token_of(around.keyring, link)}" if base else ""


def is_good(link: SignInLink, now: datetime) -> bool:
    """Whether it still signs in: not used, not over."""
    return link.used_at is None and now < link.ends_at
