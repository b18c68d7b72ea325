"""`data rekey`: a new key, while the program runs; or a new look-up key, while it does not."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import counted, fail, make_clock, opened, options, plain_errors, tell

if TYPE_CHECKING:
    from bot.rekey import Rekeyed, Said


def register(app: typer.Typer) -> None:
    app.command()(rekey)


def rekey(
    context: typer.Context,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only add the new key: several nodes need it first.")
    ] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="On a server: drop the old key, ten minutes later.")
    ] = False,
    lookup: Annotated[
        bool, typer.Option("--lookup", help="A new key for look-ups. The program must not run.")
    ] = False,
    old_keys: Annotated[
        Path | None,
        typer.Option(help="Keep the keys file as it was here: older copies need it."),
    ] = None,
) -> None:
    """Encrypts everything with a new key. Cut off anywhere, it goes on when run once more."""
    if prepare + finish + lookup > 1:
        raise typer.BadParameter("give one of --prepare, --finish and --lookup", param_hint="rekey")
    if lookup:
        _lookup(context)
    elif prepare:
        _prepare(context)
    else:
        _rekey(context, finish=finish, old_keys=old_keys)


def _prepare(context: typer.Context) -> None:
    from bot.rekey import prepare

    with opened(context) as program:
        path = program.settings.database.keys_file
        name = prepare(path)
    tell(
        context,
        f"{name} is in {path}, and not used yet. Copy the file to every node, then run "
        "`listening-loop data rekey`.",
        key=name,
    )


def _rekey(context: typer.Context, *, finish: bool, old_keys: Path | None) -> None:
    from bot import rekey as work

    with opened(context) as program:
        path, now = program.settings.database.keys_file, program.around.now
        try:
            if finish:
                found = work.finish(program.database, path, now=now, old_to=old_keys)
            else:
                found = work.rekey(
                    program.database, path, now=now, said=_progress(context), old_to=old_keys
                )
        except work.RekeyRefused as error:
            fail(str(error))
    tell(context, _done(found), key=found.key, rows=found.rows, dropped=found.dropped)


def _done(found: "Rekeyed") -> str:
    rows = counted(found.rows, "row was", "rows were")
    lines = [f"{rows} encrypted with {found.key}."]
    if found.waits:
        lines.append(
            "Copy the keys file to every node. In ten minutes or later, run "
            "`listening-loop data rekey --finish`, which drops the old key."
        )
    if found.dropped:
        lines.append(f"Dropped: {', '.join(found.dropped)}.")
        lines.append(
            "Make a new copy of the keys file now, and a new backup: an older backup needs the "
            "old keys file."
        )
    return "\n".join(lines)


def _progress(context: typer.Context) -> "Said | None":
    """A line that counts up, where somebody looks on."""
    if options(context).json or not sys.stderr.isatty():
        return None

    def said(done: int, of: int) -> None:
        typer.echo(f"\r{done} of {of} rows", nl=done >= of, err=True)

    return said


def _lookup(context: typer.Context) -> None:
    from bot.presence import alone, check_nobody_runs
    from bot.rekey import new_lookup
    from bot.settings import load_settings
    from storage.database import Database
    from storage.types import Keyring

    chosen = options(context)
    with plain_errors():
        settings, now = load_settings(chosen.config), make_clock(chosen.clock)()
        url = settings.database.url

        def database(keyring: Keyring) -> Database:
            found = Database(url, keyring)
            check_nobody_runs(found, now)
            return found

        with alone(url):
            count = new_lookup(database, settings.database.keys_file, now=now)
    tell(
        context,
        f"{counted(count, 'address', 'addresses')} found by the new look-up key. Codes, "
        "links and posters go on working. Make a new copy of the keys file.",
        rebuilt=count,
    )
