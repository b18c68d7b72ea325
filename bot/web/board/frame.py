"""What every page inside goes through: who it is, whether they may, and how it is drawn."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session as Db
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.access import refusal
from bot.board_links import ours
from bot.board_pages import NEEDS, Need
from bot.mailroom import MailroomClosed
from bot.web.board.places import groups_of
from bot.web.board.seat import (
    GRACE,
    TOUCHED_EVERY,
    Seat,
    seat_of,
    secret_of,
    take_cookie,
)
from bot.web.board.times import Times, span
from bot.web.forms import Forged, Sent
from bot.web.site import site_of
from bot.web.views import page, saying
from storage.board import end_session, touch_session
from storage.database import is_out_of_service
from storage.language import HOME

T = TypeVar("T")
Endpoint = Callable[[Request, Seat], Awaitable[Response]]
Anybody = Callable[[Request, Seat | None], Awaitable[Response]]
_TYPED = (
    "reason",
    "note",
    "disagree_reason",
    "reopen_reason",
    "trace_reason",
    "to",
    "case_ref",
    "redacted",
    "name",
    "definition",
    "title",
    "new",
    "opening",
    "text",
    "lead",
    "present",
    "apologies",
    "because",
    "evidence",
    "what",
    "said",
    "words",
    "words_because",
)
"""Fields that take somebody a while to fill in."""

_OTHER_SITES = ("cross-site", "same-site")


def inside(path: str, endpoint: Endpoint, *, methods: Sequence[str] = ("GET",)) -> Route:
    """A page for those who may, as the table in `bot.board_pages` says."""
    need = NEEDS[path]
    assert not need.is_open

    async def answer(request: Request) -> Response:
        return await _admitted(request, need, endpoint)

    return Route(path, answer, methods=list(methods))


def outside(path: str, endpoint: Anybody, *, methods: Sequence[str] = ("GET",)) -> Route:
    """A page for whoever comes, by which they sign in or out."""
    assert NEEDS[path].is_open

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request, await whose(request))
        except Forged:
            return trouble(request, "forged", 403)

    return Route(path, answer, methods=list(methods))


async def _admitted(request: Request, need: Need, endpoint: Endpoint) -> Response:
    seat = await whose(request)
    is_press = request.method == "POST"
    if seat is None:
        return await _given_back(request, None) if is_press else _to_sign_in(request)
    if not need.lets_in(seat.who):
        return await _refused(request, seat, need)
    now = site_of(request).now
    if need.asks_again and not seat.is_fresh(now, GRACE if is_press else GRACE * 0):
        if is_press:
            return await _given_back(request, seat)
        return RedirectResponse(f"/again?to={ours(request.url.path)}", 303)
    try:
        return await endpoint(request, seat)
    except Forged:
        return trouble(request, "forged", 403, seat)


async def whose(request: Request) -> Seat | None:
    """Who is signed in here. What is over is ended, and what is used is noted."""
    site, secret = site_of(request), secret_of(request)
    if not secret:
        return None
    seat, over = await read(request, lambda db: seat_of(db, site, secret))
    if over is not None:
        await write(request, lambda db: end_session(db, over))
    elif seat is not None and site.now - seat.seen_at >= TOUCHED_EVERY:
        id_ = seat.session_id
        with suppress(MailroomClosed):  # a page that can be read is shown all the same
            await write(request, lambda db: touch_session(db, id_, site.now))
    return seat


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page, and from there back here.

    Browsers hold the cookie back from a page that was reached by a link on another site, such as
    a chat: then the page is asked for once more, by a page of ours.
    """
    is_from_link = request.headers.get("sec-fetch-site", "") in _OTHER_SITES
    if is_from_link and request.method == "GET" and not secret_of(request):
        return draw(request, "go_on", None, to=ours(request.url.path))
    response = RedirectResponse(f"/sign-in?to={ours(request.url.path)}", 303)
    if secret_of(request):
        take_cookie(request, response)
    return response


async def _given_back(request: Request, seat: Seat | None) -> Response:
    """Somebody pressed who is signed out by now: what they had typed is not lost.

    They were on the telephone with the front door, say, for longer than a session lasts.
    """
    site = site_of(request)
    try:
        sent = await site.forms.read(request, None, site.now)
    except Forged:
        return trouble(request, "forged", 403, seat)
    typed = [words for name in _TYPED if (words := sent.one(name).strip())]
    to = ours(request.url.path)
    response = draw(request, "given_back", seat, 401, typed=typed, to=to)
    if seat is None and secret_of(request):
        take_cookie(request, response)
    return response


async def _refused(request: Request, seat: Seat, need: Need) -> Response:
    site = site_of(request)
    contact = site.app.settings.partnership.contact
    say = saying(site, HOME)
    text = await read(request, lambda db: refusal(db, need.lacking, say, contact))
    return draw(request, "refused", seat, 403, text=text)


def trouble(request: Request, what: str, status: int, seat: Seat | None = None) -> Response:
    """Why something cannot be done, kindly; the words are in templates/board/trouble."""
    return draw(request, "trouble", seat, status, what=what)


def draw(
    request: Request, name: str, seat: Seat | None, status: int = 200, **given: Any
) -> Response:
    """A page of the board, with the navigation of who is signed in."""
    site = site_of(request)
    settings = site.app.settings
    return page(
        request,
        f"board/{name}.html.j2",
        status,
        visit=None,
        language=HOME,
        seat=seat,
        groups=groups_of(seat.who) if seat is not None else (),
        may_go=_may_go(seat),
        at=Times(site.now),
        span=span,
        board=settings.board,
        seal=partial(site.forms.seal, seat.visit if seat is not None else None, site.now),
        **given,
    )


def _may_go(seat: Seat | None) -> frozenset[str]:
    """The pages of the navigation that this person may open."""
    groups = groups_of(seat.who) if seat is not None else ()
    return frozenset(one.path for group in groups for one in group.places)


async def form_of(request: Request, seat: Seat) -> Sent:
    """What was filled in and sent, if it was this session that was shown the page."""
    site = site_of(request)
    return await site.forms.read(request, seat.visit, site.now, is_theirs=True)


async def read(request: Request, work: Callable[[Db], T]) -> T:
    """What `work` finds in one view of the database."""
    database = site_of(request).app.database

    def reading() -> T:
        with database.reading() as db:
            return work(db)

    return await run_in_threadpool(reading)


async def write(request: Request, work: Callable[[Db], T]) -> T:
    """What `work` does in one transaction of the writer; then what it queued is sent.

    Raises MailroomClosed where nothing could be saved.
    """
    app = site_of(request).app

    def writing() -> T:
        with app.database.writing() as db:
            return work(db)

    try:
        done = await app.writer.run(writing)
    except Exception as error:
        if is_out_of_service(error):
            raise MailroomClosed(error) from error
        raise
    if app.mailroom.on_stored is not None:
        app.mailroom.on_stored()
    return done
