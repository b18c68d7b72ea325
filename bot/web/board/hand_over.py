"""The hand-over at the close of hours: what passes to whom, and one press."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.site import site_of
from surveys import concerns


async def offered(request: Request, seat: Seat) -> Response:
    """GET /concerns/hand-over."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: everything unread of theirs passes to the on-call; a second press passes nothing."""
    await form_of(request, seat)
    around = site_of(request).app.around
    clocks = around.settings.concerns.clocks()
    try:
        await write(
            request,
            lambda db: concerns.hand_over(
                db, seat.who.person_id, around.now, calendar=around.calendar, clocks=clocks
            ),
        )
    except concerns.NotAllowed as error:
        return await _drawn(request, seat, 409, problem=str(error))
    return RedirectResponse("/concerns/hand-over?done=handed", 303)


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: str) -> Response:
    around = site_of(request).app.around
    clocks = around.settings.concerns.clocks()
    found = await read(
        request,
        lambda db: concerns.hand_over_of(
            db, seat.who.person_id, around.now, calendar=around.calendar, clocks=clocks
        ),
    )
    shown = {"done": "", "problem": "", **given}
    return draw(request, "hand_over", seat, status, over=found, **shown)
