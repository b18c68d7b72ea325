"""`digest list|show|template`: what was sent, as it was sent, and a template to start from."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    MaybeAs,
    acting_if_named,
    at,
    fail,
    opened,
    options,
    show_json,
    table,
)
from bot.commands.digest_files import (
    Every,
    needs_out,
    write_bytes,
    write_file,
    write_paper,
    write_picture,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.app import App
    from digests.paper import Paper
    from digests.picture import Picture
    from storage.editions import Edition

app = typer.Typer(rich_markup_mode=None)
_MOST = 200


@app.command("list")
def list_editions(context: typer.Context, as_: MaybeAs = "") -> None:
    """Every digest that was made, the newest first: what it is of, and whether it went out."""
    with opened(context) as program:
        with program.database.reading() as db:
            may_see = _sight(program, db, as_)
            rows = [_row(db, edition) for edition in _newest(db) if may_see(edition)]
        if options(context).json:
            show_json(rows)
        elif not rows:
            typer.echo("No digest has been made yet. Write /digest in chat, or wait for its day.")
        else:
            headings = [name.replace("_", " ") for name in rows[0]]
            typer.echo(table([[str(cell) for cell in row.values()] for row in rows], headings))


@app.command("show")
def show_edition(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number in `digest list`.", min=1)],
    as_format: Annotated[
        Every, typer.Option("--format", help="text, html, md, json, docx or pdf.")
    ] = Every.TEXT,
    out: Annotated[
        Path | None, typer.Option(help="Write to this file instead of the terminal.")
    ] = None,
    as_: MaybeAs = "",
) -> None:
    """A digest as it was when it was made, with its words; Word and PDF as they were sent."""
    needs_out(as_format, out)
    with opened(context) as program, program.database.reading() as db:
        may_see, edition = _sight(program, db, as_), _edition(db, number)
        if not may_see(edition):
            fail(f"digest {number} has not been sent; until then it is the business manager's")
        if (as_format is Every.PDF or as_format is Every.DOCX) and not options(context).json:
            _write_kept(context, program, db, edition, as_format, out)
        elif edition.kind == "weekly":
            write_picture(context, program, _picture(edition), as_format, out)
        else:
            view, paper = _report(edition)
            write_paper(context, program, view, paper, as_format, out)


@app.command("template")
def write_template(
    context: typer.Context,
    of_reports: Annotated[
        bool, typer.Option("--reports", help="That of all other reports, not the weekly digest's.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
) -> None:
    """The Word template that ships: edit it in Word, and name it in `digests.template`.

    There it is one file, for the weekly digest, or a folder: weekly.docx, highlight.docx and so on,
    and paper.docx for every report that has none of its own.
    """
    from digests import paper_word, word

    shipped = paper_word.shipped() if of_reports else word.shipped()
    out = out or Path(shipped.name)
    if out.exists():
        fail(f"{out}: there is a file of this name already; choose another with --out")
    write_bytes(context, shipped.read_bytes(), out)


def _sight(program: "App", db: "Session", email: str) -> "Callable[[Edition], bool]":
    """What whoever is named may see: what was sent, and what they made or approve."""
    from bot.access import Right
    from bot.reports_seen import may_read

    who = acting_if_named(program, db, email, Right.DIGEST)
    if who is None:
        return lambda _: True
    return lambda edition: may_read(db, who, edition)


def _newest(db: "Session") -> "list[Edition]":
    from sqlmodel import col, select

    from storage.editions import Edition

    return list(db.exec(select(Edition).order_by(col(Edition.id).desc()).limit(_MOST)))


def _row(db: "Session", edition: "Edition") -> dict[str, object]:
    from storage.people import names_of

    names = names_of(db, (edition.made_for_id, edition.approved_by_id))
    return {
        "number": edition.id,
        "kind": edition.kind,
        "of": edition.subject,
        "period": f"{edition.starts_on} to {edition.ends_on}",
        "as_at": at(edition.as_at),
        "state": str(edition.state),
        "asked_for_by": names[edition.made_for_id],
        "sent_by": names[edition.approved_by_id],
    }


def _edition(db: "Session", number: int) -> "Edition":
    from storage.editions import Edition

    found = db.get(Edition, number)
    if found is None:
        fail(f"there is no digest {number}; see `listening-loop digest list`")
    return found


def _picture(edition: "Edition") -> "Picture":
    from digests.editions import picture_of
    from digests.picture import Unreadable

    try:
        return picture_of(edition)
    except Unreadable as error:
        fail(f"digest {edition.id}: {error}; add --format pdf --out FILE")


def _report(edition: "Edition") -> "tuple[object, Paper]":
    from digests.editions import paper_of, view_of
    from digests.picture import Unreadable

    try:
        return view_of(edition), paper_of(edition)
    except Unreadable as error:
        fail(f"digest {edition.id}: {error}; add --format pdf --out FILE")


def _write_kept(
    context: typer.Context,
    program: "App",
    db: "Session",
    edition: "Edition",
    wanted: Every,
    out: Path | None,
) -> None:
    from digests.edition_files import file_of
    from digests.picture import Unreadable

    template = program.settings.digests.template
    try:
        file = file_of(db, edition, "pdf" if wanted is Every.PDF else "docx", template)
    except Unreadable as error:
        fail(f"digest {edition.id}: {error}, but not this one")
    write_file(context, file, out)
