"""Deadlines as a picture for each priority, with the same as a table."""

from starlette.requests import Request
from starlette.responses import Response

from bot.seen_plan import scope_of
from bot.web.board.frame import draw, read
from bot.web.board.plan_filters import Links, wanted_of
from bot.web.board.seat import Seat
from bot.web.site import site_of
from digests.drawing_svg import inline
from digests.timeline import deadlines


async def shown(request: Request, seat: Seat) -> Response:
    """GET /plan/timeline: whatever /plan would list under the same address."""
    wanted, today = wanted_of(request.query_params), site_of(request).app.around.today
    scope = scope_of(seat.who)
    found = await read(request, lambda db: deadlines(db, scope, wanted, today=today))
    return draw(
        request,
        "timeline",
        seat,
        found=found,
        to=Links("/plan/timeline", wanted),
        wanted=wanted,
        inline=inline,
    )
