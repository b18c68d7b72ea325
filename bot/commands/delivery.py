"""`delivery list|show|again|figures`: who was told what came of a survey, who not, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    As,
    MaybeAs,
    acting,
    acting_if_named,
    counted,
    fail,
    opened,
    options,
    read_day,
    refused,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from digests.delivery_view import Sending
    from digests.loop_figures import Reached

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Number = Annotated[int, typer.Argument(help="The publication's number, as `delivery list` says.")]


@app.command("list")
def list_(context: typer.Context, as_: MaybeAs = "") -> None:
    """What was published, the newest first, and how far each has come."""
    from digests.delivery_view import sendings
    from storage.plain import plain

    with opened(context) as program, program.database.reading() as db:
        _may_look(program, db, as_)
        found = sendings(db)
    if options(context).json:
        show_json(plain(found))
        return
    shown = [
        (str(one.publication_id), one.survey, f"{one.published_at:%Y-%m-%d}", _progress(one))
        for one in found
    ]
    none = "Nothing was published yet: `response publish` does it."
    typer.echo(table(shown, ("number", "survey", "published", "told")) if shown else none)


@app.command()
def show(context: typer.Context, number: _Number, as_: MaybeAs = "") -> None:
    """One publication: how many were told, who was not and why, and whether it was right."""
    from digests.delivery_view import sending
    from digests.loop_flow import why
    from storage.plain import plain

    with opened(context) as program, program.database.reading() as db:
        _may_look(program, db, as_)
        found = sending(db, number)
    if found is None:
        fail(f"there is no publication {number}; see `listening-loop delivery list`")
    if options(context).json:
        show_json(plain(found))
        return
    lines = [f"{found.title}: {_progress(found)}.", *(f"- {line}." for line in why(found.reached))]
    if found.verdicts.given is None:
        lines.append("Too few people told us whether we got it right to show it.")
    else:
        right = found.verdicts.per_cent["right"]
        share = "" if right is None else f": {right}% said yes"
        lines.append(f"About {found.verdicts.given} told us whether we got it right{share}.")
    typer.echo("\n".join(lines))


@app.command()
def again(context: typer.Context, number: _Number, as_: As) -> None:
    """Tells those again who were not reached and can be now; twice does nothing more."""
    from bot.access import Right
    from digests.delivery import tell_again
    from digests.themes import Refused

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                who = acting(program, db, as_, Right.PUBLISH)
                now = program.around.now
                told = tell_again(db, number, person_id=who.person_id, now=now)
        except Refused as error:
            fail(str(error))
    people = counted(told, "person is", "people are")
    some = f"{people} told as soon as `listening-loop run` is running."
    tell(context, some if told else "There is nobody to tell again.", told=told)


@app.command()
def figures(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="One survey's short name; all without it.")] = "",
    on: Annotated[
        str | None, typer.Option("--on", help="A day of the quarter; without it this one.")
    ] = None,
    as_: MaybeAs = "",
) -> None:
    """The loop in a quarter: themes answered, days until told, who was told, was it right."""
    from digests.loop_figures import loop_figures
    from digests.loop_flow import reasons, sentences
    from digests.period import Period
    from storage.plain import plain
    from surveys.register import find

    with opened(context) as program, program.database.reading() as db:
        _may_look(program, db, as_)
        survey = find(db, slug) if slug else None
        if slug and survey is None:
            fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
        day = read_day(on, program)
        found = loop_figures(
            db,
            Period.quarter_of(day),
            calendar=program.around.calendar,
            survey_id=survey.id if survey is not None else None,
        )
    if options(context).json:
        show_json(plain(found))
        return
    lines = [*sentences(found), *(f"- {line}." for line in reasons(found))]
    typer.echo("\n".join(lines))


def _may_look(program: "App", db: "Db", email: str) -> None:
    """Who publishes, and who reads the digest."""
    from bot.access import Right

    who = acting_if_named(program, db, email)
    if who is not None and not (who.may(Right.PUBLISH) or who.may(Right.DIGEST)):
        refused(program, db, Right.PUBLISH)


def _progress(one: "Sending") -> str:
    return _told(one.reached) + ("" if one.is_newest else " (a newer one stands)")


def _told(reached: "Reached") -> str:
    if reached.listed is None:
        return "few asked to hear" if reached.short_lists else "nobody asked to hear"
    rest = [
        f"{count} {words}"
        for count, words in (
            (reached.under_way, "under way"),
            (reached.not_reached, "could not be told"),
        )
        if count
    ]
    return ", ".join((f"{reached.delivered} of {reached.listed} told", *rest))
