"""`survey results` and `survey export`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    MaybeAs,
    acting,
    acting_if_named,
    fail,
    id_of,
    opened,
    options,
    plain_errors,
    tell,
    write_out,
)

if TYPE_CHECKING:
    from bot.app import App
    from digests.render import Format as FormatName
    from surveys.results import Wanted

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Slug = Annotated[str, typer.Argument(help="The survey's short name (form_id).")]


class Format(StrEnum):
    TEXT = "text"
    HTML = "html"
    JSON = "json"
    MD = "md"


class Table(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


_Round = Annotated[int | None, typer.Option("--round", help="A round; the newest without it.")]
_Public = Annotated[
    bool, typer.Option("--public", help="For publishing: nothing under 10, rounded to 5.")
]


@app.command()
def results(
    context: typer.Context,
    slug: _Slug,
    by: Annotated[
        str, typer.Option(help="Break down by a grouping question, or `group`: who invited.")
    ] = "",
    round_: _Round = None,
    rounds: Annotated[bool, typer.Option("--rounds", help="All rounds side by side.")] = False,
    beside: Annotated[
        str, typer.Option(help="Another survey, to compare on matched questions.")
    ] = "",
    public: _Public = False,
    as_format: Annotated[
        Format, typer.Option("--format", help="text, html, json or md.")
    ] = Format.TEXT,
    out: Annotated[
        Path | None, typer.Option(help="Write to this file instead of the terminal.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language to write in.")] = "en",
    as_: MaybeAs = "",
) -> None:
    """What people answered, with small groups protected."""
    from digests.results import render_results, render_side_by_side
    from surveys.results import Wanted, results_of, rounds_of
    from surveys.results import beside as side_of
    from surveys.suppression import Audience

    _only_one(rounds=rounds, beside=bool(beside), by=bool(by))
    kind: FormatName = Format.JSON.value if options(context).json else as_format.value
    wanted = Wanted(slug, Audience.PUBLIC if public else Audience.INTERNAL, round_, by)
    with opened(context) as program, _plain_refusals():
        forms, now, today = program.around.forms, program.around.now, program.around.today
        for each in filter(None, (slug, beside)):
            _may_see(program, each, as_)
        _check_language(program, slug, language)
        if rounds:
            side = rounds_of(program.database, forms, wanted, now=now, today=today)
            text = render_side_by_side(side, kind, language, of_rounds=True)
        elif beside:
            both = (wanted, Wanted(beside, wanted.seen_by))
            side = side_of(program.database, forms, both, now=now, today=today)
            text = render_side_by_side(side, kind, language, of_rounds=False)
        else:
            found = results_of(program.database, forms, wanted, now=now, today=today)
            text = render_results(found, kind, language, by=by)
        write_out(text, out, context)


def _may_see(program: "App", slug: str, email: str) -> int | None:
    """Ends where the role of whoever is named sees no results of this survey."""
    from bot.access import results_right
    from surveys.register import find

    with program.database.reading() as db:
        row = find(db, slug)
        rights = (results_right(row.audience),) if row is not None else ()
        who = acting_if_named(program, db, email, *rights)
    return id_of(who)


def _only_one(**chosen: bool) -> None:
    if sum(chosen.values()) > 1:
        names = ", ".join(f"--{name}" for name in chosen)
        raise typer.BadParameter(f"use only one of {names} at a time")


def _check_language(program: "App", slug: str, language: str) -> None:
    """Our own words beside the figures are in some languages, the form's in others."""
    from storage.language import Catalogue
    from surveys.register import find

    known = set(Catalogue.load("digests").languages)
    with program.database.reading() as db:
        row = find(db, slug)
        if row is not None and row.version_id is not None:
            known |= set(program.around.forms.of(db, row.version_id).languages)
    if language not in known:
        fail(f"results cannot be written in '{language}'; choose from {', '.join(sorted(known))}")


