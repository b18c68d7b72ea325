"""`data kept list|show|settle`: messages that could not be handled, and were kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, acting, fail, on, opened, options, show_json, table, tell

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from storage.mail import KeptMessage

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Messages that could not be handled: list, read, settle.",
)
_Ref = Annotated[str, typer.Argument(help="The reference that `doctor` shows.")]


@app.command("list")
def list_(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Those that were settled, too.")] = False,
) -> None:
    """References and kinds of errors, never words."""
    from sqlmodel import col, select

    from storage.mail import KeptMessage

    headings = ("ref", "platform", "received on", "error", "settled on")
    with opened(context) as program, program.database.reading() as db:
        query = select(KeptMessage).order_by(col(KeptMessage.received_at), col(KeptMessage.ref))
        if not all_:
            query = query.where(col(KeptMessage.settled_at).is_(None))
        rows = [
            (
                one.ref,
                one.platform,
                on(one.received_at),
                one.error_kind,
                on(one.settled_at),
            )
            for one in db.exec(query)
        ]
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else "No message waits.")


def _message(db: "Db", ref: str) -> "KeptMessage":
    from sqlmodel import col, select

    from storage.mail import KeptMessage

    found = db.exec(select(KeptMessage).where(col(KeptMessage.ref) == ref.strip())).first()
    if found is None:
        fail(f"no message {ref} was kept; see `listening-loop data kept list`")
    return found


@app.command()
def show(context: typer.Context, ref: _Ref, as_: As) -> None:
    """The words, for a reviewer. That you read them is recorded."""
    from bot.access import Right
    from storage.audit import record

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.REVIEW)
        found = _message(db, ref)
        now, words = program.around.now, found.content
        record(db, at=now, act="kept.read", subject=f"kept:{found.ref}", person_id=who.person_id)
        kind = found.error_kind
    tell(context, words or "Its words were deleted.", ref=ref, error=kind, words=words)


@app.command()
def settle(context: typer.Context, ref: _Ref) -> None:
    """Nothing is left to do about it; its words go when retention says so."""
    from storage.audit import record

    with opened(context) as program, program.database.writing() as db:
        found = _message(db, ref)
        now = program.around.now
        if found.settled_at is None:
            found.settled_at = now
            db.add(found)
            subject = f"kept:{found.ref}"
            record(db, at=now, act="kept.settled", subject=subject, actor="command line")
    tell(context, f"{ref} is settled.", ref=ref)
