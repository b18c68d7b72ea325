"""`survey poster`: posters and cards with a code to scan, by school or youth group.

Also the card for the youth worker who passes a tablet round.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    MaybeAs,
    a_day_option,
    acting_if_named,
    counted,
    fail,
    id_of,
    opened,
    plain_errors,
    show_issues,
    tell,
)

if TYPE_CHECKING:
    from bot.app import App
    from storage.surveys import Survey as SurveyRow
    from surveys.definition import Survey
    from surveys.poster.view import Layout, Occasion, Poster, TabletPages, WorkerCard

    Printed = Poster | WorkerCard

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

_PROOF = "0" * 24
_LAYOUTS = ("poster", "cards", "worker")


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be printed: for which groups, in which languages, in which shape."""

    row: "SurveyRow"
    form: "Survey"
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    layout: "Layout"
    until: date | None


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file to write."""

    file: Path
    group: str
    language: str


@app.command()
def poster(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The survey's short name (form_id).")],
    group: Annotated[
        str, typer.Option(help="School or youth group: printed, and shown to the reviewer.")
    ] = "",
    all_groups: Annotated[
        Path | None, typer.Option(help="A CSV file with one group a line: a poster for each.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Such as pl; give it again for another poster.")
    ] = None,
    layout: Annotated[
        str, typer.Option(help="poster (A4), cards (four on A4), or worker (beside a tablet).")
    ] = "poster",
    until: Annotated[date | None, a_day_option("The last day on which the code works.")] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF to write.")] = None,
    as_: MaybeAs = "",
) -> None:
    """Prints posters or cards with a code to scan.

    They say who sees what and where help is. Each group gets an invitation of its own, which any
    number of people may use. The layout `worker` is for the youth worker who passes a tablet round.
    """
    if layout not in _LAYOUTS:
        raise typer.BadParameter("write poster, cards or worker", param_hint="--layout")
    if group and all_groups is not None:
        raise typer.BadParameter("give --group or --all-groups, not both")
    groups = _groups(context, group, all_groups)
    with opened(context) as program:
        by = _printer(program, as_)
        order = _order(program, slug, groups, tuple(language or ()), layout, until)
        sheets = list(_sheets(out or Path(f"{slug}-{layout}.pdf"), order))
        for sheet in sheets:  # what cannot be printed shows before anybody is invited
            with _plainly(order, sheet):
                _drawn(order, _gathered(program, order, sheet, _PROOF))
        sheets[0].file.parent.mkdir(parents=True, exist_ok=True)
        tokens = _invite(program, order, by)
        posters = [_gathered(program, order, sheet, tokens[sheet.group]) for sheet in sheets]
        for sheet, made in zip(sheets, posters, strict=True):
            sheet.file.write_bytes(_drawn(order, made))
        _tell(context, order, sheets, posters)


def _groups(context: typer.Context, group: str, listed: Path | None) -> tuple[str, ...]:
    from surveys.poster.groups import read_groups

    if listed is None:
        return (group.strip(),)
    with plain_errors():
        groups, issues = read_groups(listed)
    if issues:
        show_issues(issues, context)
        raise typer.Exit(PROBLEMS)
    return groups


def _order(
    program: "App",
    slug: str,
    groups: tuple[str, ...],
    languages: tuple[str, ...],
    layout: str,
    until: date | None,
) -> _Order:
    from storage.surveys import SurveyState
    from surveys.poster.view import Layout
    from surveys.register import find

    with program.database.reading() as db:
        row = find(db, slug)
        if row is None or row.version_id is None:
            fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
        form = program.around.forms.of(db, row.version_id)
    if row.state == SurveyState.CLOSED:
        fail(f"{slug} is closed: a poster would lead nowhere. Open it first, or a new survey")
    if until is not None and until < program.around.today:
        fail(f"--until {until} is over; give a day that is still to come")
    wanted = tuple(dict.fromkeys(languages)) or (form.settings.default_language,)
    return _Order(row, form, groups, wanted, Layout(layout), until)


def _sheets(out: Path, order: _Order) -> Iterator[_Sheet]:
    """One file for each group and language, told apart by name where there are several."""
    width = len(str(len(order.groups)))
    for number, group in enumerate(order.groups, 1):
        named = f"-{number:0{width}}-{_in_a_name(group)}" if len(order.groups) > 1 else ""
        for language in order.languages:
            spoken = f"-{language}" if len(order.languages) > 1 else ""
            name = f"{out.stem}{named}".rstrip("-") + f"{spoken}{out.suffix or '.pdf'}"
            yield _Sheet(out.with_name(name), group, language)


def _in_a_name(group: str) -> str:
    plain = unicodedata.normalize("NFKD", group).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:40]


@contextmanager
def _plainly(order: _Order, sheet: _Sheet) -> Iterator[None]:
    """Says which poster cannot be made, and why."""
    from surveys.poster import CannotInvite
    from surveys.typesetting import CannotTypeset

    try:
        yield
    except (CannotInvite, CannotTypeset) as error:
        where = ", ".join(part for part in (order.row.slug, sheet.language, sheet.group) if part)
        fail(f"{where}: {error}")


def _gathered(program: "App", order: _Order, sheet: _Sheet, token: str) -> "Printed":
    from surveys.poster import gather
    from surveys.poster.view import Layout, Occasion

    settings = program.settings
    occasion = Occasion.of(
        settings.links.made(), token, group=sheet.group, until=order.until, layout=order.layout
    )
    if order.layout is Layout.WORKER:
        return _card(program, order, sheet, occasion)
    return gather(
        order.form,
        sheet.language,
        occasion,
        asked_by=settings.partnership.name,
        help_lines=settings.help_lines,
    )


def _card(program: "App", order: _Order, sheet: _Sheet, occasion: "Occasion") -> "WorkerCard":
    from surveys.poster.worker import gather_card

    return gather_card(
        order.form,
        sheet.language,
        occasion,
        pages=_tablet_pages(program, sheet.language),
        help_lines=program.settings.help_lines,
    )


def _tablet_pages(program: "App", language: str) -> "TabletPages":
    """The buttons by the names that the pages give them, so that the card can be followed."""
    from storage.language import Catalogue
    from surveys.poster.view import TabletPages

    say, settings = Catalogue.load("bot").say, program.settings
    return TabletPages(
        next_person=say("page.next_person", language),
        later=say("page.later", language),
        cleared_after_seconds=settings.web.tablet_seconds,
        good_for_days=settings.young_people.session_days,
    )


def _drawn(order: _Order, poster: "Printed") -> bytes:
    from surveys.poster import draw

    return draw(poster, dated=_dated(order), layout=order.layout)


def _dated(order: _Order) -> date:
    """The survey's own day, so that the same poster is the same file whenever it is printed."""
    from storage.calendar import LONDON

    return order.form.settings.opens or order.row.added_at.astimezone(LONDON).date()


