"""The one program: `listening-loop`. See `listening-loop --help`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import (
    calendar,
    concerns,
    data,
    delivery,
    demo,
    digest,
    indicator,
    manifest,
    papers,
    people,
    plan,
    remind,
    response,
    run,
    settings,
    survey,
    theme,
    year,
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
year.register(app)
run.register(app)
papers.register(app)
app.add_typer(plan.app, name="plan", help="The plan: check, compare, import, export, show.")
app.add_typer(people.app, name="people", help="Who is who, and where each is reached.")
app.add_typer(calendar.app, name="calendar", help="Deadlines in people's own calendars.")
app.add_typer(remind.app, name="remind", help="Reminders: see who would get what, or send them.")
app.add_typer(survey.app, name="survey", help="Surveys: check, open, invite, read the results.")
app.add_typer(theme.app, name="theme", help="What was said, in themes.")
app.add_typer(
    response.app, name="response", help="What was done about each theme, and telling people so."
)
app.add_typer(indicator.app, name="indicator", help="Measures: readings, targets, who keeps them.")
app.add_typer(
    delivery.app, name="delivery", help="Who was told what came of a survey, and who was not."
)
app.add_typer(digest.app, name="digest", help="The weekly digest, and 'you said, we did'.")
app.add_typer(concerns.app, name="concerns", help="The review queue, for safeguarding reviewers.")
app.add_typer(settings.app, name="settings", help="What may be changed while it runs.")
app.add_typer(manifest.app, name="manifest", help="What to upload to Slack and to Teams.")
app.add_typer(
    data.app, name="data", help="Keys, copies, holds; export, erase and delete what is due."
)
app.add_typer(data.db, name="db", help="The database: upgrade and check.")


def main() -> None:
    """Entry point."""
    app()
