"""`settings list|set|back`: what people may change without editing config.toml."""

from typing import Annotated

import typer

from bot.commands.common import (
    As,
    MaybeAs,
    acting,
    acting_if_named,
    fail,
    opened,
    options,
    show_json,
    table,
    tell,
)

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help="The setting's name, such as reminders.hour.")]


@app.command("list")
def list_(context: typer.Context, as_: MaybeAs = "") -> None:
    """What may be changed here, and what holds now."""
    from bot.access import Right
    from bot.chosen_settings import OFFERED, chosen_in, shown

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.SETTINGS)
        chosen = chosen_in(db)
        rows = [
            (
                one.name,
                shown(program.settings, one.name),
                "here" if one.name in chosen else "config.toml",
                one.label,
            )
            for one in OFFERED
        ]
    headings = ("setting", "value", "set in", "what it is")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings))


@app.command("set")
def set_(
    context: typer.Context,
    name: _Name,
    value: Annotated[str, typer.Argument(help="The new value.")],
    as_: As,
) -> None:
    """Changes one; it stands above config.toml until it is given back."""
    from bot.access import Right
    from bot.chosen_settings import NotASetting, choose, shown

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                who = acting(program, db, as_, Right.SETTINGS)
                settings = choose(program, db, name, value, who.person_id)
        except NotASetting as error:
            fail(str(error))
        now = shown(settings, name)
    tell(context, f"{name} is {now} from now on.", setting=name, value=now)


@app.command()
def back(context: typer.Context, name: _Name, as_: As) -> None:
    """Gives one back to config.toml."""
    from bot.access import Right
    from bot.chosen_settings import NotASetting, shown, take_back

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                who = acting(program, db, as_, Right.SETTINGS)
                settings = take_back(program, db, name, who.person_id)
        except NotASetting as error:
            fail(str(error))
        now = shown(settings, name)
    tell(context, f"{name} is as config.toml says: {now}.", setting=name, value=now)
