"""`data purge|audit|backup|...` and `db upgrade|check`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import (
    data_audit,
    data_holds,
    data_kept,
    data_keys,
    data_person,
    data_restore,
)
from bot.commands.common import (
    PROBLEMS,
    fail,
    opened,
    options,
    plain_errors,
    show_json,
    tell,
)

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
db = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(data_audit.app, name="audit")


@app.command()
def purge(context: typer.Context) -> None:
    """Deletes what is past its time, as the retention rules say."""
    from bot.schedule import tidy
    from storage.retention import unconfirmed

    with opened(context) as program:
        purged = tidy(program)
        lines = [f"  {name}: {count}" for name, count in purged.counts.items() if count]
        text = "\n".join(["Deleted or emptied:", *lines]) if lines else "Nothing was due."
        if purged.held:
            text += f"\nKept by a legal hold: {', '.join(purged.held)}."
        with program.database.reading() as session:
            waits = len(
                unconfirmed(
                    session, now=program.around.now, rules=program.settings.retention.rules()
                )
            )
        if waits:
            text += (
                "\nConcerns that were referred, for a reviewer to confirm that the case system has "
                f"them: {waits} (concerns list --closed, concerns purge REF)."
            )
        tell(context, text, **purged.counts)


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(help="The file to write.")],
) -> None:
    """Copies a SQLite database while it runs. The keys are not in it: keep those elsewhere."""
    from storage.audit import record
    from storage.backup import BackupRefused, copy_to

    with opened(context) as program:
        try:
            copy_to(program.database, to, now=program.around.now)
        except BackupRefused as error:
            fail(str(error))
        with program.database.writing() as session:
            record(session, at=program.around.now, act="data.backup", actor="command line")
        tell(
            context,
            f"written: {to}. The keys are not in it; keep them somewhere else.",
            written=str(to),
        )


data_person.register(app)
data_keys.register(app)
data_restore.register(app)
app.add_typer(data_holds.app, name="hold")
app.add_typer(data_kept.app, name="kept")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Creates the database or brings it up to date."""
    with opened(context):
        tell(context, "The database is up to date.", differences=[])


@db.command("check")
def check_(context: typer.Context) -> None:
    """Compares the database with what the program expects."""
    from bot.keys import read_keys
    from bot.settings import load_settings
    from storage.database import Database
    from storage.schema import check

    with plain_errors():
        settings = load_settings(options(context).config)
        keyring = read_keys(settings.database.keys_file)
        with Database(settings.database.url, keyring) as database:
            differences = check(database)
    if options(context).json:
        show_json({"differences": differences})
    else:
        for line in differences or ["The database is as it should be."]:
            typer.echo(line)
    if differences:
        typer.echo("-> run `listening-loop db upgrade`", err=True)
        raise typer.Exit(PROBLEMS)
