"""`theme add|list|rename|merge|split|retire|restore|undo|history`: the codebook of a survey."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, at, counted, options, show_json, table, tell
from bot.commands.voice import Name, Slug, only_of_young_people, theme_named, voice

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App

app = typer.Typer()
_Definition = Annotated[
    str | None, typer.Option(help="What belongs here and what does not; not published.")
]


@app.command()
def add(context: typer.Context, slug: Slug, name: Name, as_: As, definition: str = "") -> None:
    """Adds a theme to a survey's codebook."""
    from digests.themes import add_theme

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme = add_theme(
            db,
            survey_id=survey.id or 0,
            name=name,
            now=program.around.now,
            definition=definition,
            person_id=person_id,
        )
        _note(program, db, "theme.add", f"theme:{theme.id}", person_id)
        tell(context, f"Theme added: {name}", theme=name)


@app.command("list")
def list_(context: typer.Context, slug: Slug, as_: As) -> None:
    """The codebook: each theme, about how many people spoke of it, and its definition."""
    from digests.codebook import in_use
    from digests.coding import progress
    from digests.themes import true_counts
    from digests.weekly_surveys import about

    with voice(context, slug, as_) as (_, db, survey, _person):
        counts, far = true_counts(db, survey.id or 0), progress(db, survey.id or 0)
        found = [
            (one.name, about(counts.get(one.id or 0, 0)), one.definition)
            for one in in_use(db, survey.id or 0)
        ]
        is_read = survey.audience == "youth"
    headings = ("theme", "people", "definition")
    if options(context).json:
        themes = [dict(zip(headings, row, strict=True)) for row in found]
        show_json({"themes": themes, "coded": far.done, "answers": far.total})
        return
    shown = [
        (name, "fewer than 5" if people is None else f"about {people}", definition)
        for name, people, definition in found
    ]
    typer.echo(table(shown, headings) if shown else "No theme yet. Add one with `theme add`.")
    if is_read and far.total:
        typer.echo(f"{far.done} of {counted(far.total, 'answer')} coded.")


@app.command()
def rename(
    context: typer.Context,
    slug: Slug,
    name: Name,
    as_: As,
    to: Annotated[str, typer.Option(help="Its new name.")] = "",
    definition: _Definition = None,
) -> None:
    """Gives a theme another name or definition. What was published keeps its words."""
    from digests.codebook import describe

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme = theme_named(db, survey, name)
        describe(
            db,
            theme.id or 0,
            name=to or theme.name,
            definition=theme.definition if definition is None else definition,
            person_id=person_id,
            now=program.around.now,
        )
        _note(program, db, "theme.define", f"theme:{theme.id}", person_id)
        tell(context, f"Saved: {theme.name}", theme=theme.name)


@app.command()
def merge(
    context: typer.Context,
    slug: Slug,
    name: Name,
    into: Annotated[str, typer.Argument(help="The theme that takes its answers.")],
    as_: As,
) -> None:
    """Puts all answers of a theme into another; `theme undo` takes it back."""
    from digests import codebook

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme, other = theme_named(db, survey, name), theme_named(db, survey, into)
        moved = codebook.merge(
            db, theme.id or 0, other.id or 0, person_id=person_id, now=program.around.now
        )
        _note(program, db, "theme.merge", f"theme:{theme.id}", person_id)
        tell(context, f"Merged. {counted(moved, 'answer')} moved to: {other.name}", moved=moved)


@app.command()
def split(
    context: typer.Context,
    slug: Slug,
    name: Name,
    new: Annotated[str, typer.Argument(help="The name of the new theme.")],
    answer: Annotated[list[str], typer.Argument(help="Handles shown by `theme answers`.")],
    as_: As,
) -> None:
    """Makes a new theme of some answers of another one; `theme undo` takes it back."""
    from digests import codebook
    from digests.reading import reply_of

    with voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        only_of_young_people(survey)
        theme = theme_named(db, survey, name)
        made = codebook.split(
            db,
            theme.id or 0,
            name=new,
            replies=list(dict.fromkeys(map(reply_of, answer))),
            person_id=person_id,
            now=program.around.now,
        )
        _note(program, db, "theme.split", f"theme:{theme.id}", person_id)
        tell(context, f"Split. The new theme is: {made.name}", theme=made.name)


@app.command()
def retire(context: typer.Context, slug: Slug, name: Name, as_: As) -> None:
    """Takes a theme out of the codebook; `theme restore` brings it back whole."""
    from digests.codebook import take_out

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme = theme_named(db, survey, name)
        take_out(db, theme.id or 0, person_id=person_id, now=program.around.now)
        _note(program, db, "theme.retire", f"theme:{theme.id}", person_id)
        tell(context, f"Taken out: {theme.name}", theme=theme.name)


@app.command()
def restore(context: typer.Context, slug: Slug, name: Name, as_: As) -> None:
    """Brings back a theme that was taken out."""
    from digests.codebook import bring_back

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme = theme_named(db, survey, name)
        bring_back(db, theme.id or 0, person_id=person_id, now=program.around.now)
        _note(program, db, "theme.restore", f"theme:{theme.id}", person_id)
        tell(context, f"Back in the codebook: {theme.name}", theme=theme.name)


@app.command()
def undo(context: typer.Context, slug: Slug, as_: As) -> None:
    """Takes back the last merging or splitting."""
    from digests import codebook

    with voice(context, slug, as_) as (program, db, survey, person_id):
        last = codebook.undo(db, survey.id or 0, person_id=person_id, now=program.around.now)
        _note(program, db, "theme.undo", f"theme:{last.theme_id}", person_id)
        what = "merging" if last.act == codebook.MERGED else "splitting"
        tell(context, f"The last {what} is undone.", undone=last.act)


@app.command()
def history(context: typer.Context, slug: Slug, as_: As) -> None:
    """What became of the themes of a survey, when and by whom."""
    from digests import codebook_history

    with voice(context, slug, as_) as (_, db, survey, _person):
        found = codebook_history.history(db, survey.id or 0)
    if options(context).json:
        show_json(found)
        return
    rows = [
        (at(one.at), one.theme, one.act, one.other or _change(one.before, one.after), one.who)
        for one in found
    ]
    headings = ("when", "theme", "what", "which", "who")
    typer.echo(table(rows, headings) if rows else "Nothing yet.")


def _change(before: str, after: str) -> str:
    return f"{before} -> {after}" if before and after else after


def _note(program: "App", db: "Db", act: str, subject: str, person_id: int) -> None:
    from storage.audit import record

    record(db, at=program.around.now, act=act, subject=subject, person_id=person_id)
