"""What is done about the letters themselves: no more of them, and a fresh link for an old one."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.messages import EMAIL, Incoming, Pressed, Said
from bot.web.desk.acts import OPEN_FOR, hand_in
from bot.web.desk.guest import STOP, Guest
from bot.web.desk.pages import said_page, trouble
from bot.web.forms import Forged, Sent
from bot.web.site import site_of

_LONGEST_ONE_CLICK = 2000
_ONE_CLICK = (b"List-Unsubscribe", b"One-Click")


async def is_one_click(request: Request, guest: Guest) -> bool:
    """Whether a mail program stops our letters for its user (RFC 8058): no page was ever shown.

    The body is kept for whoever reads it next.
    """
    length = request.headers.get("content-length", "")
    is_short = length.isdecimal() and len(length) < 6 and int(length) <= _LONGEST_ONE_CLICK
    if guest.token != STOP or not is_short:
        return False
    body = await request.body()
    return all(part in body for part in _ONE_CLICK) and b"form=" not in body


async def one_click(request: Request, guest: Guest) -> Response:
    """Stops our letters; the same link counts once, however often it is asked."""
    site = site_of(request)
    event = f"one-click:{site.app.around.keyring.fingerprint('one click', guest.sealed)}"
    await hand_in(request, guest, Pressed(STOP), event)
    return PlainTextResponse("Done.\n", headers={"Cache-Control": "no-store"})


async def old_link(request: Request, guest: Guest) -> Response:
    """What a link whose time is over still does: it stops our letters, or mails a fresh one."""
    site = site_of(request)
    sent = await site.forms.read(request, guest.visit, site.now, is_theirs=True, open_for=OPEN_FOR)
    if guest.token == STOP and (sent.one("do"), sent.one("k")) == ("press", STOP):
        await hand_in(request, guest, Pressed(STOP), site.forms.event_id(sent, "press", STOP))
        return await run_in_threadpool(said_page, request, guest)
    return await _fresh_link(request, guest, sent)


async def _fresh_link(request: Request, guest: Guest, sent: Sent) -> Response:
    """Mails what is theirs to where the old link went, once a day; as if they had asked there."""
    site = site_of(request)
    if sent.one("do") != "fresh" or guest.mailbox is None:
        raise Forged("no such button")
    mark = site.app.around.keyring.fingerprint("fresh link", guest.mailbox.id)
    asked = Incoming(
        EMAIL,
        guest.mailbox.space,
        f"fresh:{mark}:{site.app.around.today.isoformat()}",
        guest.mailbox,
        Said("/actions"),
        site.now,
    )
    await site.app.mailroom.receive(asked)
    return trouble(request, "mailed", 200)
