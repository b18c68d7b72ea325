"""`concerns list|show|acknowledge|give-back|hand-over|figures`: the queue, for reviewers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    As,
    MaybeAs,
    acting,
    acting_if_named,
    at,
    fail,
    opened,
    options,
    read_day,
    show_json,
    table,
    tell,
)

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.access import Right
    from bot.app import App
    from storage.concerns import ReviewEvent, ReviewItem
    from surveys.concerns import Figures, TierFigures

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
Ref = Annotated[str, typer.Argument(help="The reference in the alert.")]


def reviewer(program: "App", db: "Db", email: str, *more: "Right") -> int:
    """The person of `--as`, who may read the queue; and what else it takes."""
    from bot.access import Right

    return acting(program, db, email, Right.REVIEW, *more).person_id


def item_of(db: "Db", ref: str) -> "ReviewItem":
    """The item of a reference, or a line and exit 1."""
    from surveys.concerns import find

    item = find(db, ref)
    if item is None:
        fail(f"there is no item {ref}; see `listening-loop concerns list --as YOU`")
    return item


@contextmanager
def at_desk(
    context: typer.Context, ref: str, email: str, *more: "Right"
) -> Iterator[tuple["App", "Db", Any, int]]:
    """One item and its reviewer, in one transaction; what is not allowed ends with a line."""
    from surveys.concerns import NotAllowed

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                person_id = reviewer(program, db, email, *more)
                yield program, db, item_of(db, ref), person_id
        except NotAllowed as error:
            fail(str(error))


@app.command("list")
def list_(
    context: typer.Context,
    as_: As,
    closed: Annotated[
        bool, typer.Option("--closed", help="What was decided, the latest first.")
    ] = False,
) -> None:
    """What waits, red first, without the words."""
    from storage.people import names_of
    from surveys import concerns

    with opened(context) as program, program.database.reading() as db:
        reviewer(program, db, as_)
        now = program.around.now
        items = concerns.closed(db) if closed else concerns.waiting(db)
        names = names_of(db, {one.acknowledged_by_id or one.passed_to_id for one in items})
        rows = [_row(item, names, now) for item in items]
    headings = ("ref", "tier", "state", "read by", "overdue", "with", "decision", "group")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    typer.echo(table(rows, headings) if rows else "Nothing waits.")
    if rows:
        typer.echo(f"Read one with: listening-loop concerns show REF --as {as_}")


def _row(item: "ReviewItem", names: dict[int | None, str], now: datetime) -> tuple[str, ...]:
    return (
        item.ref,
        item.tier,
        str(item.state),
        at(item.due_at),
        "yes" if item.state == "waiting" and item.due_at < now else "",
        names[item.acknowledged_by_id or item.passed_to_id],
        item.decision,
        item.group_name,
    )


@app.command()
def show(context: typer.Context, ref: Ref, as_: As) -> None:
    """The words, with question and time. That you read them is recorded."""
    from storage.people import names_of
    from surveys.concerns import events, seen

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        seen(db, item, person_id=person_id, now=program.around.now)
        past = events(db, item)
        names = names_of(db, {event.person_id for event in past})
        tell(
            context,
            _shown(item, past, names),
            ref=item.ref,
            tier=item.tier,
            state=item.state,
            received=item.received_at,
            question=item.question,
            language=item.language,
            group=item.group_name,
            rules=item.rules,
            words=item.words,
            redacted=item.redacted_words,
            decision=item.decision,
            reason=item.reason,
            referral={"to": item.referral_to, "at": item.referral_at, "case_ref": item.case_ref},
            events=[
                {
                    "at": at(event.at),
                    "what": event.what,
                    "who": names[event.person_id],
                    "words": event.words,
                }
                for event in past
            ],
        )


def _shown(item: "ReviewItem", past: "list[ReviewEvent]", names: dict[int | None, str]) -> str:
    wish = "  (asks to be contacted)" if item.is_contact_wish else ""
    lines = [
        f"{item.ref}  {item.tier}  {item.state}  {at(item.received_at)}{wish}",
        f"Question: {item.question or '(between questions)'}",
        f"Language: {item.language}  Group: {item.group_name or '(none)'}",
        f"Rules:    {'; '.join(item.rules) or '(none)'} [{item.lexicon_version}]",
        "",
        *(f"  {line}" for line in item.words.splitlines()),
        "",
    ]
    if item.redacted_words:
        lines += ["As others read it:", f"  {item.redacted_words}", ""]
    for event in past:
        who = f"  ({names[event.person_id]})" if event.person_id else ""
        words = f": {event.words}" if event.words else ""
        lines.append(f"  {at(event.at)}  {event.what}{who}{words}")
    return "\n".join(lines)


@app.command("acknowledge")
def acknowledge_(context: typer.Context, ref: Ref, as_: As) -> None:
    """Says that you have it; the alerts stop."""
    from storage.people import names_of
    from surveys.concerns import acknowledge

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        done = acknowledge(db, item, person_id=person_id, now=program.around.now)
        name = names_of(db, {item.acknowledged_by_id})[item.acknowledged_by_id]
        whom = "you" if item.acknowledged_by_id == person_id else name or "somebody already"
        tell(context, f"{item.ref} is with {whom}.", ref=item.ref, is_yours=done)


@app.command("give-back")
def give_back(
    context: typer.Context,
    ref: Ref,
    as_: As,
    reason: Annotated[str, typer.Option(help="Why, for who takes it next.")] = "",
) -> None:
    """Gives one back that you have: it waits again, and the others are told at once."""
    from surveys.concerns import hand_back

    with at_desk(context, ref, as_) as (program, db, item, person_id):
        hand_back(db, item, person_id=person_id, now=program.around.now, reason=reason)
        tell(context, f"{item.ref} waits again; the alerts go on.", ref=item.ref)


@app.command("hand-over")
def hand_over_(context: typer.Context, as_: As) -> None:
    """Passes everything of yours that is unread to whoever is on call from the close of hours."""
    from surveys.concerns import NotAllowed, hand_over

    with opened(context) as program:
        around = program.around
        try:
            with program.database.writing() as db:
                what = hand_over(
                    db,
                    reviewer(program, db, as_),
                    around.now,
                    calendar=around.calendar,
                    clocks=around.settings.concerns.clocks(),
                )
        except NotAllowed as error:
            fail(str(error))
        tell(
            context,
            f"{what.red_waiting} red and {what.unread} other unread passed to {what.to}.",
            red=what.red_waiting,
            unread=what.unread,
            to=what.to,
        )


@app.command("figures")
def figures_(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="The first day; four weeks ago.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day; today.")] = None,
    as_: MaybeAs = "",
) -> None:
    """Whether texts were read in time, by tier. Of texts, never of who read them."""
    from datetime import time

    from bot.access import Right
    from surveys.concerns import figures

    with opened(context) as program, program.database.reading() as db:
        acting_if_named(program, db, as_, Right.COUNTS)
        calendar = program.around.calendar
        last = read_day(until, program)
        first = read_day(since, program) if since else last - timedelta(days=27)
        if first > last:
            fail("--since lies after --until; write the earlier day first")
        found = figures(
            db,
            calendar.at_local(first, time(0)),
            calendar.at_local(last + timedelta(days=1), time(0)),
            now=program.around.now,
        )
    _show_figures(context, found, f"{first} to {last}")


def _show_figures(context: typer.Context, found: "Figures", period: str) -> None:
    if options(context).json:
        show_json({"period": period, "kept": found.kept, "tiers": [_data(t) for t in found.tiers]})
        return
    headings = ("tier", "received", "in time", "late", "waiting", "open", "median", "longest")
    rows = [
        (
            str(one.tier),
            *(str(n) for n in (one.received, one.in_time, one.late, one.waiting, one.open)),
            _span(one.median),
            _span(one.longest),
        )
        for one in found.tiers
    ]
    typer.echo(f"Time until the first person had it, {period}")
    typer.echo(table(rows, headings))
    typer.echo("The clock was kept." if found.kept else "The clock was not kept for every text.")


def _data(one: "TierFigures") -> dict[str, Any]:
    return {
        "tier": str(one.tier),
        "received": one.received,
        "in_time": one.in_time,
        "late": one.late,
        "waiting": one.waiting,
        "open": one.open,
        "median_minutes": _minutes(one.median),
        "longest_minutes": _minutes(one.longest),
        "decisions": dict(one.decisions),
        "kept": one.kept,
    }


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)


def _span(span: timedelta | None) -> str:
    minutes = _minutes(span)
    if minutes is None:
        return ""
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
