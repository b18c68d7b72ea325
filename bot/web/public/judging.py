"""“Did we get that right?” on the public page: one tap, counted once for each browser."""

import secrets

from itsdangerous import BadData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.cookies import serializer
from bot.web.forms import Forged
from bot.web.limits import VERDICT
from bot.web.public import published
from bot.web.public.published import Published
from bot.web.site import Site, site_of
from bot.web.views import language_of
from digests.verdicts import BEHIND_BROWSER, give, mark_of
from storage.voice import Verdict

_STANDS_FOR = published.STANDS_FOR
_COOKIE = "loop-verdict"


def seal_of(site: Site, page: Published) -> str:
    """The same for everybody, so that the page may be kept on its way to them."""
    return site.forms.seal(None, page.at, _nonce(page))


def _nonce(page: Published) -> str:
    return f"verdict:{page.id}"


async def judge(request: Request) -> Response:
    """POST /we-did/{slug}: a tap. What was last tapped in this browser stands.

    It is about the page that was read, also where a newer one went out meanwhile.
    """
    site, slug = site_of(request), request.path_params["slug"]
    site.limits.count(request, VERDICT)
    sent = await site.forms.read(request, None, site.now, open_for=_STANDS_FOR)
    answer = sent.one("do")
    with site.app.database.reading() as db:
        found = published.latest(db, slug)
    if not found or answer not in set(Verdict):
        raise HTTPException(404)
    browser = _browser(request, site) or secrets.token_urlsafe(18)
    page = next((one.id for one in found if _nonce(one) == sent.nonce), None)
    if page is None:
        raise Forged("a form of another page")
    mark = mark_of(site.app.around.keyring, page, BEHIND_BROWSER, browser)
    verdict, today = Verdict(answer), site.app.around.today

    def write() -> None:
        with site.app.database.writing() as db:
            give(db, page, mark, verdict, today=today)

    await site.app.writer.run(write)
    to = f"/we-did/{slug}?lang={language_of(request)}{_readers(request)}&counted=1#verdict"
    response = RedirectResponse(to, 303)
    response.set_cookie(
        _name(request, site),
        str(serializer(site.app.around.keyring, "verdict").dumps(browser)),
        path="/",
        secure=site.cookies.is_secure(request),
        httponly=True,
        samesite="strict",
    )
    return response


def _readers(request: Request) -> str:
    wanted = published.readers_of(request.query_params.get("for", ""))
    return f"&for={wanted.value}" if wanted is not published.EVERYBODY else ""


def _browser(request: Request, site: Site) -> str:
    """The mark that this browser was given; empty where it has none of ours."""
    raw = request.cookies.get(_name(request, site), "")
    try:
        return str(serializer(site.app.around.keyring, "verdict").loads(raw)) if raw else ""
    except BadData:
        return ""


def _name(request: Request, site: Site) -> str:
    return f"__Host-{_COOKIE}" if site.cookies.is_secure(request) else _COOKIE
