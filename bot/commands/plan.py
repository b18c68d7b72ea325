"""`plan check|diff|import|export|show`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    PROBLEMS,
    MaybeAs,
    acting_if_named,
    counted,
    fail,
    id_of,
    issues_json,
    opened,
    options,
    plain_errors,
    print_issues,
    refused,
    shortened,
    show_issues,
    show_json,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from reminders.plan_import import ImportPreview, ImportResult, SettledPlan
    from reminders.plan_stored import PlanName
    from reminders.plan_view import ActionView, PlanView

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_INDENT = " " * 9
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
    if plan is None:
        show_issues(issues, context)
        raise typer.Exit(PROBLEMS)
    if not options(context).json:
        print_issues(issues)
    doubtful = {action.ref: list(action.reasons) for action in plan.actions if action.needs_review}
    tell(
        context,
        _checked(file.name, plan, doubtful),
        actions=len(plan.actions),
        needs_review=doubtful,
        issues=issues_json(issues),
    )
    if has_errors(issues):
        raise typer.Exit(PROBLEMS)


def _checked(name: str, plan: "SettledPlan", doubtful: dict[str, list[str]]) -> str:
    lines = [
        wrapped(f"REVIEW  {ref}: {' '.join(reasons)}", "", "        ")
        for ref, reasons in doubtful.items()
    ]
    need = counted(len(doubtful), "needs a person's review", "need a person's review")
    return "\n".join([*lines, f"{name}: {counted(len(plan.actions), 'action')}; {need}."])


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
            print_issues(issues)
            _show_diff(found)


def _name(partnership: str, title: str, period: str) -> "PlanName":
    from reminders.plan_stored import PlanName

    return PlanName(partnership, title, period)


def _show_diff(found: "ImportPreview") -> None:
    whose = f"{found.partnership}: " if found.partnership else ""
    typer.echo(f"{whose}{found.plan}{f' ({found.period})' if found.period else ''}")
    for name, sign in (("added", "+"), ("changed", "~"), ("removed", "-")):
        for item in getattr(found, name):
            typer.echo(shortened(f"  {sign} {item.kind} {item.ref} {item.title}"))
            for change in item.changes:
                before, after = change.before or "(nothing)", change.after or "(nothing)"
                typer.echo(wrapped(f"{change.field}: {before} -> {after}", "      ", "        "))
    for carried in found.carried_over:
        typer.echo(f"  > {carried.ref} goes on with {carried.from_ref} of {carried.from_plan}")
    for left in found.left_behind:
        typer.echo(f"  ! {left.ref} of {left.plan} is unfinished and not in this plan")
    typer.echo(_counts(found.counts()))


def _counts(counts: dict[str, int]) -> str:
    """What was or would be done with the actions; what did not happen is not mentioned."""
    done = [
        f"{n} {name.replace('_', ' ')}"
        for name, n in counts.items()
        if n and name != "needs_review"
    ]
    doubtful = counts.get("needs_review", 0)
    need = counted(doubtful, "needs a person's review", "need a person's review")
    return f"Actions: {', '.join(done) or 'none'}{f'; {need}' if doubtful else ''}."


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
    as_: MaybeAs = "",
) -> None:
    """Imports a plan, or brings it up to date by ref. Good rows go in beside bad ones."""
    from bot.access import Right
    from reminders.plan_import import import_file
    from storage.issues import has_errors

    with opened(context) as program:
        with program.database.writing() as db:
            who = acting_if_named(program, db, as_, Right.SETTLE_IMPORT)
            result = import_file(
                db,
                file,
                person_id=id_of(who),
                now=program.around.now,
                today=program.around.today,
                calendar=program.around.calendar,
                given=_name(partnership, title, period),
                despite_errors=not only_clean,
            )
        if not options(context).json:
            print_issues(result.issues)
        tell(
            context,
            _imported(result),
            plan=result.plan_id,
            counts=result.counts,
            needs_review=[] if result.preview is None else list(result.preview.needs_review),
            issues=issues_json(result.issues),
        )
        if result.plan_id is None or has_errors(result.issues):
            raise typer.Exit(PROBLEMS)


def _imported(result: "ImportResult") -> str:
    if result.plan_id is None:
        return "Nothing was imported; nothing was changed."
    lines = [f"Imported. {_counts(result.counts)}"]
    doubtful = () if result.preview is None else result.preview.needs_review
    if doubtful:
        lines += [
            wrapped(f"In doubt: {', '.join(doubtful)}. Nobody is asked about these before a person")
            + " settles them:",
            f"listening-loop chat --as YOUR-EMAIL, and there: review {doubtful[0]}",
        ]
    return "\n".join([*lines, "Next: listening-loop remind preview"])


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).")],
    plan: _Plan = "",
    as_: MaybeAs = "",
) -> None:
    """Writes the plan as a workbook that people can open, change and import again."""
    from bot.access import Right
    from reminders.plan_export import export as rows_of
    from reminders.plan_workbook import write_plan
    from storage.audit import record

    with opened(context) as program:
        with program.database.writing() as db:
            who = acting_if_named(program, db, as_, Right.ALL_ACTIONS)
            plan_id = _plan_id(db, plan)
            rows = rows_of(db, plan_id)
            record(
                db,
                at=program.around.now,
                act="plan.export",
                subject=f"plan:{plan_id}",
                person_id=id_of(who),
                actor="command line",
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        write_plan(rows, file)
        tell(context, f"written: {file}", written=str(file))


@app.command()
def show(context: typer.Context, plan: _Plan = "", as_: MaybeAs = "") -> None:
    """The plan as it stands: what leads said, and what the dates say."""
    from bot.access import Right
    from bot.seen_plan import seen_by
    from reminders.plan_view import show as view_of

    with opened(context) as program:
        with program.database.reading() as db:
            who = acting_if_named(program, db, as_)
            view = view_of(db, _plan_id(db, plan), today=program.around.today)
            if who is not None and view is not None:
                view = seen_by(db, who, view)
                if view is None:
                    refused(program, db, Right.OWN_ACTIONS)
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
        names = "; ".join(
            f"{plan.title} ({plan.period_label})" if plan.period_label else plan.title
            for plan in plans
        )
        fail(
            f"which plan? Say part of its title with --plan. There are: {names}"
            if plans
            else "there is no plan yet: `listening-loop plan import FILE`"
        )
    return found[0].id


def _show_plan(view: "PlanView") -> None:
    period = f" ({view.period})" if view.period else ""
    typer.echo(f"{view.partnership}\n{view.title}{period}, as at {view.on}\n")
    for priority in view.priorities:
        if priority.title:
            typer.echo(wrapped(f"{priority.ref} {priority.title}".strip()))
        for action in priority.actions:
            _show_action(action)
        typer.echo("")
    if view.retired:
        typer.echo(f"Retired: {', '.join(view.retired)}")


def _show_action(action: "ActionView") -> None:
    due = str(action.due_on or action.deadline_printed or "no date")
    reported, computed = (text.replace("_", " ") for text in (action.reported, action.computed))
    typer.echo(wrapped(f"{action.ref:6} {action.text}", "  ", _INDENT))
    typer.echo(wrapped(f"Lead: {' and '.join(action.leads) or 'NO LEAD'}", _INDENT))
    typer.echo(f"{_INDENT}Due {due}; lead says {reported}; dates say {computed} [{action.colour}]")
    for reason in action.review_reasons if action.needs_review else ():
        typer.echo(wrapped(f"NEEDS REVIEW: {reason}", _INDENT))
