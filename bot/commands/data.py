"""`data erase|purge|audit|backup` and `db upgrade|check`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    counted,
    fail,
    opened,
    options,
    plain_errors,
    show_json,
    tell,
)

if TYPE_CHECKING:
    from storage.forgetting import Forgotten

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
db = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command()
def erase(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="The code shown at the end of the survey.")],
) -> None:
    """Deletes one person's answers by the code they were given."""
    from storage.audit import record
    from storage.forgetting import forget_session
    from surveys.receipts import receipt_hash

    with opened(context) as program:
        wanted = receipt_hash(program.around.keyring, receipt)
        with program.database.writing() as session:
            found = forget_session(session, now=program.around.now, receipt_hash=wanted)
            if found is None:
                fail("no answers have this code; check the letters")
            record(session, at=program.around.now, act="data.erase", actor="command line")
        program.database.fold_log()
        tell(context, _deleted(found), **asdict(found))


def _deleted(found: "Forgotten") -> str:
    if found.held:
        return "Nothing was deleted: a legal hold is set."
    if not found.answers and not found.messages:
        done = "Nothing was left to delete."
    else:
        answers, messages = counted(found.answers, "answer"), counted(found.messages, "message")
        done = f"Deleted: {answers}, {messages}."
    if not found.open_items:
        return done
    texts = counted(found.open_items, "text stays", "texts stay")
    return f"{done}\n{texts} with the reviewer, who must deal with what was said there."


@app.command()
def purge(context: typer.Context) -> None:
    """Deletes what is past its time, as the retention rules say."""
    from bot.schedule import tidy

    with opened(context) as program:
        purged = tidy(program)
        lines = [f"  {name}: {count}" for name, count in purged.counts.items() if count]
        text = "\n".join(["Deleted or emptied:", *lines]) if lines else "Nothing was due."
        tell(context, text, **purged.counts)


@app.command()
def audit(context: typer.Context) -> None:
    """Checks the chain of the audit log from end to end."""
    from bot.schedule import chain_audit
    from storage.audit import verify

    with opened(context) as program:
        chain_audit(program)
        with program.database.reading() as session:
            verdict = verify(session)
        if verdict.broken_at is not None:
            fail(
                f"the audit log was changed outside the program, first at entry "
                f"{verdict.broken_at}; keep a copy of the database and find out who had access"
            )
        tell(
            context,
            f"{counted(verdict.checked, 'entry holds', 'entries hold')}. Note the seal of the "
            f"last one elsewhere, so that a shortened log shows:\n{verdict.head or '(none yet)'}",
            entries=verdict.checked,
            seal=verdict.head,
        )


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
        tell(
            context,
            f"written: {to}. The keys are not in it; keep them somewhere else.",
            written=str(to),
        )


@db.command()
def upgrade(context: typer.Context) -> None:
    """Creates the database or brings it up to date."""
    with opened(context):
        tell(context, "The database is up to date.", differences=[])


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
    if options(context).json:
        show_json({"differences": differences})
    else:
        for line in differences or ["The database is as it should be."]:
            typer.echo(line)
    if differences:
        typer.echo("-> run `listening-loop db upgrade`", err=True)
        raise typer.Exit(PROBLEMS)
