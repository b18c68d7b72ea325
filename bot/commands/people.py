"""`people import|list|link|code|away`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    PROBLEMS,
    MaybeAs,
    acting_if_named,
    fail,
    id_of,
    issues_json,
    opened,
    options,
    print_issues,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from bot.messages import Address
    from bot.people_view import PersonView, Place
    from storage.people import Person

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sheet with e-mail, post, agency, roles, body.")],
    as_: MaybeAs = "",
) -> None:
    """Adds and updates people by e-mail; nobody is removed."""
    from reminders.people_import import import_people
    from storage.issues import has_errors

    with opened(context) as program:
        with program.database.writing() as db:
            by = _keeper(program, db, as_)
            result = import_people(db, file, now=program.around.now, person_id=by)
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
def list_(context: typer.Context, as_: MaybeAs = "") -> None:
    """Who there is, what they may do, where they are reached, and why where they are not."""
    from bot.people_view import people_views

    with opened(context) as program, program.database.reading() as db:
        _keeper(program, db, as_)
        found = people_views(db, today=program.around.today)
    views = sorted(found, key=lambda view: view.id)
    if options(context).json:
        show_json([_as_data(view) for view in views])
        return
    shown = [
        (
            view.email or "(no e-mail)",
            ", ".join(view.roles),
            _reached(view),
            f"{view.name} ({view.agency})" if view.agency else view.name,
        )
        for view in views
    ]
    typer.echo(
        table(shown, ("e-mail", "roles", "reached by", "post (agency)"))
        if shown
        else "Nobody yet: `plan import` or `people import`."
    )


def _reached(view: "PersonView") -> str:
    """Where they are written to first, then other places; those that work no more say why."""
    places = sorted(view.places, key=lambda place: not place.is_first)
    said = [_place(place) for place in places]
    if view.first is None:
        said.insert(0, "not connected" if not places else "not reached")
    if view.why_not == "stopped":
        said.append("no reminders wanted")
    if view.away_until is not None:
        said.append(f"away until {view.away_until}")
    return ", ".join(said)


def _place(place: "Place") -> str:
    if place.state == "active":
        return place.platform
    return f"{place.platform}: {place.reason or place.state}"


def _as_data(view: "PersonView") -> dict[str, Any]:
    return {
        "e-mail": view.email or "(no e-mail)",
        "roles": ", ".join(view.roles),
        "reached by": view.first.platform if view.first is not None else "not connected",
        "post": view.name,
        "agency": view.agency,
        "places": [
            {"platform": place.platform, "state": place.state, "reason": place.reason}
            for place in view.places
        ],
        "why not": view.why_not or "",
        "open actions": list(view.actions),
        "away until": view.away_until.isoformat() if view.away_until else None,
        "deputy": view.deputy,
    }


@app.command("link")
def link_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The person's work e-mail.")],
    platform: Annotated[
        str,
        typer.Option(help="Where they are reached: slack, teams, email, pager, telegram, console."),
    ] = "console",
    address: Annotated[str, typer.Option(help="Their id there; the e-mail without it.")] = "",
    space: Annotated[str, typer.Option(help="The Slack workspace or Teams tenant, by id.")] = "",
    as_: MaybeAs = "",
) -> None:
    """Connects a person with an address on a platform; `people code` needs no address."""
    from bot.people import AddressTaken, link_free, note_connected

    with opened(context) as program:
        to = _address(platform, space, address or email.strip().casefold())
        with program.database.writing() as db:
            person = _person(db, email)
            by = _keeper(program, db, as_, of=person)
            assert person.id is not None
            try:
                link_free(db, person, to)
            except AddressTaken:
                fail("this address belongs to somebody else; `people list` shows who is where")
            note_connected(
                db,
                "person_linked",
                person.id,
                platform,
                now=program.around.now,
                by_id=by,
                actor="" if by else "command line",
            )
        tell(context, f"Connected by {platform}.", connected=platform)


def _address(platform: str, space: str, address: str) -> "Address":
    from bot.messages import EMAIL, PAGER, SLACK, TEAMS, TELEGRAM, Address

    chats = (SLACK, TEAMS, TELEGRAM)
    if platform not in (*chats, EMAIL, PAGER, "console"):
        fail(
            f'there is no platform "{platform}"; write slack, teams, email, pager, telegram or '
            "console"
        )
    if platform == PAGER and "@" in address:
        fail("give their key at the service that rings them up with --address")
    if platform in chats and "@" in address:
        fail(
            f"on {platform} people are known by an id; give it with --address, or make a code "
            "with `people code EMAIL`, which they send there themselves"
        )
    return Address(platform, space, address)


@app.command("code")
def code_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The person's work e-mail.")],
    as_: MaybeAs = "",
) -> None:
    """A one-time code for somebody to show where they are not known yet who they are."""
    from bot import join_codes
    from storage import audit

    with opened(context) as program:
        now = program.around.now
        with program.database.writing() as db:
            person = _person(db, email)
            by = _keeper(program, db, as_, of=person)
            code = join_codes.make(db, program.around.keyring, person, by_id=by, now=now)
            audit.record(
                db,
                at=now,
                act="join_code_made",
                subject=f"person:{person.id}",
                person_id=by,
                actor="" if by else "command line",
            )
            name = person.name
        until = program.around.calendar.local_date(now + join_codes.GOOD_FOR)
        tell(
            context,
            f"The code for {name}: {code}\nThey send it to the bot where it does not know them. It "
            f"works once, until {until}; the managers hear when it was used.",
            code=code,
            until=until.isoformat(),
        )


@app.command("away")
def away_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The work e-mail of who is away.")],
    until: Annotated[
        str, typer.Option(help="The last day away, such as 2024-05-12; without it they are back.")
    ] = "",
    deputy: Annotated[str, typer.Option(help="The work e-mail of who is asked meanwhile.")] = "",
    as_: MaybeAs = "",
) -> None:
    """Notes somebody's leave and who covers; their deputy is asked meanwhile."""
    from bot.people import set_away

    day = _day(until)
    with opened(context) as program:
        with program.database.writing() as db:
            by, person = _keeper(program, db, as_), _person(db, email)
            covers = _person(db, deputy) if deputy else None
            try:
                set_away(
                    db,
                    person,
                    until=day,
                    deputy=covers,
                    now=program.around.now,
                    by_id=by,
                    actor="" if by else "command line",
                )
            except ValueError:
                fail("nobody covers for themselves; name another --deputy")
            name = person.name
        said = f"{name} is away until {day}." if day else f"{name} is here."
        tell(context, said, away_until=day.isoformat() if day else None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("write a day such as 2024-05-12", param_hint="--until") from None


def _keeper(program: "App", db: "Db", email: str, *, of: "Person | None" = None) -> int | None:
    """Who keeps the list of people, where somebody is named. `of`: whose place or code it is."""
    from bot.access import Right, may_stand_in

    who = acting_if_named(program, db, email, Right.PEOPLE)
    if who is not None and of is not None and not may_stand_in(who, of):
        fail(
            "whoever has this could act as that person, who sees what you may not: ask the "
            "administrator"
        )
    return id_of(who)


def _person(db: "Db", email: str) -> "Person":
    from bot.people import find_person

    person = find_person(db, email)
    if person is None:
        fail("nobody has this e-mail; see `listening-loop people list`")
    return person
