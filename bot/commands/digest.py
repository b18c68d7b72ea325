"""`digest weekly`; other reports, and what was sent, stand in `digest_*`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import digest_kept, digest_reports, digest_you
from bot.commands.common import (
    MaybeAs,
    acting_if_named,
    opened,
    read_day,
)
from bot.commands.digest_files import Every, needs_out, write_picture

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(digest_reports.app)
app.add_typer(digest_kept.app)
app.add_typer(digest_you.app)


_Every = Annotated[Every, typer.Option("--format", help="text, html, md, json, docx or pdf.")]
_Out = Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")]
_To = Annotated[str | None, typer.Option("--to", help="Last day of the period; today without it.")]


@app.command()
def weekly(
    context: typer.Context,
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    to: _To = None,
    as_: MaybeAs = "",
) -> None:
    """The week's exceptions first: overdue, due, blocked, owed, not reached."""
    from bot.access import Right
    from digests.editions import take
    from digests.period import Period

    needs_out(as_format, out)
    with opened(context) as program:
        period = Period.week_to(read_day(to, program))
        around = program.around
        with program.database.reading() as db:
            acting_if_named(program, db, as_, Right.DIGEST)
            picture = take(db, period, calendar=around.calendar, now=around.now)
        write_picture(context, program, picture, as_format, out)
