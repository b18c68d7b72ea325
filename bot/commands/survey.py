"""`survey check|add|list|open|close|invite|play`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    counted,
    fail,
    issues_json,
    opened,
    options,
    plain_errors,
    print_issues,
    show_issues,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from storage.issues import Issue
    from surveys.definition import Survey

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_File = Annotated[Path, typer.Argument(help="An XLSForm: .xlsx, .csv or .md.")]
_Slug = Annotated[str, typer.Argument(help="The survey's short name (form_id).")]


def _read(file: Path) -> "tuple[Survey | None, list[Issue]]":
    from surveys.check import advise
    from surveys.xlsform import read_xlsform

    form, issues = read_xlsform(file)
    return form, [*issues, *(advise(form) if form is not None else [])]


@app.command()
def check(context: typer.Context, file: _File) -> None:
    """Lists everything wrong at once, by sheet, row and column, with what to do."""
    with plain_errors():
        form, issues = _read(file)
    if form is None:
        show_issues(issues, context)
        raise typer.Exit(PROBLEMS)
    if not options(context).json:
        print_issues(issues)
    asked = sum(question.kind.is_asked for question in form.questions)
    tell(
        context,
        f"{file.name} can be used: {counted(asked, 'question')}, in {' and '.join(form.languages)}."
        f"\nTry it: listening-loop survey play {file}",
        survey=form.settings.form_id,
        questions=asked,
        languages=list(form.languages),
        issues=issues_json(issues),
    )


@app.command()
def add(
    context: typer.Context,
    file: _File,
    action: Annotated[str, typer.Option(help="The action that asks for it, such as 3.3.")] = "",
) -> None:
    """Adds a survey, or a new version of one. Sessions under way finish on theirs."""
    from surveys.register import CannotOpen
    from surveys.register import add as add_form

    with opened(context) as program:
        form, issues = _read(file)
        if form is None:
            show_issues(issues, context)
            raise typer.Exit(PROBLEMS)
        try:
            with program.database.writing() as db:
                added = add_form(db, form, now=program.around.now, action_ref=action)
        except CannotOpen as error:
            fail(str(error))
        slug, is_new = form.settings.form_id, added.is_new_version
        what = "is added" if is_new else "is here already, unchanged"
        next_ = f"\nNext: listening-loop survey open {slug}" if added.survey.state != "open" else ""
        tell(context, f"{slug} {what}.{next_}", survey=slug, is_new_version=is_new)


@app.command("list")
def list_surveys(context: typer.Context) -> None:
    """The surveys there are, and about how many have answered (rounded, never fewer than five)."""
    from digests.themes import people_counts
    from digests.weekly_surveys import about
    from surveys.register import every
    from surveys.suppression import Audience, threshold_for

    with opened(context) as program, program.database.reading() as db:
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
def open_(context: typer.Context, slug: _Slug) -> None:
    """Opens a survey. Refused where a promise to respondents could not be kept."""
    from storage.surveys import SurveyVersion
    from surveys.register import CannotOpen, find, open_survey

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                row = find(db, slug)
                version = db.get(SurveyVersion, row.version_id) if row is not None else None
                if version is None or version.id is None:
                    raise CannotOpen(f"there is no survey '{slug}'; add it with `survey add FILE`")
                form = program.around.forms.of(db, version.id)
                open_survey(db, slug, form, now=program.around.now)
        except CannotOpen as error:
            fail(str(error))
        tell(
            context,
            f"{slug} is open{_dates(form)}. Next: listening-loop survey invite {slug}",
            survey=slug,
            state="open",
        )


def _dates(form: "Survey") -> str:
    """The form's own dates, where it has some: people get in only between them."""
    settings = form.settings
    since = f" from {settings.opens}" if settings.opens else ""
    until = f" until {settings.closes}" if settings.closes else ""
    return f"; people get in{since}{until}" if since or until else ""


@app.command()
def close(context: typer.Context, slug: _Slug) -> None:
    """Closes a survey."""
    from surveys.register import CannotOpen, close_survey

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                close_survey(db, slug, now=program.around.now)
        except CannotOpen as error:
            fail(str(error))
        tell(context, f"{slug} is closed.", survey=slug, state="closed")


@app.command()
def invite(
    context: typer.Context,
    slug: _Slug,
    group: Annotated[str, typer.Option(help="School or youth group, shown to the reviewer.")] = "",
    uses: Annotated[int | None, typer.Option(min=1, help="How often it may be used.")] = None,
) -> None:
    """Makes a token that opens the survey for those who have it."""
    from surveys.invitations import invite as make
    from surveys.register import find

    with opened(context) as program:
        with program.database.writing() as db:
            row = find(db, slug)
            if row is None or row.id is None:
                fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
            token = make(db, row.id, now=program.around.now, group_name=group, most_uses=uses)
        tell(context, token, token=token)
        typer.echo(f"Try it: listening-loop chat --invite {token}", err=True)


@app.command()
def play(
    context: typer.Context,
    file: _File,
    language: Annotated[str | None, typer.Option(help="Such as pl.")] = None,
) -> None:
    """Takes the survey here in the terminal; nothing is kept."""
    from bot.commands.common import make_clock
    from bot.play import play as play_form

    with plain_errors():
        form, issues = _read(file)
    if form is None:
        show_issues(issues, context)
        raise typer.Exit(PROBLEMS)
    if language is not None and language not in form.languages:
        fail(f"{file.name} has no texts in {language}; it has {', '.join(form.languages)}")
    play_form(form, language or form.settings.default_language, make_clock(options(context).clock))