def _printer(program: "App", email: str) -> int | None:
    """Who prints, where somebody is named."""
    from bot.access import Right

    with program.database.reading() as db:
        return id_of(acting_if_named(program, db, email, Right.INVITE))


def _invite(program: "App", order: _Order, by: int | None) -> dict[str, str]:
    from storage.audit import record
    from surveys.invitations import invite

    assert order.row.id is not None
    with program.database.writing() as db:
        record(
            db,
            at=program.around.now,
            act="invitation made",
            subject=f"survey {order.row.slug}",
            person_id=by,
            actor="" if by else "command line",
            detail=f"{order.layout}, {len(order.groups)}",
        )
        return {
            group: invite(
                db,
                order.row.id,
                now=program.around.now,
                group_name=group,
                expires_on=order.until,
            )
            for group in order.groups
        }


def _tell(
    context: typer.Context, order: _Order, sheets: Sequence[_Sheet], posters: "Sequence[Printed]"
) -> None:
    from storage.surveys import SurveyState

    lines = [f"written: {sheet.file}" for sheet in sheets]
    if len(sheets) > 1:
        files, groups = counted(len(sheets), "file"), counted(len(order.groups), "invitation")
        lines.append(f"{files}, {groups}")
    slug = order.row.slug
    if order.row.state == SurveyState.DRAFT:
        lines.append(f"The code works once the survey is open: listening-loop survey open {slug}")
    tell(
        context,
        "\n".join(lines),
        survey=slug,
        posters=[
            {
                "file": str(sheet.file),
                "group": sheet.group,
                "language": sheet.language,
                "links": list(made.links),
            }
            for sheet, made in zip(sheets, posters, strict=True)
        ],
    )
