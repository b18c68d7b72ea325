"""Pages about the pages: privacy, and the accessibility statement."""

from collections.abc import Callable, Sequence

from sqlmodel import col, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.public import accessibility, notices, privacy
from bot.web.public.parts import Chapter
from bot.web.site import Site, site_of
from bot.web.views import language_of, page, saying
from storage.language import HOME
from storage.surveys import Survey, SurveyState
from surveys.printable import one_line


def privacy_of_pages(request: Request) -> Response:
    """/privacy: what is so of all pages."""
    site, language = site_of(request), language_of(request)
    say = saying(site, language)
    title = say("public.privacy.general_title")
    chapters = (notices.links(say), *privacy.of_pages(_promises(site, language)))
    return _read(request, language, title, chapters, shows_help=True)


def notice_of(name: str) -> Callable[[Request], Response]:
    """/privacy/8-11 and its like: what is so for somebody of that age."""

    def shown(request: Request) -> Response:
        site = site_of(request)
        among = (HOME,) if name == "practitioners" else site.words.languages
        language = language_of(request, among)
        promises = _promises(site, language)
        title = notices.title_of(name, promises.say)
        chapters = notices.notice(name, promises)
        youth = name != "practitioners"
        return _read(request, language, title, chapters, among=among, shows_help=youth)

    return shown


def privacy_of_survey(request: Request) -> Response:
    """/privacy/{slug}: what is so of one survey; its title stands in the page and not above it."""
    site = site_of(request)
    asked = _asked(site, request.path_params["slug"])
    if asked is None:
        raise HTTPException(404)
    known = _in_both(asked.form.languages, site.words.languages)
    language = language_of(request, known)
    say, form = saying(site, language), asked.form
    called = one_line(form.text(form.settings.titles, language)) or form.settings.form_id
    by_age = (notices.links(say, notices.YOUNG),) if asked.is_youth else ()
    return _read(
        request,
        language,
        say("public.privacy.title"),
        (*privacy.of_survey(asked, _promises(site, language)), *by_age),
        about=say("public.privacy.about", title=called),
        among=known,
        shows_help=asked.is_youth,
    )


def accessibility_statement(request: Request) -> Response:
    """/accessibility."""
    site, language = site_of(request), language_of(request)
    say = saying(site, language)
    chapters = accessibility.statement(say, site.app.settings)
    return _read(request, language, say("public.access.title"), chapters)


def _read(
    request: Request,
    language: str,
    title: str,
    chapters: Sequence[Chapter],
    *,
    about: str = "",
    among: tuple[str, ...] = (),
    shows_help: bool = False,
) -> Response:
    """A page that is read from top to bottom; `among` are the languages that it is in."""
    return page(
        request,
        "public/chapters.html.j2",
        language=language,
        languages=among or site_of(request).words.languages,
        title=title,
        about=about,
        chapters=chapters,
        shows_help=shows_help,
    )


def _promises(site: Site, language: str) -> privacy.Promises:
    settings = site.app.settings
    return privacy.Promises(saying(site, language), language, settings, settings.retention.rules())


def _asked(site: Site, slug: str) -> privacy.Asked | None:
    with site.app.database.reading() as db:
        row = db.exec(select(Survey).where(col(Survey.slug) == slug)).first()
        if row is None or row.version_id is None or row.state == SurveyState.DRAFT:
            return None
        form = site.app.around.forms.of(db, row.version_id)
        closed = row.closed_at if row.state == SurveyState.CLOSED else None
    if not privacy.may_be_told(form):
        return None
    day = site.app.around.calendar.local_date(closed) if closed is not None else None
    return privacy.Asked(form, day)


def _in_both(asked: Sequence[str], ours: Sequence[str]) -> tuple[str, ...]:
    """The survey's languages that we have words in; English where there is none."""
    known = (code for code in asked if code in ours or code.partition("-")[0] in ours)
    return tuple(known) or ("en",)
