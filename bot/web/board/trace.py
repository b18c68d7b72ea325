"""Finding who wrote a text: a page of its own, a reason, and the answer is shown once."""

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import Response

from bot.web.board.concern import drawn, item_of
from bot.web.board.frame import form_of, write
from bot.web.board.seat import Seat
from bot.web.site import site_of
from surveys import concerns
from surveys.concerns import Traced, Untraceable


async def asked(request: Request, seat: Seat) -> Response:
    """GET /concerns/{ref}/trace: what it means, and the field for the reason."""
    return await drawn(request, seat, name="trace")


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: looks, and puts on record that it was asked. The answer is no page to come back to."""
    sent = await form_of(request, seat)
    now, reason = site_of(request).now, sent.one("reason")[:2000]

    def look(db: Db) -> Traced | Untraceable:
        item = item_of(db, request)
        return concerns.trace(db, item, person_id=seat.who.person_id, reason=reason, now=now)

    try:
        found = await write(request, look)
    except concerns.NotAllowed as error:
        return await drawn(request, seat, 422, name="trace", typed=sent, problem=str(error))
    return await drawn(request, seat, name="trace", found=found)
