"""`manifest slack` and `manifest teams`: what an administrator uploads there."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import fail, options, plain_errors, tell, write_out

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

_Out = Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")]


@app.command()
def slack(context: typer.Context, out: _Out = None) -> None:
    """The app's manifest, with exactly the permissions that are used."""
    from bot.platforms.slack.manifest import manifest
    from bot.settings import load_settings

    with plain_errors():
        made = manifest(load_settings(options(context).config))
    write_out(json.dumps(made, indent=2, ensure_ascii=False) + "\n", out, context)


@app.command()
def teams(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path(
        "listening-loop-teams.zip"
    ),
) -> None:
    """The app's package: manifest and icons, to be uploaded in Teams."""
    from bot.platforms.teams.manifest import package
    from bot.settings import load_settings

    with plain_errors():
        settings = load_settings(options(context).config)
        if not settings.teams.app_id:
            fail("there is no `app_id` in [teams]: register the bot first (docs/guides/teams.md)")
        out.write_bytes(package(settings))
    tell(context, f"Written: {out}", file=str(out))
