"""Close-the-loop meetings: opening one on its pack, entering what it decides, ending it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.reports_seen import groups, is_limited, may_minute
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests import minute_taking
from digests.minute_taking import Said
from digests.minutes import Minuted, Minutes, gather
from digests.minutes_paper import outcome_words
from digests.pack_paper import item_words
from digests.period import Period
from digests.picture import Unreadable
from digests.themes import Refused
from reminders.recipients import NotAllowed
from reminders.updates import NothingToDecide
from storage.editions import Edition, EditionState
from storage.meetings import Meeting, Outcome
from storage.plans import Body

OTHER = "other"
MOST = 100
_REFUSALS = (Refused, NotAllowed, NothingToDecide)


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting in the list."""

    id: int
    title: str
    of: str
    held_on: date
    ended: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the pack: its place among the five, in words, and what may become of it."""

    key: str
    number: int
    words: str
    minuted: Minuted
    became: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One meeting with everything that was before it. `kept`: its minutes, once it has ended."""

    listed: Listed
    minutes: Minutes
    entries: tuple[Entry, ...]
    others: tuple[tuple[Minuted, str], ...]
    pack: int | None
    kept: int | None


async def listed(request: Request, seat: Seat) -> Response:
    """GET /meetings."""
    return await _list(request, seat)


async def opened(request: Request, seat: Seat) -> Response:
    """POST /meetings: a meeting is opened, on the pack as things stand now."""
    sent, site = await form_of(request, seat), site_of(request)
    if sent.one("do") != "open":
        raise Forged("no act of ours")
    try:
        made = await write(request, lambda db: _open(db, site, seat, sent))
    except Refused as error:
        return await _list(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/meetings/{made}", 303)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /meetings/{ref}."""
    return await _one(request, seat, done=request.query_params.get("done", "")[:12])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: a line is entered, who was there, or that the meeting has ended."""
    sent, site = await form_of(request, seat), site_of(request)
    work = {"enter": _enter, "there": _there, "end": _end}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    ref = _number(request.path_params["ref"])
    try:
        found = await write(request, lambda db: _on(db, site, seat, ref, sent, work))
    except _REFUSALS as error:
        return await _one(request, seat, 422, problem=_sentence(error), typed=sent)
    if not found:
        return trouble(request, "nothing", 404, seat)
    return RedirectResponse(f"/meetings/{ref}?done={sent.one('do')}", 303)


def _sentence(error: Exception) -> str:
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


# -- the list


async def _list(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site = site_of(request)
    found = await read(request, lambda db: _all(db, seat))
    offered = await read(request, lambda db: [(one.key, one.name) for one in groups(db, seat.who)])
    shown = {"problem": "", "typed": Sent(), **given}
    return draw(
        request,
        "meetings",
        seat,
        status,
        found=found,
        groups_offered=offered,
        everything=not is_limited(seat.who),
        today=site.app.around.today,
        **shown,
    )


def _all(db: Db, seat: Seat) -> list[Listed]:
    rows = db.exec(
        select(Meeting).order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc()).limit(MOST)
    ).all()
    return [_listed(db, row) for row in rows if may_minute(db, seat.who, row)]


def _listed(db: Db, row: Meeting) -> Listed:
    body = db.get(Body, row.body_id) if row.body_id else None
    return Listed(
        id=row.id or 0,
        title=row.title or "Close-the-loop meeting",
        of=body.name if body else "",
        held_on=row.held_on,
        ended=row.ended_at is not None,
    )


def _open(db: Db, site: Site, seat: Seat, sent: Sent) -> int:
    group, held_on = sent.one("group"), _day(sent.one("held_on"))
    if held_on is None:
        raise Refused("Please give the day of the meeting.")
    if is_limited(seat.who) and group not in {one.key for one in groups(db, seat.who)}:
        raise Refused("You can open a meeting of a group that you chair.")
    made = minute_taking.open_meeting(
        db,
        subject=group,
        held_on=held_on,
        title=sent.one("title"),
        person_id=seat.who.person_id,
        now=site.now,
        calendar=site.app.around.calendar,
    )
    return made.id or 0


# -- one


async def _one(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site, ref = site_of(request), _number(request.path_params["ref"])
    try:
        found = await read(request, lambda db: _shown(db, site, seat, ref))
    except Unreadable:
        return trouble(request, "nothing", 410, seat)
    if found is None:
        return trouble(request, "nothing", 404, seat)
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(request, "meeting", seat, status, found=found, other=OTHER, **shown)


def _shown(db: Db, site: Site, seat: Seat, ref: int) -> Shown | None:
    row = _theirs(db, seat, ref)
    if row is None:
        return None
    minutes = gather(
        db,
        Period.quarter_of(row.held_on),
        subject=str(ref),
        now=site.now,
        calendar=site.app.around.calendar,
    )
    return Shown(
        listed=_listed(db, row),
        minutes=minutes,
        entries=_entries(minutes),
        others=tuple((one, outcome_words(one)) for one in minutes.others),
        pack=row.edition_id,
        kept=_kept(db, ref),
    )


def _theirs(db: Db, seat: Seat, ref: int) -> Meeting | None:
    row = db.get(Meeting, ref)
    return row if row is not None and may_minute(db, seat.who, row) else None


def _entries(minutes: Minutes) -> tuple[Entry, ...]:
    """The five first, then the others as the pack has them."""
    places = {key: number for number, key in enumerate(minutes.five, 1)}
    found = [
        Entry(
            key=one.item.key,
            number=places.get(one.item.key, 0),
            words=item_words(one.item),
            minuted=one,
            became=outcome_words(one),
            choices=tuple(choice.value for choice in minute_taking.choices(one.item)),
        )
        for one in minutes.items
        if one.item is not None
    ]
    return tuple(sorted(found, key=lambda one: one.number or len(places) + 1))


def _kept(db: Db, ref: int) -> int | None:
    return db.exec(
        select(Edition.id)
        .where(
            Edition.kind == "minutes",
            Edition.subject == str(ref),
            Edition.state == EditionState.APPROVED,
        )
        .order_by(col(Edition.id).desc())
    ).first()


Work = Callable[[Db, Site, Seat, Meeting, Sent], None]


def _on(db: Db, site: Site, seat: Seat, ref: int, sent: Sent, work: Work) -> bool:
    row = _theirs(db, seat, ref)
    if row is not None:
        work(db, site, seat, row, sent)
    return row is not None


def _enter(db: Db, site: Site, seat: Seat, row: Meeting, sent: Sent) -> None:
    item = sent.one("item")
    outcome = next((one for one in Outcome if one.value == sent.one("outcome")), None)
    if outcome is None:
        raise Refused("Please choose what became of it.")
    said = Said(
        item="" if item == OTHER else item,
        outcome=outcome,
        text=sent.one("text"),
        moved_to=_day(sent.one("moved_to")),
        lead=sent.one("lead"),
    )
    person_id, today = seat.who.person_id, site.app.around.today
    minute_taking.minute(db, row, said, person_id=person_id, now=site.now, today=today)


def _there(db: Db, site: Site, seat: Seat, row: Meeting, sent: Sent) -> None:
    minute_taking.attended(
        db,
        row,
        present=sent.one("present"),
        apologies=sent.one("apologies"),
        person_id=seat.who.person_id,
        now=site.now,
    )


def _end(db: Db, site: Site, seat: Seat, row: Meeting, sent: Sent) -> None:
    minute_taking.end(
        db,
        row,
        person_id=seat.who.person_id,
        now=site.now,
        calendar=site.app.around.calendar,
        next_meeting=_day(sent.one("next_meeting")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
