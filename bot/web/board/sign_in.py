"""Signing in by a link that works once, asking again before the review queue, signing out."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import Session as Db
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Who, who_acts
from bot.board_links import Asking, is_good, may_enter, ours, send_link
from bot.mailroom import MailroomClosed
from bot.people import find_person
from bot.web.board.device import named
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.seat import Seat, give_cookie, take_cookie
from bot.web.limits import SIGN_IN, WRONG_CODE
from bot.web.site import Site, site_of
from storage import audit
from storage.board import (
    SignInLink,
    begin_session,
    end_session,
    find_link,
    sessions_of,
    sign_out_everywhere,
    use_link,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good, and whose it is. Else `why` not: unknown, used, over, left."""

    link: SignInLink | None
    who: Who | None
    why: str = ""


async def asking(request: Request, seat: Seat | None) -> Response:
    """GET /sign-in: where to send the link."""
    to = ours(request.query_params.get("to", "/"))
    if seat is not None:
        return RedirectResponse(to, 303)
    has_address = bool(site_of(request).app.settings.links.board)
    return draw(request, "sign_in", None, to=to, has_address=has_address)


async def asked(request: Request, seat: Seat | None) -> Response:
    """POST /sign-in: says the same to everybody, and only then looks whether it knows them."""
    site = site_of(request)
    sent = await site.forms.read(request, None, site.now)
    site.limits.count(request, SIGN_IN)
    asking = Asking(ours(sent.one("to")))
    email = sent.one("email")[:320]
    response = draw(request, "link_sent", seat, is_known=False)
    response.background = BackgroundTask(_send_to, request, email, asking)
    return response


async def _send_to(request: Request, email: str, asking: Asking) -> None:
    """After the answer went out, so that nobody learns from the time it took who is known."""
    around = site_of(request).app.around

    def send(db: Db) -> None:
        person = find_person(db, email)
        if person is not None and person.id is not None:
            send_link(db, person.id, around, asking)

    try:
        await write(request, send)
    except MailroomClosed:
        structlog.get_logger("board").warning("a link was not sent", kind="MailroomClosed")


async def again(request: Request, seat: Seat) -> Response:
    """GET /again: why a fresh link is asked for."""
    return draw(request, "again", seat, to=ours(request.query_params.get("to", "/")))


async def asked_again(request: Request, seat: Seat) -> Response:
    """POST /again: sends it to where we usually write to them."""
    sent = await form_of(request, seat)
    around = site_of(request).app.around
    asking = Asking(ours(sent.one("to")), is_known=True)
    is_sent = await write(request, lambda db: send_link(db, seat.who.person_id, around, asking))
    return draw(request, "link_sent" if is_sent else "not_sent", seat, is_known=True)


async def landing(request: Request, seat: Seat | None) -> Response:
    """GET /sign-in/{token}: whom it would sign in. Nothing is done: scanners open links too."""
    found = await read(request, lambda db: _opened(db, request))
    if found.who is None or found.link is None:
        return await _refused(request, found)
    here = seat.who.name if seat is not None and seat.who.person_id != found.who.person_id else ""
    return draw(
        request,
        "landing",
        None,
        person=found.who.name,
        opens_queue=found.link.opens_queue,
        here=here,
    )


async def signed_in(request: Request, seat: Seat | None) -> Response:
    """POST /sign-in/{token}: signs in; a session that this browser had ends."""
    site = site_of(request)
    await site.forms.read(request, None, site.now)
    found = await read(request, lambda db: _opened(db, request))
    if found.who is None or found.link is None:
        return await _refused(request, found)
    device = named(request.headers.get("user-agent", ""))
    secret, to = await write(request, lambda db: _begin(db, site, request, seat, device))
    if not secret:
        return await _refused(request, Opened(None, None, "used"))
    response = RedirectResponse(to, 303)
    give_cookie(request, response, secret)
    return response


def _opened(db: Db, request: Request) -> Opened:
    site = site_of(request)
    link = find_link(db, site.app.around.keyring, request.path_params["token"])
    if link is None:
        return Opened(None, None, "unknown")
    who = who_acts(db, link.person_id, site.app.around)
    if not may_enter(who):
        return Opened(link, None, "left")
    if not is_good(link, site.now):
        return Opened(link, None, "used" if link.used_at is not None else "over")
    return Opened(link, who)


def _begin(db: Db, site: Site, request: Request, seat: Seat | None, device: str) -> tuple[str, str]:
    """Within one transaction: uses the link up, ends the old session, begins a new one."""
    link = _opened(db, request).link
    if link is None or not use_link(db, link, site.now):
        return "", ""
    if seat is not None:
        end_session(db, seat.session_id)
    board = site.app.settings.board
    until = site.now + timedelta(minutes=board.review_minutes)
    secret = begin_session(
        db,
        site.app.around.keyring,
        link.person_id,
        now=site.now,
        lasts=timedelta(hours=board.session_hours),
        review_until=until if link.opens_queue else None,
        device=device,
    )
    act = "board.opened_queue" if link.opens_queue else "board.sign_in"
    _note(db, site, act, link.person_id)
    return secret, link.leads_to


async def _refused(request: Request, found: Opened) -> Response:
    """One kind answer, whatever is wrong; what was wrong is on record, and how often it came."""
    site = site_of(request)
    site.limits.count(request, WRONG_CODE)
    person_id = found.link.person_id if found.link is not None else None
    with_why = f"link {found.why}"
    await write(request, lambda db: _note(db, site, "board.refused", person_id, with_why))
    return trouble(request, "link", 410 if found.link is not None else 404)


async def sign_out(request: Request, seat: Seat | None) -> Response:
    """POST /sign-out."""
    if seat is not None:
        await form_of(request, seat)
        site = site_of(request)

        def out(db: Db) -> None:
            end_session(db, seat.session_id)
            _note(db, site, "board.sign_out", seat.who.person_id)

        await write(request, out)
    response = draw(request, "signed_out", None, everywhere=False)
    take_cookie(request, response)
    return response


async def own_sessions(request: Request, seat: Seat) -> Response:
    """GET /sessions: where they are signed in."""
    now = site_of(request).now
    found = await read(request, lambda db: sessions_of(db, seat.who.person_id, now))
    return draw(request, "sessions", seat, sessions=found)


async def sign_out_of_all(request: Request, seat: Seat) -> Response:
    """POST /sessions: ends all of them, this one too."""
    await form_of(request, seat)
    site = site_of(request)

    def out(db: Db) -> None:
        count = sign_out_everywhere(db, seat.who.person_id)
        _note(db, site, "board.sign_out_everywhere", seat.who.person_id, f"{count} sessions")

    await write(request, out)
    response = draw(request, "signed_out", None, everywhere=True)
    take_cookie(request, response)
    return response


def _note(db: Db, site: Site, act: str, person_id: int | None, detail: str = "") -> None:
    audit.record(
        db,
        at=site.now,
        act=act,
        subject=f"person:{person_id}" if person_id is not None else "",
        person_id=person_id if act != "board.refused" else None,
        actor="" if act != "board.refused" else "board",
        detail=detail,
    )
