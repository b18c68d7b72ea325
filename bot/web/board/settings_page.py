"""What people may change without the administrator, and when each body meets next."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.app import App
from bot.chosen_settings import OFFERED, NotASetting, Offered, choose, chosen_in, shown, take_back
from bot.settings import Settings
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import site_of
from storage import audit
from storage.plans import Body


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: what holds, and whether somebody chose it here."""

    offered: Offered
    value: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    rows: tuple[Row, ...]
    bodies: tuple[Body, ...]


async def page(request: Request, seat: Seat) -> Response:
    """GET /settings."""
    return await _drawn(request, seat, done=request.query_params.get("done", "")[:40])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: a setting is chosen or given back, or a meeting's day is noted."""
    sent = await form_of(request, seat)
    app = site_of(request).app
    try:
        if sent.one("do") == "meeting":
            await write(request, lambda db: _meeting(app, db, seat, sent))
            return RedirectResponse("/settings?done=meeting", 303)
        settings = await write(request, lambda db: _chosen(app, db, seat, sent))
    except NotASetting as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    app.around.follow(settings)
    return RedirectResponse(f"/settings?done={sent.one('do')}", 303)


def _chosen(app: App, db: Db, seat: Seat, sent: Sent) -> Settings:
    name, who = sent.one("name"), seat.who.person_id
    if sent.one("do") == "choose":
        return choose(app, db, name, sent.one("value"), who)
    if sent.one("do") == "back":
        return take_back(app, db, name, who)
    raise Forged("no act of ours")


def _meeting(app: App, db: Db, seat: Seat, sent: Sent) -> None:
    if not seat.who.may(Right.PEOPLE):
        raise NotASetting("Only a business manager notes when a body meets.")
    body = db.exec(select(Body).where(Body.key == sent.one("body"))).first()
    if body is None:
        raise NotASetting("There is no such body. Choose one of those on the page.")
    body.next_meeting = _day(sent.one("next"))
    db.add(body)
    audit.record(
        db,
        at=app.around.now,
        act="body.meeting",
        subject=f"body:{body.id}",
        person_id=seat.who.person_id,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise NotASetting("Please give the day as in 2023-12-04, or nothing.") from error


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    settings = site_of(request).app.settings
    found = await read(request, lambda db: _page(db, settings))
    more = {"done": "", "problem": "", "typed": Sent(), **given}
    may_note = seat.who.may(Right.PEOPLE)
    return draw(request, "settings", seat, status, found=found, may_note=may_note, **more)


def _page(db: Db, settings: Settings) -> Page:
    chosen = chosen_in(db)
    rows = (Row(one, shown(settings, one.name), one.name in chosen) for one in OFFERED)
    bodies = db.exec(select(Body).order_by(col(Body.name))).all()
    return Page(tuple(rows), tuple(bodies))
