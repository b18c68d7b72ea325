"""The codebook of one survey: its themes, one of them opened, and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.board.themes import codebook_of, may_read_words, note, nothing
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests import codebook
from digests.codebook_history import Change, history
from digests.coding import Progress, progress
from digests.coding_desk import Answers
from digests.hearings import Listed, listed
from digests.suggestions import NewTheme
from digests.themes import Refused, add_theme, true_counts
from digests.weekly_surveys import about
from storage.surveys import Survey as SurveyRow
from storage.voice import Theme, ThemeChange
from surveys.definition import Audience


@dataclass(frozen=True, slots=True)
class Line:
    """A theme; `people` is exact for who reads the answers, rounded or None for others."""

    id: int
    name: str
    definition: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Codebook:
    """What the page shows."""

    row: SurveyRow
    themes: tuple[Line, ...]
    taken_out: tuple[Theme, ...]
    opened: Line | None
    progress: Progress | None
    may_read: bool
    likely: tuple[NewTheme, ...]
    last: ThemeChange | None
    history: tuple[Change, ...]
    hearings: tuple[Listed, ...]


async def shown(request: Request, seat: Seat) -> Response:
    """GET /themes/{slug}; `?theme=` opens one theme."""
    return await _drawn(request, seat, done=request.query_params.get("done", "")[:20])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: something becomes of a theme."""
    sent, site = await form_of(request, seat), site_of(request)
    work = _ACTS.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    try:
        is_there = await write(request, lambda db: _do(db, site, request, seat, sent, work))
    except Refused as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    if not is_there:
        return await nothing(request, seat)
    slug = request.path_params["slug"]
    return RedirectResponse(f"/themes/{slug}?done={sent.one('do')}", 303)


_Work = Callable[[Db, Site, SurveyRow, int, Sent], object]


def _do(db: Db, site: Site, request: Request, seat: Seat, sent: Sent, work: _Work) -> bool:
    row = codebook_of(db, request)
    if row is None or row.id is None:
        return False
    if (theme := _number(sent.one("theme"))) is not None:
        _refuse_other(db, row.id, theme)
    work(db, site, row, seat.who.person_id, sent)
    act, theme_id = sent.one("do"), sent.one("theme")
    note(db, request, seat, f"theme.{act}", f"theme:{theme_id}" if theme_id else "", now=site.now)
    return True


def _refuse_other(db: Db, survey_id: int, theme_id: int) -> None:
    theme = db.get(Theme, theme_id)
    if theme is None or theme.survey_id != survey_id:
        raise Refused("There is no such theme in this survey. Look again.")


def _add(db: Db, site: Site, row: SurveyRow, who: int, sent: Sent) -> object:
    return add_theme(
        db,
        survey_id=row.id or 0,
        name=sent.one("name"),
        definition=sent.one("definition"),
        now=site.now,
        person_id=who,
    )


def _describe(db: Db, site: Site, _row: SurveyRow, who: int, sent: Sent) -> object:
    return codebook.describe(
        db,
        _chosen(sent, "theme"),
        name=sent.one("name"),
        definition=sent.one("definition"),
        person_id=who,
        now=site.now,
    )


def _merge(db: Db, site: Site, _row: SurveyRow, who: int, sent: Sent) -> object:
    theme, into = _chosen(sent, "theme"), _chosen(sent, "into")
    return codebook.merge(db, theme, into, person_id=who, now=site.now)


def _take_out(db: Db, site: Site, _row: SurveyRow, who: int, sent: Sent) -> object:
    return codebook.take_out(db, _chosen(sent, "theme"), person_id=who, now=site.now)


def _bring_back(db: Db, site: Site, _row: SurveyRow, who: int, sent: Sent) -> object:
    return codebook.bring_back(db, _chosen(sent, "theme"), person_id=who, now=site.now)


def _undo(db: Db, site: Site, row: SurveyRow, who: int, sent: Sent) -> object:
    last = codebook.undoable(db, row.id or 0)
    if last is None or str(last.id) != sent.one("change"):
        raise Refused("The codebook was changed meanwhile. Look again.")
    return codebook.undo(db, row.id or 0, person_id=who, now=site.now)


_ACTS: dict[str, _Work] = {
    "add": _add,
    "define": _describe,
    "merge": _merge,
    "retire": _take_out,
    "restore": _bring_back,
    "undo": _undo,
}


def _chosen(sent: Sent, name: str) -> int:
    found = _number(sent.one(name))
    if found is None:
        raise Refused("Choose a theme.")
    return found


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_one else None


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    given = {"done": "", "problem": "", "typed": Sent(), **given}
    typed = given["typed"]
    assert isinstance(typed, Sent)
    opened = _number(typed.one("theme") or request.query_params.get("theme", ""))
    found = await read(request, lambda db: _codebook(db, request, seat, opened))
    if found is None:
        return await nothing(request, seat)
    return draw(request, "themes_codebook", seat, status, book=found, **given)


def _codebook(db: Db, request: Request, seat: Seat, opened: int | None) -> Codebook | None:
    row = codebook_of(db, request)
    if row is None or row.id is None:
        return None
    may_read, counts = may_read_words(row, seat), true_counts(db, row.id)
    lines = tuple(
        Line(
            one.id or 0,
            one.name,
            one.definition,
            people=_people(counts.get(one.id or 0, 0), exact=may_read),
        )
        for one in codebook.in_use(db, row.id)
    )
    return Codebook(
        row=row,
        themes=lines,
        taken_out=tuple(codebook.taken_out(db, row.id)),
        opened=next((one for one in lines if one.id == opened), None),
        progress=progress(db, row.id) if row.audience == Audience.YOUTH else None,
        may_read=may_read,
        likely=Answers(db, row.id).new_themes() if may_read and opened is None else (),
        last=codebook.undoable(db, row.id),
        history=tuple(history(db, row.id)),
        hearings=tuple(listed(db, row.id)),
    )


def _people(count: int, *, exact: bool) -> int | None:
    return count if exact else about(count)
