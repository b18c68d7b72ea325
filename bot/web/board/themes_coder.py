"""The coder: one answer at a time, its themes ticked, saved, and on to the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, form_of, read, write
from bot.web.board.seat import Seat
from bot.web.board.themes import codebook_of, may_read_words, note, nothing
from bot.web.forms import Forged, Sent
from bot.web.site import Site, site_of
from digests.codebook import find as find_theme
from digests.coding import put_back, set_themes
from digests.coding_desk import UNCODED, Answers, Desk, OnDesk, Wanted, desk
from digests.reading import ABOUT_OUR_ANSWER
from digests.themes import Refused, add_theme, is_in_use
from storage.audit import AuditEntry
from storage.surveys import Survey as SurveyRow
from storage.voice import Theme

KEYS = "123456789abcdefghijklmopqrstvwxyz"
"""Keys of themes, in their order; n, u and 0 do something else."""

READ = "answers.read"
_OURS = {ABOUT_OUR_ANSWER: "Did we get that right? (what people wrote to our reply)"}
_FRESH, _NO_THEME = "new", "none"


@dataclass(frozen=True, slots=True)
class OneTheme:
    """A theme as it is ticked."""

    id: int
    name: str
    definition: str
    key: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Why:
    """A suggested theme with its reason, in pieces."""

    theme: OneTheme
    because: tuple[str, ...]
    like: int
    named: bool


@dataclass(frozen=True, slots=True)
class Coder:
    """What the page shows. `before`: how the answer is coded now, so that nothing is lost."""

    row: SurveyRow
    desk: Desk = field(repr=False)
    wanted: Wanted
    themes: tuple[OneTheme, ...]
    likely: tuple[Why, ...]
    questions: tuple[tuple[str, str], ...]
    question: str
    before: str


async def shown(request: Request, seat: Seat) -> Response:
    """GET /themes/{slug}/code: the answer asked for, else the next one nobody has looked at."""
    return await _drawn(request, seat, mark=request.query_params.get("answer", "")[:12])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: saves the themes of an answer and goes on, or takes the last saving back."""
    sent, site = await form_of(request, seat), site_of(request)
    work = {"save": _save, "undo": _undo}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    try:
        there = await write(request, lambda db: work(db, site, request, seat, sent))
    except Refused as error:
        mark = sent.one("answer")
        return await _drawn(request, seat, 422, mark=mark, problem=str(error), typed=sent)
    return RedirectResponse(there, 303) if there else await nothing(request, seat)


async def note_reading(request: Request, seat: Seat) -> None:
    """That somebody read answers of this survey: once for each time they sign in."""
    subject, since = f"survey {request.path_params['slug']}", seat.begun_at
    person_id, now = seat.who.person_id, site_of(request).now
    if not await read(request, lambda db: _is_noted(db, person_id, subject, since)):
        await write(request, lambda db: note(db, request, seat, READ, now=now))


def _is_noted(db: Db, person_id: int, subject: str, since: datetime) -> bool:
    query = select(AuditEntry.id).where(
        col(AuditEntry.at) >= since,
        AuditEntry.act == READ,
        AuditEntry.subject == subject,
        AuditEntry.person_id == person_id,
    )
    return db.exec(query.limit(1)).first() is not None


def wanted_of(given: Sent | Request) -> Wanted:
    """Which answers are gone through: from the address, or from the form that carries it on."""
    one = given.one if isinstance(given, Sent) else _asked(given)
    return Wanted(one("show")[:10] or UNCODED, one("question")[:64], one("words").strip()[:100])


def _asked(request: Request) -> Callable[[str], str]:
    return lambda name: request.query_params.get(name, "")


