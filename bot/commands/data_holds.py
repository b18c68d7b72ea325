"""`data hold list|set|lift`: what may not be deleted for now."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, acting, fail, on, opened, options, show_json, table, tell

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from storage.holds import HoldScope

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Legal holds: list them, set one, lift one."
)
_Name = Annotated[str, typer.Argument(help="The name of the hold, such as the case's reference.")]


@app.command("list")
def list_(context: typer.Context, as_: As) -> None:
    """The holds that are set."""
    from bot.access import Right
    from storage.holds import standing

    headings = ("name", "scope", "of", "set on", "reason")
    with opened(context) as program, program.database.reading() as db:
        acting(program, db, as_, Right.HOLD)
        rows = [
            (hold.name, str(hold.scope), hold.target, on(hold.set_at), hold.reason)
            for hold in standing(db)
        ]
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else "No hold is set.")


@app.command("set")
def set_(
    context: typer.Context,
    name: _Name,
    as_: As,
    reason: Annotated[str, typer.Option(help="Why, and who asked for it.")],
    everything: Annotated[bool, typer.Option("--everything", help="Nothing is deleted.")] = False,
    survey: Annotated[str, typer.Option(help="All of one survey, by its name.")] = "",
    person: Annotated[str, typer.Option(help="All about one person, by work e-mail.")] = "",
    receipt: Annotated[str, typer.Option(help="All of one respondent, by their code.")] = "",
    concern: Annotated[str, typer.Option(help="One text of the review queue, by its ref.")] = "",
) -> None:
    """Keeps something from every kind of deleting until the hold is lifted."""
    from bot.access import Right
    from storage.holds import set_hold

    given = {"survey": survey, "person": person, "receipt": receipt, "concern": concern}
    if sum(map(bool, given.values())) + everything != 1:
        raise typer.BadParameter(
            "give one of --everything, --survey, --person, --receipt and --concern",
            param_hint="hold",
        )
    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.HOLD)
        scope, target = _target(program, db, **given)
        try:
            hold = set_hold(
                db,
                name=name.strip()[:64],
                scope=scope,
                target=target,
                reason=reason,
                by_id=who.person_id,
                now=program.around.now,
            )
        except ValueError as error:
            fail(str(error))
        shown = hold.name
    tell(
        context,
        f'"{shown}" is set. Whoever asks to be deleted is told that it has to be kept for now.',
        name=shown,
        scope=scope,
    )


def _target(
    program: "App", db: "Db", *, survey: str, person: str, receipt: str, concern: str
) -> "tuple[HoldScope, str]":
    from sqlmodel import col, select

    from bot.whose import Nobody, find
    from storage.holds import HoldScope
    from storage.surveys import Survey

    if survey:
        found = db.exec(select(Survey.id).where(col(Survey.slug) == survey)).first()
        if found is None:
            fail(f"there is no survey {survey}; see `listening-loop survey list`")
        return HoldScope.SURVEY, str(found)
    if not (person or receipt or concern):
        return HoldScope.EVERYTHING, ""
    try:
        asked = find(db, program.around.keyring, person=person, receipt=receipt, concern=concern)
    except Nobody as error:
        fail(str(error))
    if asked.person_id is not None:
        return HoldScope.PERSON, str(asked.person_id)
    if asked.session_id is not None:
        return HoldScope.RECEIPT, asked.session_id
    if asked.item_id is None:
        fail(
            "these answers are anonymous and wait to be moved among the others: hold the whole "
            "survey with --survey"
        )
    return HoldScope.CONCERN, str(asked.item_id)


@app.command()
def lift(context: typer.Context, name: _Name, as_: As) -> None:
    """Ends a hold. What was due goes with the next purge."""
    from bot.access import Right
    from storage.holds import lift_hold

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.HOLD)
        if not lift_hold(db, name.strip(), by_id=who.person_id, now=program.around.now):
            fail(f'no hold "{name}" is set; see `listening-loop data hold list`')
    tell(context, f'"{name}" is lifted.', name=name)
