"""Everything that waits for this person: one press and a line each."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.web.board.decisions_taken import NotTaken, take
from bot.web.board.decisions_view import desk_of
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.forms import Sent
from bot.web.site import site_of


async def waiting(request: Request, seat: Seat) -> Response:
    """GET /decisions."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: one thing is decided."""
    sent = await form_of(request, seat)
    around = site_of(request).app.around
    try:
        done = await write(request, lambda db: take(db, around, seat.who, sent))
    except NotTaken as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/decisions?done={done}", 303)


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    """With a problem, what was typed stays in the form that it was typed into."""
    today, who = site_of(request).app.around.today, seat.who
    found = await read(
        request,
        lambda db: desk_of(db, who.person_id, today=today, drafts=who.may(Right.APPROVE)),
    )
    if not who.may(Right.SETTLE_IMPORT):
        found = replace(found, doubtful=())
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(request, "decisions", seat, status, desk=found, here="/decisions", **shown)
