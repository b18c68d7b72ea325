"""`indicator list|show|read|import|set|keep`: measures, their readings, and their targets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    PROBLEMS,
    As,
    MaybeAs,
    a_day,
    acting,
    acting_if_named,
    counted,
    fail,
    issues_json,
    opened,
    options,
    print_issues,
    read_day,
    refused,
    show_json,
    table,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.access import Who
    from bot.app import App
    from digests.indicators import Measure
    from digests.period import Period
    from storage.plans import Indicator

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Ref = Annotated[str, typer.Argument(help="The measure's ref, such as BRI-I3.")]
_Plan = Annotated[str, typer.Option("--plan", help="Words of the plan, where two share a ref.")]
_Quarter = Annotated[
    str | None, typer.Option("--on", help="A day of the quarter; without it the last one over.")
]
_On = Annotated[str | None, typer.Option("--on", help="The day it is of; today without it.")]


@app.command("list")
def list_(context: typer.Context, on: _Quarter = None, as_: MaybeAs = "") -> None:
    """Every measure in the quarter of a day: wanted direction, figures, and what became of it."""
    from bot.access import Right
    from digests.indicator_paper import value_words, verdict_words
    from digests.indicators import indicators_at
    from storage.plain import plain

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.DIGEST)
        period = _quarter(on, program)
        found = indicators_at(db, period, calendar=program.around.calendar, now=program.around.now)
    if options(context).json:
        show_json(plain(found))
        return
    shown = [
        (
            one.ref,
            one.direction,
            value_words(one.previous or one.baseline),
            value_words(one.current) if one.current else "no reading",
            verdict_words(one),
            one.keeper or "nobody",
        )
        for one in found
    ]
    headings = ("ref", "wanted", "before", "now", "change", "kept by")
    typer.echo(table(shown, headings) if shown else "No plan has a measure yet: `plan import`.")


@app.command()
def show(
    context: typer.Context, ref: _Ref, on: _Quarter = None, plan: _Plan = "", as_: MaybeAs = ""
) -> None:
    """One measure with its narrative, what to know of its figures, and its history."""
    from bot.access import Right
    from digests.indicators import indicators_at
    from storage.plain import plain

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.DIGEST)
        row = _one(db, ref, plan)
        period = _quarter(on, program)
        found = indicators_at(
            db,
            period,
            calendar=program.around.calendar,
            now=program.around.now,
            plan_ids=[row.plan_id],
            refs=[row.ref],
        )
        if not found:
            fail(f"{row.ref} was not measured in that quarter; give another day with --on")
        measure = found[0]
        if options(context).json:
            show_json(plain(measure))
        else:
            typer.echo(_told(measure, period))


def _quarter(on: str | None, program: "App") -> "Period":
    """The quarter of the day that was given; else the last one that is over."""
    from digests.indicators import last_quarter
    from digests.period import Period

    today = program.around.today
    return last_quarter(today) if on is None else Period.quarter_of(read_day(on, program))


def _told(measure: "Measure", period: "Period") -> str:
    from digests.indicator_paper import (
        missing_words,
        narrative,
        to_know,
        value_words,
        verdict_words,
    )

    words = narrative(measure).words if measure.current else missing_words(measure, period)
    facts = [
        ("wanted", measure.direction),
        ("baseline", value_words(measure.baseline)),
        ("before", value_words(measure.previous)),
        ("now", value_words(measure.current)),
        ("target", value_words(measure.target)),
        ("change", verdict_words(measure)),
        ("kept by", measure.keeper or "nobody"),
    ]
    lines = [wrapped(f"{measure.ref} {measure.text}")]
    lines += [f"  {name:9} {value}" for name, value in facts]
    lines += [wrapped(text) for text in (words, *to_know(measure))]
    lines += ["", table([(one.period or str(one.on or ""), one.shown) for one in measure.points],
                        ("day", "figure"))]  # fmt: skip
    return "\n".join(lines)


@app.command()
def read(
    context: typer.Context,
    ref: _Ref,
    figure: Annotated[str, typer.Argument(help='"62%", "1,328", "31 of 50", "74% (37 of 50)".')],
    as_: As = "",
    on: _On = None,
    plan: _Plan = "",
    people: Annotated[int | None, typer.Option(help="Of how many people it speaks.")] = None,
    narrative: Annotated[str, typer.Option(help="What it means, in a sentence or two.")] = "",
    quality: Annotated[str, typer.Option(help="What to know of the data.")] = "",
) -> None:
    """Enters a reading; one of the same day takes the place of the one before."""
    from digests.indicator_acts import COMMAND, New, enter
    from digests.indicator_values import unit_of
    from digests.reading_file import shown
    from digests.reading_rules import read_entered

    with _keeping(context, as_, ref, plan) as (program, db, row, who):
        day = read_day(on, program)
        entered = read_entered(figure)
        kept = enter(
            db,
            row,
            New(day, entered, people, narrative, quality),
            now=program.around.now,
            today=program.around.today,
            how=COMMAND,
            person_id=who.person_id,
        )
        figure = shown(entered, unit_of(row))
        said = "It stood so already." if kept is None else "Kept."
        tell(
            context,
            f"{row.ref}: {figure} on {day}. {said}",
            ref=row.ref,
            on=day,
            reading=figure,
            new=kept is not None,
        )


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sheet with ref, reading and date in each row.")],
    as_: As = "",
    check: Annotated[
        bool, typer.Option("--check", help="Say what it would do; keep none.")
    ] = False,
) -> None:
    """Readings from a sheet: all of them, or none where a row is wrong."""
    from bot.access import Right
    from bot.measures import kept_by, only_of
    from digests.reading_file import keep, preview

    with opened(context) as program:
        with program.database.writing() as db:
            who = acting(program, db, as_)
            if not who.may(Right.READINGS) and not kept_by(db, who.person_id):
                refused(program, db, Right.READINGS)
            found = preview(db, file, today=program.around.today, only=only_of(db, who))
            if found.is_whole and not check:
                keep(
                    db,
                    found,
                    now=program.around.now,
                    today=program.around.today,
                    person_id=who.person_id,
                )
        if not options(context).json:
            print_issues(found.issues)
        kept = found.is_whole and not check
        verb = "kept" if kept else "would be kept" if found.is_whole else "read, nothing was kept"
        tell(
            context,
            f"{counted(len(found.rows), 'reading')} {verb}: {found.added} new, "
            f"{found.corrected} corrected, {found.known} known already.",
            new=found.added,
            corrected=found.corrected,
            known=found.known,
            kept=kept,
            issues=issues_json(found.issues),
        )
        if not found.is_whole:
            raise typer.Exit(PROBLEMS)


@app.command("set")
def set_(
    context: typer.Context,
    ref: _Ref,
    as_: As = "",
    plan: _Plan = "",
    baseline: Annotated[str | None, typer.Option(help="Where it started from.")] = None,
    baseline_on: Annotated[str | None, typer.Option(help="The day of the baseline.")] = None,
    target: Annotated[str | None, typer.Option(help="What it should come to.")] = None,
    target_on: Annotated[str | None, typer.Option(help="By when.")] = None,
    direction: Annotated[
        str | None, typer.Option(help="increase, reduce, maintain, monitor or none.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="What it is counted in, such as %.")] = None,
) -> None:
    """Sets what a measure is held against: baseline, target, wanted direction, unit."""
    from bot.access import Right
    from digests.indicator_acts import set_values
    from digests.reading_rules import read_number

    with _keeping(context, as_, ref, plan) as (program, db, row, who):
        if not who.may(Right.READINGS):
            refused(program, db, Right.READINGS)
        given: dict[str, Any] = {
            "baseline": read_number(baseline) if baseline else None,
            "baseline_on": a_day(baseline_on) if baseline_on else None,
            "target": read_number(target) if target else None,
            "target_on": a_day(target_on) if target_on else None,
            "direction": direction,
            "unit": unit,
        }
        values = {name: value for name, value in given.items() if value is not None}
        if not values:
            fail("nothing was given to set; see `listening-loop indicator set --help`")
        now = program.around.now
        changed = set_values(db, row, values, now=now, person_id=who.person_id)
        names = ", ".join(changed).replace("_", " ") or "nothing: it stood so already"
        tell(context, f"{row.ref}: set {names}.", ref=row.ref, changed=list(changed))


@app.command("keep")
def keep_(
    context: typer.Context,
    ref: _Ref,
    email: Annotated[str, typer.Argument(help="The keeper's work e-mail.")],
    as_: As = "",
    plan: _Plan = "",
) -> None:
    """Names who enters a measure's readings; they are asked once at the end of each quarter."""
    from bot.access import Right
    from bot.people import find_person
    from digests.indicator_acts import set_values

    with _keeping(context, as_, ref, plan) as (program, db, row, who):
        if not who.may(Right.READINGS):
            refused(program, db, Right.READINGS)
        person = find_person(db, email)
        if person is None:
            fail("nobody has that e-mail; see `listening-loop people list`")
        values = {"keeper_id": person.id}
        set_values(db, row, values, now=program.around.now, person_id=who.person_id)
        tell(context, f"{row.ref} is kept by {person.name}.", ref=row.ref, keeper=person.name)


@contextmanager
def _keeping(
    context: typer.Context, email: str, ref: str, plan: str
) -> "Iterator[tuple[App, Db, Indicator, Who]]":
    """A writing transaction for somebody who may enter readings of this measure."""
    from bot.access import Right
    from bot.measures import may_enter
    from digests.indicator_acts import NotTaken
    from digests.reading_rules import NotANumber

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                who = acting(program, db, email)
                row = _one(db, ref, plan)
                if not may_enter(who, row):
                    refused(program, db, Right.READINGS)
                yield program, db, row, who
        except (NotTaken, NotANumber) as error:
            fail(str(error))


def _one(db: "Db", ref: str, plan: str) -> "Indicator":
    from digests.indicator_acts import find
    from storage.plans import Plan

    found = find(db, ref)
    if plan:
        wanted = plan.casefold()
        found = [row for row in found if wanted in db.get_one(Plan, row.plan_id).title.casefold()]
    if not found:
        fail(f"there is no measure '{ref}'; see `listening-loop indicator list`")
    if len(found) > 1:
        fail(f"several plans have a measure '{ref}'; add --plan with words of its title")
    return found[0]
