"""`data audit verify|list`: the record of human acts, and whether it is still as it was written."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    MaybeAs,
    a_day_option,
    acting_if_named,
    at,
    counted,
    fail,
    opened,
    options,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from storage.audit import AuditEntry, Verdict

app = typer.Typer(rich_markup_mode=None)
_Seal = Annotated[
    str, typer.Option(help="A seal that was noted earlier: is all before it still there?")
]
_REMEDY = (
    "Stop the program, keep a copy of the database as it is, find out who had access to it and "
    "its backups since, and compare with the last backup that verifies."
)
_NOTE = (
    "Note the seal of the last one elsewhere, so that a shortened log shows\n"
    "(listening-loop data audit verify --seal SEAL):"
)


@app.callback(invoke_without_command=True)
def audit(context: typer.Context) -> None:
    """The record of who saw, changed, exported, cleared and published what."""
    if context.invoked_subcommand is None:
        verify(context)


@app.command()
def verify(context: typer.Context, seal: _Seal = "", as_: MaybeAs = "") -> None:
    """Checks the chain from end to end. Exit 1 where an entry was changed, taken out or put in."""
    from bot.access import Right
    from bot.schedule import chain_audit
    from storage import audit as log

    with opened(context) as program:
        with program.database.reading() as db:
            acting_if_named(program, db, as_, Right.AUDIT)
        chain_audit(program)
        with program.database.reading() as db:
            verdict = log.verify(db)
            is_kept = not seal.strip() or log.has_seal(db, seal)
        _refuse_broken(verdict)
        if not is_kept:
            fail(
                "every entry holds, but none of them has this seal: the log was cut short, written "
                f"anew, or cut by its time since the seal was noted. {_REMEDY}"
            )
        tell(
            context,
            _held(verdict, seal),
            entries=verdict.checked,
            unchained=verdict.unchained,
            seal=verdict.head,
        )


def _refuse_broken(verdict: "Verdict") -> None:
    if verdict.broken_at is not None:
        fail(
            f"the audit log was changed outside the program, first at entry {verdict.broken_at} "
            f"(after {counted(verdict.checked, 'entry that holds', 'entries that hold')}). "
            f"{_REMEDY}"
        )


def _held(verdict: "Verdict", seal: str) -> str:
    lines = [f"{counted(verdict.checked, 'entry holds', 'entries hold')}."]
    if verdict.unchained:
        lines.append(f"{verdict.unchained} more wait for their seal, which another node is making.")
    if seal.strip():
        lines.append("The seal that you noted is among them.")
    return "\n".join([*lines, _NOTE, verdict.head or "(none yet)"])


@app.command("list")
def list_(
    context: typer.Context,
    as_: MaybeAs = "",
    since: Annotated[date | None, a_day_option("From this day on, as 2024-03-01.")] = None,
    act: Annotated[str, typer.Option(help="Only acts that begin so, such as `concern.`.")] = "",
    most: Annotated[int, typer.Option("--most", min=1, max=5000, help="How many.")] = 100,
) -> None:
    """Who did what to which thing, the newest last. References, never words."""
    from bot.access import Right
    from storage import audit as log
    from storage.calendar import LONDON

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.AUDIT)
        start = datetime.combine(since, time(), LONDON) if since is not None else None
        rows = _rows(db, log.entries(db, since=start, act=act, most=most))
    if options(context).json:
        show_json(rows)
    elif not rows:
        typer.echo("Nothing was noted.")
    else:
        headings = ("entry", "at", "who", "act", "of what", "detail")
        typer.echo(table([[str(cell) for cell in row.values()] for row in rows], headings))


def _rows(db: "Db", entries: "list[AuditEntry]") -> list[dict[str, Any]]:
    from storage.people import names_of

    names = names_of(db, [entry.person_id for entry in entries])
    return [
        {
            "entry": entry.id,
            "at": at(entry.at),
            "who": names[entry.person_id] or entry.actor or "not named",
            "act": entry.act,
            "subject": entry.subject,
            "detail": entry.detail,
        }
        for entry in entries
    ]
