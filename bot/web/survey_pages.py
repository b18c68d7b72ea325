"""/q: everything after the start. GET draws where somebody stands; POST is one act of theirs."""

import base64
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.drawn_question import picture_of
from bot.mailroom import MailroomClosed
from bot.messages import FieldErrors
from bot.web.acts import Answer, answer_of, content_of, hand_in
from bot.web.cookies import Visit
from bot.web.drawing import contact_page, drawn_page
from bot.web.forms import Sent
from bot.web.scene import Scene, scene_of
from bot.web.site import Site, site_of, visit_of
from surveys.definition import Picture


def standing_page(request: Request) -> Response:
    """GET /q: the page of where this visitor stands. Nothing changes but the time in the cookie."""
    site, visit = site_of(request), visit_of(request)
    if visit is None or not visit.key:
        return drawn_page(request, Scene(), visit)
    if visit.was_left(site.now, site.app.settings.web):
        return RedirectResponse("/away", 303)
    scene = scene_of(site, visit)
    return _with_cookie(request, drawn_page(request, scene, visit), visit, scene)


async def act(request: Request) -> Response:
    """POST /q: on disk before anything else is shown; then the page of where they stand now."""
    site, visit = site_of(request), visit_of(request)
    site.limits.count(request, "answer")
    sent = await site.forms.read(request, visit, site.now, is_theirs=True)
    if visit is None or not visit.key:
        return RedirectResponse("/q", 303)
    scene = await run_in_threadpool(scene_of, site, visit)
    if sent.one("do") == "answer":
        return await _answered(request, visit, scene, sent)
    content = content_of(sent, scene)
    if content is None:
        return await _still_empty(request, visit, scene)
    try:
        await hand_in(site, visit, content, site.forms.event_id(sent, *_parts(sent)))
    except MailroomClosed:
        if sent.one("do") != "tell":
            raise
        page = contact_page(request, scene, visit, typed=sent.one("a"), status=503, not_saved=True)
        return _with_cookie(request, page, visit, scene)
    return _go_on(request, visit)


async def _answered(request: Request, visit: Visit, scene: Scene, sent: Sent) -> Response:
    site = site_of(request)
    answer = answer_of(sent, scene)
    if answer.problem:
        return _again(request, visit, scene, answer, status=422)
    try:
        errors = await _store(site, visit, sent, answer)
    except MailroomClosed:
        return _again(request, visit, scene, answer, status=503, nonce=sent.nonce)
    if answer.name not in errors:
        return _go_on(request, visit)
    scene = await run_in_threadpool(scene_of, site, visit)
    if scene.waits_for("care") is not None:
        return _go_on(request, visit)
    return _again(request, visit, scene, replace(answer, error=errors[answer.name]), status=422)


async def _store(site: Site, visit: Visit, sent: Sent, answer: Answer) -> dict[str, str]:
    event = site.forms.event_id(sent, "answer", *_parts(sent))
    now = (await hand_in(site, visit, answer.content, event)).now
    return dict(now.errors) if isinstance(now, FieldErrors) else {}


def _parts(sent: Sent) -> list[str]:
    """All that was sent, so that other words on the same page are another event."""
    named = sorted((name, values) for name, values in sent.fields.items() if name != "form")
    return [part for name, values in named for part in (name, *values)]


def _again(
    request: Request,
    visit: Visit,
    scene: Scene,
    answer: Answer,
    *,
    status: int,
    nonce: str = "",
) -> Response:
    """The same question with what was typed, and with what to do about it."""
    page = drawn_page(request, scene, visit, answer=answer, status=status, nonce=nonce)
    return _with_cookie(request, page, visit, scene)


async def _still_empty(request: Request, visit: Visit, scene: Scene) -> Response:
    """Nothing was written where somebody wanted to be reached."""
    if scene.waits_for("contact") is None:
        return _go_on(request, visit)
    page = contact_page(request, scene, visit, status=422)
    return _with_cookie(request, page, visit, scene)


def _go_on(request: Request, visit: Visit) -> Response:
    """What was sent is on disk; a tablet that was left meanwhile shows nothing more."""
    site = site_of(request)
    if visit.is_tablet and visit.was_left(site.now, site.app.settings.web):
        return RedirectResponse("/away", 303)
    response = RedirectResponse("/q", 303)
    site.cookies.write(request, response, visit.at(site.now))
    return response


def _with_cookie(request: Request, response: Response, visit: Visit, scene: Scene) -> Response:
    site = site_of(request)
    language = scene.standing.language if scene.standing is not None else visit.language
    site.cookies.write(request, response, replace(visit.at(site.now), language=language))
    return response


def picture(request: Request) -> Response:
    """GET /q/picture/{name}: a picture of the survey that this visitor is answering."""
    site, visit = site_of(request), visit_of(request)
    scene = scene_of(site, visit) if visit is not None else Scene()
    found = _picture(scene, request.path_params["name"], request.query_params.get("choice", ""))
    if visit is None or found is None or visit.was_left(site.now, site.app.settings.web):
        raise HTTPException(404)
    return Response(
        base64.b64decode(found.content),
        headers={"Cache-Control": "no-store"},
        media_type=found.media_type,
    )


def _picture(scene: Scene, name: str, choice: str) -> Picture | None:
    running = scene.standing.running if scene.standing is not None else None
    if running is None or running.form.position(name) is None:
        return None
    form, language = running.form, running.at.language
    question = form.question(name)
    if choice.isdecimal() and len(choice) < 4 and int(choice) < len(question.choices):
        return form.pictures.get(form.text(question.choices[int(choice)].images, language))
    shown = picture_of(form, question, language)
    return shown.content if shown is not None else None
