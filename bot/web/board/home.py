"""The front page by role, and which doors of the program work."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import func, select
from starlette.requests import Request
from starlette.responses import Response

from bot.access import Right
from bot.board_pages import NEEDS
from bot.doors import by_state, doors
from bot.web.board.frame import draw, read
from bot.web.board.seat import Seat
from bot.web.site import site_of
from digests.owed import Why, owed
from reminders.decisions import waiting_for
from storage.break_glass import unseen
from storage.concerns import ReviewItem, ReviewState
from surveys import concerns


@dataclass(frozen=True, slots=True)
class Now:
    """Counts for the front page; no word of any text."""

    reds: int
    waiting: int
    overdue: int
    on_call: tuple[str, ...]
    glasses: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for whoever opened the page: decisions, rows of an import, replies owed."""

    decisions: int
    doubtful: int
    late: int
    replies: int


async def home(request: Request, seat: Seat) -> Response:
    """GET /."""
    now = site_of(request).now
    found = await read(request, lambda db: _now(db, now))
    can_count = seat.who.may(Right.COUNTS) or seat.who.may(Right.REVIEW)
    waits = await read(request, lambda db: _for_them(db, request, seat))
    return draw(request, "home", seat, standing=found if can_count else None, waits=waits)


def _for_them(db: Db, request: Request, seat: Seat) -> ToDo:
    """What waits for this person, where they may open the page on which it is done."""
    site, who = site_of(request), seat.who
    found = waiting_for(db, who.person_id) if NEEDS["/decisions"].lets_in(who) else None
    today = site.app.around.today
    replies = owed(db, today=today, before=site.now) if who.may(Right.PUBLISH) else ()
    return ToDo(
        decisions=len(found) - len(found.doubtful) if found else 0,
        doubtful=len(found.doubtful) if found and who.may(Right.SETTLE_IMPORT) else 0,
        late=sum(one.why is Why.LATE for one in replies),
        replies=len(replies),
    )


def _now(db: Db, now: datetime) -> Now:
    waits = ReviewItem.state == ReviewState.WAITING
    count = select(func.count()).select_from(ReviewItem).where(waits)
    return Now(
        reds=db.exec(count.where(ReviewItem.tier == "red")).one(),
        waiting=db.exec(count).one(),
        overdue=concerns.overdue(db, now),
        on_call=tuple(person.name for person in concerns.on_call(db, now)),
        glasses=len(unseen(db)),
    )


async def state(request: Request, seat: Seat) -> Response:
    """GET /state: which doors work."""
    states = by_state(doors(site_of(request).app.settings))
    return draw(request, "state", seat, states=states)
