"""`concerns rota list|add|remove|import`: who is on call out of hours, and where nobody is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    PROBLEMS,
    As,
    MaybeAs,
    acting,
    acting_if_named,
    at,
    fail,
    issues_json,
    opened,
    options,
    print_issues,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from surveys.concerns import Gap, Shift

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_AHEAD = timedelta(days=28)


@app.command("list")
def list_(
    context: typer.Context,
    weeks: Annotated[int, typer.Option(help="How far to look ahead.", min=1, max=52)] = 4,
    as_: MaybeAs = "",
) -> None:
    """Reviewers with what they read and their leave; who is on call; and when nobody is."""
    from bot.access import Right
    from storage.people import Role, people_with
    from surveys.concerns import gaps, shifts

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.ROTA)
        around = program.around
        until = around.now + timedelta(weeks=weeks)
        turns = shifts(db, around.now, until)
        open_parts = gaps(
            db,
            around.now,
            until,
            calendar=around.calendar,
            clocks=around.settings.concerns.clocks(),
        )
        people = [
            (person.name, ", ".join(person.reads), _away(person.away_until))
            for person in people_with(db, Role.REVIEWER)
        ]
    if options(context).json:
        show_json(_data(people, turns, open_parts))
    else:
        typer.echo(_text(people, turns, open_parts))


def _away(until: Any) -> str:
    return f"away until {until}" if until is not None else ""


def _data(
    people: Sequence[tuple[str, ...]], turns: "Sequence[Shift]", open_parts: "Sequence[Gap]"
) -> dict[str, Any]:
    return {
        "reviewers": [dict(zip(("name", "reads", "leave"), row, strict=True)) for row in people],
        "turns": [
            {"turn": one.id, "who": one.name, "from": at(one.starts_at), "until": at(one.ends_at)}
            for one in turns
        ],
        "nobody": [{"from": at(one.starts_at), "until": at(one.ends_at)} for one in open_parts],
    }


def _text(
    people: Sequence[tuple[str, ...]], turns: "Sequence[Shift]", open_parts: "Sequence[Gap]"
) -> str:
    from surveys.clock_words import short_moment

    rows = [(str(one.id), one.name, at(one.starts_at), at(one.ends_at)) for one in turns]
    parts = [
        table(people, ("reviewer", "reads", "leave")) if people else "There is no reviewer.",
        table(rows, ("turn", "on call", "from", "until")) if rows else "Nobody is on call.",
        *(
            f"Nobody from {short_moment(one.starts_at)} to {short_moment(one.ends_at)}."
            for one in open_parts
        ),
    ]
    return "\n\n".join(parts[:2]) + "".join(f"\n{line}" for line in ["", *parts[2:]]).rstrip("\n")


@app.command("add")
def add_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The work e-mail of a reviewer.")],
    starts: Annotated[str, typer.Option("--from", help="Local time: 2023-12-22 17:00.")],
    ends: Annotated[str, typer.Option("--until", help="Local time: 2023-12-27 09:00.")],
    as_: As,
) -> None:
    """Puts a reviewer on call."""
    from bot.access import Right
    from bot.people import find_person
    from surveys.clock_words import short_moment
    from surveys.concerns import NotAllowed, add_shift

    begins, until = _instant(starts, "--from"), _instant(ends, "--until")
    with opened(context) as program:
        try:
            with program.database.writing() as db:
                by = acting(program, db, as_, Right.ROTA)
                person = find_person(db, email)
                if person is None or person.id is None:
                    fail("nobody has this e-mail; see `listening-loop people list`")
                row = add_shift(
                    db, person.id, begins, until, now=program.around.now, by_id=by.person_id
                )
                name, number = person.name, row.id
        except NotAllowed as error:
            fail(str(error))
        tell(
            context,
            f"Turn {number}: {name} is on call from {short_moment(begins)} to "
            f"{short_moment(until)}.",
            turn=number,
            who=name,
        )


def _instant(text: str, option: str) -> datetime:
    from surveys.clock_words import read_instant

    found = read_instant(text)
    if found is None:
        raise typer.BadParameter("write a local time such as 2023-12-22 17:00", param_hint=option)
    return found


@app.command("remove")
def remove_(
    context: typer.Context,
    turn: Annotated[int, typer.Argument(help="Its number in `concerns rota list`.", min=1)],
    as_: As,
) -> None:
    """Takes a turn out of the rota, and says when nobody is on call now."""
    from bot.access import Right
    from surveys.concerns import NotAllowed, remove_shift

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                by = acting(program, db, as_, Right.ROTA)
                remove_shift(db, turn, now=program.around.now, by_id=by.person_id)
        except NotAllowed as error:
            fail(str(error))
        tell(context, f"Turn {turn} is removed; see `concerns rota list`.", turn=turn)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with the columns person, from, until.")],
    as_: As,
) -> None:
    """Adds the turns of a file: all of them, or none where a line is wrong."""
    from bot.access import Right
    from surveys.concerns.rota_file import import_rota

    with opened(context) as program:
        with program.database.writing() as db:
            by = acting(program, db, as_, Right.ROTA)
            added, issues = import_rota(db, file, now=program.around.now, by_id=by.person_id)
        if issues and not options(context).json:
            print_issues(issues)
        said = "Nothing was added." if issues else f"{added} turns added."
        tell(context, said, added=added, issues=issues_json(issues))
        if issues:
            raise typer.Exit(PROBLEMS)
