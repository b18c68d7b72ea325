"""`concerns break-glass`: the review queue opened in an emergency by who is no reviewer."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    As,
    acting,
    at,
    fail,
    opened,
    options,
    refused,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.access import Who
    from bot.app import App
    from storage.break_glass import BreakGlass

app = typer.Typer(rich_markup_mode=None)


@app.command("break-glass")
def break_glass(
    context: typer.Context,
    as_: As,
    reason: Annotated[
        str, typer.Option(help="Why it cannot wait for a reviewer, in a sentence; they read it.")
    ] = "",
    trace_reason: Annotated[
        str, typer.Option(help="Why you must also be able to find out whose answers they were.")
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help="Show the openings there were.")] = False,
    end: Annotated[int | None, typer.Option(help="End this one before its time.")] = None,
    seen: Annotated[int | None, typer.Option(help="A reviewer has looked at this one.")] = None,
) -> None:
    """Opens the review queue to you for a while. All reviewers and managers are told at once."""
    if sum((bool(reason), list_, end is not None, seen is not None)) != 1:
        raise typer.BadParameter("give one of --reason, --list, --end and --seen")
    with opened(context) as program:
        if list_:
            _list(context, program, as_)
        elif reason:
            _open(context, program, as_, reason, trace_reason)
        else:
            _settle(context, program, as_, end, seen)


def _open(
    context: typer.Context, program: "App", email: str, reason: str, trace_reason: str
) -> None:
    from bot.access import Right
    from bot.break_glass import NotOpened, open_glass

    try:
        with program.database.writing() as db:
            who = acting(program, db, email, Right.BREAK_GLASS)
            row = open_glass(db, who, reason, program.around, trace_reason=trace_reason)
            number, until = row.id, row.ends
    except NotOpened as error:
        fail(str(error))
    tell(
        context,
        f"The review queue is open to you until {at(until)} (reference {number}). Every reviewer "
        "and manager is told now, and all you read is recorded.\n"
        f"Next: listening-loop concerns list --as {email}\n"
        f"When you are done: listening-loop concerns break-glass --end {number} --as {email}",
        number=number,
        until=until,
        traces=bool(trace_reason.strip()),
    )


def _settle(
    context: typer.Context, program: "App", email: str, end: int | None, seen: int | None
) -> None:
    from bot.break_glass import confirm, end_glass, may_end

    now = program.around.now
    with program.database.writing() as db:
        who = acting(program, db, email)
        row = _row(db, end if end is not None else seen)
        if end is None:
            done = confirm(db, row, who, now)
        elif may_end(who, row):
            done = end_glass(db, row, who.person_id, now)
        else:
            fail("only who opened it, a reviewer or a business manager may end it")
    if seen is not None and not done:
        fail("a reviewer other than who opened it confirms this, and once only")
    said = "It is noted that you looked at it." if end is None else "It is over."
    tell(context, said, number=row.id, done=done)


def _row(db: "Db", number: int | None) -> "BreakGlass":
    from storage.break_glass import BreakGlass

    row = db.get(BreakGlass, number)
    if row is None:
        fail("there is no such reference; see `concerns break-glass --list`")
    return row


def _list(context: typer.Context, program: "App", email: str) -> None:
    from bot.access import Right
    from bot.break_glass import recent

    with program.database.reading() as db:
        who = acting(program, db, email)
        if not who.rights & {Right.REVIEW, Right.COUNTS}:
            refused(program, db, Right.COUNTS)
        rows = [_shown(db, who, row) for row in recent(db)]
    if options(context).json:
        show_json(rows)
    elif rows:
        typer.echo(table([[str(cell) for cell in row.values()] for row in rows], list(rows[0])))
    else:
        typer.echo("The glass was never broken.")


def _shown(db: "Db", who: "Who", row: "BreakGlass") -> dict[str, Any]:
    """The reason is for those alone who may read what it is about."""
    from bot.break_glass import may_read_reason
    from storage.people import names_of

    names = names_of(db, (row.person_id, row.seen_by_id))
    return {
        "number": row.id,
        "who": names[row.person_id],
        "from": at(row.begins),
        "until": at(row.ends),
        "traces": "yes" if row.traces else "",
        "seen by": names[row.seen_by_id],
        **({"reason": _reasons(row)} if may_read_reason(who) else {}),
    }


def _reasons(row: "BreakGlass") -> str:
    return f"{row.reason} / {row.trace_reason}" if row.trace_reason else row.reason
