"""`survey round start|list|stop`."""

from typing import Annotated

import typer

from bot.commands.common import fail, opened, options, show_json, table, tell

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Slug = Annotated[str, typer.Argument(help="The survey's short name (form_id).")]


@app.command()
def start(context: typer.Context, slug: _Slug) -> None:
    """Opens the next round now; the present one is closed first."""
    from bot.cover_watch import covering_of
    from surveys.register import CannotOpen, find
    from surveys.rounds import start as start_round

    with opened(context) as program:
        around = program.around
        try:
            with program.database.writing() as db:
                row = find(db, slug)
                if row is None or row.version_id is None:
                    raise CannotOpen(f"there is no survey '{slug}'; see `survey list`")
                form = around.forms.of(db, row.version_id)
                opened_now = start_round(
                    db,
                    slug,
                    form,
                    now=around.now,
                    calendar=around.calendar,
                    covering=covering_of(around),
                )
        except CannotOpen as error:
            fail(str(error))
        until = f", until {opened_now.closes_on}" if opened_now.closes_on else ""
        then = f" The next opens on {opened_now.next_on}." if opened_now.next_on else ""
        tell(
            context,
            f'{slug}: round {opened_now.number}, "{opened_now.name}", is open{until}.{then}',
            survey=slug,
            round=opened_now.number,
            name=opened_now.name,
            closes_on=opened_now.closes_on,
            next_on=opened_now.next_on,
        )


@app.command("list")
def list_rounds(context: typer.Context, slug: _Slug) -> None:
    """When each round was open, and when the next opens."""
    from surveys.register import find
    from surveys.round_rows import every

    with opened(context) as program, program.database.reading() as db:
        row = find(db, slug)
        if row is None or row.id is None:
            fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
        local = program.around.calendar.local_date
        rows = [
            (
                str(one.number),
                one.name,
                str(local(one.opened_at)),
                str(local(one.closed_at)) if one.closed_at else "open",
                str(one.next_on or "") if one.number == row.round else "",
            )
            for one in every(db, row.id)
        ]
    headings = ("round", "name", "opened", "closed", "next")
    if options(context).json:
        show_json([dict(zip(headings, one, strict=True)) for one in rows])
    else:
        typer.echo(table(rows, headings) if rows else f"Not opened yet: `survey open {slug}`.")


@app.command()
def stop(context: typer.Context, slug: _Slug) -> None:
    """No further round opens by itself; one that is open goes on."""
    from surveys.register import CannotOpen
    from surveys.rounds import stop as stop_rounds

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                stop_rounds(db, slug, now=program.around.now)
        except CannotOpen as error:
            fail(str(error))
        tell(context, f"{slug}: no further round opens by itself.", survey=slug, stopped=True)
