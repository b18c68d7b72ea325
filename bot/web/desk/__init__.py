"""The desk: pages for people who work with us and got an e-mail.

Each is reached by a link for one person, which is all that is needed: no account, no cookie.
Opening one changes nothing, for mail scanners open links too; what is done is done by a press.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.mailroom import MailroomClosed
from bot.web.desk import acts, letters
from bot.web.desk.files import download, file_for
from bot.web.desk.guest import Guest, LinkEnded, LinkGone, NoSuchLink, guest_of, still_open
from bot.web.desk.pages import landing, said_page, trouble
from bot.web.desk.said import attachment
from bot.web.forms import Forged, TooLarge
from bot.web.limits import TooMany
from bot.web.site import site_of

_TROUBLES = (NoSuchLink, LinkGone, LinkEnded, Forged, TooLarge, TooMany, MailroomClosed)
_STATUS = {
    NoSuchLink: ("missing", 404),
    LinkGone: ("gone", 410),
    LinkEnded: ("over", 410),
    Forged: ("forged", 403),
    TooLarge: ("large", 413),
    TooMany: ("busy", 429),
    MailroomClosed: ("closed", 503),
}


def routes() -> list[BaseRoute]:
    """Where each page is."""
    return [
        Route("/m/{sealed}", _landing, methods=["GET"]),
        Route("/m/{sealed}", _act, methods=["POST"]),
        Route("/m/{sealed}/said", _said, methods=["GET"]),
        Route("/m/{sealed}/file", _edition, methods=["GET"]),
        Route("/m/{sealed}/file/{row:int}/{place:int}", _attachment, methods=["GET"]),
    ]


def _landing(request: Request) -> Response:
    try:
        return landing(request, guest_of(request))
    except _TROUBLES as error:
        return _told(request, error)


def _said(request: Request) -> Response:
    try:
        return said_page(request, still_open(request))
    except _TROUBLES as error:
        return _told(request, error)


def _edition(request: Request) -> Response:
    try:
        guest = guest_of(request)
    except _TROUBLES as error:
        return _told(request, error)
    app = site_of(request).app
    with app.database.reading() as db:
        found = file_for(db, guest, app.around)
    if found is None:
        return trouble(request, "no_file", 404, guest)
    return download(found.name, found.media_type, found.content)


def _attachment(request: Request) -> Response:
    try:
        guest = still_open(request)
    except _TROUBLES as error:
        return _told(request, error)
    row, place = request.path_params["row"], request.path_params["place"]
    site = site_of(request)
    with site.app.database.reading() as db:
        found = attachment(db, site, guest, row, place) if row < 2**31 else None
    if found is None:
        return trouble(request, "no_file", 404, guest)
    return download(found.name, found.media_type, found.content)


async def _act(request: Request) -> Response:
    guest: Guest | None = None
    try:
        guest = await run_in_threadpool(guest_of, request)
        if await letters.is_one_click(request, guest):
            return await letters.one_click(request, guest)
        if guest.is_over:
            raise LinkEnded(guest)
        return await acts.act(request, guest)
    except LinkEnded as error:
        return await _renewed(request, error)
    except _TROUBLES as error:
        return _told(request, error, guest)


async def _renewed(request: Request, ended: LinkEnded) -> Response:
    try:
        return await letters.old_link(request, ended.guest)
    except Forged:
        return _told(request, ended)
    except _TROUBLES as error:
        return _told(request, error, ended.guest)


def _told(request: Request, error: Exception, guest: Guest | None = None) -> Response:
    """What is wrong in plain words."""
    what, status = _STATUS[type(error)]
    if isinstance(error, LinkEnded):
        days = site_of(request).app.settings.email.link_days
        return trouble(request, what, status, error.guest, days=days)
    if isinstance(error, TooMany):
        response = trouble(request, what, status, guest, seconds=error.seconds)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return trouble(request, what, status, guest)
