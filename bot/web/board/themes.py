"""Themes: how far the coding of each survey has come, and listening that needed no survey."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests.codebook import in_use
from digests.coding import Progress, progress
from digests.hearings import listed as hearings_of
from digests.hearings import listen
from digests.themes import Refused
from storage import audit
from storage.surveys import Survey as SurveyRow
from surveys.definition import Audience
from surveys.register import every, find


@dataclass(frozen=True, slots=True)
class Listed:
    """One codebook in the list; `progress` is of young people's words alone."""

    slug: str
    title: str
    audience: str
    themes: int
    hearings: int
    progress: Progress | None


async def listed(request: Request, seat: Seat) -> Response:
    """GET /themes."""
    return await _drawn(request, seat)


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: listening without a survey is begun."""
    sent, site = await form_of(request, seat), site_of(request)
    if sent.one("do") != "listen":
        raise Forged("no act of ours")
    try:
        slug = await write(request, lambda db: _listen(db, site, seat, sent))
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/themes/{slug}/sessions", 303)


async def nothing(request: Request, seat: Seat) -> Response:
    """There is no such survey, or it has no codebook."""
    return trouble(request, "nothing", 404, seat)


def codebook_of(db: Db, request: Request) -> SurveyRow | None:
    """The survey of this address; the form that leads fill in has no themes."""
    row = find(db, request.path_params["slug"])
    return row if row is not None and row.audience != "leads" else None


def may_read_words(row: SurveyRow, seat: Seat) -> bool:
    """Young people's words after review are the voice lead's; practitioners' are nobody's."""
    return row.audience == Audience.YOUTH and seat.who.may(Right.READ_REVIEWED)


def note(
    db: Db, request: Request, seat: Seat, act: str, detail: str = "", *, now: datetime
) -> None:
    """One line of the audit log, by reference."""
    audit.record(
        db,
        at=now,
        act=act,
        subject=f"survey {request.path_params['slug']}",
        person_id=seat.who.person_id,
        detail=detail,
    )


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    found = await read(request, _all)
    shown = {"problem": "", "typed": Sent(), **given}
    may_read = seat.who.may(Right.READ_REVIEWED)
    return draw(request, "themes", seat, status, surveys=found, may_read=may_read, **shown)


def _all(db: Db) -> tuple[Listed, ...]:
    return tuple(_listed(db, row) for row in every(db) if row.audience != "leads")


def _listed(db: Db, row: SurveyRow) -> Listed:
    assert row.id is not None
    return Listed(
        row.slug,
        row.title,
        row.audience,
        themes=len(in_use(db, row.id)),
        hearings=len(hearings_of(db, row.id)),
        progress=progress(db, row.id) if row.audience == Audience.YOUTH else None,
    )


def _listen(db: Db, site: Site, seat: Seat, sent: Sent) -> str:
    is_youth = sent.one("audience") != Audience.PRACTITIONERS
    row = listen(
        db,
        slug=sent.one("slug"),
        title=sent.one("title"),
        audience=Audience.YOUTH if is_youth else Audience.PRACTITIONERS,
        asked_by=sent.one("asked_by"),
        now=site.now,
    )
    audit.record(
        db,
        at=site.now,
        act="listening added",
        subject=f"survey {row.slug}",
        person_id=seat.who.person_id,
    )
    return row.slug
