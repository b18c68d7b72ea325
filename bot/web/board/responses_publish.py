"""Publishing the replies to a survey: first exactly what each reader will see, then the press."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.responses import READERS, asked_for, survey_of
from bot.web.board.seat import Seat
from bot.web.forms import Sent
from bot.web.site import Site, site_of
from digests import you_paper
from digests.paper import Paper
from digests.period import Period
from digests.publishing import publish
from digests.render import render
from digests.responses import approved_of, of_few
from digests.themes import Refused
from digests.you_said_we_did import prepare
from digests.you_view import offered
from storage.language import LANGUAGE_NAMES
from storage.surveys import Survey as SurveyRow
from storage.voice import Readers, Theme

_QUARTER = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Preview:
    """The page and the chat message as they will be, and the themes that few people spoke of."""

    row: SurveyRow
    approved: tuple[int, ...]
    few: tuple[str, ...]
    offered: tuple[Readers, ...]
    languages: Mapping[str, str]
    paper: Paper | None
    chat: str


async def shown(request: Request, seat: Seat) -> Response:
    """GET /responses/{slug}/publish. Looking changes nothing."""
    return await _drawn(request, seat)


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: it is published, and everybody who asked to hear is told."""
    sent, site = await form_of(request, seat), site_of(request)
    slug = request.path_params["slug"]
    try:
        found = await write(request, lambda db: _publish(db, site, seat, slug, sent))
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    if not found:
        return trouble(request, "nothing", 404, seat)
    return RedirectResponse(f"/responses/{slug}?done=published", 303)


def _publish(db: Db, site: Site, seat: Seat, slug: str, sent: Sent) -> bool:
    row = survey_of(db, slug)
    if row is None or row.id is None:
        return False
    approved = ",".join(str(one.id) for one in approved_of(db, row.id))
    if not approved:
        raise Refused("Nothing waits to be published. It may have gone out already.")
    if approved != sent.one("approved"):
        raise Refused("What is approved changed meanwhile. Look at it again before it goes out.")
    confirmed = sent.one("points_to_nobody") == "yes"
    if confirmed and not seat.who.may(Right.READ_REVIEWED):
        raise Refused("Only the voice lead can confirm that small groups are not pointed at.")
    publish(
        db,
        row.id,
        person_id=seat.who.person_id,
        period=_period(site),
        now=site.now,
        calendar=site.app.around.calendar,
        points_to_nobody=confirmed,
    )
    return True


def _period(site: Site) -> Period:
    today = site.app.around.today
    return Period(today - _QUARTER, today)


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: Any) -> Response:
    site, slug = site_of(request), request.path_params["slug"]
    readers, language = asked_for(request)
    found = await read(request, lambda db: _preview(db, site, slug, readers, language))
    if found is None:
        return trouble(request, "nothing", 404, seat)
    shown = {"problem": "", "typed": Sent(), **given}
    return draw(
        request,
        "responses_publish",
        seat,
        status,
        of=found,
        readers=READERS,
        reader=readers,
        spoken=language,
        may_confirm=seat.who.may(Right.READ_REVIEWED),
        **shown,
    )


def _preview(db: Db, site: Site, slug: str, readers: Readers, language: str) -> Preview | None:
    row = survey_of(db, slug)
    if row is None or row.id is None:
        return None
    approved = approved_of(db, row.id)
    few = of_few(db, row.id, [one.theme_id for one in approved])
    names = tuple(db.get_one(Theme, one).name for one in few)
    calendar = site.app.around.calendar
    try:
        prepared = prepare(db, row.id, _period(site), calendar=calendar, with_approved=True)
    except Refused:
        return Preview(row, (), names, (), LANGUAGE_NAMES, None, "")
    view, lines = prepared.view, site.app.settings.help_lines
    return Preview(
        row=row,
        approved=tuple(one.id or 0 for one in approved),
        few=names,
        offered=offered(view),
        languages=LANGUAGE_NAMES,
        paper=you_paper.paper(view, readers, language, help_lines=lines),
        chat=render(view, "text", language, readers=readers),
    )
