"""`survey campaign preview|start|show|stop|links`."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.campaign_audience import (
    Asked,
    asked_for,
    closes_on,
    find_survey,
    first_at,
    span,
)
from bot.commands.campaign_words import (
    from_to,
    preview_json,
    preview_lines,
    view_json,
    view_lines,
)
from bot.commands.common import (
    PROBLEMS,
    MaybeAs,
    a_day_option,
    acting_if_named,
    counted,
    fail,
    id_of,
    issues_json,
    opened,
    options,
    plain_errors,
    print_issues,
    show_json,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from surveys.campaigns import Started

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Slug = Annotated[str, typer.Argument(help="The survey's short name (form_id).")]
_Role = Annotated[list[str] | None, typer.Option(help="Only people with this role; repeatable.")]
_Body = Annotated[
    list[str] | None, typer.Option(help="Only contact, deputy and chair of this group; repeatable.")
]
_Agency = Annotated[list[str] | None, typer.Option(help="Only this agency; repeatable.")]
_List = Annotated[Path | None, typer.Option("--list", help="Only the e-mails in this list.")]
_Everyone = Annotated[bool, typer.Option(help="Everybody in the people list.")]
_Cap = Annotated[int | None, typer.Option(min=1, help="So many messages an hour.")]
_Begin = Annotated[date | None, a_day_option("Not before this day.")]
_Remind = Annotated[
    int | None, typer.Option(min=0, max=60, help="Remind after so many working days; 0 never.")
]


@app.command()
def preview(
    context: typer.Context,
    slug: _Slug,
    role: _Role = None,
    body: _Body = None,
    agency: _Agency = None,
    list_: _List = None,
    everyone: _Everyone = False,
    cap: _Cap = None,
    begin: _Begin = None,
    as_: MaybeAs = "",
) -> None:
    """Who would be invited and when, and who cannot be reached."""
    from surveys.campaigns.audiences import choose, listed
    from surveys.campaigns.audiences import preview as look

    with opened(context) as program, program.database.reading() as db:
        _keeper(program, db, as_)
        survey = find_survey(db, slug)
        assert survey.id is not None
        asked = asked_for(program, db, role, body, agency, list_, everyone, cap, begin, None)
        people = choose(listed(db, survey_id=survey.id, only=asked.wanted.people), asked.wanted)
        found = look(people)
        first, last = span(program, asked, found.reached)
        if options(context).json:
            show_json(preview_json(found, asked, first, last))
            return
        print_issues(asked.issues)
        typer.echo("\n".join(preview_lines(db, slug, found, asked, first, last)))


@app.command()
def start(
    context: typer.Context,
    slug: _Slug,
    role: _Role = None,
    body: _Body = None,
    agency: _Agency = None,
    list_: _List = None,
    everyone: _Everyone = False,
    cap: _Cap = None,
    begin: _Begin = None,
    remind_after: _Remind = None,
    as_: MaybeAs = "",
) -> None:
    """Invites people by name, with one reminder.

    Messages are spread over working hours. Who was asked in this round already is left out, so
    starting again only adds newcomers.
    """
    from surveys.campaigns import CannotStart
    from surveys.campaigns import start as start_campaign

    with opened(context) as program:
        try:
            with program.database.reading() as db:
                by = _keeper(program, db, as_)
                survey = find_survey(db, slug)
                asked = asked_for(
                    program, db, role, body, agency, list_, everyone, cap, begin, remind_after
                )
                last = closes_on(program, db, survey)
            assert survey.id is not None
            started = start_campaign(
                program.database,
                survey.id,
                asked.wanted,
                now=program.around.now,
                calendar=program.around.calendar,
                pace=asked.pace,
                first_at=first_at(program, asked),
                closes_on=last,
                person_id=by,
            )
        except CannotStart as error:
            fail(str(error))
        _say_started(context, slug, started, asked)
        if asked.issues:
            raise typer.Exit(PROBLEMS)


def _say_started(context: typer.Context, slug: str, started: "Started", asked: Asked) -> None:
    if not options(context).json:
        print_issues(asked.issues)
    lines = [f"{slug}: {counted(started.taken, 'person', 'people')} taken in."]
    if started.last_at is not None and started.first_at is not None:
        lines.append(f"They are asked {from_to(started.first_at, started.last_at)}.")
    if started.already:
        lines.append(f"{started.already} were asked in this round already, and are not again.")
    if started.unreached:
        lines.append(
            f"{started.unreached} cannot be reached now: listening-loop survey campaign show {slug}"
        )
    tell(
        context,
        "\n".join(lines),
        survey=slug,
        campaign=started.campaign_id,
        taken=started.taken,
        already=started.already,
        unreached=started.unreached,
        first_at=started.first_at,
        last_at=started.last_at,
        issues=issues_json(asked.issues),
    )


@app.command()
def show(context: typer.Context, slug: _Slug, as_: MaybeAs = "") -> None:
    """How far it is, and who was not reached and why.

    Never who answered.
    """
    from surveys.campaigns.view import of_survey, view

    with opened(context) as program, program.database.reading() as db:
        _keeper(program, db, as_)
        survey = find_survey(db, slug)
        assert survey.id is not None
        found = [view(db, campaign) for campaign in of_survey(db, survey.id)]
    if options(context).json:
        show_json([view_json(one) for one in found])
        return
    if not found:
        typer.echo(f"No campaign yet: listening-loop survey campaign preview {slug} --everyone")
        return
    typer.echo("\n\n".join("\n".join(view_lines(one)) for one in found))


@app.command()
def stop(context: typer.Context, slug: _Slug, as_: MaybeAs = "") -> None:
    """Sends nothing more, reminders included."""
    from surveys.campaigns import stop as stop_campaign
    from surveys.campaigns.view import of_survey

    with opened(context) as program:
        with program.database.writing() as db:
            by = _keeper(program, db, as_)
            survey = find_survey(db, slug)
            assert survey.id is not None
            live = [one for one in of_survey(db, survey.id) if one.stopped_at is None]
            now = program.around.now
            left = sum(stop_campaign(db, one, now=now, person_id=by) for one in live)
        tell(
            context,
            _stopped(slug, len(live), left),
            survey=slug,
            stopped=len(live),
            not_asked=left,
        )


def _stopped(slug: str, campaigns: int, left: int) -> str:
    if not campaigns:
        return f"{slug}: no campaign is under way, so there is nothing to stop."
    people = counted(left, "person", "people")
    return f"{slug}: {counted(campaigns, 'campaign')} stopped; {people} had not been asked."


@app.command()
def links(
    context: typer.Context,
    slug: _Slug,
    out: Annotated[Path, typer.Option(help="A CSV file for your mail program.")],
    as_: MaybeAs = "",
) -> None:
    """A link for each who cannot be reached here, to send by e-mail.

    Whoever has the file can answer in their place: delete it when the mails are sent.
    """
    from storage.audit import record
    from surveys.campaigns.links import links_of

    with opened(context) as program:
        made = program.settings.links.made()
        if not made.web and not made.telegram:
            fail("there is no address for links yet; set `web` in [links] of config.toml")
        with program.database.writing() as db:
            by = _keeper(program, db, as_)
            survey = find_survey(db, slug)
            rows = links_of(db, survey, made)
            if rows:
                record(
                    db,
                    at=program.around.now,
                    act="personal links written",
                    subject=f"survey {slug}",
                    person_id=by,
                    actor="" if by else "command line",
                    detail=f"{len(rows)} links",
                )
        with plain_errors():
            _write_links(out, rows)
        tell(
            context,
            f"{counted(len(rows), 'link')} written: {out}. "
            + ("Each works once, for one person." if rows else _NO_LINKS),
            written=str(out),
            links=len(rows),
        )


_NO_LINKS = "Nobody with an e-mail is waiting for one: see `survey campaign show`."


def _write_links(out: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    out.touch(mode=0o600)
    out.chmod(0o600)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("e-mail", "name", "link"))
        writer.writerows(tuple(map(_harmless, row)) for row in rows)


def _keeper(program: "App", db: "Db", email: str) -> int | None:
    """Who keeps the surveys, where somebody is named."""
    from bot.access import Right

    return id_of(acting_if_named(program, db, email, Right.SURVEYS))


def _harmless(cell: str) -> str:
    """Nothing that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
