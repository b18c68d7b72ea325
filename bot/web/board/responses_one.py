"""The replies to one theme: drafting, other words, checking, approving and correcting them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.responses import READERS, survey_of
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests import corrections, responses, wordings
from digests.plan_link import action_meant, as_typed
from digests.reading_age import AIM, Measure, measure
from digests.response_list import Reply, ThemeLine, themes_of
from digests.themes import Refused
from storage.people import names_of
from storage.surveys import Survey as SurveyRow
from storage.voice import Readers, ResponseKind, ResponseWording

KINDS = {
    ResponseKind.WE_DID: "We did",
    ResponseKind.WE_ARE_DOING: "We are doing, by when",
    ResponseKind.NOT_YET: "Not yet; they hear from us on",
    ResponseKind.WE_CANNOT: "We cannot, because",
}


@dataclass(frozen=True, slots=True)
class Worded:
    """Other words for a reply, how they read, and who wrote and checked them."""

    row: ResponseWording = field(repr=False)
    measure: Measure
    is_hard: bool
    written_by: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page shows of one theme."""

    row: SurveyRow
    line: ThemeLine
    reply: Reply | None
    measure: Measure | None
    is_hard: bool
    action: str
    written_in: str
    words: tuple[Worded, ...]


async def shown(request: Request, seat: Seat) -> Response:
    """GET /responses/{slug}/{ref}."""
    return await _drawn(request, seat, done=request.query_params.get("done", "")[:20])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: one act on the theme's reply. Asking how something reads changes nothing."""
    sent, site = await form_of(request, seat), site_of(request)
    act = sent.one("do")
    if sent.one("measure"):
        return await _drawn(request, seat, typed=sent, opened=sent.one("opened"))
    work = _ACTS.get(act)
    if work is None:
        raise Forged("no act of ours")
    try:
        found = await write(request, lambda db: _act(db, request, work, site, seat, sent))
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent, opened=act)
    if not found:
        return trouble(request, "nothing", 404, seat)
    return RedirectResponse(f"{request.url.path}?done={act}", 303)


Work = Callable[[Db, Site, int, ThemeLine, Sent], None]


def _act(db: Db, request: Request, work: Work, site: Site, seat: Seat, sent: Sent) -> bool:
    found = _line(db, request, site)
    if found is None:
        return False
    work(db, site, seat.who.person_id, found[1], sent)
    return True


def _draft(db: Db, site: Site, me: int, line: ThemeLine, sent: Sent) -> None:
    given = _filled(db, sent)
    if line.open is not None:
        responses.revise(db, line.open.id, **given, person_id=me, now=site.now)
    else:
        responses.draft(db, theme_id=line.id, **given, person_id=me, now=site.now)


def _correct(db: Db, site: Site, me: int, line: ThemeLine, sent: Sent) -> None:
    if line.standing is None:
        raise Refused("Nothing was published about this theme, so there is nothing to correct.")
    if line.open is not None:
        raise Refused("A draft is waiting already. Change that one, or publish it first.")
    given = _filled(db, sent)
    given.pop("decided_by")
    given.pop("decided_on")
    what = sent.one("what")
    corrections.correct(db, line.standing.id, what=what, **given, person_id=me, now=site.now)


def _approve(db: Db, site: Site, me: int, line: ThemeLine, sent: Sent) -> None:
    if line.open is None or str(line.open.id) != sent.one("response"):
        raise Refused("Somebody changed it meanwhile. Read it again before you approve it.")
    today = site.app.around.today
    responses.approve(db, line.open.id, person_id=me, now=site.now, today=today)


def _word(db: Db, site: Site, me: int, line: ThemeLine, sent: Sent) -> None:
    reply = line.open or line.standing
    readers, language = sent.one("readers"), sent.one("language").strip()
    if reply is None:
        raise Refused("Draft the reply itself first.")
    if readers not in set(Readers):
        raise Refused("Please choose for whom these words are.")
    wordings.write(
        db,
        reply.id,
        readers=Readers(readers),
        language=language,
        said=sent.one("said"),
        text=sent.one("words"),
        because=sent.one("words_because"),
        person_id=me,
        now=site.now,
    )


