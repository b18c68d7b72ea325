"""`init`, `run`, `doctor`, `chat`: the program as a whole."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    fail,
    make_clock,
    opened,
    options,
    plain_errors,
    show_json,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from bot.doctor import Examination
    from storage.database import Database


def register(app: typer.Typer) -> None:
    """These commands stand at the top level."""
    app.command()(init)
    app.command()(run)
    app.command()(doctor)
    app.command()(chat)


def init(context: typer.Context) -> None:
    """Makes config.toml, the keys and the database. Overwrites nothing."""
    from importlib import resources

    from bot.keys import write_keys
    from bot.settings import load_settings
    from storage.types import Keyring

    config = options(context).config
    done: list[str] = []
    with plain_errors():
        if not config.exists():
            example = Path(str(resources.files("bot"))).parent / "config.example.toml"
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
            done.append(f"written: {config}")
        settings = load_settings(config)
        keys = settings.database.keys_file
        if not keys.exists():
            write_keys(keys, Keyring.generate())
            done.append(f"written: {keys} (keep a copy, but not beside your backups)")
    with opened(context) as program:
        if done:
            _for_the_owner_alone(program.database)
        done = done or ["Everything is here already; nothing was overwritten."]
        done.append("The database is ready. Next: listening-loop plan import FILE")
    tell(context, "\n".join(done), config=str(config), keys=str(keys))


def _for_the_owner_alone(database: "Database") -> None:
    """Choices that people made are not encrypted: nobody else on the machine reads the file."""
    name = database.engine.url.database
    if database.is_embedded and name is not None:
        Path(name).chmod(0o600)


def run(context: typer.Context) -> None:
    """Runs what the settings switch on, until it is stopped (Ctrl-C).

    The web pages, Telegram, the reminders, digests and clocks. Nothing is lost when it stops.
    """
    import asyncio

    from bot.serving import serve

    with opened(context) as program:
        typer.echo("Running. Ctrl-C stops it; nothing is lost.")
        asyncio.run(serve(program, _say))


def _say(line: str) -> None:
    """At once, also where the output is a file or a journal."""
    typer.echo(line)
    sys.stdout.flush()


def doctor(context: typer.Context) -> None:
    """Numbered problems, each with what to do about it, and which doors work."""
    from bot.doctor import examine

    chosen = options(context)
    found = examine(chosen.config, make_clock(chosen.clock))
    if chosen.json:
        show_json({"problems": found.problems, "doors": found.doors, "remarks": found.remarks})
    else:
        _show(found)
    if found.problems:
        raise typer.Exit(PROBLEMS)


def _show(found: "Examination") -> None:
    from bot.doors import said

    for number, item in enumerate(found.problems, 1):
        typer.echo(f"{number}. {item.problem}\n   -> {item.remedy}")
    if not found.problems:
        typer.echo("Nothing is wrong.")
    for line in (*said(found.doors), *found.remarks):
        typer.echo(wrapped(line, "", "   "))


def chat(
    context: typer.Context,
    as_: Annotated[str, typer.Option("--as", help="Be this person, by e-mail.")] = "",
    invite: Annotated[str, typer.Option(help="Be a respondent who comes by this token.")] = "",
) -> None:
    """The console platform: write as that person would, and read what they would read."""
    import asyncio

    from bot.chat import talk

    if bool(as_) == bool(invite):
        raise typer.BadParameter("give --as EMAIL or --invite TOKEN", param_hint="chat")
    with opened(context) as program:
        if not asyncio.run(talk(program, email=as_, invite=invite)):
            fail(
                "nobody has this e-mail; see `listening-loop people list`. A plan that names "
                "people brings them in: `listening-loop plan import FILE`"
            )
