"""The plan: actions by priority, subgroup, lead, colour and date, as far as somebody sees them."""

from starlette.requests import Request
from starlette.responses import Response

from bot.access import Right
from bot.seen_plan import scope_of
from bot.web.board.frame import draw, read
from bot.web.board.plan_filters import Links, number_of, wanted_of
from bot.web.board.seat import Seat
from bot.web.site import site_of
from digests.plan_board import plan_board


async def listed(request: Request, seat: Seat) -> Response:
    """GET /plan."""
    wanted, today = wanted_of(request.query_params), site_of(request).app.around.today
    scope = scope_of(seat.who)
    found = await read(request, lambda db: plan_board(db, scope, wanted, today=today))
    done = request.query_params.get("done", "")
    return draw(
        request,
        "plan",
        seat,
        found=found,
        wanted=wanted,
        to=Links("/plan", wanted),
        sees_all=scope.everything,
        may_import=seat.who.may(Right.SETTLE_IMPORT),
        done=done if done in ("imported", "unchanged") else "",
        doubtful=number_of(request.query_params.get("doubtful", "")),
    )
