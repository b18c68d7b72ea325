"""The rota: who is on call and when, where nobody is, adding a turn and taking one out."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from storage.people import Person, Role, people_with
from surveys import concerns
from surveys.clock_words import read_instant
from surveys.concerns import Gap, NotAllowed, Shift

AHEAD = timedelta(days=28)
"""How far the page looks."""


@dataclass(frozen=True, slots=True)
class Rota:
    """What the page shows."""

    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    reviewers: tuple[Person, ...] = field(repr=False)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /rota."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: adds a turn, or takes one out."""
    sent = await form_of(request, seat)
    work = {"add": _add, "remove": _remove}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    site = site_of(request)
    try:
        await write(request, lambda db: work(db, site, seat, sent))
    except NotAllowed as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/rota?done={sent.one('do')}", 303)


def _add(db: Db, site: Site, seat: Seat, sent: Sent) -> None:
    starts, ends = read_instant(sent.one("starts")), read_instant(sent.one("ends"))
    if starts is None or ends is None:
        raise NotAllowed("Please give the day and the time of both, such as 2023-12-04 17:00.")
    person_id = _number(sent.one("person"))
    if person_id is None:
        raise NotAllowed("Please choose who is on call.")
    same = [
        one
        for one in concerns.shifts(db, starts, ends)
        if (one.person_id, one.starts_at, one.ends_at) == (person_id, starts, ends)
    ]
    if not same:  # else it was pressed twice
        concerns.add_shift(db, person_id, starts, ends, now=site.now, by_id=seat.who.person_id)


def _remove(db: Db, site: Site, seat: Seat, sent: Sent) -> None:
    shift_id = _number(sent.one("shift"))
    if shift_id is not None and any(one.id == shift_id for one in concerns.shifts(db)):
        concerns.remove_shift(db, shift_id, now=site.now, by_id=seat.who.person_id)


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_one else None


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site = site_of(request)
    found = await read(request, lambda db: _rota(db, site))
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(request, "rota", seat, status, rota=found, **shown)


def _rota(db: Db, site: Site) -> Rota:
    around, until = site.app.around, site.now + AHEAD
    clocks = around.settings.concerns.clocks()
    return Rota(
        shifts=tuple(concerns.shifts(db, site.now)),
        gaps=tuple(concerns.gaps(db, site.now, until, calendar=around.calendar, clocks=clocks)),
        reviewers=tuple(people_with(db, Role.REVIEWER)),
    )
