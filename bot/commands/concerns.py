"""`concerns list|show|acknowledge|close`: for the reviewer and the deputy."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import fail, opened, options, show_json, table, tell

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from storage.concerns import ReviewItem

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Ref = Annotated[str, typer.Argument(help="The reference in the alert.")]
_As = Annotated[str, typer.Option("--as", help="Your e-mail, as reviewer; reading is recorded.")]


class Choice(StrEnum):
    MASH = "mash"
    LADO = "lado"
    POLICE = "police"
    SCHOOL_DSL = "school_dsl"
    REDACT = "redact"
    NONE = "none"


def _reviewer(db: "Db", email: str) -> int:
    from bot.access import Right, who_is
    from bot.people import find_person

    person = find_person(db, email)
    who = who_is(db, person.id if person is not None else None)
    if who is None or not who.may(Right.REVIEW):
        fail("only a reviewer may do this; the business manager keeps the list of people")
    return who.person_id


def _item(db: "Db", ref: str) -> "ReviewItem":
    from surveys.concerns import find

    item = find(db, ref)
    if item is None:
        fail(f"there is no item {ref}; see `listening-loop concerns list --as YOU`")
    return item


@app.command("list")
def list_(context: typer.Context, as_: _As) -> None:
    """What waits, red first, without the words."""
    from surveys.concerns import waiting

    with opened(context) as program, program.database.reading() as db:
        _reviewer(db, as_)
        now = program.around.now
        rows = [
            (
                item.ref,
                item.tier,
                str(item.state),
                _at(item.due_at),
                "yes" if item.due_at < now else "",
                item.group_name,
            )
            for item in waiting(db)
        ]
    headings = ("ref", "tier", "state", "read by", "overdue", "group")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else "Nothing waits.")
        if rows:
            typer.echo(f"Read one with: listening-loop concerns show REF --as {as_}")


@app.command()
def show(context: typer.Context, ref: _Ref, as_: _As) -> None:
    """The words, with question and time. That you read them is recorded."""
    from surveys.concerns import events, seen

    with opened(context) as program, program.database.writing() as db:
        person_id = _reviewer(db, as_)
        item = _item(db, ref)
        seen(db, item, person_id=person_id, now=program.around.now)
        db.flush()
        past = [(f"{_at(event.at)}", event.what) for event in events(db, item)]
        tell(
            context,
            _shown(item, past),
            ref=item.ref,
            tier=item.tier,
            state=item.state,
            received=item.received_at,
            question=item.question,
            language=item.language,
            group=item.group_name,
            rules=item.rules,
            words=item.words,
            events=[{"at": at, "what": what} for at, what in past],
        )


def _at(instant: datetime) -> str:
    from storage.calendar import LONDON

    return f"{instant.astimezone(LONDON):%Y-%m-%d %H:%M}"


def _shown(item: "ReviewItem", past: list[tuple[str, str]]) -> str:
    lines = [
        f"{item.ref}  {item.tier}  {item.state}  {_at(item.received_at)}",
        f"Question: {item.question or '(between questions)'}",
        f"Language: {item.language}  Group: {item.group_name or '(none)'}",
        f"Rules:    {'; '.join(item.rules) or '(none)'} [{item.lexicon_version}]",
        "",
        *(f"  {line}" for line in item.words.splitlines()),
        "",
        *(f"  {at}  {what}" for at, what in past),
    ]
    return "\n".join(lines)


@app.command("acknowledge")
def acknowledge_(context: typer.Context, ref: _Ref, as_: _As) -> None:
    """Says that you have it; the alerts stop."""
    from surveys.concerns import acknowledge

    with opened(context) as program, program.database.writing() as db:
        person_id = _reviewer(db, as_)
        item = _item(db, ref)
        done = acknowledge(db, item, person_id=person_id, now=program.around.now)
        whom = "you" if done else "somebody already"
        tell(context, f"{item.ref} is with {whom}.", ref=item.ref, is_yours=done)


@app.command("close")
def close_(
    context: typer.Context,
    ref: _Ref,
    as_: _As,
    decision: Annotated[Choice, typer.Option(help="What you decided.")],
    reason: Annotated[str, typer.Option(help="Why; part of the record.")] = "",
    second: Annotated[str, typer.Option(help="E-mail of the second reviewer, for a red.")] = "",
) -> None:
    """Records a decision. A red needs a second reviewer."""
    from surveys.concerns import Decision, NotAllowed, close

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                person_id = _reviewer(db, as_)
                close(
                    db,
                    _item(db, ref),
                    person_id=person_id,
                    decision=Decision(decision.value),
                    reason=reason,
                    now=program.around.now,
                    second_person_id=_reviewer(db, second) if second else None,
                )
        except NotAllowed as error:
            fail(str(error))
        tell(context, f"{ref} is closed: {decision.value}.", ref=ref, decision=decision.value)
