"""`remind preview` and `remind run`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    MaybeAs,
    acting_if_named,
    counted,
    opened,
    options,
    read_day,
    show_json,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from reminders.preview import Preview
    from reminders.rounds import RoundReport

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_On = Annotated[str | None, typer.Option(help="The day, such as 2023-12-01; today without it.")]


@app.command()
def preview(context: typer.Context, on: _On = None, as_: MaybeAs = "") -> None:
    """Shows who would get what and why, and who would not and why not. Sends nothing."""
    from bot.access import Right
    from reminders.policy import usual_stages
    from reminders.preview import preview as look

    with opened(context) as program:
        day = read_day(on, program)
        stages = usual_stages(program.settings.reminders.days_before)
        with program.database.reading() as db:
            acting_if_named(program, db, as_, Right.ALL_ACTIONS)
            found = look(db, on=day, calendar=program.around.calendar, stages=stages)
        if options(context).json:
            show_json(found)
        else:
            _show(found)


def _show(found: "Preview") -> None:
    if found.closed:
        typer.echo(f"{found.on} is not a working day: nothing goes out.\n")
    for person in found.would:
        where = f"by {person.platform}" if person.platform else f"NOT SENT: {person.unreachable}"
        typer.echo(f"{person.person} ({where})")
        for line in person.actions:
            typer.echo(wrapped(f"{line.ref}  {line.text}", "  ", "       "))
            typer.echo(wrapped(line.why, "       "))
    if not found.would:
        typer.echo("Nobody would get a reminder.")
    if any(not person.platform for person in found.would):
        typer.echo("\nConnect them with: listening-loop people link EMAIL")
    _show_silent(found)


def _show_silent(found: "Preview") -> None:
    reasons: dict[str, list[str]] = {}
    for line in found.silent:
        refs = reasons.setdefault(line.why, [])
        refs += [line.ref] if line.ref not in refs else []
    if reasons:
        typer.echo("\nNo reminder:")
    for why, refs in reasons.items():
        typer.echo(wrapped(f"{why.rstrip('.')}: {', '.join(refs)}", "  ", "    "))


@app.command("run")
def run_round(context: typer.Context, on: _On = None) -> None:
    """Queues today's reminders; `run` delivers them. Running it twice sends nothing twice."""
    from bot.schedule import reminder_round

    with opened(context) as program:
        day = read_day(on, program)
        report = reminder_round(program, day)
        tell(context, _told(report), **asdict(report))


def _told(report: "RoundReport") -> str:
    if report.closed:
        return f"{report.today} is not a working day: nobody is asked."
    if not report.people:
        return "Nobody is asked now. `listening-loop remind preview` says why, action by action."
    people = counted(report.people, "person is", "people are")
    actions = counted(report.actions, "action")
    return f"{people} asked about {actions}, as soon as `listening-loop run` is running."
