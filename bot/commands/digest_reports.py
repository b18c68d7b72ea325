"""`digest highlight|scorecard|annual|close-the-loop|minutes`: reports of a quarter or a year."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    MaybeAs,
    a_day,
    acting,
    acting_if_named,
    fail,
    id_of,
    opened,
    options,
    read_day,
    refused,
    tell,
)
from bot.commands.digest_files import Every, needs_out, write_paper

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.access import Who
    from bot.app import App
    from digests.period import Period

app = typer.Typer(rich_markup_mode=None)

_Every = Annotated[Every, typer.Option("--format", help="text, html, md, json, docx or pdf.")]
_Out = Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")]
_From = Annotated[
    str, typer.Option("--from", help="First day; without it the quarter or year of the last day.")
]
_To = Annotated[str | None, typer.Option("--to", help="Last day, or any day in it; else today.")]
_Keep = Annotated[bool, typer.Option("--keep", help="Keep it as a draft to word and approve.")]


@app.command()
def highlight(
    context: typer.Context,
    group: Annotated[str, typer.Argument(help="The group's short name, as in the plan.")],
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    from_: _From = "",
    to: _To = None,
    keep: _Keep = False,
    as_: MaybeAs = "",
) -> None:
    """What a group did, what slipped and why, what it asks, and what was heard and changed."""
    _report(context, "highlight", group, as_format, out, (from_, to), keep=keep, as_=as_)


@app.command()
def scorecard(
    context: typer.Context,
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    from_: _From = "",
    to: _To = None,
    keep: _Keep = False,
    as_: MaybeAs = "",
) -> None:
    """Each measure of a quarter: wanted direction, baseline, previous, current, and a narrative."""
    _report(context, "scorecard", "", as_format, out, (from_, to), keep=keep, as_=as_)


@app.command()
def annual(
    context: typer.Context,
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    from_: _From = "",
    to: _To = None,
    keep: _Keep = False,
    as_: MaybeAs = "",
) -> None:
    """The year: what works well, what can be better, the difference made, who was listened to."""
    _report(context, "annual", "", as_format, out, (from_, to), keep=keep, as_=as_)


@app.command("close-the-loop")
def close_the_loop(
    context: typer.Context,
    group: Annotated[str, typer.Argument(help="A group's short name; else everything.")] = "",
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    from_: _From = "",
    to: _To = None,
    keep: _Keep = False,
    as_: MaybeAs = "",
) -> None:
    """Two pages for a meeting: the five things that need it, and what lies behind them."""
    _report(context, "pack", group, as_format, out, (from_, to), keep=keep, as_=as_)


@app.command()
def minutes(
    context: typer.Context,
    meeting: Annotated[int, typer.Argument(help="Its number on the page of meetings.", min=1)],
    as_format: _Every = Every.TEXT,
    out: _Out = None,
    keep: _Keep = False,
    as_: MaybeAs = "",
) -> None:
    """What a close-the-loop meeting decided, thing by thing."""
    _report(context, "minutes", str(meeting), as_format, out, ("", None), keep=keep, as_=as_)


@app.command("approve")
def approve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number in `digest list`.", min=1)],
    as_: Annotated[str, typer.Option("--as", help="Your e-mail address.")],
) -> None:
    """Stands by a draft of a report: from then on it never changes."""
    from bot.access import Right
    from digests import editions
    from storage.editions import Edition

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.APPROVE)
        edition = db.get(Edition, number)
        if edition is None or edition.kind == editions.WEEKLY:
            fail(f"{number} is no report; a weekly digest is approved where it is sent, in chat")
        try:
            editions.approve(db, edition, who.person_id, program.around.now)
        except editions.Settled as error:
            fail(str(error))
    tell(context, f"approved: {number}", approved=number)


def _report(
    context: typer.Context,
    kind: str,
    subject: str,
    as_format: Every,
    out: Path | None,
    days: tuple[str, str | None],
    *,
    keep: bool,
    as_: str,
) -> None:
    from bot.access import Right
    from digests.reports import REPORTS
    from digests.themes import Refused

    needs_out(as_format, out)
    report = REPORTS[kind]
    with opened(context) as program:
        around = program.around
        with program.database.reading() as db:
            who = acting_if_named(program, db, as_, Right.DIGEST)
            _check(program, db, who, kind, subject)
            period = _period(program, db, kind, subject, days)
            try:
                view = report.gather(
                    db, period, subject=subject, now=around.now, calendar=around.calendar
                )
            except Refused as error:
                fail(str(error))
        number = _kept(program, kind, subject, period, who) if keep else None
        write_paper(context, program, view, report.paper(view), as_format, out)
        if number is not None and not options(context).json:
            typer.echo(f"kept as draft {number}; see `digest show {number}`", err=True)


def _check(program: "App", db: "Session", who: "Who | None", kind: str, subject: str) -> None:
    from bot.access import Right
    from bot.reports_seen import may_ask

    if who is not None and not may_ask(db, who, kind, subject):
        refused(program, db, Right.ALL_ACTIONS)


def _period(
    program: "App", db: "Session", kind: str, subject: str, days: tuple[str, str | None]
) -> "Period":
    """From and to as given; else the quarter or the year of the last day; a meeting has its own."""
    from digests.period import Period
    from digests.reports import REPORTS

    first, to = days
    last = read_day(to, program)
    if kind == "minutes":
        return Period.quarter_of(_held_on(db, subject))
    if not first:
        return REPORTS[kind].period_of(last)
    try:
        return Period(a_day(first), last)
    except ValueError as error:
        fail(str(error))


def _held_on(db: "Session", subject: str) -> date:
    from storage.meetings import Meeting

    meeting = db.get(Meeting, int(subject))
    if meeting is None:
        fail(f"there is no meeting {subject}; see the page of meetings on the board")
    return meeting.held_on


def _kept(
    program: "App", kind: str, subject: str, period: "Period", who: "Who | None"
) -> int | None:
    from digests import editions

    around = program.around
    with program.database.writing() as db:
        made = editions.make(
            db,
            kind,
            period,
            subject=subject,
            now=around.now,
            calendar=around.calendar,
            person_id=id_of(who),
        )
        return made.id
