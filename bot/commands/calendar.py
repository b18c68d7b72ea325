"""`calendar make|list|end`: addresses at which a calendar program reads somebody's deadlines."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    As,
    acting,
    fail,
    on,
    opened,
    options,
    show_json,
    table,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.access import Who

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command()
def make(
    context: typer.Context,
    as_: As,
    group: Annotated[
        str, typer.Option("--group", help="Part of a group's name; without it your own actions.")
    ] = "",
) -> None:
    """Makes a calendar. Its address is shown once: whoever has it sees the deadlines."""
    from bot import calendar_feed
    from bot.access import Right

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.OWN_ACTIONS)
        body = _group(db, who, group) if group else None
        try:
            token = calendar_feed.make(db, who, program.around, body)
        except calendar_feed.NoCalendar as error:
            fail(str(error))
        address = calendar_feed.address_of(token, program.around)
        if not address:
            fail("there is no address for pages: set links.web or links.board in config.toml")
    text = "\n".join(
        [
            address,
            wrapped("Add it to the calendar program under 'subscribe'. It is not shown again."),
        ]
    )
    tell(context, text, address=address)


def _group(db: "Db", who: "Who", wanted: str) -> int:
    from bot import calendar_feed

    groups = calendar_feed.groups_of(db, who)
    found = [id_ for id_, name in groups if wanted.casefold() in name.casefold()]
    if len(found) != 1:
        names = "; ".join(name for _, name in groups) or "none"
        fail(f"which group? Say part of its name with --group. Yours are: {names}")
    return found[0]


@app.command("list")
def list_(context: typer.Context, as_: As) -> None:
    """The calendars that somebody has. Their addresses are kept nowhere, so none is shown."""
    from bot import calendar_feed
    from bot.access import Right

    with opened(context) as program, program.database.reading() as db:
        who = acting(program, db, as_, Right.OWN_ACTIONS)
        found = calendar_feed.feeds_of(db, who.person_id)
    headings = ("calendar", "of", "made on")
    rows = [(str(one.id), one.group or "own actions", on(one.made_at)) for one in found]
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else "No calendar yet: `calendar make`.")


@app.command()
def end(
    context: typer.Context,
    calendar: Annotated[int, typer.Argument(help="The number that `calendar list` shows.")],
    as_: As,
) -> None:
    """Ends a calendar: its address shows nothing any more."""
    from bot import calendar_feed
    from bot.access import Right

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.OWN_ACTIONS)
        if not calendar_feed.end(db, calendar, who.person_id, program.around.now):
            fail(f"you have no calendar {calendar}; see `listening-loop calendar list`")
    tell(context, f"Calendar {calendar} is ended.", ended=calendar)
