"""What a press on the desk says to the mailroom, and what is shown in answer.

On disk before anything is shown. The link is what allows it, the form ties it to this page, and
its nonce makes two presses one.
"""

from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.mailroom import MailroomClosed
from bot.messages import (
    DESK,
    Content,
    FieldErrors,
    Incoming,
    NextPage,
    Now,
    OpenForm,
    Replace,
    Said,
    Submitted,
)
from bot.web.desk.answers import answers_of
from bot.web.desk.carried import Carried
from bot.web.desk.fields import problems, values_of
from bot.web.desk.guest import Guest
from bot.web.desk.meanings import content_of
from bot.web.desk.pages import form_again, form_page, said_page, say_again
from bot.web.forms import Forged, Sent
from bot.web.site import site_of
from bot.web.views import saying
from storage.language import HOME

OPEN_FOR = timedelta(days=7)
"""How long a page may lie open: shorter than keys of events are kept, so that none counts twice."""

MOST_WORDS = 4000
LONGEST_TOKEN = 64


async def act(request: Request, guest: Guest) -> Response:
    """One act of this person, by the button that was pressed."""
    site = site_of(request)
    site.limits.count(request, "answer")
    reading = site.forms.read(request, guest.visit, site.now, is_theirs=True, open_for=OPEN_FOR)
    sent = await reading
    if sent.one("do") == "press":
        return await _pressed(request, guest, sent)
    if sent.one("do") == "send":
        return await _filled_in(request, guest, sent)
    if sent.one("do") == "say":
        return await _said(request, guest, sent)
    raise Forged("no such button")


async def hand_in(request: Request, guest: Guest, content: Content, event_id: str) -> Now | None:
    """Gives one act to the mailroom; what to show at once, when it is on disk."""
    site = site_of(request)
    incoming = Incoming(
        DESK, "", event_id, guest.address, content, site.now, email=guest.email, opens=True
    )
    ack = await site.app.mailroom.receive(incoming)
    return answers_of(request).of(event_id, ack, site.now)


async def _pressed(request: Request, guest: Guest, sent: Sent) -> Response:
    token = sent.one("k")
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise Forged("no such button")
    event = site_of(request).forms.event_id(sent, "press", token)
    try:
        now = await hand_in(request, guest, content_of(token), event)
    except MailroomClosed:
        return say_again(request, guest, token, sent.nonce)
    return await _answer(request, guest, now)


async def _filled_in(request: Request, guest: Guest, sent: Sent) -> Response:
    """A form that was sent: what is wrong stands at its field, and nothing typed is lost."""
    site = site_of(request)
    form = Carried(site.app.around.keyring).read(sent.one("page"))
    if form is None:
        raise Forged("no such form")
    values = values_of(form, sent.one, sent.several)
    if wrong := problems(form, values):
        say, most = saying(site, HOME), {field.name: field.most for field in form.fields}
        errors = {name: say(f"desk.error.{key}", most=most[name]) for name, key in wrong.items()}
        return await _again(request, guest, form, values, errors=errors, status=422)
    parts = [part for pair in sorted(values.items()) for part in pair]
    event = site.forms.event_id(sent, "send", form.id, *parts)
    try:
        now = await hand_in(request, guest, Submitted(form.id, values), event)
    except MailroomClosed:
        return await _again(request, guest, form, values, status=503, nonce=sent.nonce)
    if isinstance(now, FieldErrors):
        return await _again(request, guest, form, values, errors=now.errors, status=422)
    return await _answer(request, guest, now)


async def _again(*page: Any, **more: Any) -> Response:
    return await run_in_threadpool(form_again, *page, **more)


async def _said(request: Request, guest: Guest, sent: Sent) -> Response:
    text, site = sent.one("a").strip()[:MOST_WORDS], site_of(request)
    if not text:
        return await run_in_threadpool(
            said_page, request, guest, problem="desk.error.write", status=422
        )
    event = site.forms.event_id(sent, "say", text)
    try:
        now = await hand_in(request, guest, Said(text), event)
    except MailroomClosed:
        return await run_in_threadpool(
            said_page,
            request,
            guest,
            problem="page.not_saved",
            status=503,
            typed=text,
            nonce=sent.nonce,
        )
    return await _answer(request, guest, now)


async def _answer(request: Request, guest: Guest, now: Now | None) -> Response:
    """The form that was opened; else what was said back, on a page that may be loaded again."""
    if isinstance(now, OpenForm | NextPage):
        return form_page(request, guest, now.form)
    if isinstance(now, Replace):
        return await run_in_threadpool(said_page, request, guest, shown=now.message)
    return RedirectResponse(f"{guest.path}/said", 303)