def _address(request: Request, wanted: Wanted, keys: str, **more: str) -> str:
    parts = {
        "answer": more.pop("answer", ""),
        "show": wanted.show if wanted.show != UNCODED else "",
        "question": wanted.question,
        "words": wanted.words,
        "keys": "off" if keys == "off" else "",
        **more,
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{request.url.path}{'?' if query else ''}{query}"


def _save(db: Db, site: Site, request: Request, seat: Seat, sent: Sent) -> str:
    row = codebook_of(db, request)
    if row is None or row.id is None or not may_read_words(row, seat):
        return ""
    answers, wanted = Answers(db, row.id), wanted_of(sent)
    one = answers.of(sent.one("answer"))
    themes = _themes(db, site, row.id, seat, sent)
    if _state(one) != sent.one("before") and one.themes != themes:
        raise Refused(
            "Somebody else coded this answer meanwhile. Look at what they chose, then save again."
        )
    same = answers.same_as(one) if sent.one("same") and not one.is_done else ()
    replies = [one.reply, *(other.reply for other in same)]
    set_themes(db, row.id, replies, themes, person_id=seat.who.person_id)
    coded = f"answers: {len(replies)}, themes: {len(themes)}"
    note(db, request, seat, "theme.code", coded, now=site.now)
    answers.noted({one.mark, *(other.mark for other in same)}, themes)
    after = answers.after(one.place, wanted)
    return _address(
        request,
        wanted,
        sent.one("keys"),
        answer=after.mark if after is not None else "",
        was=one.mark,
        before=sent.one("before"),
        also=".".join(other.mark for other in same),
    )


def _themes(db: Db, site: Site, survey_id: int, seat: Seat, sent: Sent) -> frozenset[int]:
    """Those ticked, and a new one that was typed; none of them only where that was said."""
    ticked = set(_numbers(sent.several("theme")))
    if name := " ".join(sent.one("new").split()):
        ticked.add(_new(db, site, survey_id, seat, name))
    if sent.one("none") and ticked:
        raise Refused("You ticked a theme and 'No theme'. Leave one of the two.")
    if not ticked and not sent.one("none"):
        raise Refused("Tick a theme, write a new one, or tick 'No theme'.")
    return frozenset(ticked)


def _new(db: Db, site: Site, survey_id: int, seat: Seat, name: str) -> int:
    theme = find_theme(db, survey_id, name)
    if theme is None or not is_in_use(theme):
        theme = add_theme(
            db, survey_id=survey_id, name=name, now=site.now, person_id=seat.who.person_id
        )
    assert theme.id is not None
    return theme.id


def _undo(db: Db, site: Site, request: Request, seat: Seat, sent: Sent) -> str:
    row = codebook_of(db, request)
    if row is None or row.id is None or not may_read_words(row, seat):
        return ""
    answers, before = Answers(db, row.id), sent.one("before")
    one = answers.of(sent.one("was"))
    others = [answers.of(mark).reply for mark in sent.one("also").split(".") if mark]
    if before == _FRESH:
        put_back(db, row.id, [one.reply, *others])
    else:
        in_use = {theme.id for theme in answers.themes}
        was = set(_numbers(before.split(".")))
        set_themes(db, row.id, [one.reply], was & in_use, person_id=seat.who.person_id)
    note(db, request, seat, "theme.uncode", f"answers: {1 + len(others)}", now=site.now)
    return _address(request, wanted_of(sent), sent.one("keys"), answer=one.mark)


def _state(one: OnDesk) -> str:
    """How an answer is coded, for the hidden field that comes back with the form."""
    if not one.is_done:
        return _FRESH
    return ".".join(str(theme) for theme in sorted(one.themes)) or _NO_THEME


async def _drawn(
    request: Request, seat: Seat, status: int = 200, *, mark: str = "", **given: object
) -> Response:
    given = {"problem": "", "typed": Sent(), **given}
    typed = given["typed"]
    assert isinstance(typed, Sent)
    row = await read(request, lambda db: codebook_of(db, request))
    if row is None:
        return await nothing(request, seat)
    if not may_read_words(row, seat):
        return draw(request, "themes_unread", seat, row=row)
    await note_reading(request, seat)
    try:
        found = await read(request, lambda db: _coder(db, request, typed, mark))
    except Refused as error:
        if not mark:
            raise
        return await _drawn(request, seat, 422, problem=str(error))
    if found is None:
        return await nothing(request, seat)
    asked = request.query_params
    keys = (typed.one("keys") or asked.get("keys", ""))[:3]
    last = {name: asked.get(name, "")[:600] for name in ("was", "before", "also")}
    return draw(
        request,
        "themes_coder",
        seat,
        status,
        coder=found,
        keys=keys,
        last=last,
        to=lambda wanted, **more: _address(request, wanted, more.pop("keys", keys), **more),
        **given,
    )


def _coder(db: Db, request: Request, typed: Sent, mark: str) -> Coder | None:
    row = codebook_of(db, request)
    if row is None or row.id is None:
        return None
    wanted = wanted_of(typed if typed.fields else request)
    found = desk(db, row.id, wanted, mark)
    ticked = _ticked(found, typed)
    themes = tuple(_one(place, one, ticked) for place, one in enumerate(found.themes))
    by_id = {one.id: one for one in themes}
    form = site_of(request).app.around.forms.of(db, row.version_id or 0)
    names = {one.name: form.text(one.labels, "en") for one in form.questions} | _OURS
    return Coder(
        row=row,
        desk=found,
        wanted=wanted,
        themes=themes,
        likely=tuple(
            Why(by_id[one.theme_id], one.because, one.like, one.named) for one in found.suggestions
        ),
        questions=tuple((name, names.get(name) or name) for name in found.questions),
        question=names.get(found.now.question) or found.now.question if found.now else "",
        before=_state(found.now) if found.now is not None else "",
    )


def _ticked(found: Desk, typed: Sent) -> frozenset[int]:
    """As sent, where the page comes back with an error; else as it is coded."""
    if typed.one("do") == "save":
        return _numbers(typed.several("theme"))
    return found.now.themes if found.now is not None else frozenset()


def _numbers(given: Iterable[str]) -> frozenset[int]:
    """The numbers among what was sent; whatever else somebody sends in their place is none."""
    return frozenset(int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 10)


def _one(place: int, theme: Theme, ticked: frozenset[int]) -> OneTheme:
    assert theme.id is not None
    key = KEYS[place] if place < len(KEYS) else ""
    return OneTheme(theme.id, theme.name, theme.definition, key, theme.id in ticked)
