"""`year`: a whole year of a partnership's life, by simulation. No accounts, no network."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import fail, options, plain_errors, show_json


def register(app: typer.Typer) -> None:
    app.command()(year)


def year(
    context: typer.Context,
    plan: Annotated[
        list[str] | None,
        typer.Argument(help="rochdale, salford, bristol, bury or bolton; all five without."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the papers and databases go.")] = Path(
        "out/year"
    ),
    chosen: Annotated[
        Path | None, typer.Option(help="A folder for a few of the papers, to hand on.")
    ] = None,
    until: Annotated[str, typer.Option(help="The last day, such as 2023-03-31.")] = "",
) -> None:
    """Plays 2023 day by day: every digest, scorecard and report that came out of it."""
    from bot.demo.stage import OutInUse
    from bot.year.many import play_all
    from bot.year.script import BadScript

    quiet = options(context).json
    try:
        with plain_errors():
            made = play_all(
                plan or [],
                out,
                until=until,
                chosen=chosen,
                progress=lambda line: None if quiet else say(line),
            )
    except (OutInUse, BadScript) as error:
        fail(str(error))
    if quiet:
        show_json(made)
    else:
        say(f"\nOpen {out / 'index.html'}")


def say(line: str) -> None:
    """A line of progress, at once."""
    typer.echo(line)