def _check(db: Db, site: Site, me: int, line: ThemeLine, sent: Sent) -> None:
    own = {
        one.id
        for several in wordings.wordings_of(db, [one.id for one in line.replies]).values()
        for one in several
    }
    wording = _number(sent.one("wording"))
    if wording not in own:
        raise Refused("These words are not there any more. Look at the page again.")
    if sent.one("reads") != "yes":
        raise Refused("Please tick that you read this language and stand by the words.")
    wordings.check(db, wording, person_id=me, now=site.now)


_ACTS: dict[str, Work] = {
    "draft": _draft,
    "correct": _correct,
    "approve": _approve,
    "word": _word,
    "check": _check,
}


def _filled(db: Db, sent: Sent) -> dict[str, Any]:
    kind = sent.one("kind")
    if kind not in set(ResponseKind):
        raise Refused("Please choose what became of it.")
    return {
        "kind": ResponseKind(kind),
        "text": sent.one("text"),
        "because": sent.one("because"),
        "by_when": _day(sent.one("by_when")),
        "action_id": action_meant(db, sent.one("action")),
        "evidence": sent.one("evidence"),
        "decided_by": sent.one("decided_by"),
        "decided_on": _day(sent.one("decided_on")),
    }


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise Refused("Please write a day such as 2024-06-30.") from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: Any) -> Response:
    site = site_of(request)
    typed: Sent = given.get("typed", Sent())
    desk = await read(request, lambda db: _desk(db, request, site))
    if desk is None:
        return trouble(request, "nothing", 404, seat)
    shown = {
        "done": "",
        "problem": "",
        "typed": typed,
        "opened": "",
        "kinds": KINDS,
        "readers": READERS,
        "aims": AIM,
        "typed_measure": _typed_measure(typed, desk.written_in),
        **given,
    }
    return draw(request, "response", seat, status, desk=desk, **shown)


def _typed_measure(typed: Sent, written_in: str) -> Measure | None:
    """How what was typed reads: a reply, or its other words."""
    words = typed.one("words")
    texts = (typed.one("said"), words, typed.one("words_because"))
    language = typed.one("language") or written_in
    if not words:
        texts, language = (typed.one("text"), typed.one("because"), ""), written_in
    return measure(*texts, language=language) if any(one.strip() for one in texts) else None


def _line(db: Db, request: Request, site: Site) -> tuple[SurveyRow, ThemeLine] | None:
    row = survey_of(db, request.path_params["slug"])
    wanted = _number(request.path_params["ref"])
    if row is None or row.id is None or not wanted:
        return None
    lines = themes_of(db, row.id, now=site.now, calendar=site.app.around.calendar)
    line = next((one for one in lines if one.id == wanted), None)
    return (row, line) if line is not None else None


def _desk(db: Db, request: Request, site: Site) -> Desk | None:
    found = _line(db, request, site)
    if found is None:
        return None
    row, line = found
    reply = line.open or line.standing
    written_in = wordings.written_in(db, line.id)
    read_as = measure(reply.text, reply.because, language=written_in) if reply else None
    return Desk(
        row=row,
        line=line,
        reply=reply,
        measure=read_as,
        is_hard=read_as is not None and read_as.is_hard(_readers(row)),
        action=as_typed(db, reply.action_id) if reply else "",
        written_in=written_in,
        words=_words(db, reply) if reply else (),
    )


def _readers(row: SurveyRow) -> Readers:
    return Readers.EVERYBODY if row.audience == "youth" else Readers.PRACTITIONERS


def _words(db: Db, reply: Reply) -> tuple[Worded, ...]:
    rows = wordings.wordings_of(db, [reply.id]).get(reply.id, ())
    acted = {one for row in rows for one in (row.written_by_id, row.checked_by_id)}
    names = names_of(db, acted)
    found = []
    for row in rows:
        read_as = measure(row.said, row.text, row.because, language=row.language)
        hard = read_as.is_hard(Readers(row.readers))
        written, checked = names[row.written_by_id], names[row.checked_by_id]
        found.append(Worded(row, read_as, hard, written, checked))
    return tuple(found)
