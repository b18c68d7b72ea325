"""Replies: what was done about each theme, survey by survey, and what went out as files."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.web.board.frame import draw, read, trouble
from bot.web.board.seat import Seat
from bot.web.site import Site, site_of
from digests import you_paper, you_poster
from digests.owed import owed
from digests.paper_formats import as_docx, as_pdf
from digests.response_list import ThemeLine, themes_of
from digests.responses import latest_published
from digests.you_said_we_did import KIND
from digests.you_view import YouSaidWeDid, from_content, offered
from storage.language import LANGUAGE_NAMES
from storage.surveys import Survey as SurveyRow
from storage.voice import Publication, Readers, Theme
from surveys.register import every, find
from surveys.typesetting import CannotTypeset

READERS = {
    Readers.EVERYBODY: "Everybody",
    Readers.AGE_8_11: "Ages 8 to 11",
    Readers.AGE_12_15: "Ages 12 to 15",
    Readers.AGE_16_UP: "Ages 16 and up",
    Readers.EASY_READ: "Easy read",
    Readers.PRACTITIONERS: "Practitioners",
}
_FILES = {
    "poster": "application/pdf",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One survey: how many of its themes are answered, and how many replies are owed."""

    slug: str
    title: str
    audience: str
    themes: int
    answered: int
    owed: int


@dataclass(frozen=True, slots=True)
class OfSurvey:
    """All themes of a survey with their replies, and what went out last."""

    row: SurveyRow
    lines: tuple[ThemeLine, ...]
    published: YouSaidWeDid | None
    approved: int

    @property
    def offered(self) -> tuple[Readers, ...]:
        return offered(self.published) if self.published is not None else ()


async def listed(request: Request, seat: Seat) -> Response:
    """GET /responses."""
    site = site_of(request)
    found = await read(request, lambda db: _all(db, site))
    return draw(request, "responses", seat, surveys=found)


async def of_survey(request: Request, seat: Seat) -> Response:
    """GET /responses/{slug}."""
    site, slug = site_of(request), request.path_params["slug"]
    found = await read(request, lambda db: _of(db, site, slug))
    if found is None:
        return trouble(request, "nothing", 404, seat)
    done = request.query_params.get("done", "")[:20]
    tongues, names = LANGUAGE_NAMES, READERS
    return draw(
        request, "responses_survey", seat, of=found, done=done, tongues=tongues, readers=names
    )


async def file(request: Request, seat: Seat) -> Response:
    """GET /responses/{slug}/file: what was published, as a poster, a PDF or a Word document."""
    site, slug = site_of(request), request.path_params["slug"]
    view = await read(request, lambda db: published(db, slug))
    kind = request.query_params.get("as", "poster")
    if view is None or kind not in _FILES:
        return trouble(request, "nothing", 404, seat)
    readers, language = asked_for(request)
    try:
        content = await run_in_threadpool(_made, site, view, kind, readers, language)
    except CannotTypeset as error:
        found = await read(request, lambda db: _of(db, site, slug))
        given = {"of": found, "done": "", "tongues": LANGUAGE_NAMES, "readers": READERS}
        return draw(request, "responses_survey", seat, 422, problem=str(error), **given)
    name = f"you-said-we-did-{view.survey}-{language}.{'docx' if kind == 'docx' else 'pdf'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_FILES[kind], headers=headers)


def asked_for(request: Request) -> tuple[Readers, str]:
    """For whom and in which language something is to be shown; what we do not know is left out."""
    query = request.query_params
    readers, language = query.get("for", ""), query.get("lang", "")
    is_known = readers in set(Readers)
    return (
        Readers(readers) if is_known else Readers.EVERYBODY,
        language if language in LANGUAGE_NAMES else "en",
    )


def published(db: Db, slug: str) -> YouSaidWeDid | None:
    """What went out last of a survey."""
    content = db.exec(
        select(Publication.content)
        .join(SurveyRow, col(SurveyRow.id) == col(Publication.survey_id))
        .where(col(SurveyRow.slug) == slug, col(Publication.kind) == KIND)
        .order_by(col(Publication.id).desc())
        .limit(1)
    ).first()
    return from_content(content) if content is not None else None


def survey_of(db: Db, slug: str) -> SurveyRow | None:
    """The survey of an address; the form that leads fill in has no themes."""
    row = find(db, slug)
    return row if row is not None and row.audience != "leads" else None


def _made(site: Site, view: YouSaidWeDid, kind: str, readers: Readers, language: str) -> bytes:
    settings = site.app.settings
    if kind == "poster":
        web = settings.links.web.rstrip("/")
        link = f"{web}/we-did/{view.survey}?lang={language}" if web else ""
        poster = you_poster.gather(view, readers, language, link=link)
        return you_poster.draw(poster, dated=view.period.end)
    paper = you_paper.paper(view, readers, language, help_lines=settings.help_lines)
    return as_pdf(paper) if kind == "pdf" else as_docx(paper).content


def _all(db: Db, site: Site) -> list[Listed]:
    around = site.app.around
    waiting = Counter(one.slug for one in owed(db, today=around.today, before=site.now))
    in_use = select(Theme.survey_id, func.count()).where(
        col(Theme.merged_into_id).is_(None), col(Theme.retired_at).is_(None)
    )
    themes = dict(db.exec(in_use.group_by(col(Theme.survey_id))).all())
    last = latest_published()
    answered = dict(
        db.exec(
            in_use.join(last, last.c.theme_id == col(Theme.id)).group_by(col(Theme.survey_id))
        ).all()
    )
    return [
        Listed(
            row.slug,
            row.title,
            row.audience,
            themes.get(row.id or 0, 0),
            answered.get(row.id or 0, 0),
            waiting[row.slug],
        )
        for row in every(db)
        if row.audience != "leads"
    ]


def _of(db: Db, site: Site, slug: str) -> OfSurvey | None:
    row = survey_of(db, slug)
    if row is None or row.id is None:
        return None
    lines = themes_of(db, row.id, now=site.now, calendar=site.app.around.calendar)
    approved = sum(one.state == "approved" for line in lines for one in line.replies)
    return OfSurvey(row, tuple(lines), published(db, slug), approved)
