"""The one program: `listening-loop`. See `listening-loop --help`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import (
    concerns,
    data,
    demo,
    digest,
    manifest,
    papers,
    people,
    plan,
    remind,
    run,
    survey,
    theme,
)
from bot.commands.common import Options

app = typer.Typer(
    rich_markup_mode=None,
    name="listening-loop",
    help="Keeps a safeguarding children partnership's plan moving and tells young people what came"
    " of what they said.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The settings file.")] = Path("config.toml"),
    clock: Annotated[
        str | None, typer.Option(help="Start the clock here: for previews and tests.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Show data instead of text.")] = False,
) -> None:
    """Options that stand before every command."""
    context.obj = Options(config=config, clock=clock, json=json)


demo.register(app)
run.register(app)
papers.register(app)
app.add_typer(plan.app, name="plan", help="The plan: check, compare, import, export, show.")
app.add_typer(people.app, name="people", help="Who is who, and where each is reached.")
app.add_typer(remind.app, name="remind", help="Reminders: see who would get what, or send them.")
app.add_typer(survey.app, name="survey", help="Surveys: check, open, invite, read the results.")
app.add_typer(theme.app, name="theme", help="What was said, in themes, and what was done about it.")
app.add_typer(digest.app, name="digest", help="The weekly digest, and 'you said, we did'.")
app.add_typer(concerns.app, name="concerns", help="The review queue, for safeguarding reviewers.")
app.add_typer(manifest.app, name="manifest", help="What to upload to Slack and to Teams.")
app.add_typer(
    data.app, name="data", help="Keys, copies, holds; export, erase and delete what is due."
)
app.add_typer(data.db, name="db", help="The database: upgrade and check.")


def main() -> None:
    """Entry point."""
    app()
