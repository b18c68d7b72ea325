"""What came of the questions: pages and feeds of what was published, and of nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.public import published
from bot.web.public.caching import for_everybody
from bot.web.public.feed import About, atom, headline
from bot.web.public.judging import seal_of
from bot.web.public.published import Published
from bot.web.site import Site, site_of, visit_of
from bot.web.views import language_of, page, saying
from digests.escaping import every_text, one_line
from digests.verdicts import last_time_text
from digests.you_view import YouSaidWeDid, fell_back, for_readers, offered
from storage.language import Catalogue
from storage.voice import Readers
from surveys.definition import text_in


@dataclass(frozen=True, slots=True)
class Listed:
    """One survey on the page of all."""

    slug: str
    headline: str
    answers: int
    as_at: date


def we_did(request: Request) -> Response:
    """/we-did: every survey of which something was published, the newest first."""
    site, language = site_of(request), language_of(request)
    with site.app.database.reading() as db:
        found = published.newest_of_each(db)
    listed = [
        Listed(one.slug, headline(one, language), len(one.view.themes), one.view.period.end)
        for one in found
    ]
    return _shown(request, "public/we_did.html.j2", language, found, pages=listed)


def we_did_of(request: Request) -> Response:
    """/we-did/{slug}: what was published last, as it went out; or by when it will be."""
    site, language, slug = site_of(request), language_of(request), request.path_params["slug"]
    with site.app.database.reading() as db:
        found = published.latest(db, slug)
        owed = None if found else published.owed(db, slug)
    if not found and owed is None:
        raise HTTPException(404)
    return _shown(
        request,
        "public/we_did_one.html.j2",
        language,
        found,
        nothing_yet=nothing_yet(site, language, owed.hear_back_by if owed else None),
        **_page_of(request, found[0] if found else None),
    )


def _page_of(request: Request, found: Published | None) -> dict[str, Any]:
    """What the page shows of a publication, in the words for those whom it was asked for."""
    if found is None:
        return {"view": None, "asked_for": ""}
    site, language = site_of(request), language_of(request)
    readers = published.readers_of(request.query_params.get("for", ""))
    view = for_readers(found.view, readers, language)
    fell = fell_back(view, readers, language)
    shown: YouSaidWeDid = every_text(view, one_line)
    return {
        "view": shown,
        "headline": headline(found, language),
        "asked_by": text_in(shown.asked_by, language, shown.written_in),
        "fell": fell,
        "readers": readers,
        "offered": offered(found.view),
        "asked_for": "" if readers is published.EVERYBODY else f"&for={readers.value}",
        "verdict_seal": seal_of(site, found),
        "is_counted": request.query_params.get("counted") == "1",
        "last_time": last_time_text(found.last_time, language),
    }


def poster_of(request: Request) -> Response:
    """/we-did/{slug}.pdf: the poster for a wall, in the language and words that are asked for."""
    site, slug = site_of(request), request.path_params["slug"]
    with site.app.database.reading() as db:
        found = published.latest(db, slug)
    if not found:
        raise HTTPException(404)
    readers = published.readers_of(request.query_params.get("for", ""))
    home = (site.app.settings.links.web or str(request.base_url)).rstrip("/")
    made = _drawn_poster(found[0], readers, language_of(request), f"{home}/we-did/{slug}")
    return _kept(request, Response(made, media_type="application/pdf"), found)


@lru_cache(maxsize=64)
def _drawn_poster(page_: Published, readers: Readers, language: str, link: str) -> bytes:
    """Each once: it is the same for everybody who hangs it up."""
    from digests import you_poster

    poster = you_poster.gather(page_.view, readers, language, link=link)
    return you_poster.draw(poster, dated=page_.view.period.end)


def _shown(
    request: Request, template: str, language: str, found: Sequence[Published], **more: Any
) -> Response:
    """A page of what was published, which search engines may find."""
    response = page(
        request,
        template,
        language=language,
        languages=site_of(request).words.languages,
        is_indexed=True,
        say=_digest_words(language),
        **more,
    )
    return _kept(request, response, found)


def nothing_yet(site: Site, language: str, by: date | None) -> str:
    """What is said while nothing is published: by when it will be, or that we are late."""
    say = saying(site, language)
    if by is None:
        return say("public.we_did.none")
    late = by < site.app.around.today
    return say("public.we_did.late" if late else "public.we_did.not_yet_by", day=by)


def feed_of_all(request: Request) -> Response:
    """/we-did.atom."""
    return _feed(request, "")


def feed_of(request: Request) -> Response:
    """/we-did/{slug}.atom."""
    return _feed(request, request.path_params["slug"])


def _feed(request: Request, slug: str) -> Response:
    site, language = site_of(request), language_of(request)
    with site.app.database.reading() as db:
        found = published.latest(db, slug)
        if slug and not found and published.owed(db, slug) is None:
            raise HTTPException(404)
    name = site.app.settings.partnership.name
    about = About(
        title=saying(site, language)("public.we_did.feed_title", partnership=name),
        author=name,
        language=language,
        home=(site.app.settings.links.web or str(request.base_url)).rstrip("/"),
        path=f"/we-did/{slug}" if slug else "/we-did",
        readers=published.readers_of(request.query_params.get("for", "")),
    )
    response = Response(atom(about, found), media_type="application/atom+xml")
    return _kept(request, response, found)


def _kept(request: Request, response: Response, found: Sequence[Published]) -> Response:
    """For everybody, unless this browser is on the way through a survey."""
    if visit_of(request) is not None:
        return response
    return for_everybody(request, response, published.last_change(found))


def _digest_words(language: str) -> partial[str]:
    return partial(Catalogue.load("digests").say, language=language)
