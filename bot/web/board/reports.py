"""Reports and digests: those that were kept, making one, wording and approving it, its files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right
from bot.reports_seen import groups, is_limited, may_ask, may_read
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.report_files import FORMATS, file_response
from bot.web.board.seat import Seat
from bot.web.desk.files import download
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests import editions
from digests.drawing_svg import inline
from digests.paper import Paper, Picture
from digests.period import Period
from digests.picture import Unreadable, Words
from digests.render import render
from digests.reports import REPORTS, Subject
from digests.themes import Refused
from storage.editions import Edition, EditionState
from storage.meetings import Meeting
from storage.people import names_of
from storage.plans import Body
from surveys.typesetting import CannotTypeset

MOST = 200
_QUARTERS = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """One edition in the list, with its group's name, and who approved it."""

    id: int
    kind: str
    title: str
    of: str
    period: Period
    state: EditionState
    as_at: datetime
    approved_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One edition to read; `paper` is None for a weekly digest, and where it cannot be read."""

    edition: Edition
    listed: Listed
    words: Words
    paper: Paper | None
    text: str
    sections: Mapping[str, str]
    may_word: bool
    edits: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody may have made: kinds, groups, and the days that periods end with."""

    kinds: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    everything: bool
    periods: tuple[Period, ...]


async def listed(request: Request, seat: Seat) -> Response:
    """GET /reports: the newest first; `kind` shows one kind alone."""
    return await _list(request, seat)


async def asked(request: Request, seat: Seat) -> Response:
    """POST /reports: one is made, as a draft."""
    sent, site = await form_of(request, seat), site_of(request)
    if sent.one("do") != "make":
        raise Forged("no act of ours")
    try:
        made = await write(request, lambda db: _make(db, site, seat, sent))
    except Refused as error:
        return await _list(request, seat, 422, problem=str(error), typed=sent)
    return RedirectResponse(f"/reports/{made}", 303)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /reports/{ref}; `as` gives it as a file."""
    wanted = request.query_params.get("as", "")
    if wanted in FORMATS:
        return await _file(request, seat, wanted)
    return await _one(request, seat, done=request.query_params.get("done", "")[:12])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: words are put to it, or it is approved, or dropped."""
    sent, site = await form_of(request, seat), site_of(request)
    work = {"word": _word, "approve": _approve, "drop": _drop}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    if not seat.who.may(Right.APPROVE):
        return await _one(request, seat, 403, problem="A business manager does this.")
    ref = _number(request.path_params["ref"])
    try:
        await write(request, lambda db: _on(db, site, seat, ref, sent, work))
    except editions.Settled:
        problem = "It is settled already, or a newer one has taken its place."
        return await _one(request, seat, 409, problem=problem, typed=sent)
    except editions.ChangedMeanwhile as error:
        problem = f"{error.who} put other words to it since you opened this page."
        return await _one(request, seat, 409, problem=problem, typed=sent)
    return RedirectResponse(f"/reports/{ref}?done={sent.one('do')}", 303)


# -- the list


