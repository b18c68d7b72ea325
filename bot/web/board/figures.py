"""Figures of the queue: how many, and whether the clock was kept. Never a text, never a person."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.web.board.frame import draw, read
from bot.web.board.seat import Seat
from bot.web.site import site_of
from surveys import concerns

DAYS = (7, 30, 90, 365)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /concerns/figures."""
    now = site_of(request).now
    wanted = request.query_params.get("days", "")
    days = int(wanted) if wanted in map(str, DAYS) else DAYS[1]
    begins = now - timedelta(days=days)
    found = await read(request, lambda db: concerns.figures(db, begins, now, now=now))
    return draw(request, "figures", seat, figures=found, days=days, every=DAYS)
