"""The page of one text: shown, its reading recorded, and every act on it a press of its own."""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import Session as Db
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.acts import ACTS, DECISIONS, Act, Stale, done_since
from bot.web.board.concern_view import ConcernView, view_of
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import site_of
from storage.concerns import ReviewItem
from surveys import concerns

READ_AGAIN = timedelta(minutes=5)
"""A page that is shown again within so long is the same reading."""

_AHEAD = ("sec-purpose", "purpose", "x-moz")


async def shown(request: Request, seat: Seat) -> Response:
    """GET /concerns/{ref}: that it was read is on record."""
    refuse_unseen(request)
    await write(request, lambda db: note_reading(db, request, seat))
    return await drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST /concerns/{ref}: one act, on the page as it was shown."""
    sent = await form_of(request, seat)
    act = ACTS.get(sent.one("do"))
    if act is None:
        raise Forged("no act of ours")
    return await acted(request, seat, act, sent)


async def acted(
    request: Request, seat: Seat, act: Act, sent: Sent, *, name: str = "concern"
) -> Response:
    """Does it, or shows the page again with what was typed and why not."""
    around = site_of(request).app.around

    def do(db: Db) -> None:
        item = item_of(db, request)
        view = view_of(db, around, item)
        news = view.since(_version(sent.one("v")))
        if news and done_since(news, act, seat.who.person_id):
            return
        if news:
            raise Stale(news)
        act.work(db, item, seat.who.person_id, sent, around)

    try:
        await write(request, do)
    except Stale as error:
        return await drawn(request, seat, name=name, typed=sent, stale=error.news, status=409)
    except concerns.NotAllowed as error:
        return await drawn(request, seat, name=name, typed=sent, problem=str(error), status=422)
    return RedirectResponse(act.onward(request.path_params["ref"]), 303)


def _version(typed: str) -> int:
    """Of the page that was shown; 0 for what is none, so that everything since is news."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


async def drawn(
    request: Request,
    seat: Seat,
    status: int = 200,
    *,
    name: str = "concern",
    typed: Sent | None = None,
    **given: object,
) -> Response:
    """The page as things stand now. `typed`: what they had written on it."""
    around = site_of(request).app.around
    view: ConcernView = await read(request, lambda db: view_of(db, around, item_of(db, request)))
    blank = {"done": "", "problem": "", "stale": (), "preview": "", "found": None}
    shown: Mapping[str, object] = {**blank, "decisions": DECISIONS, **given}
    return draw(request, name, seat, status, view=view, typed=typed or Sent(), **shown)


def item_of(db: Db, request: Request) -> ReviewItem:
    """The item of the address; 404 where there is none."""
    item = concerns.find(db, request.path_params["ref"])
    if item is None:
        raise HTTPException(404)
    return item


def note_reading(db: Db, request: Request, seat: Seat) -> None:
    """Records that this person had the words before them."""
    now, item = site_of(request).now, item_of(db, request)
    mine = (
        line.at
        for line in concerns.events(db, item)
        if line.what == "read" and line.person_id == seat.who.person_id
    )
    if now - max(mine, default=now - READ_AGAIN) >= READ_AGAIN:
        concerns.seen(db, item, person_id=seat.who.person_id, now=now)


def refuse_unseen(request: Request) -> None:
    """What a browser fetches ahead, or without its words, was not read by anybody."""
    if request.method == "HEAD" or any(
        "prefetch" in request.headers.get(name, "") for name in _AHEAD
    ):
        raise HTTPException(404)
