"""Who a link from an e-mail belongs to, and what it is for. Looking changes nothing."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request

from bot.access import Who, who_is
from bot.mailed_links import LinkOver, Mailed, MailedLinks
from bot.messages import DESK, EMAIL, Address
from bot.web.cookies import Visit
from bot.web.limits import WRONG_CODE
from bot.web.site import Site, site_of
from storage.people import Contact, ContactState, Person
from storage.rekeying import contact_of_former_hash

STOP = "stop"
"""The act of a link by which somebody is written to no more; it is never over."""

_ANY_AGE = datetime(1970, 1, 1, tzinfo=UTC)


class NoSuchLink(Exception):
    """The link is none of ours, or was changed on the way."""


class LinkGone(Exception):
    """The link was ours, and whoever had it does not work with us any more."""


class LinkEnded(Exception):
    """The time of the link is over; whose it was."""

    def __init__(self, guest: "Guest") -> None:
        super().__init__("the link is over")
        self.guest = guest


@dataclass(frozen=True, slots=True)
class Guest:
    """One person with one link. `mailbox`: where the link was sent, if it still can be sent to.

    `is_over`: its time is over, and all that it still does is to stop our letters.
    """

    sealed: str = field(repr=False)
    token: str
    made_at: datetime
    who: Who
    agency: str
    email: str = field(repr=False)
    mailbox: Address | None = field(repr=False)
    is_over: bool = False

    @property
    def address(self) -> Address:
        """Who they are to the mailroom."""
        return Address(DESK, "", str(self.who.person_id))

    @property
    def visit(self) -> Visit:
        """Ties the forms of a page to the link by which it was reached."""
        return Visit(key=self.sealed)

    @property
    def path(self) -> str:
        return f"/m/{self.sealed}"


def guest_of(request: Request) -> Guest:
    """Whoever comes by this link. Raises NoSuchLink, LinkGone, LinkEnded and TooMany."""
    site, sealed = site_of(request), request.path_params["sealed"]
    mailed, is_over = _read(site, sealed)
    if mailed is None:
        # What nobody signed is nobody's letter: only somebody who guesses comes often.
        site.limits.count(request, WRONG_CODE)
        raise NoSuchLink
    site.limits.count(request, "desk", of=sealed)
    with site.app.database.reading() as db:
        guest = replace(_guest(db, sealed, mailed), is_over=is_over)
    if is_over and guest.token != STOP:
        raise LinkEnded(guest)
    return guest


def still_open(request: Request) -> Guest:
    """The same for all but stopping: what was written to them is shown while the link is good."""
    guest = guest_of(request)
    if guest.is_over:
        raise LinkEnded(guest)
    return guest


def _read(site: Site, sealed: str) -> tuple[Mailed | None, bool]:
    links = MailedLinks(site.app.settings, site.app.around.keyring)
    try:
        return links.read(sealed, site.now), False
    except LinkOver:
        return links.read(sealed, _ANY_AGE), True


def _guest(db: Db, sealed: str, mailed: Mailed) -> Guest:
    contact = db.exec(
        select(Contact).where(
            Contact.address_hash == mailed.address_hash, col(Contact.person_id).is_not(None)
        )
    ).first() or contact_of_former_hash(db, mailed.address_hash)
    who = who_is(db, contact.person_id) if contact is not None else None
    person = db.get(Person, who.person_id) if who is not None else None
    if contact is None or who is None or person is None:
        raise LinkGone
    can_be_sent = contact.platform == EMAIL and contact.state == ContactState.ACTIVE
    return Guest(
        sealed=sealed,
        token=mailed.token,
        made_at=mailed.made_at,
        who=who,
        agency=person.agency,
        email=person.email or "",
        mailbox=Address(EMAIL, contact.space, contact.address) if can_be_sent else None,
    )
