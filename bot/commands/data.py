"""`data erase|purge|audit|backup|restore` and `db upgrade|check`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import PROBLEMS, fail, opened, options, plain_errors

app = typer.Typer(no_args_is_help=True)
db = typer.Typer(no_args_is_help=True)


@app.command()
def erase(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="The code shown at the end of the survey.")],
) -> None:
    """Deletes one person's answers by the code they were given."""
    from storage.audit import record
    from storage.forgetting import forget_session
    from surveys.sessions import receipt_hash

    with opened(context) as program:
        wanted = receipt_hash(program.around.keyring, receipt)
        with program.database.writing() as session:
            found = forget_session(session, now=program.around.now, receipt_hash=wanted)
            if found is None:
                fail("no answers have this code; check the letters")
            record(session, at=program.around.now, act="data.erase", actor="command line")
        program.database.fold_log()
        typer.echo(f"Deleted: {found.answers} answers, {found.messages} messages.")
        if found.open_items:
            typer.echo(f"{found.open_items} texts stay with the reviewer, who must deal with them.")


@app.command()
def purge(context: typer.Context) -> None:
    """Deletes what is past its time, as the retention rules say."""
    from bot.schedule import tidy

    with opened(context) as program:
        purged = tidy(program)
        for name, count in purged.counts.items():
            typer.echo(f"{name}: {count}")


@app.command()
def audit(context: typer.Context) -> None:
    """Checks the chain of the audit log from end to end."""
    from storage.audit import chain, verify

    with opened(context) as program:
        with program.database.writing() as session:
            chain(session)
        with program.database.reading() as session:
            verdict = verify(session)
        if verdict.broken_at is not None:
            fail(f"the audit log was changed at entry {verdict.broken_at}")
        typer.echo(f"{verdict.checked} entries hold. Note the head elsewhere: {verdict.head}")


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(help="The file to write.")],
) -> None:
    """Copies a SQLite database while it runs. The keys are not in it: keep those elsewhere."""
    from storage.backup import BackupRefused, copy_to

    with opened(context) as program:
        try:
            copy_to(program.database, to)
        except BackupRefused as error:
            fail(str(error))
        typer.echo(f"written: {to}. The keys are not in it; keep them somewhere else.")


@db.command()
def upgrade(context: typer.Context) -> None:
    """Creates the database or brings it up to date."""
    with opened(context):
        typer.echo("The database is up to date.")


@db.command("check")
def check_(context: typer.Context) -> None:
    """Compares the database with what the program expects."""
    from bot.app import read_keys
    from bot.settings import load_settings
    from storage.database import Database
    from storage.schema import check

    with plain_errors():
        settings = load_settings(options(context).config)
        keyring = read_keys(settings.database.keys_file)
        with Database(settings.database.url, keyring) as database:
            differences = check(database)
    for line in differences:
        typer.echo(line)
    if differences:
        typer.echo("-> run `listening-loop db upgrade`")
        raise typer.Exit(PROBLEMS)
    typer.echo("The database is as it should be.")
