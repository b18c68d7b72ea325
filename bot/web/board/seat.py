"""Who sits at this browser: the cookie of the board, and the session behind it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import Response

from bot import break_glass
from bot.access import Who, who_acts
from bot.board_links import may_enter
from bot.web.cookies import Visit
from bot.web.site import Site, site_of
from storage.board import BoardSession, find_session

GRACE = timedelta(minutes=10)
"""A page of the queue that was shown in time may still be answered: somebody was writing."""

TOUCHED_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Seat:
    """A browser in which somebody is signed in, as things stand now."""

    session_id: int
    secret: str = field(repr=False)
    who: Who
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    review_until: datetime | None
    glass_until: datetime | None = None

    @property
    def visit(self) -> Visit:
        """Ties the forms of a page to this session."""
        return Visit(key=self.secret)

    def is_fresh(self, now: datetime, grace: timedelta = timedelta(0)) -> bool:
        """Whether a link was used so shortly before that the queue may be shown."""
        return self.review_until is not None and now < self.review_until + grace


def cookie_name(request: Request) -> str:
    """Browsers keep the longer name to https and to this one place."""
    return "__Host-board" if is_secure(request) else "board"


def is_secure(request: Request) -> bool:
    """Whether people come by https, perhaps through a proxy that ends it."""
    return site_of(request).cookies.is_secure(request)


def give_cookie(request: Request, response: Response, secret: str) -> None:
    """For this browser session alone, out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(request),
        secret,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Takes it back, and all that the browser has kept of the pages."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def secret_of(request: Request) -> str:
    """What the cookie carries; empty without one."""
    return request.cookies.get(cookie_name(request), "")


def seat_of(db: Db, site: Site, secret: str) -> tuple[Seat | None, int | None]:
    """Who is signed in, and the session that is over and has to be ended, where it is."""
    row = find_session(db, site.app.around.keyring, secret) if secret else None
    if row is None or row.id is None:
        return None, None
    who = who_acts(db, row.person_id, site.app.around)
    if who is None or not may_enter(who) or _is_over(site, row):
        return None, row.id
    glass = break_glass.live(db, row.person_id, site.now)
    seat = Seat(
        session_id=row.id,
        secret=secret,
        who=who,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        review_until=row.review_until,
        glass_until=glass.ends if glass is not None else None,
    )
    return seat, None


def _is_over(site: Site, row: BoardSession) -> bool:
    """Its hours are over, or nobody did anything for too long."""
    idle = timedelta(minutes=site.app.settings.board.idle_minutes)
    return site.now >= row.ends_at or site.now - row.seen_at >= idle
