"""Calendars to subscribe to: the page that makes and ends them, and what their addresses show."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import calendar_feed
from bot.calendar_feed import NoCalendar
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.plan_filters import number_of
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.public.caching import for_everybody
from bot.web.site import site_of


async def shown(request: Request, seat: Seat) -> Response:
    """GET /calendar."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: makes a calendar, whose address is shown once, or ends one."""
    sent, site = await form_of(request, seat), site_of(request)
    around = site.app.around
    if sent.one("do") == "end":
        feed_id = number_of(sent.one("feed"))
        mine = seat.who.person_id
        await write(request, lambda db: calendar_feed.end(db, feed_id, mine, around.now))
        return RedirectResponse("/calendar?done=end", 303)
    if sent.one("do") != "make":
        raise Forged("no act of ours")
    group = number_of(sent.one("group")) or None
    try:
        token = await write(request, lambda db: calendar_feed.make(db, seat.who, around, group))
    except NoCalendar as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return await _drawn(request, seat, address=calendar_feed.address_of(token, around))


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    who = seat.who
    feeds, groups = await read(
        request,
        lambda db: (calendar_feed.feeds_of(db, who.person_id), calendar_feed.groups_of(db, who)),
    )
    shown = {"done": "", "problem": "", "address": "", "typed": Sent(), **given}
    return draw(request, "calendar", seat, status, feeds=feeds, bodies=groups, **shown)


async def served(request: Request) -> Response:
    """GET /calendar/{token}.ics, without signing in: the address itself is the key."""
    token, around = request.path_params["token"], site_of(request).app.around
    found = await read(request, lambda db: calendar_feed.served(db, token, around))
    if found is None:
        raise HTTPException(404)
    response = Response(found.content, media_type="text/calendar; charset=utf-8")
    kept = for_everybody(request, response, found.changed)
    kept.headers["Cache-Control"] = "private, max-age=300"  # nobody else's cache may have it
    kept.headers["Vary"] = "Accept-Encoding"
    return kept


async def served_inside(request: Request, _: Seat | None) -> Response:
    """The same on the board's own address."""
    return await served(request)
