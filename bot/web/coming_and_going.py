"""The front page, come-back codes, and all ways out: the next person, leaving, being away."""

from dataclasses import replace

from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.messages import Arrived
from bot.web.acts import hand_in
from bot.web.cookies import Visit
from bot.web.forms import Forged, Sent, is_from_elsewhere
from bot.web.limits import WRONG_CODE
from bot.web.site import Site, site_of, visit_of
from bot.web.views import language_of, page, saying, told
from storage.surveys import SessionState, SurveySession
from surveys import invitations
from surveys.receipts import come_back_hash, is_like_a_come_back_code, is_like_a_receipt

_SAY_WHY = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""In which headers browsers, new and old, say that they fetch ahead."""


def front(request: Request) -> Response:
    """GET /: for who comes without a link."""
    return _front(request, "", "", 200)


def _front(request: Request, error: str, typed: str, status: int) -> Response:
    languages = site_of(request).words.languages
    return page(request, "front.html.j2", status, error=error, typed=typed, languages=languages)


async def come_back(request: Request) -> Response:
    """POST /code: goes on where somebody stopped, and never shows what they said before."""
    site = site_of(request)
    sent = await site.forms.read(request, visit_of(request), site.now)
    typed = sent.one("code").strip()[:80]
    language = language_of(request)
    say = saying(site, language)
    if not typed:
        return _front(request, say("page.code_empty"), "", 422)
    site.limits.count(request, WRONG_CODE)
    if await run_in_threadpool(_is_open, site, typed):
        site.limits.give_back(request, WRONG_CODE)
        return await _go_on(request, site, sent, typed, language)
    if await run_in_threadpool(_is_invitation, site, typed):
        site.limits.give_back(request, WRONG_CODE)
        return RedirectResponse(f"/s/{typed}", 303)
    if is_like_a_receipt(typed):
        return _front(request, say("page.code_is_receipt"), typed, 422)
    days = site.app.settings.young_people.session_days
    return _front(request, say("page.code_wrong", days=days), typed, 422)


async def _go_on(request: Request, site: Site, sent: Sent, code: str, language: str) -> Response:
    key = site.app.around.keyring.fingerprint("web visitor", sent.nonce, code)
    visit = Visit(key=key, language=language).at(site.now)
    await hand_in(site, visit, Arrived(code), site.forms.event_id(sent, "code", code))
    response = RedirectResponse("/q", 303)
    site.cookies.write(request, response, visit)
    return response


def _is_open(site: Site, code: str) -> bool:
    """Whether the code opens a session that is still open."""
    if not is_like_a_come_back_code(code):
        return False
    wanted = come_back_hash(site.app.around.keyring, code)
    query = select(SurveySession.id).where(
        col(SurveySession.comeback_hash) == wanted,
        col(SurveySession.state) == SessionState.OPEN,
    )
    with site.app.database.reading() as db:
        return db.exec(query).first() is not None


def _is_invitation(site: Site, token: str) -> bool:
    if not (token.isascii() and token.replace("-", "").replace("_", "").isalnum()):
        return False
    with site.app.database.reading() as db:
        return invitations.find(db, token) is not None


# ways out


async def next_person(request: Request) -> Response:
    """POST /next: the tablet is given on. Nothing of the person before can be seen any more."""
    site, visit = site_of(request), visit_of(request)
    await site.forms.read(request, visit, site.now, is_theirs=True)
    to = f"/t/{visit.token}" if visit is not None and visit.token else "/"
    return _forgetting(request, to)


async def still_here(request: Request) -> Response:
    """POST /here: somebody is at the page; with the page's own form, they want more time.

    The script sends no form. Older tablets do not say that it is one of ours who asks.
    """
    site, visit = site_of(request), visit_of(request)
    is_asked = "content-type" in request.headers
    if is_asked:
        await site.forms.read(request, visit, site.now, is_theirs=True)
    elif is_from_elsewhere(request):
        raise Forged("sent from another site")
    if visit is None or not visit.key or visit.was_left(site.now, site.app.settings.web):
        return Response(status_code=410) if not is_asked else RedirectResponse("/away", 303)
    response: Response = RedirectResponse("/q", 303) if is_asked else Response(status_code=204)
    seen = replace(visit.at(site.now), is_slow=visit.is_slow or is_asked)
    site.cookies.write(request, response, seen)
    return response


def leave(request: Request) -> Response:
    """GET /leave: away from here at once, to a page that says nothing about anybody."""
    _refuse_unseen(request)
    return _forgetting(request, site_of(request).app.settings.web.exit_to)


def away(request: Request) -> Response:
    """GET /away: nobody was at the page. On a tablet the next person may begin."""
    _refuse_unseen(request)
    visit = visit_of(request)
    if visit is not None and visit.is_tablet and visit.token:
        return _forgetting(request, f"/t/{visit.token}")
    return _cleared(request)


def _cleared(request: Request) -> Response:
    title, text = "page.cleared_title", "page.cleared_text"
    response = told(request, title, text, visit=None, asks_code=True)
    site_of(request).cookies.forget(request, response)
    return response


def _forgetting(request: Request, to: str) -> Response:
    response = RedirectResponse(to, 303)
    response.headers["Cache-Control"] = "no-store"
    site_of(request).cookies.forget(request, response)
    return response


def _refuse_unseen(request: Request) -> None:
    """What a browser fetches ahead, or another site draws in, was not pressed by anybody."""
    is_ahead = any("prefetch" in request.headers.get(name, "") for name in _SAY_WHY)
    if is_ahead or request.headers.get("sec-fetch-dest", "document") != "document":
        raise HTTPException(404)
