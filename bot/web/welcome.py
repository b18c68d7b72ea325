"""The way in: who asks and why, before the first question; and the press that starts."""

from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.messages import AckStatus, Arrived, Pressed
from bot.survey_facts import Say, facts
from bot.tokens import of_act
from bot.web.acts import hand_in
from bot.web.cookies import Visit
from bot.web.forms import Sent
from bot.web.scene import Scene, scene_of
from bot.web.site import Site, site_of, visit_of
from bot.web.texts import worded_for_a_page
from bot.web.views import language_of, page, saying, told
from bot.web.way_in import NoWayIn, WayIn, look
from surveys.definition import Mode

SECOND_PRESS = timedelta(seconds=10)
"""Two presses on Start within this are one; later it is somebody else who pressed Back."""


def welcome(request: Request) -> Response:
    """GET /s/{token} and /t/{token}: told before anything begins. Nothing is written."""
    site, visit = site_of(request), visit_of(request)
    way = _way_in(site, request)
    scene = scene_of(site, visit) if visit is not None else Scene()
    state = "new" if isinstance(way, NoWayIn) else _state(way, scene, visit)
    if isinstance(way, NoWayIn):
        return no_way_in(request, way)
    if way.is_used_up and state == "new":
        return no_way_in(request, NoWayIn("invitation.used"))
    language = language_of(request, way.form.languages)
    given = _told(site, way, language) | {
        "state": state,
        "is_tablet": _is_tablet(request),
        "languages": way.form.languages,
    }
    return page(request, "welcome.html.j2", language=language, **given)


def no_thanks(request: Request) -> Response:
    """GET /s/{token}/no: nothing begins, and nothing is kept."""
    way = _way_in(site_of(request), request)
    language = "" if isinstance(way, NoWayIn) else language_of(request, way.form.languages)
    return told(request, "page.no_title", "page.no_text", language=language)


def no_way_in(request: Request, way: NoWayIn) -> Response:
    """A link that opens nothing: said kindly, with somebody to talk to."""
    return told(request, "page.link_title", worded_for_a_page(way.wording), status=way.status)


def _way_in(site: Site, request: Request) -> WayIn | NoWayIn:
    with site.app.database.reading() as db:
        return look(db, site.app.around, request.path_params["token"])


def _is_tablet(request: Request) -> bool:
    return request.url.path.startswith("/t/")


def _state(way: WayIn, scene: Scene, visit: Visit | None) -> str:
    """Whether this browser is on its way already, was to the end, or is new here."""
    if scene.standing is None or visit is None or visit.is_tablet:
        return "new"
    if scene.standing.running is not None:
        return "running" if scene.slug == way.slug else "new"
    return "finished" if scene.last is not None and scene.slug == way.slug else "new"


def _told(site: Site, way: WayIn, language: str) -> dict[str, Any]:
    settings, say = site.app.settings, saying(site, language)
    known = facts(say, settings, way.form, language, way.group_name)
    return known | {
        "more": _more(site, way, known, say),
        "slug": way.slug,
        "is_youth": way.form.settings.is_youth,
        "tablet_seconds": settings.web.tablet_seconds,
    }


def _more(site: Site, way: WayIn, known: dict[str, Any], say: Say) -> str:
    if way.form.settings.mode is not Mode.ANONYMOUS:
        return say("page.more", **known)
    minutes = say("public.time.minutes", n=site.app.settings.web.idle_minutes)
    cookie = say("public.privacy.cookie", idle=minutes)
    return "\n\n".join((say("nameless.keeps", **known), say("public.privacy.pages"), cookie))


async def start(request: Request) -> Response:
    """POST /s/{token} and /t/{token}: the deliberate press. Only here does anything begin."""
    site = site_of(request)
    site.limits.count(request, "start")
    sent = await site.forms.read(request, visit_of(request), site.now)
    way = await run_in_threadpool(_way_in, site, request)
    if isinstance(way, NoWayIn):
        return no_way_in(request, way)
    visit = _visit(site, request, way, sent)
    scene = await _begin(site, visit, way, sent, request.path_params["token"])
    if scene is None:
        return RedirectResponse(request.url.path, 303)
    response = RedirectResponse("/q", 303)
    site.cookies.write(request, response, visit)
    return response


def _visit(site: Site, request: Request, way: WayIn, sent: Sent) -> Visit:
    """A new visitor. Their key follows from the page that was pressed, so two presses are one."""
    is_tablet = _is_tablet(request)
    wished = sent.one("lang")
    language = wished if wished in way.form.languages else way.form.settings.default_language
    return Visit(
        key=site.app.around.keyring.fingerprint("web visitor", sent.nonce),
        token=request.path_params["token"] if is_tablet else "",
        language=language,
        is_tablet=is_tablet,
        is_own=True,
    ).at(site.now)


async def _begin(site: Site, visit: Visit, way: WayIn, sent: Sent, token: str) -> Scene | None:
    """Arrives, and agrees; None where this page's press was somebody else's, a while ago."""
    event = site.forms.event_id(sent, "arrived")
    status = (await hand_in(site, visit, Arrived(token), event)).status
    scene = await run_in_threadpool(scene_of, site, visit)
    if status is AckStatus.DUPLICATE and not _is_second_press(site, scene, visit, way):
        return None
    if scene.waits_for("welcome") is None:
        return scene
    for act in (("language", way.survey_id, visit.language), ("welcome", way.survey_id, "yes")):
        await hand_in(site, visit, Pressed(of_act(*act)), site.forms.event_id(sent, act[0]))
    return scene


def _is_second_press(site: Site, scene: Scene, visit: Visit, way: WayIn) -> bool:
    """Theirs is also a later press while nothing is answered, if the link lets nobody else in.

    Whoever never got the page after the first press would be kept out for good otherwise.
    """
    running = scene.standing.running if scene.standing is not None else None
    if running is None:
        return scene.waits_for("welcome") is not None
    is_soon = site.now - running.at.started < SECOND_PRESS
    return running.at.step == 1 and (is_soon or (way.is_used_up and not visit.is_tablet))
