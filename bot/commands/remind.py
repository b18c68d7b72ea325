"""`remind preview` and `remind run`."""

from typing import Annotated, Any

import typer

from bot.commands.common import opened, options, read_day, show_json

app = typer.Typer(no_args_is_help=True)
_On = Annotated[str | None, typer.Option(help="The day, such as 2023-12-01; today without it.")]


@app.command()
def preview(context: typer.Context, on: _On = None) -> None:
    """Shows who would get what and why, and who would not and why not. Sends nothing."""
    from reminders.policy import usual_stages
    from reminders.preview import preview as look

    with opened(context) as program:
        day = read_day(on, program)
        stages = usual_stages(program.settings.reminders.days_before)
        with program.database.reading() as db:
            found = look(db, on=day, calendar=program.around.calendar, stages=stages)
        if options(context).json:
            show_json(found)
        else:
            _show(found)


def _show(found: Any) -> None:
    for person in found.would:
        typer.echo(f"{person.person} ({person.platform or person.unreachable})")
        for line in person.actions:
            typer.echo(f"  {line.ref} {line.text}\n      {line.why}")
    if not found.would:
        typer.echo("Nobody would get a reminder.")
    typer.echo(f"\nNo reminder ({len(found.silent)}):")
    for line in found.silent:
        typer.echo(f"  {line.ref}: {line.why}")


@app.command("run")
def run_round(context: typer.Context, on: _On = None) -> None:
    """Queues today's reminders; `run` delivers them. Running it twice sends nothing twice."""
    from bot.schedule import reminder_round

    with opened(context) as program:
        day = read_day(on, program)
        report = reminder_round(program, day)
        if options(context).json:
            show_json(report)
        else:
            typer.echo(f"{report.people} people will be asked about {report.actions} actions.")
