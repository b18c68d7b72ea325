"""Readings from a sheet: what it would enter is shown first; then all of it is kept, or nothing.

The file is carried by the page between the two, and read again when it is kept.
"""

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.measures import kept_by, only_of
from bot.web.board.frame import draw, read, write
from bot.web.board.indicators import refused
from bot.web.board.seat import Seat
from bot.web.board.uploads import Upload, carried_of, upload_of
from bot.web.forms import Sent, TooLarge
from bot.web.site import Site, site_of
from digests.reading_file import Preview, keep, preview

MOST = 1_000_000
_TOO_LARGE = "The file has more than 1 MB. Leave the sheet of readings in it and nothing else."


async def asked(request: Request, seat: Seat) -> Response:
    """GET /indicators/import."""
    if not await read(request, lambda db: _may(db, seat)):
        return await refused(request, seat)
    return _page(request, seat)


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: shows what a file would enter, or enters what was shown."""
    if not await read(request, lambda db: _may(db, seat)):
        return await refused(request, seat)
    try:
        sent, upload = await upload_of(request, seat, MOST)
    except TooLarge:
        return _page(request, seat, 413, problem=_TOO_LARGE)
    if sent.one("do") == "keep":
        return await _kept(request, seat, sent)
    if upload is None:
        return _page(request, seat, 422, problem="Please choose the file that has the readings.")
    site = site_of(request)
    found = await read(request, lambda db: _look(db, site, seat, upload))
    return _page(request, seat, found=found, upload=upload)


async def _kept(request: Request, seat: Seat, sent: Sent) -> Response:
    site, upload = site_of(request), carried_of(sent)

    def keeping(db: Db) -> Preview:
        found = _look(db, site, seat, upload)
        if found.is_whole:
            around = site.app.around
            keep(db, found, now=around.now, today=around.today, person_id=seat.who.person_id)
        return found

    found = await write(request, keeping)
    if not found.is_whole:  # another plan by now, or another role
        return _page(request, seat, 409, found=found, upload=upload)
    return RedirectResponse("/indicators?done=imported", 303)


def _may(db: Db, seat: Seat) -> bool:
    return seat.who.may(Right.READINGS) or bool(kept_by(db, seat.who.person_id))


def _look(db: Db, site: Site, seat: Seat, upload: Upload) -> Preview:
    with upload.on_disk() as path:
        return preview(db, path, today=site.app.around.today, only=only_of(db, seat.who))


def _page(
    request: Request,
    seat: Seat,
    status: int = 200,
    *,
    found: Preview | None = None,
    upload: Upload | None = None,
    problem: str = "",
) -> Response:
    return draw(
        request,
        "indicators_import",
        seat,
        status,
        found=found,
        problem=problem,
        file=upload.name if upload is not None else "",
        carried=upload.carried if upload is not None else "",
    )
