"""The queue in an emergency: who may open it, what happens then, and looking at it afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, update
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import break_glass
from bot.access import Right
from bot.break_glass import NotOpened
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from storage.board import BoardSession
from storage.break_glass import BreakGlass
from storage.people import Role, names_of
from storage.rows import change


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that it was opened. `reason` is empty for who may not read it."""

    id: int
    who: str
    reason: str
    begins: datetime
    ends: datetime
    seen_by: str
    may_confirm: bool
    may_end: bool


async def shown(request: Request, seat: Seat) -> Response:
    """GET /break-glass."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: opens the queue, ends that sooner, or says that a reviewer has looked at it."""
    sent = await form_of(request, seat)
    work = {"open": _open, "end": _end, "seen": _seen}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    site = site_of(request)
    try:
        to = await write(request, lambda db: work(db, site, seat, sent))
    except NotOpened as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(to, 303)


def _open(db: Db, site: Site, seat: Seat, sent: Sent) -> str:
    if not seat.who.may(Right.BREAK_GLASS):
        raise NotOpened("the settings do not allow your role to open the queue in an emergency")
    around = site.app.around
    trace_reason = sent.one("trace_reason") if sent.one("traces") else ""
    if sent.one("traces") and not trace_reason.strip():
        raise NotOpened("say in a second sentence why you have to find out who wrote it")
    if seat.glass_until is None:  # else it was pressed twice
        row = break_glass.open_glass(
            db, seat.who, sent.one("reason"), around, trace_reason=trace_reason
        )
        mine = col(BoardSession.id) == seat.session_id
        change(db, update(BoardSession).where(mine).values(review_until=row.ends))
    return "/concerns"


def _end(db: Db, site: Site, seat: Seat, sent: Sent) -> str:
    row = _row(db, sent)
    if row is not None and break_glass.may_end(seat.who, row):
        break_glass.end_glass(db, row, seat.who.person_id, site.now)
    return "/break-glass?done=ended"


def _seen(db: Db, site: Site, seat: Seat, sent: Sent) -> str:
    row = _row(db, sent)
    if row is not None:
        break_glass.confirm(db, row, seat.who, site.now)
    return "/break-glass?done=seen"


def _row(db: Db, sent: Sent) -> BreakGlass | None:
    typed = sent.one("glass")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 10
    return db.get(BreakGlass, int(typed)) if is_number else None


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site = site_of(request)
    found = await read(request, lambda db: _openings(db, site, seat))
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(
        request,
        "glass",
        seat,
        status,
        openings=found,
        may_open=seat.who.may(Right.BREAK_GLASS) and seat.glass_until is None,
        minutes=site.app.settings.concerns.break_glass_minutes,
        **shown,
    )


def _openings(db: Db, site: Site, seat: Seat) -> tuple[Opening, ...]:
    rows = break_glass.recent(db)
    names = names_of(db, [one for row in rows for one in (row.person_id, row.seen_by_id)])
    is_reviewer = break_glass.may_read_reason(seat.who)
    me = seat.who.person_id
    return tuple(
        Opening(
            id=row.id or 0,
            who=names.get(row.person_id, ""),
            reason=row.reason if is_reviewer or row.person_id == me else "",
            begins=row.begins,
            ends=row.ends,
            seen_by=names.get(row.seen_by_id, ""),
            may_confirm=Role.REVIEWER in seat.who.roles
            and row.seen_by_id is None
            and row.person_id != me,
            may_end=row.ends > site.now and break_glass.may_end(seat.who, row),
        )
        for row in rows
    )