@contextmanager
def _plain_refusals() -> Iterator[None]:
    from surveys.export import ExportRefused
    from surveys.results import NoResults

    try:
        yield
    except (NoResults, ExportRefused) as error:
        fail(str(error))


@app.command()
def export(
    context: typer.Context,
    slug: _Slug,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    as_format: Annotated[Table, typer.Option("--format", help="csv or xlsx.")] = Table.CSV,
    raw: Annotated[
        bool, typer.Option("--raw", help="A row for each response: not for sharing. See --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why raw rows are needed; kept in the log.")] = "",
    as_: MaybeAs = "",
    round_: _Round = None,
    public: _Public = False,
) -> None:
    """Tables for a spreadsheet, protected as `results` are.

    Or raw rows, with nothing hidden, for those who may have them.
    """
    from surveys.results import Wanted
    from surveys.suppression import Audience

    wanted = Wanted(slug, Audience.PUBLIC if public else Audience.INTERNAL, round_)
    if raw and public:
        raise typer.BadParameter("raw rows are never for the public; leave out --raw or --public")
    with opened(context) as program, _plain_refusals(), plain_errors():
        out.parent.mkdir(parents=True, exist_ok=True)
        if raw:
            _export_raw(context, program, wanted, out, as_format, reason, as_)
        else:
            _export_tables(context, program, wanted, out, as_format, as_)


def _export_tables(
    context: typer.Context,
    program: "App",
    wanted: "Wanted",
    out: Path,
    as_format: Table,
    email: str,
) -> None:
    from storage.audit import record
    from surveys.check.hints import listed
    from surveys.export import export_tables
    from surveys.results import results_of

    around = program.around
    person_id = _may_see(program, wanted.slug, email)
    found = results_of(program.database, around.forms, wanted, now=around.now, today=around.today)
    written = export_tables(found, out, as_format.value)
    with program.database.writing() as db:
        record(
            db,
            at=around.now,
            act="results.export",
            subject=f"survey {wanted.slug}",
            person_id=person_id,
            actor="command line",
            detail=wanted.seen_by.value,
        )
    names = listed([str(path) for path in written])
    tell(
        context,
        f"written: {names}. Counts under {found.threshold} are hidden (c).",
        written=[str(path) for path in written],
        raw=False,
        threshold=found.threshold,
    )


def _export_raw(
    context: typer.Context,
    program: "App",
    wanted: "Wanted",
    out: Path,
    as_format: Table,
    reason: str,
    email: str,
) -> None:
    from bot.role_table import Right, roles_with
    from surveys.check.hints import listed
    from surveys.export import export_raw

    around = program.around
    person_id = _may_have_raw(program, wanted.slug, email)
    may_have = [role.value for role in roles_with(Right.EXPORT_RAW)]
    done = export_raw(
        program.database,
        around.forms,
        wanted,
        out,
        as_format.value,
        reason=reason,
        person_id=person_id,
        for_roles=may_have,
        now=around.now,
    )
    tell(
        context,
        f"written: {listed([str(path) for path in done.written])} ({done.rows} responses).\n"
        f"This is RAW: a row for each person, nothing hidden. Only {_in_words(may_have)} may "
        "have it; do not send it on, and delete it when the reason is over. It is in the log.",
        written=[str(path) for path in done.written],
        raw=True,
        rows=done.rows,
        for_roles=may_have,
    )


def _in_words(roles: "Sequence[str]") -> str:
    """The roles as people are called: the reviewer and the voice lead."""
    return " and ".join(f"the {role.replace('_', ' ')}" for role in roles)


def _may_have_raw(program: "App", slug: str, email: str) -> int:
    """Whoever answers for rows of single people; nobody does for those of practitioners."""
    from bot.role_table import raw_right
    from surveys.register import find

    with program.database.reading() as db:
        row = find(db, slug)
        if row is None:
            fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
        right = raw_right(row.audience)
        if right is None:
            fail(
                f"{slug} was answered by professionals: nobody sees their single answers. "
                "Without --raw there are the protected tables."
            )
        return acting(program, db, email, right).person_id
