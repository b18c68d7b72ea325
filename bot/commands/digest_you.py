"""`digest you-said-we-did`: the page that goes back to those who spoke, in every format."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import MaybeAs, acting_if_named, fail, opened, options, read_day, write_out
from bot.commands.digest_files import write_bytes
from bot.commands.response import For

if TYPE_CHECKING:
    from bot.app import App
    from digests.render import Format as Drawn
    from digests.you_view import YouSaidWeDid
    from storage.voice import Readers

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


class Format(StrEnum):
    TEXT = "text"
    HTML = "html"
    MD = "md"
    JSON = "json"
    DOCX = "docx"
    PDF = "pdf"
    POSTER = "poster"


_FILES = (Format.DOCX, Format.PDF, Format.POSTER)


@app.command("you-said-we-did")
def you_said_we_did(
    context: typer.Context,
    survey: Annotated[str, typer.Argument(help="The survey's short name.")],
    as_format: Annotated[
        Format, typer.Option("--format", help="text, html, md, json, docx, pdf, or an A4 poster.")
    ] = Format.TEXT,
    out: Annotated[
        Path | None, typer.Option(help="Write to this file instead of the terminal.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Last day of the period; today without it.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language to write in.")] = "en",
    readers: Annotated[For, typer.Option("--for", help="For whom the words are.")] = For.EVERYBODY,
    as_: MaybeAs = "",
) -> None:
    """What was said, and what came of it, with small groups protected."""
    from bot.access import results_right
    from digests.period import Period
    from digests.you_said_we_did import gather
    from storage.voice import Readers
    from surveys.register import find

    if as_format in _FILES and out is None:
        raise typer.BadParameter(
            f"a {as_format.value} goes into a file; add --out FILE", param_hint="--format"
        )
    with opened(context) as program:
        end = read_day(to, program)
        with program.database.reading() as db:
            row = find(db, survey)
            if row is None or row.id is None:
                fail(f"there is no survey '{survey}'; see `listening-loop survey list`")
            acting_if_named(program, db, as_, results_right(row.audience))
            period = Period(end - timedelta(days=91), end)
            view = gather(db, row.id, period, calendar=program.around.calendar)
        wanted = Format.JSON if options(context).json else as_format
        _write(context, program, view, wanted, Readers(readers.value), language, out)


def _write(
    context: typer.Context,
    program: "App",
    view: "YouSaidWeDid",
    wanted: Format,
    readers: "Readers",
    language: str,
    out: Path | None,
) -> None:
    from digests.render import render
    from surveys.typesetting import CannotTypeset

    if wanted not in _FILES:
        drawn: Drawn = wanted.value  # type: ignore[assignment]
        lines = program.settings.help_lines
        text = render(view, drawn, language, help_lines=lines, readers=readers)
        write_out(text, out, context)
        return
    assert out is not None
    try:
        content = _file(program, view, wanted, readers, language)
    except CannotTypeset as error:
        fail(str(error))
    write_bytes(context, content, out)


def _file(
    program: "App", view: "YouSaidWeDid", wanted: Format, readers: "Readers", language: str
) -> bytes:
    from digests import you_paper, you_poster
    from digests.paper_formats import as_docx, as_pdf
    from digests.word import own_for

    if wanted is Format.POSTER:
        web = program.settings.links.web.rstrip("/")
        link = f"{web}/we-did/{view.survey}?lang={language}" if web else ""
        poster = you_poster.gather(view, readers, language, link=link)
        return you_poster.draw(poster, dated=view.period.end)
    paper = you_paper.paper(view, readers, language, help_lines=program.settings.help_lines)
    if wanted is Format.PDF:
        return as_pdf(paper)
    word = as_docx(paper, own_for(program.settings.digests.template, paper.kind))
    if word.problem:
        typer.echo(word.problem, err=True)
    return word.content
