"""`concerns note|decide|agree|disagree|reopen|trace|purge`: what reviewers decide."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, fail, tell
from bot.commands.concerns_queue import Ref, at_desk

if TYPE_CHECKING:
    from surveys.concerns import Referral, Traced

app = typer.Typer(rich_markup_mode=None)
_Reason = Annotated[str, typer.Option(help="Why; part of the record.")]


class Choice(StrEnum):
    MASH = "mash"
    LADO = "lado"
    POLICE = "police"
    SCHOOL_DSL = "school_dsl"
    REDACT = "redact"
    NONE = "none"


@app.command("note")
def note_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    text: Annotated[str, typer.Option(help="What the next reader should know.")],
) -> None:
    """Adds a note beside the text; it stays as it was written."""
    from surveys.concerns import note

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        note(db, item, person_id=person_id, text=text, now=program.around.now)
        tell(context, f"Noted at {item.ref}.", ref=item.ref)


@app.command("decide")
def decide_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    decision: Annotated[Choice, typer.Option(help="What you decided.")],
    reason: _Reason = "",
    to: Annotated[str, typer.Option(help="To whom it was referred.")] = "",
    when: Annotated[str, typer.Option("--at", help="When, such as 2023-12-04 16:20; now.")] = "",
    case_ref: Annotated[str, typer.Option(help="What it is called in their system.")] = "",
    redacted: Annotated[
        str, typer.Option(help="The text with names taken out: what others read.")
    ] = "",
) -> None:
    """Records a decision. A red then waits for a second reviewer, who agrees in their own name."""
    from surveys.concerns import Decision, Outcome, decide

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        outcome = decide(
            db,
            item,
            person_id=person_id,
            decision=Decision(decision.value),
            reason=reason,
            now=program.around.now,
            referral=_referral(to, when, case_ref, program.around.now),
            redacted=redacted,
        )
        waits = outcome is Outcome.NEEDS_SECOND
        after = "It waits for a second reviewer: `concerns agree`." if waits else "It is closed."
        tell(
            context,
            f"{item.ref}: {decision.value}. {after}",
            ref=item.ref,
            decision=decision.value,
            outcome=str(outcome),
        )


def _referral(to: str, when: str, case_ref: str, now: datetime) -> "Referral | None":
    from surveys.clock_words import read_instant
    from surveys.concerns import Referral

    if not (to or when or case_ref):
        return None
    if not to:
        fail("say to whom it was referred: --to")
    instant = read_instant(when) if when else now
    if instant is None:
        raise typer.BadParameter("write a local time such as 2023-12-04 16:20", param_hint="--at")
    return Referral(to, instant, case_ref)


@app.command("agree")
def agree_(context: typer.Context, ref: Ref, as_: As) -> None:
    """Closes a red that another reviewer decided about, once you have read it."""
    from surveys.concerns import agree

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        agree(db, item, person_id=person_id, now=program.around.now)
        tell(
            context, f"{item.ref} is closed: {item.decision}.", ref=item.ref, decision=item.decision
        )


@app.command("disagree")
def disagree_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    reason: Annotated[str, typer.Option(help="Why not; whoever decided reads it.")],
) -> None:
    """Sends a decision about a red back to who made it."""
    from surveys.concerns import disagree

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        disagree(db, item, person_id=person_id, reason=reason, now=program.around.now)
        tell(context, f"{item.ref} went back to who decided.", ref=item.ref)


@app.command("reopen")
def reopen_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    reason: Annotated[str, typer.Option(help="Why it is taken up again.")],
) -> None:
    """Takes up a closed item again; the old decision stays in the record."""
    from surveys.concerns import reopen

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        reopen(db, item, person_id=person_id, reason=reason, now=program.around.now)
        tell(context, f"{item.ref} is open again, and with you.", ref=item.ref)


@app.command("trace")
def trace_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    reason: Annotated[str, typer.Option(help="Why you need to know; it is recorded.")],
) -> None:
    """Where the author of a text is reached, if the survey promised that it can be found out."""
    from bot.access import Right
    from surveys.concerns import Traced, trace

    with at_desk(context, ref, as_, Right.TRACE) as (program, db, item, person_id):
        found = trace(db, item, person_id=person_id, reason=reason, now=program.around.now)
        if isinstance(found, Traced):
            _tell_traced(context, item.ref, found)
        else:
            tell(
                context,
                f"{found.why}\n{found.instead}",
                ref=item.ref,
                traced=False,
                why=found.why,
                instead=found.instead,
            )


def _tell_traced(context: typer.Context, ref: str, found: "Traced") -> None:
    how = (
        "They can be written to there."
        if found.can_be_written_to
        else "They answered on a page: nobody can write to them there."
    )
    lines = [
        f"{ref} came from {found.platform}: {found.address}",
        *([f"Name: {found.name}"] if found.name else []),
        f"Language: {found.language}  Group: {found.group_name or '(none)'}",
        f"{how} That you asked is recorded.",
    ]
    tell(
        context,
        "\n".join(lines),
        ref=ref,
        traced=True,
        platform=found.platform,
        address=found.address,
        name=found.name,
        language=found.language,
        group=found.group_name,
        can_be_written_to=found.can_be_written_to,
    )


@app.command("purge")
def purge_(
    context: typer.Context,
    ref: Ref,
    as_: As,
    case_ref: Annotated[str, typer.Option(help="What it is called in the case system.")],
) -> None:
    """Deletes the words of a closed item here, once the case system has them."""
    from surveys.concerns import purge

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        purge(db, item, person_id=person_id, case_ref=case_ref, now=program.around.now)
        ref = item.ref
        tell(context, f"The words of {ref} are gone from here.", ref=ref, case_ref=case_ref)
    with_log_folded(context)


def with_log_folded(context: typer.Context) -> None:
    """Nothing of what was deleted stays behind in the log of the database."""
    from bot.commands.common import opened

    with opened(context) as program:
        program.database.fold_log()
