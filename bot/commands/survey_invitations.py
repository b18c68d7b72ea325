"""`survey invite|attendees`, `survey campaign ...` and `survey round ...`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import survey_campaign, survey_rounds
from bot.commands.campaign_audience import find_survey
from bot.commands.common import (
    PROBLEMS,
    MaybeAs,
    a_day_option,
    acting_if_named,
    fail,
    id_of,
    issues_json,
    opened,
    options,
    print_issues,
    show_issues,
    tell,
)
from storage.issues import Severity

if TYPE_CHECKING:
    from surveys.follow_up import CourseTaken

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_OPEN = "listening-loop survey open"
app.add_typer(
    survey_campaign.app, name="campaign", help="Invite by name: preview, start, show, stop, links."
)
app.add_typer(survey_rounds.app, name="round", help="Surveys that come round: start, list, stop.")


@app.command()
def invite(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The survey's short name (form_id).")],
    group: Annotated[str, typer.Option(help="School or youth group, shown to the reviewer.")] = "",
    uses: Annotated[int | None, typer.Option(min=1, help="How often it may be used.")] = None,
    until: Annotated[date | None, a_day_option("The last day, as 2024-03-31.")] = None,
    as_: MaybeAs = "",
) -> None:
    """Makes a code that opens the survey, and the links that hold it."""
    from bot.access import Right
    from storage.audit import record
    from storage.surveys import SurveyState
    from surveys.invitations import invite as make

    with opened(context) as program:
        if until is not None and until < program.around.today:
            fail(f"{until} is over; give a day that is still to come")
        with program.database.writing() as db:
            by = id_of(acting_if_named(program, db, as_, Right.INVITE))
            row = find_survey(db, slug)
            assert row.id is not None
            if row.state == SurveyState.CLOSED:
                fail(f"{slug} is closed: a code would lead nowhere. Open it first: {_OPEN} {slug}")
            is_open = row.state == SurveyState.OPEN
            token = make(
                db,
                row.id,
                now=program.around.now,
                group_name=group,
                most_uses=uses,
                expires_on=until,
            )
            record(
                db,
                at=program.around.now,
                act="invitation made",
                subject=f"survey {slug}",
                person_id=by,
                actor="" if by else "command line",
            )
        links = program.settings.links.made().to(token)
        tell(context, "\n".join((token, *links)), token=token, links=list(links))
        if is_open:
            typer.echo(f"Try it: listening-loop chat --invite {token}", err=True)
        else:
            typer.echo(f"The code works once the survey is open: {_OPEN} {slug}", err=True)


@app.command()
def attendees(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A list with e-mail, name and attended (yes/no).")],
    course: Annotated[str, typer.Option(help="The course, as its delegates call it.")],
    held_on: Annotated[date, a_day_option("Its day, as 2024-03-31.")],
    survey: Annotated[str, typer.Option(help="The evaluation, for those who came.")],
    not_attended: Annotated[
        str, typer.Option(help="A short survey for those who did not come; else they get a note.")
    ] = "",
) -> None:
    """Asks the delegates of a course, now and months later.

    Those who came get the evaluation and later its follow-up; the others a short survey or a note.
    Import the list again when it was corrected: nobody is asked twice.
    """
    from bot.people_lists import read_attendees
    from surveys.campaigns import CannotStart
    from surveys.follow_up import take_course

    with opened(context) as program:
        rows, issues = read_attendees(file)
        if not rows:
            show_issues(issues, context)
            raise typer.Exit(PROBLEMS)
        try:
            with program.database.writing() as db:
                taken = take_course(
                    db,
                    rows,
                    name=course.strip()[:120],
                    held_on=held_on,
                    evaluation=find_survey(db, survey),
                    missed=find_survey(db, not_attended) if not_attended else None,
                    now=program.around.now,
                    calendar=program.around.calendar,
                    pace=program.settings.invitations.pace(),
                )
        except CannotStart as error:
            fail(str(error))
        if not options(context).json:
            print_issues(issues)
        tell(
            context,
            _course_said(course, held_on, taken),
            added=taken.added,
            changed=taken.changed,
            unchanged=taken.unchanged,
            people_new=taken.brought,
            asked=taken.asked.taken,
            absent=taken.missed.taken,
            unreached=taken.asked.unreached + taken.missed.unreached,
            issues=issues_json(issues),
        )
        if any(issue.severity is not Severity.ADVICE for issue in issues):
            raise typer.Exit(PROBLEMS)


def _course_said(course: str, held_on: date, taken: "CourseTaken") -> str:
    unreached = taken.asked.unreached + taken.missed.unreached
    lines = [
        f"{course}, {held_on}: {taken.added} added, {taken.changed} changed, "
        f"{taken.unchanged} unchanged.",
        f"Asked for an evaluation now: {taken.asked.taken}. "
        f"Did not come, and hear from us too: {taken.missed.taken}.",
    ]
    if taken.asked.is_over or taken.missed.is_over:
        lines.append(
            "What this course is asked was stopped, or its round is over: nobody more is asked."
        )
    if unreached:
        lines.append(f"{unreached} cannot be reached yet: `survey campaign show` says who and why.")
    return "\n".join(lines)
