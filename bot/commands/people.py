"""`people import|list|link`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    fail,
    issues_json,
    opened,
    options,
    print_issues,
    show_json,
    table,
    tell,
)

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sheet with e-mail, post, agency, roles, body.")],
) -> None:
    """Adds and updates people by e-mail; nobody is removed."""
    from reminders.people_import import import_people
    from storage.issues import has_errors

    with opened(context) as program:
        with program.database.writing() as db:
            result = import_people(db, file, now=program.around.now)
        if not options(context).json:
            print_issues(result.issues)
        tell(
            context,
            f"People: {result.added} added, {result.changed} changed.",
            added=result.added,
            changed=result.changed,
            issues=issues_json(result.issues),
        )
        if has_errors(result.issues):
            raise typer.Exit(PROBLEMS)


@app.command("list")
def list_(context: typer.Context) -> None:
    """Who there is, what they may do, and whether they can be reached."""
    from sqlmodel import col, select

    from storage.people import Person, contacts_of

    with opened(context) as program, program.database.reading() as db:
        people = db.exec(select(Person).where(Person.active).order_by(col(Person.id))).all()
        reached = contacts_of(db, [person.id for person in people if person.id is not None])
        rows = [
            (
                person.email or "(no e-mail)",
                ", ".join(person.roles) or "lead",
                reached[person.id].platform if person.id in reached else "not connected",
                person.name,
                person.agency,
            )
            for person in people
        ]
    headings = ("e-mail", "roles", "reached by", "post", "agency")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    shown = [(*row[:3], f"{row[3]} ({row[4]})" if row[4] else row[3]) for row in rows]
    typer.echo(
        table(shown, (*headings[:3], "post (agency)"))
        if rows
        else "Nobody yet: `plan import` or `people import`."
    )


@app.command("link")
def link_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The person's work e-mail.")],
    platform: Annotated[str, typer.Option(help="Where they are reached.")] = "console",
    address: Annotated[str, typer.Option(help="Their address there; the e-mail without it.")] = "",
) -> None:
    """Connects a person with an address on a platform."""
    from bot.messages import Address
    from bot.people import find_person, link

    with opened(context) as program:
        with program.database.writing() as db:
            person = find_person(db, email)
            if person is None:
                fail("nobody has this e-mail; see `listening-loop people list`")
            link(db, person, Address(platform, "", address or email.strip().casefold()))
        tell(context, f"Connected by {platform}.", connected=platform)
