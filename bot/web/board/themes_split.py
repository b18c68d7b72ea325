"""Splitting a theme: which of its answers go into a new one."""

from dataclasses import dataclass, field

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.board.themes import codebook_of, may_read_words, note, nothing
from bot.web.board.themes_coder import note_reading
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests import codebook
from digests.coding_desk import Answers, OnDesk, Wanted
from digests.themes import Refused
from storage.surveys import Survey as SurveyRow
from storage.voice import Theme

MOST = 250
"""So many answers are chosen from at once; a form holds no more fields."""


@dataclass(frozen=True, slots=True)
class Splitting:
    """A theme and its answers."""

    row: SurveyRow
    theme: Theme
    answers: tuple[OnDesk, ...] = field(repr=False)
    total: int


async def shown(request: Request, seat: Seat) -> Response:
    """GET /themes/{slug}/split?theme="""
    return await _drawn(request, seat, theme=request.query_params.get("theme", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: the chosen answers go into a new theme."""
    sent, site = await form_of(request, seat), site_of(request)
    if sent.one("do") != "split":
        raise Forged("no act of ours")
    try:
        is_done = await write(request, lambda db: _split(db, site, request, seat, sent))
    except Refused as error:
        theme = sent.one("theme")
        return await _drawn(request, seat, 422, theme=theme, problem=str(error), typed=sent)
    slug = request.path_params["slug"]
    there = RedirectResponse(f"/themes/{slug}?done=split", 303)
    return there if is_done else await nothing(request, seat)


def _split(db: Db, site: Site, request: Request, seat: Seat, sent: Sent) -> bool:
    found = _splitting(db, request, seat, sent.one("theme"))
    if found is None or found.theme.id is None or found.row.id is None:
        return False
    answers = Answers(db, found.row.id)
    made = codebook.split(
        db,
        found.theme.id,
        name=sent.one("name"),
        definition=sent.one("definition"),
        replies=[answers.of(mark).reply for mark in dict.fromkeys(sent.several("answer"))],
        person_id=seat.who.person_id,
        now=site.now,
    )
    detail = f"theme:{found.theme.id} into theme:{made.id}"
    note(db, request, seat, "theme.split", detail, now=site.now)
    return True


async def _drawn(
    request: Request, seat: Seat, status: int = 200, *, theme: str, **given: object
) -> Response:
    row = await read(request, lambda db: codebook_of(db, request))
    if row is None:
        return await nothing(request, seat)
    if not may_read_words(row, seat):
        return draw(request, "themes_unread", seat, row=row)
    await note_reading(request, seat)
    found = await read(request, lambda db: _splitting(db, request, seat, theme))
    if found is None:
        return RedirectResponse(f"/themes/{row.slug}", 303)
    more = {"problem": "", "typed": Sent(), **given}
    return draw(request, "themes_split", seat, status, split=found, **more)


def _splitting(db: Db, request: Request, seat: Seat, theme: str) -> Splitting | None:
    row = codebook_of(db, request)
    if row is None or row.id is None or not may_read_words(row, seat):
        return None
    one = next((one for one in codebook.in_use(db, row.id) if str(one.id) == theme), None)
    if one is None:
        return None
    answers = Answers(db, row.id).wanted(Wanted(str(one.id)))
    return Splitting(row, one, tuple(answers[:MOST]), len(answers))
