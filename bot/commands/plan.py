"""`plan check|diff|import|export|show`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    fail,
    opened,
    options,
    plain_errors,
    show_issues,
    show_json,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from reminders.plan_import import ImportPreview
    from reminders.plan_stored import PlanName
    from reminders.plan_view import PlanView

app = typer.Typer(no_args_is_help=True)
_File = Annotated[Path, typer.Argument(help="A plan: .xlsx, .csv or a Word document.")]
_Partnership = Annotated[str, typer.Option(help="Its short name, where the file does not say.")]
_Title = Annotated[str, typer.Option(help="The plan's title, where the file does not say.")]
_Period = Annotated[str, typer.Option(help="Such as '2024 - 2026', where the file does not say.")]
_Plan = Annotated[str, typer.Option("--plan", help="Part of its title; needed with several plans.")]


@app.command()
def check(context: typer.Context, file: _File) -> None:
    """Reads a plan and says what is wrong or doubtful, by cell. Changes nothing."""
    from bot.settings import load_settings
    from reminders.plan_import import check_file
    from storage.issues import has_errors

    with plain_errors():
        calendar = load_settings(options(context).config).calendar()
        plan, issues = check_file(file, calendar)
    show_issues(issues, context)
    if plan is None or has_errors(issues):
        raise typer.Exit(PROBLEMS)
    if not options(context).json:
        waiting = sum(action.needs_review for action in plan.actions)
        typer.echo(f"{file.name}: {len(plan.actions)} actions; {waiting} need a person's review.")


@app.command()
def diff(
    context: typer.Context,
    file: _File,
    partnership: _Partnership = "",
    title: _Title = "",
    period: _Period = "",
) -> None:
    """Says what an import would add, change and retire. Changes nothing."""
    from reminders.plan_import import diff_file

    with opened(context) as program:
        with program.database.reading() as db:
            found, issues = diff_file(
                db,
                file,
                program.around.calendar,
                program.around.today,
                given=_name(partnership, title, period),
            )
        if found is None:
            show_issues(issues, context)
            raise typer.Exit(PROBLEMS)
        if options(context).json:
            show_json(found.to_json())
        else:
            show_issues(issues, context)
            _show_diff(found)


def _name(partnership: str, title: str, period: str) -> "PlanName":
    from reminders.plan_stored import PlanName

    return PlanName(partnership, title, period)


def _show_diff(found: "ImportPreview") -> None:
    typer.echo(f"{found.partnership}: {found.plan} ({found.period})")
    for name, sign in (("added", "+"), ("changed", "~"), ("removed", "-")):
        for item in getattr(found, name):
            typer.echo(f"  {sign} {item.kind} {item.ref} {item.title}")
            for change in item.changes:
                typer.echo(f"      {change.field}: {change.before!r} -> {change.after!r}")
    for carried in found.carried_over:
        typer.echo(f"  > {carried.ref} goes on with {carried.from_ref} of {carried.from_plan}")
    for left in found.left_behind:
        typer.echo(f"  ! {left.ref} of {left.plan} is unfinished and not in this plan")
    counts = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in found.counts().items())
    typer.echo(f"Actions: {counts}.")


@app.command("import")
def import_(
    context: typer.Context,
    file: _File,
    partnership: _Partnership = "",
    title: _Title = "",
    period: _Period = "",
    only_clean: Annotated[
        bool, typer.Option("--only-clean", help="Import nothing if any row is bad.")
    ] = False,
) -> None:
    """Imports a plan, or brings it up to date by ref. Good rows go in beside bad ones."""
    from reminders.plan_import import import_file
    from storage.issues import has_errors

    with opened(context) as program:
        with program.database.writing() as db:
            result = import_file(
                db,
                file,
                now=program.around.now,
                today=program.around.today,
                calendar=program.around.calendar,
                given=_name(partnership, title, period),
                despite_errors=not only_clean,
            )
        if options(context).json:
            show_json({"plan": result.plan_id, "counts": result.counts})
        show_issues(result.issues, context)
        if result.plan_id is None:
            typer.echo("Nothing was imported; nothing was changed.", err=True)
            raise typer.Exit(PROBLEMS)
        if not options(context).json:
            counts = ", ".join(f"{n.replace('_', ' ')} {c}" for n, c in result.counts.items())
            typer.echo(f"Imported. Actions: {counts}.")
        if has_errors(result.issues):
            raise typer.Exit(PROBLEMS)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    plan: _Plan = "",
) -> None:
    """Writes the plan as a workbook that people can open, change and import again."""
    from reminders.plan_export import export as rows_of
    from reminders.plan_workbook import write_plan

    with opened(context) as program:
        with program.database.reading() as db:
            rows = rows_of(db, _plan_id(db, plan))
        file.parent.mkdir(parents=True, exist_ok=True)
        write_plan(rows, file)
        typer.echo(f"written: {file}")


@app.command()
def show(context: typer.Context, plan: _Plan = "") -> None:
    """The plan as it stands: what leads said, and what the dates say."""
    from reminders.plan_view import show as view_of

    with opened(context) as program:
        with program.database.reading() as db:
            view = view_of(db, _plan_id(db, plan), today=program.around.today)
        assert view is not None
        if options(context).json:
            show_json(view.to_json())
        else:
            _show_plan(view)


def _plan_id(db: "Db", wanted: str) -> int:
    from sqlmodel import col, select

    from storage.plans import Plan

    plans = db.exec(select(Plan).order_by(col(Plan.id))).all()
    found = [plan for plan in plans if wanted.casefold() in plan.title.casefold()]
    if len(found) != 1 or found[0].id is None:
        names = "; ".join(f"{plan.title} ({plan.period_label})" for plan in plans)
        fail(
            f"which plan? Say part of its title with --plan. There are: {names}"
            if plans
            else "there is no plan yet: `listening-loop plan import FILE`"
        )
    return found[0].id


def _show_plan(view: "PlanView") -> None:
    typer.echo(f"{view.partnership}\n{view.title} ({view.period}), as at {view.on}\n")
    for priority in view.priorities:
        typer.echo(f"{priority.ref} {priority.title}".strip())
        for action in priority.actions:
            due = str(action.due_on or action.deadline_printed or "no date")
            typer.echo(f"  {action.ref:6} [{action.colour}] {action.text}")
            typer.echo(
                f"         {' and '.join(action.leads) or 'NO LEAD'} | {due} | "
                f"says: {action.reported.replace('_', ' ')} | "
                f"dates say: {action.computed.replace('_', ' ')}"
            )
            for reason in action.review_reasons if action.needs_review else ():
                typer.echo(f"         NEEDS REVIEW: {reason}")
        typer.echo("")
    if view.retired:
        typer.echo(f"Retired: {', '.join(view.retired)}")
