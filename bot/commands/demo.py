"""`demo`: the main job on the Rochdale plan, with the clock moved on. No accounts, no network."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import fail, plain_errors


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    out: Annotated[
        Path, typer.Option(help="Where the pages, the transcript and the database go.")
    ] = Path("out/demo"),
) -> None:
    """Plays seven weeks in Rochdale: nudges, answers, a survey, a digest, 'you said, we did'."""
    from bot.demo.stage import OutInUse
    from bot.demo.story import play

    try:
        with plain_errors():
            play(out)
    except OutInUse as error:
        fail(str(error))
