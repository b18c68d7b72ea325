"""A digest in any format, on the screen or in a file."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.commands.common import fail, options, plain_errors, tell, write_out

if TYPE_CHECKING:
    from bot.app import App
    from digests.edition_files import DigestFile, Kind
    from digests.paper import Paper
    from digests.paper_formats import Drawn
    from digests.picture import Picture
    from digests.render import Format


class Every(StrEnum):
    """All formats of a report."""

    TEXT = "text"
    HTML = "html"
    MD = "md"
    JSON = "json"
    DOCX = "docx"
    PDF = "pdf"


_FILES: "Mapping[Every, Kind]" = {Every.PDF: "pdf", Every.DOCX: "docx"}
_TEXTS: "Mapping[Every, Format]" = {
    Every.TEXT: "text",
    Every.HTML: "html",
    Every.MD: "md",
    Every.JSON: "json",
}


_DRAWN: "Mapping[Every, Drawn]" = {Every.TEXT: "text", Every.HTML: "html", Every.MD: "md"}


def write_picture(
    context: typer.Context, program: "App", picture: "Picture", wanted: Every, out: Path | None
) -> None:
    """Text to the screen or a file; Word and PDF to a file only."""
    from digests.edition_files import made
    from digests.render import render
    from surveys.typesetting import CannotTypeset

    if options(context).json:
        wanted = Every.JSON
    kind = _FILES.get(wanted)
    if kind is not None:
        try:
            file = made(picture, kind, program.settings.digests.template)
        except CannotTypeset as error:
            fail(str(error))
        write_file(context, file, out)
    else:
        write_out(render(picture, _TEXTS[wanted]), out, context)


def write_paper(
    context: typer.Context,
    program: "App",
    view: object,
    paper: "Paper",
    wanted: Every,
    out: Path | None,
) -> None:
    """A report other than the weekly digest, in any format; JSON is its view."""
    from digests.edition_files import made_of
    from digests.paper_formats import draw
    from surveys.typesetting import CannotTypeset

    if options(context).json or wanted is Every.JSON:
        write_out(json_of(view), out, context)
    elif (kind := _FILES.get(wanted)) is None:
        write_out(draw(paper, _DRAWN[wanted]), out, context)
    else:
        try:
            file = made_of(paper, kind, program.settings.digests.template)
        except CannotTypeset as error:
            fail(str(error))
        write_file(context, file, out)


def json_of(view: object) -> str:
    """A view as data, the same bytes for the same view."""
    from storage.plain import plain

    return json.dumps(plain(view), ensure_ascii=False, indent=2) + "\n"


def needs_out(wanted: Every, out: Path | None) -> None:
    """Ends with a remedy where there is no file to write Word or PDF to."""
    if wanted in _FILES and out is None:
        raise typer.BadParameter(
            f"a {wanted.value} goes into a file; add --out FILE", param_hint="--format"
        )


def write_file(context: typer.Context, file: "DigestFile", out: Path | None) -> None:
    """Into that file. What was wrong with their own template is said beside it."""
    assert out is not None
    if file.problem:
        typer.echo(file.problem, err=True)
    write_bytes(context, file.content, out)


def write_bytes(context: typer.Context, content: bytes, out: Path) -> None:
    with plain_errors():
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    tell(context, f"written: {out}", written=str(out))
