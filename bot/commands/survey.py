"""`survey add|list|open|close`; what is asked beside them has files of its own."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import (
    survey_check,
    survey_invitations,
    survey_poster,
    survey_results,
    survey_try,
)
from bot.commands.common import (
    MaybeAs,
    acting_if_named,
    fail,
    id_of,
    opened,
    options,
    show_json,
    table,
    tell,
)
from bot.commands.survey_check import File, read_and_advise, refuse

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from surveys.definition import Survey

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
for part in (survey_try, survey_check, survey_invitations, survey_poster, survey_results):
    app.add_typer(part.app)
_Slug = Annotated[str, typer.Argument(help="The survey's short name (form_id).")]


@app.command()
def add(
    context: typer.Context,
    file: File,
    action: Annotated[str, typer.Option(help="The action that asks for it, such as 3.3.")] = "",
    as_: MaybeAs = "",
) -> None:
    """Adds a survey, or a new version of one. Sessions under way finish on theirs."""
    from surveys.register import CannotOpen
    from surveys.register import add as add_form

    with opened(context) as program:
        form, issues = read_and_advise(file)
        if form is None:
            refuse(issues, file, context)
            return
        try:
            with program.database.writing() as db:
                by = _keeper(program, db, as_)
                added = add_form(db, form, now=program.around.now, action_ref=action)
                if added.is_new_version:
                    _record(program, db, "survey added", added.survey.slug, by)
        except CannotOpen as error:
            fail(str(error))
        slug, is_new = form.settings.form_id, added.is_new_version
        what = "is added" if is_new else "is here already, unchanged"
        next_ = f"\nNext: listening-loop survey open {slug}" if added.survey.state != "open" else ""
        tell(context, f"{slug} {what}.{next_}", survey=slug, is_new_version=is_new)


@app.command("list")
def list_surveys(context: typer.Context, as_: MaybeAs = "") -> None:
    """The surveys there are, and about how many have answered.

    Counts are rounded, and never of fewer than five.
    """
    from bot.access import Right
    from digests.themes import people_counts
    from digests.weekly_surveys import about
    from surveys.register import every
    from surveys.suppression import Audience, threshold_for

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.PARTICIPATION)
        counts = people_counts(db)
        least = threshold_for(Audience.INTERNAL)
        rows = []
        for row in every(db):
            people = about(counts.get(row.slug, 0))
            answered = f"fewer than {least}" if people is None else f"about {people}"
            rows.append((row.slug, row.state, row.audience, answered, row.title))
    headings = ("survey", "state", "audience", "answered", "title")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else "No survey yet: `survey add FILE`.")


@app.command("open")
def open_(context: typer.Context, slug: _Slug, as_: MaybeAs = "") -> None:
    """Opens a survey. Refused where a promise to respondents could not be kept."""
    from bot.cover_watch import advice_on_opening, advice_on_reaching, covering_of
    from digests.before_asking import before_asking
    from storage.surveys import SurveyVersion
    from surveys.register import CannotOpen, find, open_survey
    from surveys.round_rows import current, last_day

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                by = _keeper(program, db, as_)
                row = find(db, slug)
                version = db.get(SurveyVersion, row.version_id) if row is not None else None
                if version is None or version.id is None:
                    raise CannotOpen(f"there is no survey '{slug}'; add it with `survey add FILE`")
                form = program.around.forms.of(db, version.id)
                around = program.around
                row = open_survey(
                    db,
                    slug,
                    form,
                    now=around.now,
                    person_id=by,
                    calendar=around.calendar,
                    covering=covering_of(around),
                )
                last = last_day(current(db, row), form.settings, around.calendar)
                advice = (
                    advice_on_opening(form, around),
                    advice_on_reaching(db, row),
                    before_asking(db, row.id or 0),
                )
        except CannotOpen as error:
            fail(str(error))
        tell(
            context,
            "\n".join(filter(None, (*_opened_said(slug, form, last), *advice))),
            survey=slug,
            state="open",
            opens_on=form.settings.opens,
            closes_on=last,
        )


def _opened_said(slug: str, form: "Survey", last: date | None) -> Iterator[str]:
    """Between which days people get in: what holds, not what the form says."""
    from surveys.definition import Audience

    opens, closes = form.settings.opens, form.settings.closes
    since, until = f" from {opens}" if opens else "", f" until {last}" if last else ""
    yield f"{slug} is open{f'; people get in{since}{until}' if since or until else ''}."
    if closes is not None and last is None:
        yield (
            f"It does not close by itself: its loop_closes, {closes}, was over when it opened. "
            "Put a new date into the form and add it again."
        )
    by_name = form.settings.audience is Audience.PRACTITIONERS
    next_ = f"campaign preview {slug} --everyone" if by_name else f"invite {slug}"
    yield f"Next: listening-loop survey {next_}"


@app.command()
def close(context: typer.Context, slug: _Slug, as_: MaybeAs = "") -> None:
    """Closes a survey. What an anonymous one still holds back is moved at once."""
    from bot.anonymous_jobs import settle_anonymous
    from surveys.register import CannotOpen, close_survey

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                by = _keeper(program, db, as_)
                close_survey(db, slug, now=program.around.now, person_id=by)
        except CannotOpen as error:
            fail(str(error))
        settle_anonymous(program)
        tell(context, f"{slug} is closed.", survey=slug, state="closed")


def _keeper(program: "App", db: "Db", email: str) -> int | None:
    """Who keeps the surveys, where somebody is named."""
    from bot.access import Right

    return id_of(acting_if_named(program, db, email, Right.SURVEYS))


def _record(program: "App", db: "Db", act: str, slug: str, by: int | None) -> None:
    from storage.audit import record

    actor = "" if by else "command line"
    now = program.around.now
    record(db, at=now, act=act, subject=f"survey {slug}", person_id=by, actor=actor)
