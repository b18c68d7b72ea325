"""One action whole: what it is, how it stands, its history, and what it answers for."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right, Who
from bot.seen_plan import scope_of
from bot.web.board.decisions_taken import NotTaken, take
from bot.web.board.decisions_view import Desk, desk_of
from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.plan_filters import number_of
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests.plan_columns import seen_in
from digests.plan_history import ActionHistory, action_history
from reminders.recipients import may_speak_for
from storage.language import HOME, long_date
from storage.plans import Action


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows to one person. `answers`: their word on it counts."""

    history: ActionHistory
    desk: Desk
    answers: bool


async def shown(request: Request, seat: Seat) -> Response:
    """GET /plan/{ref}; the reference is the action's own number, as refs repeat between plans."""
    return await _drawn(request, seat, done=request.query_params.get("done", ""))


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: what waits about this action is decided here."""
    site, action_id = site_of(request), number_of(request.path_params["ref"])
    sent = await form_of(request, seat)
    found = await read(request, lambda db: _shown(db, site, seat.who, action_id))
    keys = {item.key for item in (*found.desk.items, *found.desk.doubtful)} if found else set()
    if sent.one("item") not in keys:
        if found is None:
            raise Forged("about another action")
        return await _drawn(request, seat, 409, problem=_OVER)
    try:
        done = await write(request, lambda db: take(db, site.app.around, seat.who, sent))
    except NotTaken as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/plan/{action_id}?done={done}", 303)


_OVER = "This does not wait any more. The history below says what became of it."


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site, action_id = site_of(request), number_of(request.path_params["ref"])
    found = await read(request, lambda db: _shown(db, site, seat.who, action_id))
    if found is None:
        raise HTTPException(404)
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(
        request,
        "plan_action",
        seat,
        status,
        history=found.history,
        desk=found.desk,
        answers=found.answers,
        here=f"/plan/{action_id}",
        as_day=as_day,
        **shown,
    )


def as_day(text: str) -> str:
    """A day of the history as people write it; anything else as it stands."""
    try:
        return long_date(date.fromisoformat(text), HOME)
    except ValueError:
        return text


def _shown(db: Db, site: Site, who: Who, action_id: int) -> Shown | None:
    """None where there is no such action, or it is not theirs to see."""
    today = site.app.around.today
    mine = select(Action.id).where(col(Action.id) == action_id, seen_in(scope_of(who), today))
    if db.exec(mine).first() is None:
        return None
    drafts = who.may(Right.PUBLISH)
    history = action_history(db, action_id, today=today, drafts=drafts)
    assert history is not None
    desk = desk_of(db, who.person_id, today=today, action_id=action_id)
    return Shown(history, desk, answers=may_speak_for(db, who.person_id, action_id))
