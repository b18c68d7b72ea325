"""How far what was published has come: who was told, who was not and why. Never who said what."""

from datetime import date
from functools import partial

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged
from bot.web.site import Site, site_of
from digests import delivery
from digests.delivery_view import sending, sendings
from digests.drawing_svg import inline
from digests.loop_figures import LoopFigures, loop_figures
from digests.loop_flow import flow, reasons, sentences, why
from digests.period import Period
from digests.themes import Refused
from digests.told_text import told_text
from storage.language import HOME


async def listed(request: Request, seat: Seat) -> Response:
    """GET /delivery: the loop of this quarter, and each publication."""
    site = site_of(request)
    figures = await read(request, partial(_figures, site))
    found = await read(request, sendings)
    picture = flow(figures)
    return draw(
        request,
        "delivery",
        seat,
        figures=figures,
        picture=picture,
        drawn=inline(picture.drawing, picture.alt),
        sentences=sentences(figures),
        reasons=reasons(figures),
        sendings=found,
        why=why,
    )


def _figures(site: Site, db: Db) -> LoopFigures:
    around = site.app.around
    return loop_figures(db, _quarter(around.today), calendar=around.calendar)


def _quarter(today: date) -> Period:
    return Period.quarter_of(today)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /delivery/{ref}."""
    return await _drawn(request, seat, done=request.query_params.get("told", "")[:8])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: those who were not reached are tried again; a second press queues nothing new."""
    sent = await form_of(request, seat)
    if sent.one("do") != "again":
        raise Forged("no act of ours")
    ref, person_id, now = _ref(request), seat.who.person_id, site_of(request).now
    if not seat.who.may(Right.PUBLISH):
        problem = "Only a voice lead or a business manager can tell people again."
        return await _drawn(request, seat, 403, problem=problem)
    try:
        told = await write(
            request, lambda db: delivery.tell_again(db, ref, person_id=person_id, now=now)
        )
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error))
    return RedirectResponse(f"/delivery/{ref}?told={'some' if told else 'none'}", 303)


def _ref(request: Request) -> int:
    ref = request.path_params["ref"]
    return int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 10 else 0


async def _drawn(
    request: Request, seat: Seat, status: int = 200, *, problem: str = "", done: str = ""
) -> Response:
    ref = _ref(request)
    found = await read(request, lambda db: sending(db, ref))
    if found is None:
        return trouble(request, "nothing", 404, seat)
    text = await read(request, lambda db: told_text(db, ref, HOME))
    return draw(
        request,
        "delivery_one",
        seat,
        status,
        one=found,
        text=text,
        why=why,
        problem=problem,
        done=done,
        public=site_of(request).app.settings.links.web.rstrip("/"),
        may_tell=seat.who.may(Right.PUBLISH),
    )
