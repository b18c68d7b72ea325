"""`theme heard|sessions|unheard|listen`: what came up elsewhere than in a survey."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import (
    As,
    a_day_option,
    acting,
    fail,
    opened,
    options,
    show_json,
    table,
    tell,
)
from bot.commands.voice import Slug, theme_named, voice

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from storage.surveys import Survey

app = typer.Typer()


class Source(StrEnum):
    GROUP_SESSION = "group_session"
    PAPER = "paper"
    PRACTICE_REVIEW = "practice_review"
    AUDIT = "audit"


class Speakers(StrEnum):
    YOUTH = "youth"
    PRACTITIONERS = "practitioners"


@app.command()
def heard(
    context: typer.Context,
    slug: Slug,
    title: Annotated[str, typer.Argument(help="Which one, such as 'Youth forum'; no names.")],
    theme: Annotated[
        list[str],
        typer.Option(help="A theme that came up, and how many said it: 'Free buses=9'. Repeat it."),
    ],
    as_: As,
    on: Annotated[date, a_day_option("The day it was said.")],
    source: Annotated[Source, typer.Option(help="What it was.")] = Source.GROUP_SESSION,
    present: Annotated[int | None, typer.Option(help="How many took part, where counted.")] = None,
) -> None:
    """Records themes that came up in a group session, on paper, in a review or an audit."""
    from digests.hearings import record_hearing
    from storage.audit import record
    from storage.voice import HearingKind

    with voice(context, slug, as_) as (program, db, survey, person_id):
        around = program.around
        hearing = record_hearing(
            db,
            survey.id or 0,
            kind=HearingKind(source.value),
            title=title,
            held_on=on,
            present=present,
            themes=dict(_counted(db, survey, one) for one in theme),
            person_id=person_id,
            now=around.now,
            today=around.today,
        )
        subject = f"hearing:{hearing.id}"
        record(db, at=around.now, act="theme.heard", subject=subject, person_id=person_id)
        tell(context, f"Recorded as number {hearing.id}: {hearing.title}", hearing=hearing.id)


def _counted(db: "Db", survey: "Survey", typed: str) -> tuple[int, int | None]:
    name, equals, people = typed.rpartition("=")
    if not equals or not (people.strip().isascii() and people.strip().isdigit()):
        return theme_named(db, survey, typed).id or 0, None
    return theme_named(db, survey, name).id or 0, int(people)


@app.command()
def sessions(context: typer.Context, slug: Slug, as_: As) -> None:
    """What was heard elsewhere: where, when, how many were there, which themes."""
    from digests.hearings import listed

    with voice(context, slug, as_) as (_, db, survey, _person):
        found = listed(db, survey.id or 0)
    if options(context).json:
        show_json(found)
        return
    rows = [
        (
            str(one.id),
            one.held_on.isoformat(),
            one.kind.value.replace("_", " "),
            one.title,
            str(one.present or ""),
            ", ".join(
                f"{said.theme} ({said.people})" if said.people else said.theme
                for said in one.themes
            ),
        )
        for one in found
    ]
    headings = ("number", "day", "source", "title", "present", "themes")
    typer.echo(table(rows, headings) if rows else "Nothing is recorded yet.")


@app.command()
def unheard(
    context: typer.Context,
    slug: Slug,
    number: Annotated[int, typer.Argument(help="Its number in `theme sessions`.")],
    as_: As,
) -> None:
    """Takes out what was recorded by mistake."""
    from digests.hearings import take_back
    from storage.audit import record

    with voice(context, slug, as_) as (program, db, survey, person_id):
        take_back(db, survey.id or 0, number)
        now, subject = program.around.now, f"hearing:{number}"
        record(db, at=now, act="theme.unheard", subject=subject, person_id=person_id)
        tell(context, "Taken out, and not counted any more.", hearing=number)


@app.command()
def listen(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="A short name for it, such as youth-forum-2024.")],
    title: Annotated[str, typer.Argument(help="What it was about; it is published.")],
    as_: As,
    speakers: Annotated[Speakers, typer.Option(help="Who spoke.")] = Speakers.YOUTH,
    asked_by: Annotated[str, typer.Option(help="Who listened.")] = "",
) -> None:
    """Begins a codebook for what was heard without any survey."""
    from bot.access import Right
    from digests import hearings
    from digests.themes import Refused
    from storage.audit import record
    from surveys.definition import Audience

    with opened(context) as program, program.database.writing() as db:
        who, now = acting(program, db, as_, Right.PUBLISH), program.around.now
        try:
            row = hearings.listen(
                db,
                slug=slug,
                title=title,
                audience=Audience(speakers.value),
                asked_by=asked_by,
                now=now,
            )
        except Refused as error:
            fail(str(error))
        subject, by = f"survey {row.slug}", who.person_id
        record(db, at=now, act="listening added", subject=subject, person_id=by)
        tell(context, f"Ready. Next: listening-loop theme add {row.slug} NAME", survey=row.slug)