async def _list(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    site, kind = site_of(request), request.query_params.get("kind", "")[:32]
    found = await read(request, lambda db: _all(db, seat, kind))
    offered = await read(request, lambda db: _choices(db, site, seat))
    shown = {"problem": "", "typed": Sent(), **given}
    kinds = {"weekly": "Weekly digest"} | {one.kind: one.title for one in REPORTS.values()}
    return draw(
        request,
        "reports",
        seat,
        status,
        found=found,
        choices=offered,
        kinds=kinds,
        kind=kind,
        **shown,
    )


def _all(db: Db, seat: Seat, kind: str) -> list[Listed]:
    query = (
        select(Edition)
        .where(Edition.state != EditionState.DROPPED)
        .order_by(col(Edition.ends_on).desc(), col(Edition.id).desc())
        .limit(MOST)
    )
    if kind:
        query = query.where(Edition.kind == kind)
    return _listed(db, [one for one in db.exec(query).all() if may_read(db, seat.who, one)])


def _listed(db: Db, found: Sequence[Edition]) -> list[Listed]:
    names = names_of(db, [one.approved_by_id for one in found])
    bodies = dict(db.exec(select(Body.key, Body.name)).all())
    return [
        Listed(
            id=one.id or 0,
            kind=one.kind,
            title=REPORTS[one.kind].title if one.kind in REPORTS else "Weekly digest",
            of=_of(db, one, bodies),
            period=Period(one.starts_on, one.ends_on),
            state=EditionState(one.state),
            as_at=one.as_at,
            approved_by=names.get(one.approved_by_id, ""),
        )
        for one in found
    ]


def _of(db: Db, one: Edition, bodies: Mapping[str, str]) -> str:
    if one.kind != "minutes":
        return bodies.get(one.subject, one.subject)
    meeting = db.get(Meeting, _number(one.subject))
    return meeting.title if meeting is not None else ""


def _choices(db: Db, site: Site, seat: Seat) -> Choices:
    made = tuple(
        (one.kind, one.title)
        for one in REPORTS.values()
        if one.subject in (Subject.NONE, Subject.BODY)
    )
    return Choices(
        kinds=made,
        groups=tuple((body.key, body.name) for body in groups(db, seat.who)),
        everything=not is_limited(seat.who),
        periods=_periods(site.app.around.today),
    )


def _periods(today: date) -> tuple[Period, ...]:
    """The quarters behind us, the one that runs, and the years that they are of."""
    found = [Period.quarter_of(today)]
    while len(found) < _QUARTERS:
        found.append(found[-1].before())
    years = [Period.year_of(today), Period.year_of(today).before()]
    financial = [Period.financial_year_of(today), Period.financial_year_of(today).before()]
    return (*found[1:], found[0], *reversed(years), *reversed(financial))


def _make(db: Db, site: Site, seat: Seat, sent: Sent) -> int:
    kind, group = sent.one("kind"), sent.one("group")
    if kind not in REPORTS:
        raise Refused("Please choose which report.")
    report = REPORTS[kind]
    subject = group if report.subject is Subject.BODY else ""
    if not subject and not report.of_all:
        raise Refused("Please choose the group whose report it is.")
    if not may_ask(db, seat.who, kind, subject):
        raise Refused("This report is not yours to make. A business manager can.")
    around = site.app.around
    made = editions.make(
        db,
        kind,
        _period(sent.one("period"), around.today),
        subject=subject,
        now=site.now,
        calendar=around.calendar,
        person_id=seat.who.person_id,
    )
    return made.id or 0


def _period(text: str, today: date) -> Period:
    first, _, last = text.partition("_")
    try:
        found = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise Refused("Please choose the period.") from None
    if found not in _periods(today):  # any two days would let figures be taken from each other
        raise Refused("Please choose the period from the list.")
    return found


# -- one


async def _one(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    ref = _number(request.path_params["ref"])
    found = await read(request, lambda db: _shown(db, seat, ref))
    if found is None:
        return trouble(request, "nothing", 404, seat)
    shown = {"done": "", "problem": "", "typed": Sent(), **given}
    return draw(
        request, "report", seat, status, found=found, formats=FORMATS, picture=_picture, **shown
    )


def _picture(picture: Picture) -> object:
    return inline(picture.drawing, picture.alt)


def _shown(db: Db, seat: Seat, ref: int) -> Shown | None:
    edition = db.get(Edition, ref)
    if edition is None or not may_read(db, seat.who, edition):
        return None
    paper, text, sections = _content(edition)
    is_open = editions.is_open(db, edition)
    return Shown(
        edition=edition,
        listed=_listed(db, [edition])[0],
        words=editions.words_of(edition),
        paper=paper,
        text=text,
        sections=sections,
        may_word=seat.who.may(Right.APPROVE) and is_open and edition.kind != editions.WEEKLY,
        edits=editions.edits_of(edition),
    )


def _content(edition: Edition) -> tuple[Paper | None, str, Mapping[str, str]]:
    """A report as a paper, a weekly digest as text; neither where it cannot be read any more."""
    try:
        if edition.kind == editions.WEEKLY:
            return None, render(editions.picture_of(edition), "text"), {}
        return editions.paper_of(edition), "", editions.sections_of(edition)
    except Unreadable:
        return None, "", {}


async def _file(request: Request, seat: Seat, wanted: str) -> Response:
    site, ref = site_of(request), _number(request.path_params["ref"])
    edition = await read(request, lambda db: _readable(db, seat, ref))
    if edition is None:
        return trouble(request, "nothing", 404, seat)
    template = site.app.settings.digests.template
    work = partial(file_response, site.app.database, edition, wanted, template)
    try:
        name, media_type, content = await run_in_threadpool(work)
    except Unreadable:
        return await _one(request, seat, 410, problem="It was made by another version.")
    except CannotTypeset as error:
        return await _one(request, seat, 503, problem=str(error))
    return download(name, media_type, content)


def _readable(db: Db, seat: Seat, ref: int) -> Edition | None:
    edition = db.get(Edition, ref)
    return edition if edition is not None and may_read(db, seat.who, edition) else None


Work = Callable[[Db, Site, Seat, Edition, Sent], None]


def _on(db: Db, site: Site, seat: Seat, ref: int, sent: Sent, work: Work) -> None:
    edition = _readable(db, seat, ref)
    if edition is None or edition.kind == editions.WEEKLY:
        raise editions.Settled("no report of ours")
    work(db, site, seat, edition, sent)


def _word(db: Db, site: Site, seat: Seat, edition: Edition, sent: Sent) -> None:
    names = editions.sections_of(edition)
    words = {key: sent.one(f"remark-{key}") for key in names} | {"opening": sent.one("opening")}
    begun = _number(sent.one("edits"))
    editions.edit_words(db, edition, words, seat.who.person_id, site.now, begun=begun)


def _approve(db: Db, site: Site, seat: Seat, edition: Edition, _: Sent) -> None:
    editions.approve(db, edition, seat.who.person_id, site.now)


def _drop(db: Db, site: Site, seat: Seat, edition: Edition, _: Sent) -> None:
    editions.drop(db, edition, seat.who.person_id, site.now)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
