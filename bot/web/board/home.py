"""The front page by role, and which doors of the program work."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import func, select
from starlette.requests import Request
from starlette.responses import Response

from bot.access import Right
from bot.doors import by_state, doors
from bot.web.board.frame import draw, read
from bot.web.board.seat import Seat
from bot.web.site import site_of
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


async def home(request: Request, seat: Seat) -> Response:
    """GET /."""
    now = site_of(request).now
    found = await read(request, lambda db: _now(db, now))
    can_count = seat.who.may(Right.COUNTS) or seat.who.may(Right.REVIEW)
    return draw(request, "home", seat, standing=found if can_count else None)


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
