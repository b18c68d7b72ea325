"""Draws the page of where somebody stands: a question, care, stopping, the end."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.drawn_question import Drawn, draw
from bot.survey_facts import who_can_see
from bot.web.acts import Answer
from bot.web.cookies import Visit
from bot.web.fields import field_of, noted
from bot.web.scene import LastSession, Scene
from bot.web.site import Site, site_of
from bot.web.views import page, saying, told
from storage.surveys import SessionState
from surveys.receipts import come_back_code, receipt_code
from surveys.steps import Running
from surveys.turns import Session

_HELP_GOES_HERE = "\x00"


def drawn_page(
    request: Request,
    scene: Scene,
    visit: Visit | None,
    *,
    answer: Answer | None = None,
    status: int = 200,
    nonce: str = "",
) -> Response:
    """The page of a scene; with an answer, its question again and what was wrong with it."""
    if scene.waits_for("care") is not None:
        return _care(request, scene, visit)
    if scene.waits_for("contact") is not None:
        return contact_page(request, scene, visit)
    if scene.waits_for("stopping") is not None:
        return _form_page(request, "stopping.html.j2", scene, visit)
    if scene.standing is not None and scene.standing.running is not None:
        return _question(request, scene, visit, answer, status, nonce)
    if scene.last is not None:
        return _over(request, scene, scene.last, visit)
    return _nothing(request, scene, visit)


def _form_page(
    request: Request,
    template: str,
    scene: Scene,
    visit: Visit | None,
    status: int = 200,
    **more: Any,
) -> Response:
    """A page whose buttons are about one session."""
    standing = scene.standing
    running = standing.running if standing is not None else None
    waiting = next((found for found in map(scene.waits_for, _AWAITED) if found), "")
    given = {
        "said": scene.said,
        "session": running.id if running is not None else waiting or "-",
        "step": running.at.step if running is not None else 0,
        "language": standing.language if standing is not None else "",
    }
    return page(request, template, status, visit=visit, **(given | more))


_AWAITED = ("care", "contact", "stopping")


# care


def _care(request: Request, scene: Scene, visit: Visit | None) -> Response:
    """The fixed text, with the help lines as numbers to tap where the chat lists them."""
    say = _say(request, scene)
    before, _, after = say("young.care", help=_HELP_GOES_HERE).partition(_HELP_GOES_HERE)
    thanks, _, before = before.partition("\n\n")
    return _form_page(
        request,
        "care.html.j2",
        scene,
        visit,
        thanks=thanks,
        before=before,
        after=after,
        ended=scene.is_after_the_end,
    )


def contact_page(
    request: Request,
    scene: Scene,
    visit: Visit | None,
    *,
    typed: str = "",
    status: int = 200,
    not_saved: bool = False,
) -> Response:
    """How somebody can be reached, in their own words."""
    say = _say(request, scene)
    error = ""
    if status != 200:
        error = say("page.not_saved" if not_saved else "page.error_contact")
    how = "nameless.contact_how" if _is_nameless(scene) else "young.contact_how"
    more = {"typed": typed, "error": error, "how": say(how)}
    return _form_page(request, "contact.html.j2", scene, visit, status, **more)


def _is_nameless(scene: Scene) -> bool:
    """Whether it is an anonymous survey that they answer, or have just answered."""
    running = scene.standing.running if scene.standing is not None else None
    return scene.waits_for("over") is not None if running is None else running.is_anonymous


def _say(request: Request, scene: Scene) -> Callable[..., str]:
    language = scene.standing.language if scene.standing is not None else "en"
    return saying(site_of(request), language)


# a question


def _question(
    request: Request,
    scene: Scene,
    visit: Visit | None,
    answer: Answer | None,
    status: int,
    nonce: str,
) -> Response:
    assert scene.standing is not None
    running = scene.standing.running
    assert running is not None
    site, say = site_of(request), saying(site_of(request), running.at.language)
    given: dict[str, Any] = {
        **_asked(running, visit, answer, say),
        "not_saved": status == 503,
        "privacy": who_can_see(say, running.form, running.group_name),
        "is_youth": running.is_youth,
        **_come_back(request, site, running),
        "receipt": _code_first(site, running),
    }
    if nonce:
        given["seal"] = partial(site.forms.seal, visit, site.now, nonce)
    return _form_page(request, "question.html.j2", scene, visit, status, **given)


def _asked(
    running: Running, visit: Visit | None, answer: Answer | None, say: Callable[..., str]
) -> dict[str, Any]:
    """The question itself: the present one, or the one whose answer came back."""
    form, at = running.form, running.at
    if answer is not None and form.position(answer.name) is not None:
        at = replace(at, asking=answer.name)
    drawn = draw(form, at)
    value, keeps = _value(drawn, at, visit, answer)
    return {
        "language": at.language,
        "switches": tuple(code for code in form.languages if code != at.language),
        "notes": noted(form, running.at),
        "drawn": drawn,
        "field": replace(field_of(form, at, drawn, value, say), keeps=keeps),
        "error": _error(answer, say),
        "may_go_back": bool(at.answers or at.skipped) and drawn.place > 1,
        "may_skip": form.may_skip(drawn.question),
    }


def _value(
    drawn: Drawn, at: Session, visit: Visit | None, answer: Answer | None
) -> tuple[str, bool]:
    """What stands in the field, and whether an earlier answer is kept that is not shown."""
    if answer is not None:
        return answer.value, False
    before = at.answers.get(drawn.question.name, "")
    if before:
        shows = visit is not None and visit.shows_earlier_answers
        return (before, False) if shows else ("", True)
    return drawn.answer, False


def _error(answer: Answer | None, say: Callable[..., str]) -> str:
    if answer is None:
        return ""
    return answer.error or (say(answer.problem, n=answer.count) if answer.problem else "")


def _code_first(site: Site, running: Running) -> str:
    """Of an anonymous survey the code comes with the first question; later there is none."""
    if not running.is_anonymous or running.at.step != 1:
        return ""
    return receipt_code(site.app.around.keyring, running.id)


def _come_back(request: Request, site: Site, running: Running) -> dict[str, Any]:
    return {
        "code": come_back_code(site.app.around.keyring, running.id),
        "days": site.app.settings.young_people.session_days,
        "where": where_to_type(request, site),
    }


def where_to_type(request: Request, site: Site) -> str:
    """The address at which a come-back code is typed, as people type it."""
    found = urlsplit(site.app.settings.links.web or str(request.base_url))
    return f"{found.netloc}{found.path}".rstrip("/")


# the end


def _over(request: Request, scene: Scene, last: LastSession, visit: Visit | None) -> Response:
    say = _say(request, scene)
    if last.state == SessionState.COMPLETE:
        heading = say("page.ended_youth" if last.form.settings.is_youth else "page.ended")
        text = say("page.ended_text" if last.form.settings.is_youth else "page.ended_text_staff")
        return _ended(request, scene, last, visit, heading, text)
    if last.state == SessionState.WITHDRAWN:
        heading, text = say("page.stopped_title"), say("page.stopped_text")
        return _ended(request, replace(scene, said=()), last, visit, heading, text)
    return _told(request, scene, visit, "page.closed_title", "page.closed_text")


def _ended(
    request: Request,
    scene: Scene,
    last: LastSession,
    visit: Visit | None,
    heading: str,
    text: str,
) -> Response:
    """Thanks, help, the code, and when and where they hear back."""
    site, settings = site_of(request), last.form.settings
    return _form_page(
        request,
        "ending.html.j2",
        scene,
        visit,
        heading=heading,
        text=text,
        closing_notes=last.closing_notes,
        receipt=receipt_code(site.app.around.keyring, last.id) if last.id else "",
        where=where_to_type(request, site),
        hears=settings.tell_back,
        hear_back_by=settings.hear_back_by,
        slug=last.slug,
        is_youth=last.form.settings.is_youth,
    )


def _nothing(request: Request, scene: Scene, visit: Visit | None) -> Response:
    quiet = replace(scene, said=())
    if _say(request, scene)("comeback.elsewhere") in scene.said:
        return _told(request, quiet, visit, "page.gone_title", "page.gone_text")
    if scene.said:
        return _told(request, quiet, visit, "page.said_title", text="\n\n".join(scene.said))
    return _told(request, scene, visit, "page.nothing_title", "page.nothing_text", asks_code=True)


def _told(
    request: Request, scene: Scene, visit: Visit | None, title: str, key: str = "", **more: Any
) -> Response:
    language = scene.standing.language if scene.standing is not None else ""
    return told(request, title, key, language=language, visit=visit, said=scene.said, **more)
