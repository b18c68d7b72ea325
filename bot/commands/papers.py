"""`papers`: the impact assessment, the notices and the other papers, from the running settings."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    counted,
    fail,
    opened,
    options,
    plain_errors,
    show_json,
    table,
    tell,
    write_out,
)

if TYPE_CHECKING:
    from bot.app import App
    from bot.papers import Facts, Paper


class Format(StrEnum):
    """What a paper can be written as."""

    MD = "md"
    DOCX = "docx"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """It stands at the top level."""
    app.command("papers")(papers_)


def papers_(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The folder to write them into.")] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="docx to edit in Word; md; html to print.")
    ] = Format.DOCX,
    only: Annotated[str, typer.Option(help="One paper, by its name.")] = "",
    open_points: Annotated[
        bool, typer.Option("--open-points", help="What is still to be decided, and by whom.")
    ] = False,
) -> None:
    """Writes the papers that are needed before children are asked anything.

    An impact assessment, privacy notices by age, a data map and others, made of these settings and
    surveys. What must be decided locally is marked in them. Without --out: which there are.
    """
    with opened(context) as program:
        facts, found = _made(program, only)
    if open_points:
        _show_open(context, found)
    elif out is not None:
        _write(context, out, format_, found, facts)
    elif only and format_ is Format.MD:
        write_out(found[0].text, None, context)
    else:
        _show(context, found)


def _made(program: "App", only: str) -> "tuple[Facts, Sequence[Paper]]":
    from bot.papers import PAPERS, gather, paper, papers, surveys_in

    names = [kind.name for kind in PAPERS]
    if only and only not in names:
        fail(f"there is no paper '{only}'; there are: {', '.join(names)}")
    settings = program.settings
    with program.database.reading() as db:
        surveys = surveys_in(db)
    facts = gather(settings, surveys, as_at=program.around.today)
    found = [paper(only, facts, settings)] if only else list(papers(facts, settings))
    return facts, found


def _write(
    context: typer.Context, out: Path, format_: Format, found: "Sequence[Paper]", facts: "Facts"
) -> None:
    drawn = _drawer(format_, facts)
    files = [out / f"{paper.name}.{format_.value}" for paper in found]
    with plain_errors():
        out.mkdir(parents=True, exist_ok=True)
        for file, paper in zip(files, found, strict=True):
            file.write_bytes(drawn(paper))
        if format_ is Format.MD and any("data-map.svg" in paper.text for paper in found):
            files.append(_picture(out, facts))
    points = sum(len(paper.open_points) for paper in found)
    lines = [f"written: {file}" for file in files]
    if points:
        left = counted(points, "point is", "points are")
        lines.append(f"{left} still to be decided here: listening-loop papers --open-points")
    tell(context, "\n".join(lines), written=[str(file) for file in files], open_points=points)


def _picture(out: Path, facts: "Facts") -> Path:
    from bot.papers.picture import PICTURE, as_svg

    file = out / PICTURE
    file.write_text(as_svg(facts), encoding="utf-8")
    return file


def _drawer(format_: Format, facts: "Facts") -> "Callable[[Paper], bytes]":
    if format_ is Format.MD:
        return lambda paper: paper.text.encode()
    if format_ is Format.HTML:
        from bot.papers.page import as_html

        return lambda paper: as_html(paper, facts).encode()
    from bot.papers.word import as_docx

    return lambda paper: as_docx(paper, facts)


def _show(context: typer.Context, found: "Sequence[Paper]") -> None:
    if options(context).json:
        show_json([asdict(paper.kind) | {"open_points": len(paper.open_points)} for paper in found])
        return
    rows = [(p.name, p.kind.title, str(len(p.open_points)), p.kind.signed_by) for p in found]
    typer.echo(table(rows, ("paper", "what it is", "open", "signed by")))
    typer.echo("\nlistening-loop papers --out papers writes them, for Word.")


def _show_open(context: typer.Context, found: "Sequence[Paper]") -> None:
    points = [(paper.name, point) for paper in found for point in paper.open_points]
    if options(context).json:
        show_json({"open_points": [{"paper": name, **asdict(point)} for name, point in points]})
        return
    for name, point in points:
        typer.echo(f"{name} {point.number}: {point.who}: {point.what}")
    typer.echo("" if points else "Nothing is open.")
