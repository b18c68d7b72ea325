"""Surveys: which there are, whether one can be opened, how many answered, and the results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.access import Right, refusal, results_right
from bot.anonymous_jobs import settle_anonymous
from bot.app import App
from bot.cover_watch import advice_on_opening, advice_on_reaching, covering_of
from bot.web.board.frame import draw, form_of, read, trouble, write
from bot.web.board.seat import Seat
from bot.web.forms import Forged, Sent
from bot.web.site import site_of
from bot.web.views import saying
from digests.before_asking import before_asking
from digests.results import results_page
from digests.themes import people_counts
from digests.weekly_surveys import about
from storage.language import HOME
from storage.surveys import Survey as SurveyRow
from surveys.definition import Survey as Form
from surveys.register import CannotOpen, close_survey, every, find, open_survey
from surveys.results import NoResults, Wanted, groupings, results_of
from surveys.round_rows import current, last_day
from surveys.suppression import Audience, threshold_for


@dataclass(frozen=True, slots=True)
class Listed:
    """One survey in the list; `people` is about how many answered, None where too few did."""

    slug: str
    title: str
    audience: str
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One survey with what can be done to it; `advice` is for who is about to open it."""

    row: SurveyRow
    form: Form | None
    people: int | None
    closes_on: date | None
    groupings: tuple[str, ...]
    advice: tuple[str, ...]


async def listed(request: Request, seat: Seat) -> Response:
    """GET /surveys."""
    found = await read(request, _all)
    least = threshold_for(Audience.INTERNAL)
    return draw(request, "surveys", seat, surveys=found, least=least)


async def shown(request: Request, seat: Seat) -> Response:
    """GET /surveys/{slug}."""
    return await _drawn(request, seat, done=request.query_params.get("done", "")[:20])


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: it is opened or closed."""
    sent = await form_of(request, seat)
    work = {"open": _open, "close": _close}.get(sent.one("do"))
    if work is None:
        raise Forged("no act of ours")
    app, slug = site_of(request).app, request.path_params["slug"]
    if not seat.who.may(Right.SURVEYS):
        return await _drawn(request, seat, 403, problem="Surveys are opened by a business manager.")
    try:
        await write(request, lambda db: work(app, db, slug, seat.who.person_id))
    except CannotOpen as error:
        return await _drawn(request, seat, 422, problem=str(error), typed=sent)
    if sent.one("do") == "close":
        await run_in_threadpool(settle_anonymous, app)
    return RedirectResponse(f"/surveys/{slug}?done={sent.one('do')}", 303)


async def results(request: Request, seat: Seat) -> Response:
    """GET /surveys/{slug}/results: counted and protected, as `survey results` shows them."""
    site, slug = site_of(request), request.path_params["slug"]
    app, by = site.app, request.query_params.get("by", "")[:64]
    row = await read(request, lambda db: find(db, slug))
    if row is None:
        return trouble(request, "nothing", 404, seat)
    right = results_right(row.audience)
    if not seat.who.may(right):
        contact = app.settings.partnership.contact
        say = saying(site, HOME)
        text = await read(request, lambda db: refusal(db, right, say, contact))
        return draw(request, "refused", seat, 403, text=text)
    try:
        found = await run_in_threadpool(_results, app, slug, by, seat.who.person_id)
    except NoResults as error:
        return await _drawn(request, seat, 422, problem=str(error))
    return draw(request, "survey_results", seat, drawn=found, slug=slug)


def _results(app: App, slug: str, by: str, person_id: int | None) -> Mapping[str, str]:
    around = app.around
    found = results_of(
        app.database,
        around.forms,
        Wanted(slug, by=by),
        now=around.now,
        today=around.today,
        person_id=person_id,
    )
    return results_page(found, by=by)


def _all(db: Db) -> tuple[Listed, ...]:
    counts = people_counts(db)
    return tuple(
        Listed(
            row.slug,
            row.title,
            row.audience,
            row.state,
            row.opened_at,
            row.closed_at,
            about(counts.get(row.slug, 0)),
        )
        for row in every(db)
        if row.audience != "leads"
    )


def _open(app: App, db: Db, slug: str, person_id: int | None) -> None:
    row = find(db, slug)
    form = _form(app, db, row)
    if form is None:
        raise CannotOpen("There is no such survey, or it has no questions.")
    around = app.around
    open_survey(
        db,
        slug,
        form,
        now=around.now,
        person_id=person_id,
        calendar=around.calendar,
        covering=covering_of(around),
    )


def _close(app: App, db: Db, slug: str, person_id: int | None) -> None:
    close_survey(db, slug, now=app.around.now, person_id=person_id)


async def _drawn(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    app, slug = site_of(request).app, request.path_params["slug"]
    found = await read(request, lambda db: _one(app, db, slug))
    if found is None:
        return trouble(request, "nothing", 404, seat)
    more = {"done": "", "problem": "", "typed": Sent(), **given}
    right = results_right(found.row.audience)
    return draw(
        request,
        "survey",
        seat,
        status,
        found=found,
        least=threshold_for(Audience.INTERNAL),
        may_open=seat.who.may(Right.SURVEYS),
        may_see=seat.who.may(right),
        **more,
    )


def _one(app: App, db: Db, slug: str) -> Shown | None:
    row = find(db, slug)
    if row is None or row.audience == "leads":
        return None
    form, around = _form(app, db, row), app.around
    advice = (
        (
            advice_on_opening(form, around),
            advice_on_reaching(db, row),
            before_asking(db, row.id or 0),
        )
        if form
        else ()
    )
    counts = people_counts(db, [slug])
    return Shown(
        row=row,
        form=form,
        people=about(counts.get(slug, 0)),
        closes_on=last_day(current(db, row), form.settings, around.calendar) if form else None,
        groupings=groupings(form) if form else (),
        advice=tuple(filter(None, advice)),
    )


def _form(app: App, db: Db, row: SurveyRow | None) -> Form | None:
    if row is None or row.version_id is None:
        return None
    return app.around.forms.of(db, row.version_id)
