"""Sessions, paper, practice reviews and audits: where themes came up other than in the survey."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.board.themes import codebook_of, note, nothing
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests.codebook import in_use
from digests.hearings import Listed, listed, record_hearing, take_back
from digests.themes import Refused, add_theme
from storage.surveys import Survey as SurveyRow
from storage.voice import HearingKind, Theme


@dataclass(frozen=True, slots=True)
class Sessions:
    """What the page shows."""

    row: SurveyRow
    hearings: tuple[Listed, ...]
    themes: tuple[Theme, ...]


async def shown(request: Request, seat: Seat) -> Response:
    """GET /themes/{slug}/sessions."""
    return await _drawn(request, seat, done=request.query_params.get("done", "")[:20])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: one is recorded, or one that was recorded by mistake goes."""
    sent, site = await form_of(request, seat), site_of(request)
    work = {"record": _record, "remove": _remove}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    try:
        is_there = await write(request, lambda db: work(db, site, request, seat, sent))
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    there = RedirectResponse(f"{request.url.path}?done={sent.one('do')}", 303)
    return there if is_there else await nothing(request, seat)


def _record(db: Db, site: Site, request: Request, seat: Seat, sent: Sent) -> bool:
    row, who = codebook_of(db, request), seat.who.person_id
    if row is None or row.id is None:
        return False
    themes = {one.id or 0: _people(sent, f"people-{one.id}") for one in _heard(db, row.id, sent)}
    if name := sent.one("new").strip():
        made = add_theme(db, survey_id=row.id, name=name, now=site.now, person_id=who)
        themes[made.id or 0] = _people(sent, "people-new")
    hearing = record_hearing(
        db,
        row.id,
        kind=_kind(sent.one("kind")),
        title=sent.one("title"),
        held_on=_day(sent.one("held_on")),
        present=_people(sent, "present"),
        themes=themes,
        person_id=who,
        now=site.now,
        today=site.app.around.today,
    )
    note(db, request, seat, "theme.heard", f"hearing:{hearing.id}", now=site.now)
    return True


def _remove(db: Db, site: Site, request: Request, seat: Seat, sent: Sent) -> bool:
    row, hearing = codebook_of(db, request), sent.one("hearing")
    if row is None or row.id is None:
        return False
    is_number = hearing.isascii() and hearing.isdigit() and len(hearing) < 10
    take_back(db, row.id, int(hearing) if is_number else 0)
    note(db, request, seat, "theme.unheard", f"hearing:{hearing[:10]}", now=site.now)
    return True


def _heard(db: Db, survey_id: int, sent: Sent) -> list[Theme]:
    """Those ticked, and those where a number was typed."""
    ticked = set(sent.several("theme"))
    return [
        one
        for one in in_use(db, survey_id)
        if str(one.id) in ticked or sent.one(f"people-{one.id}").strip()
    ]


def _kind(typed: str) -> HearingKind:
    if typed not in set(HearingKind):
        raise Refused("Choose what it was: a group session, paper, a practice review or an audit.")
    return HearingKind(typed)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused("Give the day it was said, such as 2024-01-31.") from None


def _people(sent: Sent, name: str) -> int | None:
    typed = sent.one(name).strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise Refused("Write how many people in digits, or leave it empty where nobody counted.")
    return int(typed)


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    found = await read(request, lambda db: _sessions(db, request))
    if found is None:
        return await nothing(request, seat)
    more = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(request, "themes_sessions", seat, status, found=found, **more)


def _sessions(db: Db, request: Request) -> Sessions | None:
    row = codebook_of(db, request)
    if row is None or row.id is None:
        return None
    return Sessions(row, tuple(listed(db, row.id)), tuple(in_use(db, row.id)))
