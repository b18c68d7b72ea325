"""`digest weekly` and `digest you-said-we-did`; what was sent is in `digest_kept`."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import digest_kept
from bot.commands.common import (
    MaybeAs,
    acting_if_named,
    fail,
    opened,
    options,
    read_day,
    write_out,
)
from bot.commands.digest_files import Every, needs_out, write_picture

if TYPE_CHECKING:
    from digests.render import Format as FormatName

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(digest_kept.app)


class Format(StrEnum):
    TEXT = "text"
    HTML = "html"
    MD = "md"
    JSON = "json"


_Format = Annotated[Format, typer.Option("--format", help="text, html, md or json.")]
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


@app.command("you-said-we-did")
def you_said_we_did(
    context: typer.Context,
    survey: Annotated[str, typer.Argument(help="The survey's short name.")],
    as_format: _Format = Format.TEXT,
    out: _Out = None,
    to: _To = None,
    language: Annotated[str, typer.Option(help="The language to write in.")] = "en",
    as_: MaybeAs = "",
) -> None:
    """What was said, and what came of it, with small groups protected."""
    from bot.access import results_right
    from digests.period import Period
    from digests.render import render
    from digests.you_said_we_did import gather
    from surveys.register import find

    with opened(context) as program:
        end = read_day(to, program)
        with program.database.reading() as db:
            row = find(db, survey)
            if row is None or row.id is None:
                fail(f"there is no survey '{survey}'; see `listening-loop survey list`")
            acting_if_named(program, db, as_, results_right(row.audience))
            period = Period(end - timedelta(days=91), end)
            view = gather(db, row.id, period, calendar=program.around.calendar)
        lines = program.settings.help_lines
        text = render(view, _chosen(context, as_format), language, help_lines=lines)
        write_out(text, out, context)


def _chosen(context: typer.Context, wanted: Format) -> "FormatName":
    return Format.JSON.value if options(context).json else wanted.value
